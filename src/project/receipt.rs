//! The receipt of an erasure: what was done about a list, for whoever has to show that it was.
//!
//! *Invariant:* names nobody and counts nobody; its number is random.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::history::Event;
use super::{Kept, Project, ProjectError, random_name};

/// What was done about one erasure list.
pub struct Receipt {
    number: String,
    day: Date,
    /// Its entry in the history.
    entry: u64,
    /// How often something had left before.
    left_before: usize,
    was_known: bool,
}

impl Project {
    /// Keeps what the vault made of an erasure list: who asked to be erased, and the ledger. `was_known`
    /// says whether the ledger knew anybody of it.
    ///
    /// # Errors
    /// Where the system gives no random bytes; then nothing is changed.
    pub fn erase(
        &mut self,
        (erased, ledger): (Kept, Kept),
        was_known: bool,
        now: Timestamp,
    ) -> Result<Receipt, ProjectError> {
        let number = random_name()?;
        (self.erased, self.ledger) = (erased, ledger);
        self.history.push(now, &Event::Erased { receipt: number.clone(), lists: 1 });
        let entries = self.history.entries();
        Ok(Receipt {
            number,
            day: TimeZone::UTC.to_datetime(now).date(),
            entry: entries.len() as u64,
            left_before: entries.iter().filter(|entry| entry.is_before_erasure).count(),
            was_known,
        })
    }
}

impl Receipt {
    /// In words, a line each, about the project of this name.
    #[must_use]
    pub fn text(&self, project: &str) -> String {
        let Self { number, day, entry, left_before, was_known } = self;
        let ledger = if *was_known {
            "The ledger of releases has forgotten them; only that there were so many stays."
        } else {
            "The ledger of releases knew nobody of it."
        };
        let before = match left_before {
            0 => "Nothing had left before.".to_owned(),
            1 => "What left before, once, is marked as made before an erasure.".to_owned(),
            times => {
                format!("What left before, {times} times, is marked as made before an erasure.")
            }
        };
        format!(
            "Receipt {number}\n\
             One erasure list was applied to {project} on {day}; it is entry {entry} of its history.\n\
             Who is on it is left out whenever the data are read again.\n\
             {ledger}\n\
             {before}\n\
             The event files themselves were not changed. The list is not needed any more; delete it.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::project::testing::{kept, project};
    use crate::project::{Check, Event};

    #[test]
    fn a_receipt_says_what_was_done_and_where_it_stands_in_the_history() {
        let mut project = project();
        let now = Timestamp::UNIX_EPOCH;
        project.history.push(now, &Event::Refused { check: Check::Audit });
        let exported =
            Event::Exported { view: "flow".to_owned(), form: "svg".to_owned(), k: 10, b: 5 };
        project.history.push(now, &exported);
        let receipt = project.erase((kept(vec![1]), kept(vec![2])), true, now).unwrap();
        assert!(project.erased[..] == [1] && project.ledger[..] == [2]);
        let text = receipt.text("shop.trodden");
        for said in ["shop.trodden on 1970-01-01; it is entry 5", "has forgotten them", "once"] {
            assert!(text.contains(said), "{said} in {text}");
        }
        let number = text.lines().next().unwrap().strip_prefix("Receipt ").unwrap().to_owned();
        assert!(project.history.text().contains(&number) && project.history.verify().is_ok());
        let again = project.erase((kept(vec![1]), kept(vec![2])), false, now).unwrap();
        assert!(again.text("shop.trodden").contains("knew nobody") && again.number != number);
    }
}
