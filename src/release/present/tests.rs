//! A presenter file is a package that still verifies, and adds no number to it.

use serde_json::{Value, json};

use super::super::archive::{File, pack, unpack};
use super::super::attached::BOARD;
use super::super::{
    Choice, Contents, Facts, Formats, Judgement, Point, PresentError, Signed, decide, open, sign,
    verify, verify_with, write,
};
use super::{Presented, present};
use crate::board::Workshop;
use crate::draw::board_testing;
use crate::keys::SecretKey;
use crate::views::{Disclosed, Policy, View};

fn view() -> View {
    serde_json::from_str(include_str!("../../../fixtures/corpus/view/flow.json")).unwrap()
}

fn package() -> Vec<u8> {
    let view = view();
    let head = view.head();
    let policy = Policy::new(head.k, Some(head.b)).unwrap().with_blur(head.blur);
    let view = Disclosed::after_control(view);
    let formats = Formats { png: false, ..Formats::default() };
    let facts = Facts::default();
    let (source, history) = (None, None);
    write(&Contents { views: vec![&view], policy, facts, formats, source, history }).unwrap().bytes
}

/// The rich board, with everything that it looks up in this package.
fn workshop() -> Workshop {
    let text = String::from_utf8(board_testing::workshop().to_json()).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    let name = view().name().to_owned();
    for card in value["boards"][0]["cards"].as_array_mut().unwrap() {
        let measure = card.get_mut("evidence").and_then(|evidence| evidence.get_mut("measured"));
        if let Some(measure) = measure {
            measure["view"] = name.clone().into();
        }
    }
    value["slides"][0]["shows"] = json!({ "view": name });
    Workshop::from_json(value.to_string().as_bytes()).unwrap()
}

fn shown() -> Vec<u8> {
    present(&package(), &workshop()).unwrap()
}

/// Another board in the place of the one that is there.
fn with_board(bytes: &[u8]) -> Vec<u8> {
    let mut files = unpack(&shown()).unwrap();
    files.last_mut().unwrap().1 = bytes.to_vec();
    pack(&files).unwrap()
}

fn found(bytes: &[u8]) -> String {
    let verdict = verify(bytes).unwrap();
    assert!(!verdict.passed());
    assert!(open(bytes).unwrap().workshop.is_none());
    verdict.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_board_that_names_what_is_not_published_is_found() {
    let found = found(&with_board(&workshop().to_json()));
    assert!(found.contains("names what the package does not publish"), "{found}");
    assert!(!found.contains("Nowhere"), "{found}");
}

#[test]
fn a_presenter_file_verifies_and_gives_the_board_back_without_hidden_names() {
    let bytes = shown();
    let opened = open(&bytes).unwrap();
    assert!(opened.verdict.passed(), "{:?}", opened.verdict.findings);
    // What the package does not publish is not named in it.
    let told = super::without_unpublished(&workshop(), &opened.views);
    assert_eq!(opened.workshop.as_ref(), Some(&told));
    assert_ne!(told, workshop());
    assert!(!String::from_utf8(told.to_json()).unwrap().contains("Nowhere"));
    assert_eq!(opened.views.len(), 1);
    let presented = opened.verdict.presented.unwrap();
    let cards = workshop().boards.iter().map(|board| board.cards.len()).sum();
    assert_eq!(presented, Presented { boards: 2, cards, pictures: 1, slides: 3 });
    assert!(presented.sentence().contains("typed by people"));
    // The same package and board give the same bytes, whatever was there before.
    assert!(present(&bytes, &workshop()).unwrap() == bytes);
    let empty = present(&bytes, &Workshop::default()).unwrap();
    assert_eq!(open(&empty).unwrap().workshop, Some(Workshop::default()));
    assert_eq!(verify(&package()).unwrap().presented, None);
}

#[test]
fn signature_and_decision_hold_whether_the_board_comes_before_or_after() {
    let key = SecretKey::for_tests();
    let keys = [key.public().clone()];
    let judgement = Judgement {
        choice: Choice::Approved,
        holds: Point::ALL.to_vec(),
        comment: "for the board".to_owned(),
    };
    let signed =
        |bytes: &[u8]| decide(&sign(bytes, &key).unwrap(), &judgement, &key, &keys).unwrap();
    let after = present(&signed(&package()), &workshop()).unwrap();
    let before = signed(&shown());
    let names = |bytes: &[u8]| -> Vec<String> {
        unpack(bytes).unwrap().into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(&after), names(&before));
    assert!(unpack(&after).unwrap().last() == unpack(&before).unwrap().last());
    for shown in [after, before] {
        let verdict = verify_with(&shown, &keys).unwrap();
        assert!(verdict.passed(), "{:?}", verdict.findings);
        assert_eq!(verdict.signature, Signed::Good(key.id()));
        assert!(verdict.decision.unwrap().is_approved() && verdict.presented.is_some());
    }
}

/// Every number of a JSON text with the keys that lead to it.
fn numbers(value: &Value, path: &str, out: &mut Vec<(String, f64)>) {
    match value {
        Value::Number(number) => out.push((path.to_owned(), number.as_f64().unwrap())),
        Value::Array(all) => all.iter().for_each(|value| numbers(value, path, out)),
        Value::Object(all) => {
            for (key, value) in all {
                numbers(value, &format!("{path}/{key}"), out);
            }
        }
        _ => {}
    }
}

/// Numbers of the kinds that people give.
const TYPED: [&str; 17] = [
    "/format",
    "/last_id",
    "/id",
    "/stage",
    "/lane",
    "/of",
    "/board",
    "/severity",
    "/frequency",
    "/guesses",
    "/at",
    "/feeling",
    "/dots",
    "/voters",
    "/given",
    "/last",
    "/quantity/reached/step",
];

#[test]
fn it_holds_no_cell_below_k_and_no_measured_number_that_is_not_published() {
    let (before, after) = (unpack(&package()).unwrap(), unpack(&shown()).unwrap());
    // What was published is all that is there, byte for byte, and then the board.
    let ((name, board), rest): (&File, &[File]) = after.split_last().unwrap();
    assert!(rest == before.as_slice());
    assert_eq!(name, BOARD);
    let view = view();
    let head = view.head();
    let mut counts = 0;
    for (name, bytes) in rest.iter().filter(|(name, _)| name.starts_with("views/")) {
        let mut all = Vec::new();
        numbers(&serde_json::from_slice(bytes).unwrap(), "", &mut all);
        for (path, number) in all {
            if path.ends_with("/count") || path.ends_with("/people") {
                counts += 1;
                assert!(number >= f64::from(head.k), "{name} {path} {number}");
                assert!((number % f64::from(head.b)).abs() < f64::EPSILON, "{name} {path}");
            }
        }
    }
    assert!(counts > 5, "{counts}");
    // The board has numbers that people give, and no other.
    let mut all = Vec::new();
    numbers(&serde_json::from_slice(board).unwrap(), "", &mut all);
    assert!(all.len() > 100);
    for (path, number) in all {
        let is_dots = path.contains("/voting/votes/");
        assert!(is_dots || TYPED.iter().any(|typed| path.ends_with(typed)), "{path} {number}");
    }
    // A number in words would have been typed; the program writes none.
    let measured =
        workshop().boards[0].cards.iter().filter(|card| !card.evidence.is_none()).count();
    assert!(measured > 5);
}

#[test]
fn a_package_that_is_refused_is_not_shown_and_neither_is_a_board_of_other_views() {
    let mut files = unpack(&package()).unwrap();
    files[1].1.push(b' ');
    let changed = present(&pack(&files).unwrap(), &workshop());
    assert!(matches!(changed, Err(PresentError::Refused(_))));
    let mut around = package();
    around.push(0);
    assert!(present(&around, &workshop()).is_err());
    let Err(PresentError::Board(found)) = present(&package(), &board_testing::workshop()) else {
        panic!("a board of other views is shown");
    };
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|it| it.contains("looks into a view that is none")), "{found:?}");
    assert!(found.iter().any(|it| it.contains("slide 1 shows a view that is none")), "{found:?}");
    assert!(present(b"no archive", &workshop()).is_err());
}

#[test]
fn a_board_that_was_changed_is_found_in_words_that_repeat_nothing_of_it() {
    let text = String::from_utf8(workshop().to_json()).unwrap();
    let other = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        found(&with_board(text.replacen(from, to, 1).as_bytes()))
    };
    assert!(other("\"format\": 1", "\"format\": 9").contains("newer version"));
    assert!(other("{\n", "{ \n").contains("not written in the one way"));
    assert!(other("\"stages\"", "\"secret_words\"").contains("damaged"));
    let name = format!("\"view\": \"{}\"", view().name());
    let said = other(&name, "\"view\": \"secret_words\"");
    assert!(said.contains("none of the package") && !said.contains("secret_words"), "{said}");
    let at = text.find("\"picture\": \"").unwrap() + 90;
    let mut broken = text.clone();
    broken.replace_range(at..at + 8, "AAAAAAAA");
    assert!(found(&with_board(broken.as_bytes())).contains("cannot be drawn"));
    // A board in another place is a foreign file.
    let mut files = unpack(&shown()).unwrap();
    let board = files.pop().unwrap();
    files.insert(files.len() - 1, board);
    assert!(!verify(&pack(&files).unwrap()).unwrap().passed());
}
