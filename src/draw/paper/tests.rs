//! What is printed has the pages, the words and the size that it should, as other programs read it.

use std::path::Path;
use std::process::Command;

use super::{Paper, Print, Sheet, print};
use crate::board::Board;
use crate::draw::board::testing::{views, workshop};
use crate::views::View;

const ALL: [Print; 5] = [Print::Page, Print::Wall, Print::Cards, Print::Voting, Print::Actions];

fn printed(board: &Board, paper: Paper, what: Print) -> Vec<u8> {
    let views = views();
    let views: Vec<&View> = views.iter().collect();
    print(board, None, &views, paper, what).unwrap()
}

fn rich() -> Board {
    workshop().boards[0].clone()
}

/// What a program says of a file; nothing where it is not on this machine.
fn said(program: &str, before: &[&str], file: &Path, after: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(program).args(before).arg(file).args(after).output() else {
        let is_needed = std::env::var_os("TRODDEN_REQUIRE_TOOLS").is_some();
        assert!(!is_needed, "{program} is missing");
        eprintln!("{program} is not here; what it would say was not compared");
        return None;
    };
    assert!(output.status.success(), "{program}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn words(bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.pdf");
    std::fs::write(&file, bytes).unwrap();
    // Narrow blanks between digits are read as blanks.
    said("pdftotext", &["-layout"], &file, &["-"]).map(|said| said.replace('\u{202F}', " "))
}

#[test]
fn every_print_is_the_same_bytes_each_time_and_can_be_looked_at() {
    let board = rich();
    for what in ALL {
        let bytes = printed(&board, Paper::default(), what);
        assert!(bytes.starts_with(b"%PDF-1."));
        assert_eq!(bytes, printed(&board, Paper::default(), what));
        if let Some(folder) = std::env::var_os("TRODDEN_LOOK") {
            let name = format!("print-{what:?}.pdf").to_lowercase();
            std::fs::write(Path::new(&folder).join(name), bytes).unwrap();
        }
    }
}

#[test]
fn pages_are_as_large_as_the_paper() {
    let cases = [
        (Sheet::A4, false, "841.89 x 595.28"),
        (Sheet::A4, true, "595.28 x 841.89"),
        (Sheet::A3, false, "1190.55 x 841.89"),
        (Sheet::Letter, true, "612 x 792"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.pdf");
    for (sheet, portrait, size) in cases {
        for what in ALL {
            std::fs::write(&file, printed(&rich(), Paper { sheet, portrait }, what)).unwrap();
            let Some(output) = said("pdfinfo", &["-l", "99"], &file, &[]) else { return };
            let sizes: Vec<&str> = output
                .lines()
                .filter(|line| line.starts_with("Page ") && line.contains(" size:"))
                .collect();
            assert!(!sizes.is_empty(), "{output}");
            for line in sizes {
                assert!(line.contains(size), "{what:?}: {line}");
            }
            assert!(output.contains("Buying something, start to parcel"), "{output}");
        }
    }
}

#[test]
fn every_card_is_on_the_page_in_words_that_can_be_selected() {
    let board = rich();
    let Some(page) = words(&printed(&board, Paper::default(), Print::Page)) else { return };
    for word in [
        "Buying something, start to parcel",
        "Look around",
        "Pain points",
        "3 525",
        "measured",
        "withheld",
        "most votes",
        "Gift giver",
    ] {
        assert!(page.contains(word), "{word} in {page}");
    }
    let Some(cards) = words(&printed(&board, Paper::default(), Print::Cards)) else { return };
    for card in &board.cards {
        let first = card.text.split(' ').next().unwrap();
        assert!(cards.contains(first), "{first} in {cards}");
    }
}

#[test]
fn a_wall_has_every_word_and_each_page_says_where_it_belongs() {
    let Some(wall) = words(&printed(&rich(), Paper::default(), Print::Wall)) else { return };
    let pages: Vec<&str> = wall.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() >= 9, "{}", pages.len());
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains("· row ") && page.contains(", column "), "page {at}: {page}");
    }
    assert!(pages[0].contains("row 1 of") && pages[0].contains("column 1 of"));
    // Words of the far corner are on a far page and not hidden under the first.
    assert!(!pages[0].contains("large"));
    assert!(wall.contains("Backstage") && wall.contains("Afterwards, when the parcel"));
}

#[test]
fn votes_are_cast_on_numbered_ideas_and_actions_stand_by_votes() {
    let board = rich();
    let Some(voting) = words(&printed(&board, Paper::default(), Print::Voting)) else { return };
    assert!(voting.contains("Everybody fills 5 dots in all."), "{voting}");
    assert!(voting.contains("Keep the search when a filter is set"));
    // What others voted is no part of it.
    assert!(!voting.contains('9'), "{voting}");
    let Some(actions) = words(&printed(&board, Paper::default(), Print::Actions)) else { return };
    let at = |word: &str| actions.find(word).unwrap_or_else(|| panic!("{word} in {actions}"));
    assert!(at("Say why a card was refused") < at("Save for later without an account"));
    assert!(at("Filter empties the search") < at("Payment error without a reason"));
    assert!(actions.contains("20 = 4 × 5") && actions.contains("withheld: too few"));
}

#[test]
fn long_lists_go_on_over_pages_and_lose_nothing() {
    let mut board = rich();
    let idea = board.cards.iter().find(|card| card.text.starts_with("Keep the")).unwrap().clone();
    for number in 0..120_u32 {
        let id = crate::board::CardId(500 + number);
        let text = format!("Idea with a number {number}x");
        board.cards.push(crate::board::Card { id, text, ..idea.clone() });
    }
    let paper = Paper { sheet: Sheet::Letter, portrait: true };
    for what in [Print::Voting, Print::Actions, Print::Cards] {
        let Some(words) = words(&printed(&board, paper, what)) else { return };
        for number in 0..120 {
            assert!(words.contains(&format!("number {number}x")), "{what:?} {number}");
        }
        if what != Print::Cards {
            let last = words.matches("page ").count();
            assert!(last > 2 && words.contains(&format!("page {last} of {last}")), "{last}");
        }
    }
}

#[test]
fn an_empty_board_is_printed_too() {
    let mut board = rich();
    board.cards.clear();
    for what in ALL {
        assert!(printed(&board, Paper::default(), what).starts_with(b"%PDF"));
    }
}
