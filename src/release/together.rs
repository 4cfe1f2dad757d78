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
    /// Whether the numbers contradict each other, so that not all of them were attacked together.
    pub contradiction: bool,
    /// What has to be known to read the joint verdict.
    pub notes: Vec<&'static str>,
}

/// Only packages of one project say which import they are of; others are taken for the worst.
const SAME_PEOPLE: &str = "These packages may be about different people; the joint check assumes they are about the same.";
const ONE_IMPORT: &str =
    "These packages say that they are of the same import, and so about the same people.";
const CONTRADICTION_OF_TWO: &str = "The numbers of these packages contradict each other, so they cannot be about the same people at the same time; they were not attacked together.";
const CONTRADICTION: &str = "The numbers of these packages contradict each other, so they cannot all be about the same people at the same time; only each two of them were attacked together.";

/// Checks each package, then attacks the sealed views of all of them together. Each comes with
/// the number that it has for whoever asks.
pub fn verify_jointly(packages: &[(usize, &[u8])]) -> Together {
    let opened: Vec<(usize, Result<Opened, Unreadable>)> =
        packages.iter().map(|(number, bytes)| (*number, open(bytes))).collect();
    // The views of each package that could be read, under names with its number.
    let mut sealed: Vec<Vec<(String, &View)>> = Vec::new();
    let mut sources: Vec<Option<&String>> = Vec::new();
    for (number, opened) in &opened {
        let views = opened.as_ref().map_or(&[][..], |opened| &opened.views);
        if !views.is_empty() {
            sources.push(opened.as_ref().ok().and_then(|opened| opened.source.as_ref()));
        }
        let name = |view: &View| format!("package {number}, {}", Part::View.path(view.name()));
        let views = views.iter().map(|view| (name(view.view()), view.view()));
        sealed.push(views.collect());
    }
    sealed.retain(|views| !views.is_empty());
    let mut together =
        Together { packages: Vec::new(), joint: None, contradiction: false, notes: Vec::new() };
    if sealed.len() > 1 {
        let (found, contradiction) = attack(&sealed);
        let same = sources[0].is_some() && sources.iter().all(|source| *source == sources[0]);
        together.notes.push(if same { ONE_IMPORT } else { SAME_PEOPLE });
        let words = if sealed.len() == 2 { CONTRADICTION_OF_TWO } else { CONTRADICTION };
        together.notes.extend(contradiction.then_some(words));
        together.contradiction = contradiction;
        let mut verdict = Verdict::default();
        verdict.check("Taken together, the packages give no small group away.", found);
        together.joint = Some(verdict);
    }
    together.packages =
        opened.into_iter().map(|(_, opened)| opened.map(|opened| opened.verdict)).collect();
    together
}

/// What all packages give away together, and whether their numbers contradict each other. Where
/// they do, some may still be about the same people: then each two are attacked.
fn attack(packages: &[Vec<(String, &View)>]) -> (Vec<Finding>, bool) {
    let of = |packages: &[&Vec<(String, &View)>]| {
        let views = packages.iter().flat_map(|views| views.iter());
        let views: Vec<(&str, &View)> = views.map(|(name, view)| (name.as_str(), *view)).collect();
        joint::attack(&views)
    };
    let all = of(&packages.iter().collect::<Vec<_>>());
    if !all.contradiction {
        return (all.findings, false);
    }
    let mut found: Vec<Finding> = Vec::new();
    for (at, one) in packages.iter().enumerate() {
        for other in &packages[at + 1..] {
            for finding in of(&[one, other]).findings {
                if !found.contains(&finding) {
                    found.push(finding);
                }
            }
        }
    }
    (found, true)
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
