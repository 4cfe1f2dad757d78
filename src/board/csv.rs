//! The cards of a board as a table, safe to open in a spreadsheet.
//!
//! *Invariant:* a number is what a view publishes, and stands where the card is not guessed at. Dots are told
//! once they are revealed.

use std::fmt::Write;

use super::{Board, Card, Effort, Evidence, Reading};
use crate::views::{View, no_formula, quoted};

const COLUMNS: [&str; 14] = [
    "stage",
    "lane",
    "card",
    "text",
    "note",
    "evidence",
    "view",
    "number",
    "severity",
    "frequency",
    "effort",
    "owner",
    "votes",
    "picture",
];

impl Board {
    /// Lines end in CR LF; the first line names the columns. Stage by stage, each from top to bottom.
    pub fn to_csv(&self, views: &[&View]) -> String {
        let mut out = format!("{}\r\n", COLUMNS.join(","));
        for stage in &self.stages {
            for lane in &self.lanes {
                for card in self.cell(stage.id, lane.id) {
                    let kind = lane.kind.card();
                    let cells = self.row(card, [&stage.name, &lane.name, kind], views);
                    let cells: Vec<String> =
                        cells.iter().map(|cell| quoted(&no_formula(cell))).collect();
                    // Writing to a String never fails.
                    let _ = write!(out, "{}\r\n", cells.join(","));
                }
            }
        }
        out
    }

    fn row(
        &self,
        card: &Card,
        [stage, lane, kind]: [&str; 3],
        views: &[&View],
    ) -> [String; COLUMNS.len()] {
        let is_guessed = card.guess.as_ref().is_some_and(|guess| !guess.revealed);
        let (evidence, view, figure) = match &card.evidence {
            Evidence::None => ("", "", None),
            Evidence::Assumed => ("assumed", "", None),
            Evidence::Measured(measure) => {
                let (evidence, figure) = match measure.read(views.iter().copied()) {
                    _ if is_guessed => ("to be guessed", None),
                    Reading::Count { count, .. } => ("measured", Some(count.to_string())),
                    Reading::Time { median_secs } => ("measured", Some(format!("{median_secs} s"))),
                    Reading::Withheld => ("withheld", None),
                    Reading::Unanswered => ("no answer", None),
                };
                (evidence, measure.view.as_str(), figure)
            }
        };
        let grade = |grade: Option<u8>| grade.map_or_else(String::new, |grade| grade.to_string());
        let shown = self.voting.as_ref().filter(|voting| voting.revealed);
        let votes = shown.map(|voting| voting.of(card.id)).filter(|votes| *votes > 0);
        let picture = card.picture.as_ref().map(super::Picture::size);
        [
            stage.to_owned(),
            lane.to_owned(),
            kind.to_owned(),
            card.text.clone(),
            card.note.clone(),
            evidence.to_owned(),
            view.to_owned(),
            figure.unwrap_or_default(),
            grade(card.severity),
            grade(card.frequency),
            card.effort.map_or_else(String::new, |effort| Effort::name(effort).to_owned()),
            card.owner.clone(),
            votes.map_or_else(String::new, |votes| votes.to_string()),
            picture.map_or_else(String::new, |[width, height]| format!("{width} × {height}")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::board_testing::workshop as rich;

    #[test]
    fn every_card_is_a_line_and_no_cell_runs() {
        let mut board = rich().boards[0].clone();
        board.cards[0].text = "=HYPERLINK(\"http://x\",\"y\")\nsecond".into();
        let text = board.to_csv(&[]);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), board.cards.len());
        assert_eq!(&rows[0][3], "'=HYPERLINK(\"http://x\",\"y\")\nsecond");
        let runs = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        assert!(!rows.iter().flatten().any(runs));
        let idea = rows.iter().find(|row| row[3].starts_with("Say why")).unwrap();
        let said: Vec<&str> = idea.iter().collect();
        assert_eq!(said[0..3], ["Pay", "Ideas", "Idea"]);
        assert_eq!(said[10..13], ["small", "Payments", "9"]);
    }

    #[test]
    fn a_card_without_its_view_has_no_number_and_hidden_dots_are_not_told() {
        let mut board = rich().boards[0].clone();
        let mut voting = serde_json::to_value(board.voting.as_ref().unwrap()).unwrap();
        voting["revealed"] = false.into();
        board.voting = serde_json::from_value(voting).unwrap();
        let text = board.to_csv(&[]);
        let row = text.lines().find(|line| line.contains("reached Payment")).unwrap();
        assert_eq!(row, "Pay,People,Number,reached Payment,,to be guessed,funnel,,,,,,,");
        let idea = text.lines().find(|line| line.contains("Say why")).unwrap();
        assert!(idea.ends_with("small,Payments,,"), "{idea}");
    }
}
