//! Boards are edited and read, and what a view answers is what it publishes.

use proptest::prelude::*;
use serde_json::json;

use super::{
    Board, BoardError, BoardId, Card, CardChange, CardId, Direction, Edit, EditError, Evidence,
    LaneKind, Made, Measure, OnBoard, Picture, Point, Quantity, Reading, Shows, State, Target,
    Template, Workshop,
};
use crate::views::View;

fn flow() -> View {
    let node = |step: i32, label: &str, kind: &str, count: u64| json!({"id": format!("{step}:{label}"), "step": step, "label": label, "kind": kind, "count": count});
    serde_json::from_value(json!({
        "view": "flow", "unit": "people", "k": 10, "b": 5, "people": 120, "by_name_band": [75, 80],
        "spec": {"name": "flow", "anchor": "start", "anchor_label": null, "steps": 2, "top": 2,
                 "collapse": true, "blur": false, "rules": []},
        "nodes": [node(1, "Home", "label", 90), node(1, "Other", "other", 30),
                  node(2, "Cart", "label", 60), node(2, "Other", "other", 20)],
        "edges": [{"from": "1:Home", "to": "2:Cart", "count": 60},
                  {"from": "1:Other", "to": "2:Other", "count": 20}],
        "exits": [{"from": "1:Home", "count": 30}, {"from": "1:Other", "count": 10},
                  {"from": "2:Cart", "count": 60}, {"from": "2:Other", "count": 20}],
    }))
    .unwrap()
}

fn funnel() -> View {
    serde_json::from_value(json!({
        "view": "funnel", "unit": "people", "k": 10, "b": 5, "people": 200, "by_name_band": [95, 100],
        "spec": {"name": "buy", "order": "this", "collapse": true, "blur": false, "rules": []},
        "steps": [{"label": "Home", "count": 150}, {"label": "Cart", "count": 40},
                  {"label": "Purchase", "count": 0}],
        "time_to_convert": [],
    }))
    .unwrap()
}

fn made(workshop: &mut Workshop, edit: Edit) -> Made {
    let edited = workshop.edited(edit).unwrap();
    *workshop = edited.workshop;
    edited.made.unwrap()
}

fn with_board(template: Template) -> (Workshop, BoardId) {
    let mut workshop = Workshop::default();
    let Made::Board(id) = made(&mut workshop, Edit::NewBoard(template)) else { panic!() };
    (workshop, id)
}

fn cell(board: &Board, stage: usize, lane: usize) -> Target {
    Target { stage: board.stages[stage].id, lane: board.lanes[lane].id, before: None }
}

fn add(workshop: &mut Workshop, board: BoardId, to: Target, text: &str) -> CardId {
    let add = OnBoard::AddCard { to, text: text.to_owned() };
    let Made::Card(card) = made(workshop, Edit::On(board, add)) else { panic!() };
    card
}

fn texts(board: &Board, stage: usize, lane: usize) -> Vec<&str> {
    let to = cell(board, stage, lane);
    board.cell(to.stage, to.lane).map(|card| card.text.as_str()).collect()
}

#[test]
fn a_view_answers_with_what_it_publishes_and_with_nothing_else() {
    let read = |view: &View, quantity| {
        Measure { view: view.name().to_owned(), quantity }.read([&flow(), &funnel()])
    };
    let count = |count, of| Reading::Count { count, of };
    let label = |text: &str| text.to_owned();
    let at = |text: &str, step| Quantity::At { label: label(text), step };
    let flow = flow();
    assert_eq!(read(&flow, Quantity::Everybody), count(120, 120));
    assert_eq!(read(&flow, at("Home", Some(1))), count(90, 120));
    assert_eq!(read(&flow, at("Cart", None)), count(60, 120));
    // Two published numbers of one step.
    assert_eq!(read(&flow, Quantity::Reached { step: 2 }), count(80, 120));
    assert_eq!(read(&flow, Quantity::Lost { step: 1 }), count(40, 120));
    let went = Quantity::Went { from: label("Home"), to: label("Cart"), step: None };
    assert_eq!(read(&flow, went), count(60, 120));
    // Whether there is such a label at all is not told, and `Other` is nobody's name.
    for quantity in [at("Home", Some(2)), at("Nowhere", None), at("Other", Some(1))] {
        assert_eq!(read(&flow, quantity), Reading::Withheld);
    }
    let time = Quantity::MedianTime { from: label("Home"), to: label("Cart") };
    assert_eq!(read(&flow, time), Reading::Unanswered);

    let funnel = funnel();
    assert_eq!(read(&funnel, at("Cart", None)), count(40, 200));
    assert_eq!(read(&funnel, at("Cart", None)).percent(), Some(20));
    assert_eq!(read(&funnel, Quantity::Lost { step: 1 }), count(110, 200));
    assert_eq!(read(&funnel, at("Purchase", None)), Reading::Withheld);
    assert_eq!(read(&funnel, Quantity::Lost { step: 3 }), Reading::Withheld);
    for step in [i32::MIN, 0, i32::MAX] {
        assert_eq!(read(&funnel, Quantity::Lost { step }), Reading::Withheld);
        assert_eq!(read(&flow, Quantity::Lost { step }), Reading::Withheld);
    }
    // A name that is not published is not kept either.
    for quantity in [at("Nowhere", None), at("Other", Some(1)), Quantity::Reached { step: 9 }] {
        assert_eq!(quantity.told(&flow), Quantity::Gone);
    }
    for quantity in [at("Cart", None), at("Home", Some(1)), Quantity::Lost { step: 1 }] {
        assert_eq!(quantity.told(&flow), quantity);
    }
    assert_eq!(read(&flow, Quantity::Gone), Reading::Withheld);
    let other = Measure { view: "another".to_owned(), quantity: Quantity::Everybody };
    assert_eq!(other.read([&funnel]), Reading::Unanswered);
}

#[test]
fn nobody_is_lost_at_a_step_that_may_be_left_out_nor_where_fewer_than_k_are() {
    let of = |counts: [u64; 3], optional: &str| -> View {
        let mut json = serde_json::to_value(funnel()).unwrap();
        json["spec"]["optional"] = serde_json::json!([optional]);
        for (at, count) in counts.into_iter().enumerate() {
            json["steps"][at]["count"] = count.into();
        }
        serde_json::from_value(json).unwrap()
    };
    let lost = |view: &View, step| Quantity::Lost { step }.read(view);
    let few = of([150, 145, 60], "none of them");
    assert_eq!(lost(&few, 1), Reading::Withheld);
    assert_eq!(lost(&few, 2), Reading::Count { count: 85, of: 200 });
    let optional = of([150, 40, 100], "Cart");
    assert!(!Quantity::all(&optional).iter().any(|it| matches!(it, Quantity::Lost { .. })));
    for step in [1, 2] {
        assert_eq!(lost(&optional, step), Reading::Withheld);
    }
}

#[test]
fn a_board_of_a_flow_or_funnel_has_its_steps_and_no_number() {
    let mut workshop = Workshop::default();
    let Made::Board(id) = made(&mut workshop, Edit::BoardOf(Box::new(flow()))) else { panic!() };
    let board = workshop.board(id).unwrap();
    let names: Vec<&str> = board.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["Step 1", "Step 2"]);
    let view = flow();
    let readings: Vec<Reading> = board
        .cards
        .iter()
        .filter_map(|card| match &card.evidence {
            Evidence::Measured(measure) => Some(measure.read([&view])),
            _ => None,
        })
        .collect();
    let count = |count| Reading::Count { count, of: 120 };
    assert_eq!(readings, [count(120), count(40), count(80)]);
    let Made::Board(id) = made(&mut workshop, Edit::BoardOf(Box::new(funnel()))) else { panic!() };
    let board = workshop.board(id).unwrap();
    let names: Vec<&str> = board.stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["Home", "Cart", "Purchase"]);
    assert_eq!(board.views(), ["buy"]);
    let text = String::from_utf8(workshop.to_json()).unwrap();
    for number in ["120", "150", "110", " 90", " 60"] {
        assert!(!text.contains(number), "{number} is in the board");
    }
}

#[test]
fn a_board_of_labels_longer_than_names_may_be_is_whole() {
    let long = "x".repeat(9_000);
    let text = serde_json::to_string(&funnel()).unwrap().replace("Cart", &long);
    let view = serde_json::from_str(&text).unwrap();
    let mut workshop = Workshop::default();
    made(&mut workshop, Edit::BoardOf(Box::new(view)));
    assert!(workshop.checked().is_ok());
}

#[test]
fn cards_move_between_cells_and_keep_their_order() {
    let (mut workshop, id) = with_board(Template::Empty);
    let [one, two] = [(0, 0), (1, 2)].map(|(stage, lane)| cell(&workshop.boards[0], stage, lane));
    let cards = ["a", "b", "c"].map(|text| add(&mut workshop, id, one, text));
    let other = add(&mut workshop, id, two, "x");
    let on = |workshop: &mut Workshop, change| {
        *workshop = workshop.edited(Edit::On(id, change)).unwrap().workshop;
    };
    // Chosen in another order than they stand.
    let to = Target { before: Some(other), ..two };
    on(&mut workshop, OnBoard::Move { cards: vec![cards[2], cards[0]], to });
    assert_eq!(texts(&workshop.boards[0], 0, 0), ["b"]);
    assert_eq!(texts(&workshop.boards[0], 1, 2), ["a", "c", "x"]);
    on(&mut workshop, OnBoard::Shift { cards: vec![cards[0]], direction: Direction::Down });
    assert_eq!(texts(&workshop.boards[0], 1, 2), ["c", "a", "x"]);
    // The curve of feelings takes no cards: it is passed over.
    on(&mut workshop, OnBoard::Shift { cards: vec![cards[2]], direction: Direction::Up });
    assert_eq!(texts(&workshop.boards[0], 1, 0), ["c"]);
    let wall = vec![cards[1]];
    on(&mut workshop, OnBoard::Shift { cards: wall, direction: Direction::Left });
    assert_eq!(texts(&workshop.boards[0], 0, 0), ["b"]);
    on(&mut workshop, OnBoard::Copy { cards: vec![cards[1]], to: two });
    assert_eq!(texts(&workshop.boards[0], 1, 2), ["a", "x", "b"]);
    let feeling = cell(&workshop.boards[0], 0, 1);
    let add = OnBoard::AddCard { to: feeling, text: String::new() };
    assert_eq!(workshop.edited(Edit::On(id, add)), Err(EditError::Gone));
    let gone = workshop.edited(Edit::On(id, OnBoard::Delete(vec![CardId(9999)])));
    assert_eq!(gone, Err(EditError::Gone));
}

#[test]
fn a_stage_takes_its_cards_and_its_part_of_the_curve_with_it() {
    let (mut workshop, id) = with_board(Template::Empty);
    let on = |workshop: &mut Workshop, change| {
        let edited = workshop.edited(Edit::On(id, change)).unwrap();
        *workshop = edited.workshop;
        edited.made
    };
    let to = cell(&workshop.boards[0], 1, 0);
    add(&mut workshop, id, to, "middle");
    let Some(Made::Persona(persona)) = on(&mut workshop, OnBoard::AddPersona("One".into())) else {
        panic!()
    };
    let point = |at, feeling| Point { at, feeling, note: String::new() };
    let curve = vec![point(2500, 20), point(500, -5), point(1500, 3), point(3000, 7)];
    on(&mut workshop, OnBoard::SetCurve(persona, curve));
    let drawn = |workshop: &Workshop| {
        let curve = &workshop.boards[0].personas[0].curve;
        curve.iter().map(|point| (point.at, point.feeling)).collect::<Vec<_>>()
    };
    assert_eq!(drawn(&workshop), [(500, -5), (1500, 3), (2500, 20), (3000, 7)]);
    let first = workshop.boards[0].stages[0].id;
    on(&mut workshop, OnBoard::MoveStage(first, 2));
    assert_eq!(drawn(&workshop), [(500, 3), (1500, 20), (2000, 7), (2500, -5)]);
    assert_eq!(texts(&workshop.boards[0], 0, 0), ["middle"]);
    on(&mut workshop, OnBoard::AddStage { at: 0, name: "New".into() });
    assert_eq!(drawn(&workshop), [(1500, 3), (2500, 20), (3000, 7), (3500, -5)]);
    on(&mut workshop, OnBoard::DeleteStage(to.stage));
    assert_eq!(drawn(&workshop), [(1500, 20), (2000, 7), (2500, -5)]);
    assert!(workshop.boards[0].cards.is_empty());
    let too_high = vec![point(0, 21)];
    let edit = Edit::On(id, OnBoard::SetCurve(persona, too_high));
    assert_eq!(workshop.edited(edit), Err(EditError::NoCurve));
}

#[test]
fn dots_are_as_many_as_everybody_has_and_hidden_ones_do_not_order_ideas() {
    let (mut workshop, id) = with_board(Template::Empty);
    let to = cell(&workshop.boards[0], 0, 2);
    let [one, two] = ["one", "two"].map(|text| add(&mut workshop, id, to, text));
    let on = |workshop: &mut Workshop, change| {
        let edited = workshop.edited(Edit::On(id, change));
        edited.map(|edited| *workshop = edited.workshop)
    };
    assert_eq!(on(&mut workshop, OnBoard::Vote(two)), Err(EditError::NoDots));
    on(&mut workshop, OnBoard::StartVoting(2)).unwrap();
    for _ in 0..2 {
        on(&mut workshop, OnBoard::Vote(two)).unwrap();
    }
    assert_eq!(on(&mut workshop, OnBoard::Vote(one)), Err(EditError::NoDots));
    on(&mut workshop, OnBoard::TakeBack(two)).unwrap();
    on(&mut workshop, OnBoard::NextVoter).unwrap();
    assert_eq!(on(&mut workshop, OnBoard::TakeBack(two)), Err(EditError::Gone));
    on(&mut workshop, OnBoard::Vote(two)).unwrap();
    let order = |workshop: &Workshop| {
        let ideas = workshop.boards[0].opportunities();
        ideas.iter().map(|card| card.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(order(&workshop), ["one", "two"]);
    on(&mut workshop, OnBoard::RevealVotes).unwrap();
    assert_eq!(order(&workshop), ["two", "one"]);
    let voting = workshop.boards[0].voting.as_ref().unwrap();
    assert_eq!((voting.of(two), voting.voters), (2, 2));
    on(&mut workshop, OnBoard::Delete(vec![two])).unwrap();
    assert_eq!(workshop.boards[0].voting.as_ref().unwrap().of(two), 0);
}

#[test]
fn a_number_is_guessed_before_it_is_shown_and_not_after() {
    let (mut workshop, id) = with_board(Template::Shop);
    let to = cell(&workshop.boards[0], 0, 2);
    let card = add(&mut workshop, id, to, "left");
    let on = |workshop: &mut Workshop, change| {
        let edited = workshop.edited(Edit::On(id, OnBoard::Change(card, change)));
        edited.map(|edited| *workshop = edited.workshop)
    };
    on(&mut workshop, CardChange::Guessing(true)).unwrap();
    // There is nothing to be guessed yet.
    assert_eq!(workshop.boards[0].cards[0].guess, None);
    let measure = Measure { view: "flow".into(), quantity: Quantity::Everybody };
    on(&mut workshop, CardChange::Evidence(Evidence::Measured(measure))).unwrap();
    on(&mut workshop, CardChange::Guessing(true)).unwrap();
    on(&mut workshop, CardChange::Guess(40)).unwrap();
    on(&mut workshop, CardChange::Reveal).unwrap();
    assert_eq!(on(&mut workshop, CardChange::Guess(80)), Err(EditError::Gone));
    assert_eq!(workshop.boards[0].cards[0].guess.as_ref().unwrap().guesses, [40]);
    assert_eq!(on(&mut workshop, CardChange::Severity(Some(6))), Err(EditError::NoGrade));
}

#[test]
fn how_it_ought_to_be_stands_beside_how_it_is_until_that_is_gone() {
    let (mut workshop, id) = with_board(Template::Shop);
    made(&mut workshop, Edit::NewBoard(Template::Empty));
    let shows = Shows::Board(id);
    made(&mut workshop, Edit::AddSlide { shows, title: "As it is".into(), at: None });
    let Made::Board(to_be) = made(&mut workshop, Edit::ToBe(id)) else { panic!() };
    assert_eq!(workshop.boards[1].id, to_be);
    assert_eq!(workshop.to_be(id).map(|board| board.id), Some(to_be));
    assert_eq!(made(&mut workshop, Edit::ToBe(id)), Made::Board(to_be));
    let workshop = workshop.edited(Edit::DeleteBoard(id)).unwrap().workshop;
    assert_eq!(workshop.boards[0].state, State::AsIs);
    assert!(workshop.slides.is_empty());
    assert!(workshop.checked().is_ok());
}

#[test]
fn what_is_no_board_is_said_in_one_sentence() {
    let (workshop, id) = with_board(Template::Shop);
    let text = String::from_utf8(workshop.to_json()).unwrap();
    let read = |text: &str| Workshop::from_json(text.as_bytes());
    assert_eq!(read(&text), Ok(workshop.clone()));
    assert_eq!(read(&text.replace("\"format\": 1", "\"format\": 2")), Err(BoardError::Newer));
    for broken in [
        text.replace("\"format\": 1", "\"format\": 0"),
        text.replace("actions", "deeds"),
        text.replace(&format!("\"id\": {}", id.0), "\"id\": 4000000000"),
        text[..text.len() / 2].to_owned(),
        "[]".to_owned(),
    ] {
        assert_eq!(read(&broken), Err(BoardError::Damaged));
    }
    let mut workshop = workshop;
    let to = cell(&workshop.boards[0], 0, 0);
    add(&mut workshop, id, to, "a");
    workshop.boards[0].lanes.remove(0);
    assert_eq!(workshop.checked(), Err(BoardError::Damaged));
}

#[test]
fn a_picture_is_known_by_its_first_bytes_and_has_a_largest_size() {
    let chunk = |name: &[u8; 4], data: &[u8]| {
        [&(data.len() as u32).to_be_bytes()[..], name, data, &[0; 4]].concat()
    };
    let of = |width: u32, height: u32, more: &[u8]| {
        let sides = [width, height].map(u32::to_be_bytes).concat();
        let header = chunk(b"IHDR", &[&sides[..], &[8, 2, 0, 0, 0]].concat());
        [b"\x89PNG\r\n\x1a\n", &header[..], more].concat()
    };
    let end = chunk(b"IEND", &[]);
    assert_eq!(Picture::from_png(of(640, 480, &end)).unwrap().size(), [640, 480]);
    let (words, after) = (chunk(b"tEXt", b"where\0here"), [&end[..], b"more"].concat());
    for wrong in [
        of(0, 5, &end),
        of(5, 4000, &end),
        // Words beside the picture, after its end, or no end.
        of(640, 480, &[&words[..], &end].concat()),
        of(640, 480, &after),
        of(640, 480, &[]),
        of(640, 480, &[0xff; 8]),
        b"GIF89a".to_vec(),
        Vec::new(),
    ] {
        assert!(Picture::from_png(wrong).is_err());
    }
    let large = of(640, 480, &chunk(b"IDAT", &vec![0; Picture::LARGEST_BYTES]));
    assert!(Picture::from_png(large).is_err());
}

/// Edits of a board, with numbers that are often those of something on it.
fn any_edit() -> impl Strategy<Value = OnBoard> {
    use super::{LaneId, PersonaId, StageId};
    let id = || 1..40_u32;
    let target = || {
        (id(), id(), proptest::option::of(id())).prop_map(|(stage, lane, before)| Target {
            stage: StageId(stage),
            lane: LaneId(lane),
            before: before.map(CardId),
        })
    };
    let cards = || proptest::collection::vec(id().prop_map(CardId), 1..4);
    let direction = prop_oneof![
        Just(Direction::Left),
        Just(Direction::Right),
        Just(Direction::Up),
        Just(Direction::Down)
    ];
    let point = (0..6000_u32, -25..25_i8).prop_map(|(at, feeling)| Point {
        at,
        feeling,
        note: String::new(),
    });
    let name = "[a-z]{0,4}";
    prop_oneof![
        (0..6_usize, name).prop_map(|(at, name)| OnBoard::AddStage { at, name }),
        (id(), 0..6_usize).prop_map(|(id, to)| OnBoard::MoveStage(StageId(id), to)),
        id().prop_map(|id| OnBoard::DeleteStage(StageId(id))),
        (0..9_usize, 0..9_usize)
            .prop_map(|(at, kind)| OnBoard::AddLane { at, kind: LaneKind::ALL[kind] }),
        (id(), 0..6_usize).prop_map(|(id, to)| OnBoard::MoveLane(LaneId(id), to)),
        id().prop_map(|id| OnBoard::DeleteLane(LaneId(id))),
        (target(), name).prop_map(|(to, text)| OnBoard::AddCard { to, text }),
        (cards(), target()).prop_map(|(cards, to)| OnBoard::Move { cards, to }),
        (cards(), target()).prop_map(|(cards, to)| OnBoard::Copy { cards, to }),
        (cards(), direction).prop_map(|(cards, direction)| OnBoard::Shift { cards, direction }),
        cards().prop_map(OnBoard::Delete),
        name.prop_map(OnBoard::AddPersona),
        (id(), proptest::collection::vec(point, 0..8))
            .prop_map(|(id, curve)| OnBoard::SetCurve(PersonaId(id), curve)),
        (0..9_u8).prop_map(OnBoard::StartVoting),
        id().prop_map(|id| OnBoard::Vote(CardId(id))),
        id().prop_map(|id| OnBoard::TakeBack(CardId(id))),
        Just(OnBoard::NextVoter),
        Just(OnBoard::RevealVotes),
    ]
}

/// Which words stand in which cell, by the places of stages and lanes.
fn words_by_cell(board: &Board) -> Vec<(usize, usize, String)> {
    let stage = |id| board.stages.iter().position(|it| it.id == id).unwrap();
    let lane = |id| board.lanes.iter().position(|it| it.id == id).unwrap();
    board.cards.iter().map(|it| (stage(it.stage), lane(it.lane), it.text.clone())).collect()
}

proptest! {
    #[test]
    fn whatever_is_done_the_workshop_stays_whole_and_is_read_as_it_was_written(
        edits in proptest::collection::vec(any_edit(), 1..60),
    ) {
        let (mut workshop, id) = with_board(Template::Empty);
        for edit in edits {
            let before = workshop.clone();
            if let Ok(edited) = workshop.edited(Edit::On(id, edit)) {
                prop_assert!(edited.workshop.clone().checked().is_ok(), "{:?}", edited);
                workshop = edited.workshop;
            } else {
                prop_assert_eq!(&before, &workshop);
            }
        }
        prop_assert_eq!(Workshop::from_json(&workshop.to_json()), Ok(workshop));
    }

    /// Numbers are those of another workshop, so that new ones may be what other things had.
    #[test]
    fn a_board_that_is_taken_keeps_every_card_in_its_cell(
        numbers in Just((1..40_u32).collect::<Vec<_>>()).prop_shuffle(),
        taken in 0..3_usize,
    ) {
        let (workshop, id) = with_board(Template::Shop);
        let mut board = workshop.board(id).unwrap().clone();
        let mut numbers = numbers.into_iter();
        for stage in &mut board.stages {
            stage.id.0 = numbers.next().unwrap();
        }
        for lane in &mut board.lanes {
            lane.id.0 = numbers.next().unwrap();
        }
        board.cards.clear();
        for (at, stage) in board.stages.iter().enumerate() {
            let lane = &board.lanes[at % board.lanes.len()];
            let card = Card::new(CardId(numbers.next().unwrap()), stage.id, lane.id);
            board.cards.push(Card { text: format!("card {at}"), ..card });
        }
        let expected = words_by_cell(&board);
        let mut workshop = Workshop::default();
        for _ in 0..taken {
            made(&mut workshop, Edit::NewBoard(Template::Empty));
        }
        let Made::Board(id) = made(&mut workshop, Edit::Take(Box::new(board))) else { panic!() };
        prop_assert_eq!(words_by_cell(workshop.board(id).unwrap()), expected);
    }
}
