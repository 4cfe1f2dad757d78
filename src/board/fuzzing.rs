//! Boards of unknown origin: `board.json`, and Mermaid journeys.

use super::{Board, Edit, Workshop};

/// A workshop that is read is whole, is written in one way, and can be read again.
pub(crate) fn board(data: &[u8]) {
    let read = Workshop::from_json(data);
    assert_eq!(read, Workshop::from_json(data));
    let Ok(workshop) = read else { return };
    let text = workshop.to_json();
    let again = Workshop::from_json(&text);
    assert!(again.as_ref() == Ok(&workshop), "a workshop changes when it is written");
    assert_eq!(again.map(|again| again.to_json()), Ok(text));
    for board in &workshop.boards {
        let lines = board.to_csv(&[]);
        let mut reader = csv::Reader::from_reader(lines.as_bytes());
        let rows = reader.records().inspect(|row| assert!(row.is_ok(), "a table is broken"));
        assert_eq!(rows.count(), board.cards.len());
        let journey = board.to_mermaid();
        // A board may have more than a journey of it, so that not every one is read again.
        if let Ok(again) = Board::from_mermaid(journey.as_bytes()) {
            assert!(Workshop::default().edited(Edit::Take(Box::new(again))).is_ok());
        }
    }
}

/// A journey that is read is a whole board, and what is written of it is read as the same.
pub(crate) fn journey(data: &[u8]) {
    let read = Board::from_mermaid(data);
    assert_eq!(read, Board::from_mermaid(data));
    let Ok(board) = read else { return };
    let taken = Workshop::default().edited(Edit::Take(Box::new(board.clone())));
    assert!(taken.is_ok(), "a journey is no whole board");
    let written = board.to_mermaid();
    let Ok(again) = Board::from_mermaid(written.as_bytes()) else {
        panic!("what is written of a journey is none: {written}");
    };
    assert_eq!(again.to_mermaid(), written);
    assert_eq!(again.cards.len(), board.cards.len());
}
