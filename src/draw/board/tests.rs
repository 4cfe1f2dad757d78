//! Boards are drawn whole, and their numbers are published ones.

use super::testing::{views, workshop};
use super::{BoardLook, BoardPicture, board_page, board_scene, boards_scene, wrap};
use crate::board::{Board, CardId, LaneKind};
use crate::draw::text::measure;
use crate::draw::tokens::Theme;
use crate::draw::{Mark, Scene, Weight, png};
use crate::views::View;

fn drawn(board: &Board, look: BoardLook) -> BoardPicture {
    let views = views();
    let views: Vec<&View> = views.iter().collect();
    board_scene(board, &views, look)
}

fn rich() -> Board {
    workshop().boards[0].clone()
}

fn words_of(scene: &Scene) -> Vec<String> {
    let mut words = Vec::new();
    for shape in &scene.shapes {
        if let Mark::Text { runs, .. } = &shape.mark {
            words.push(runs.iter().map(|run| run.text.as_str()).collect());
        }
    }
    words
}

fn card<'a>(board: &'a Board, text: &str) -> &'a crate::board::Card {
    board.cards.iter().find(|card| card.text == text).unwrap()
}

fn name_of(picture: &BoardPicture, id: CardId) -> &str {
    &picture.scene.target(&format!("card:{}", id.0)).unwrap().name
}

#[test]
fn every_stage_lane_card_and_point_has_a_place_and_a_name() {
    let board = rich();
    let picture = drawn(&board, BoardLook::default());
    assert_eq!(picture.cards.len(), board.cards.len());
    assert_eq!(picture.stages.len(), board.stages.len());
    assert_eq!(picture.lanes.len(), board.lanes.len());
    assert_eq!(picture.cells.len(), (board.lanes.len() - 1) * board.stages.len());
    assert_eq!(picture.points.len(), 8 + 8 + 3);
    assert_eq!(picture.votes.len(), 4);
    let targets = &picture.scene.targets;
    assert_eq!(targets.len(), board.cards.len() + board.stages.len() + board.lanes.len() + 19);
    assert!(targets.iter().all(|target| !target.name.is_empty()));
    for (id, rect) in &picture.cards {
        let card = board.card(*id).unwrap();
        let (.., cell) = picture
            .cells
            .iter()
            .find(|(stage, lane, _)| *stage == card.stage && *lane == card.lane)
            .unwrap();
        let holds = rect[0] >= cell[0]
            && rect[1] >= cell[1]
            && rect[0] + rect[2] <= cell[0] + cell[2] + 0.01
            && rect[1] + rect[3] <= cell[1] + cell[3] + 0.01;
        assert!(holds, "{} {rect:?} in {cell:?}", card.text);
    }
}

#[test]
fn a_name_says_all_of_a_card_and_its_published_number() {
    let board = rich();
    let picture = drawn(&board, BoardLook::default());
    let name = |text: &str| name_of(&picture, card(&board, text).id).to_owned();
    let views = views();
    let View::Funnel(funnel) = &views[0] else { panic!() };
    let first = crate::draw::text::number(funnel.steps[0].count);
    assert_eq!(
        name("Filter empties the search"),
        format!(
            "Pain point, stage Look around: Filter empties the search, measured, about {first} \
             people, severity 4 × frequency 5"
        )
    );
    assert_eq!(
        name("Payment error without a reason"),
        "Pain point, stage Pay: Payment error without a reason, withheld, too few or none, \
         severity 5 × frequency 2"
    );
    assert!(name("Wishlist asks for an account").contains("nobody counted this yet, assumed"));
    assert!(
        name("Say why a card was refused, and what next")
            .ends_with("small effort, Payments, 9 dots")
    );
    assert!(name("Checkout breaks on tablets").ends_with("no published number answers"));
    // What is cut short on the card is whole in its name.
    let long = board.cards.iter().max_by_key(|card| card.text.len()).unwrap();
    assert!(name(&long.text).contains(&long.text));
    assert!(words_of(&picture.scene).iter().any(|line| line.ends_with('…')));
}

#[test]
fn a_number_that_is_yet_to_be_guessed_is_nowhere_in_the_picture() {
    let mut board = rich();
    let id = card(&board, "reached Payment").id;
    let views = views();
    let View::Funnel(funnel) = &views[0] else { panic!() };
    let number = crate::draw::text::number(funnel.steps[2].count);
    let says = |board: &Board| {
        let picture = drawn(board, BoardLook::default());
        let at = picture.scene.targets.iter().position(|it| it.id == format!("card:{}", id.0));
        let scene = &picture.scene;
        let of_card = scene.shapes.iter().filter(|shape| shape.target == at);
        let words: Vec<String> = of_card
            .filter_map(|shape| match &shape.mark {
                Mark::Text { runs, .. } => Some(runs[0].text.clone()),
                _ => None,
            })
            .collect();
        (words, name_of(&picture, id).to_owned())
    };
    let (words, name) = says(&board);
    assert!(words.contains(&"guess first · 2 guesses".to_owned()), "{words:?}");
    assert!(!words.contains(&number) && !name.contains("measured"), "{words:?} {name}");
    for card in &mut board.cards {
        if let Some(guess) = &mut card.guess {
            guess.revealed = true;
        }
    }
    let (words, name) = says(&board);
    assert!(words.contains(&number) && name.contains("measured"), "{words:?} {name}");
}

#[test]
fn dots_of_others_are_hidden_until_they_are_revealed() {
    let mut board = rich();
    let id = card(&board, "Say why a card was refused, and what next").id;
    let shown = drawn(&board, BoardLook::default());
    assert!(words_of(&shown.scene).contains(&"9".to_owned()));
    let mut voting = serde_json::to_value(board.voting.as_ref().unwrap()).unwrap();
    voting["revealed"] = false.into();
    board.voting = serde_json::from_value(voting).unwrap();
    let hidden = drawn(&board, BoardLook::default());
    assert!(!words_of(&hidden.scene).contains(&"9".to_owned()));
    assert!(!name_of(&hidden, id).contains("dots"));
}

#[test]
fn what_is_withheld_is_a_hatch_with_words_and_no_number() {
    let board = rich();
    let picture = drawn(&board, BoardLook::default());
    let of = card(&board, "back to the shop").id;
    let at = picture.scene.targets.iter().position(|it| it.id == format!("card:{}", of.0));
    let marks: Vec<&Mark> = picture
        .scene
        .shapes
        .iter()
        .filter(|shape| shape.target == at)
        .map(|shape| &shape.mark)
        .collect();
    let digits = marks.iter().any(|mark| {
        matches!(mark, Mark::Text { runs, .. } if runs.iter().any(|run| run.text.contains(|c: char| c.is_ascii_digit())))
    });
    assert!(!digits);
    assert!(marks.iter().filter(|mark| matches!(mark, Mark::Line { .. })).count() >= 8);
}

#[test]
fn text_stands_inside_its_card() {
    let mut board = rich();
    for card in &mut board.cards {
        card.text =
            format!("{} Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", card.text);
        card.owner = "A team with a name that is much too long for one line of a card".into();
    }
    let picture = drawn(&board, BoardLook { width: 900.0, ..BoardLook::default() });
    for shape in &picture.scene.shapes {
        let Mark::Text { at, size, runs, align } = &shape.mark else { continue };
        let Some(target) = shape.target.map(|target| &picture.scene.targets[target]) else {
            continue;
        };
        let width: f32 = runs.iter().map(|run| measure(&run.text, *size, run.weight)).sum();
        let left = match align {
            crate::draw::TextAlign::Right => at[0] - width,
            _ => at[0],
        };
        assert!(left >= target.rect[0] - 0.5, "{runs:?}");
        assert!(
            left + width <= target.rect[0] + target.rect[2] + 0.5,
            "{runs:?} in {:?}",
            target.rect
        );
        assert!(at[1] <= target.rect[1] + target.rect[3] + 0.5, "{runs:?} in {:?}", target.rect);
    }
}

#[test]
fn lines_break_between_words_and_the_last_says_that_more_follows() {
    let broken = |text: &str, room: f32, most| wrap(text, 12.0, Weight::Regular, room, most);
    assert_eq!(broken("one two", 500.0, 3), ["one two"]);
    assert_eq!(broken("one two", 30.0, 3), ["one", "two"]);
    assert_eq!(broken("first\n\nthen", 500.0, 3), ["first", "then"]);
    assert_eq!(broken("one two three", 40.0, 2).len(), 2);
    assert!(broken("one two three", 40.0, 2)[1].ends_with('…'));
    assert!(broken("", 40.0, 2).is_empty());
    for line in broken(&"ab".repeat(300), 80.0, 4) {
        assert!(measure(&line, 12.0, Weight::Regular) <= 80.0);
    }
    // Not even one letter has room: still no endless loop.
    assert_eq!(broken("abc", 0.0, 2).len(), 2);
}

#[test]
fn as_is_and_to_be_stand_in_the_same_columns() {
    let workshop = workshop();
    let views = views();
    let views: Vec<&View> = views.iter().collect();
    let both = boards_scene(&workshop.boards[0], &workshop.boards[1], &views, BoardLook::default());
    for at in 0..2 {
        for side in [0, 2] {
            let [one, other] = [0, 1].map(|board: usize| both[board].stages[at].1[side]);
            assert!((one - other).abs() < 1e-3, "{one} {other}");
        }
    }
    assert!((both[0].scene.width - both[1].scene.width).abs() < 1e-3);
}

#[test]
fn an_empty_board_and_one_of_all_kinds_of_lanes_are_drawn() {
    let mut board = rich();
    board.cards.clear();
    board.personas.clear();
    board.voting = None;
    drawn(&board, BoardLook::default());
    board.stages.clear();
    let picture = drawn(&board, BoardLook { width: 10.0, ..BoardLook::default() });
    assert!(picture.scene.height > 100.0 && picture.scene.width > 100.0);
    for kind in LaneKind::ALL {
        let mut board = rich();
        board.lanes.iter_mut().for_each(|lane| lane.kind = kind);
        let picture = drawn(&board, BoardLook::default());
        assert_eq!(picture.scene.to_svg(), drawn(&board, BoardLook::default()).scene.to_svg());
    }
}

#[test]
fn a_page_of_boards_becomes_every_kind_of_file() {
    let workshop = workshop();
    let views = views();
    let views: Vec<&View> = views.iter().collect();
    for theme in [Theme::Light, Theme::Dark] {
        let look = BoardLook { theme, ..BoardLook::default() };
        let page = board_page(&workshop.boards[0], Some(&workshop.boards[1]), &views, look);
        let svg = page.to_svg();
        assert!(svg.contains("data:image/png;base64,") && svg.contains("stroke-dasharray"));
        let pixels = png::render(&svg, 2.0).unwrap();
        assert!(page.to_pdf().unwrap().starts_with(b"%PDF"));
        if let Some(folder) = std::env::var_os("TRODDEN_LOOK") {
            let name = format!("board-{theme:?}").to_lowercase();
            let path = std::path::PathBuf::from(folder);
            std::fs::write(path.join(format!("{name}.png")), pixels).unwrap();
            std::fs::write(path.join(format!("{name}.pdf")), page.to_pdf().unwrap()).unwrap();
        }
    }
}

#[test]
fn a_picture_on_a_card_is_in_the_pixels() {
    let board = rich();
    let page = drawn(&board, BoardLook::default()).scene;
    let image = page.shapes.iter().find_map(|shape| match &shape.mark {
        Mark::Image { rect, .. } => Some(*rect),
        _ => None,
    });
    let [x, y, width, height] = image.unwrap();
    let pixels = png::pixels_within(&page.to_svg(), 1.0).unwrap();
    let at = |x: f32, y: f32| {
        let from = 4 * (y as usize * pixels.size[0] + x as usize);
        pixels.rgba[from..from + 3].to_vec()
    };
    assert_eq!(at(x + width / 4.0, y + height / 2.0), [0x48, 0x6A, 0xD5]);
    assert_eq!(at(x + width * 0.75, y + height / 4.0), [0xDD, 0x75, 0x00]);
}
