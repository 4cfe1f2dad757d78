//! Several packages, checked each for itself and attacked together.

use super::joint;
use super::open::{Opened, Verdict, open};
use super::parts::Part;
use super::{Finding, Unreadable};
use crate::views::View;

/// What is to be said of several packages.
#[derive(Debug)]
pub struct Together {
    /// Of each package for itself, in their order.
    pub packages: Vec<Result<Verdict, Unreadable>>,
    /// Of all that could be read; absent where fewer than two could. Findings name packages by
    /// their numbers.
    pub joint: Option<Verdict>,
    /// What has to be known to read the joint verdict.
    pub notes: Vec<&'static str>,
}

/// A package does not say which people it is about, so it is taken for the worst.
const SAME_PEOPLE: &str = "These packages may be about different people; the joint check assumes they are about the same.";
const CONTRADICTION: &str = "The numbers of these packages contradict each other, so they cannot be about the same people at the same time; together they were not attacked.";

/// Checks each package, then attacks the sealed views of all of them together. Each comes with
/// the number that it has for whoever asks.
pub fn verify_jointly(packages: &[(usize, &[u8])]) -> Together {
    let opened: Vec<(usize, Result<Opened, Unreadable>)> =
        packages.iter().map(|(number, bytes)| (*number, open(bytes))).collect();
    let mut views: Vec<(String, &View)> = Vec::new();
    let mut readable = 0;
    for (number, opened) in &opened {
        let Ok(opened) = opened else { continue };
        readable += usize::from(!opened.views.is_empty());
        for view in &opened.views {
            let path = Part::View.path(view.view().name());
            views.push((format!("package {number}, {path}"), view.view()));
        }
    }
    let mut together = Together { packages: Vec::new(), joint: None, notes: Vec::new() };
    if readable > 1 {
        let named: Vec<(&str, &View)> =
            views.iter().map(|(name, view)| (name.as_str(), *view)).collect();
        let attacked = joint::attack(&named);
        together.notes.push(SAME_PEOPLE);
        if attacked.contradiction {
            together.notes.push(CONTRADICTION);
        }
        let mut verdict = Verdict::default();
        verdict.check("Taken together, the packages give no small group away.", attacked.findings);
        together.joint = Some(verdict);
    }
    together.packages =
        opened.into_iter().map(|(_, opened)| opened.map(|opened| opened.verdict)).collect();
    together
}

impl Together {
    /// Whether every package could be read and nothing was found in any, nor in all of them.
    pub fn passed(&self) -> bool {
        let each =
            |package: &Result<Verdict, Unreadable>| package.as_ref().is_ok_and(Verdict::passed);
        self.packages.iter().all(each) && self.joint.as_ref().is_none_or(Verdict::passed)
    }

    /// What was found, whichever package it is in.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let each = self.packages.iter().flatten().chain(&self.joint);
        each.flat_map(|verdict| &verdict.findings)
    }
}
