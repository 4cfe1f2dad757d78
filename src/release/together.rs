//! Several packages, checked each for itself and attacked together.

use super::joint;
use super::open::{Opened, Verdict, open_with};
use super::parts::Part;
use super::{Finding, Unreadable};
use crate::keys::PublicKey;
use crate::views::{Disclosed, View};

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

/// Only packages of one project say which import they are of; others are taken for the worst.
const SAME_PEOPLE: &str = "These packages may be about different people; the joint check assumes they are about the same.";
const ONE_IMPORT: &str =
    "These packages say that they are of the same import, and so about the same people.";
const CONTRADICTION: &str = "The numbers of these packages contradict each other, so they cannot all be about the same people at the same time; only each two of them were attacked together.";

/// Checks each package, then attacks the sealed views of all of them together. Each comes with
/// the number that it has for whoever asks.
pub fn verify_jointly(packages: &[(usize, &[u8])]) -> Together {
    verify_jointly_with(packages, &[])
}

/// The same with the public keys that packages have to be signed with.
pub fn verify_jointly_with(packages: &[(usize, &[u8])], keys: &[PublicKey]) -> Together {
    let opened: Vec<(usize, Result<Opened, Unreadable>)> =
        packages.iter().map(|(number, bytes)| (*number, open_with(bytes, keys))).collect();
    let views: Vec<(usize, &[Disclosed<View>])> = opened
        .iter()
        .filter_map(|(number, opened)| Some((*number, opened.as_ref().ok()?.views.as_slice())))
        .collect();
    let (joint, mut notes) = attack_jointly(&views);
    let mut sources = opened
        .iter()
        .filter_map(|(_, opened)| opened.as_ref().ok())
        .filter(|opened| !opened.views.is_empty())
        .map(|opened| opened.source.as_ref());
    let first = sources.next().flatten();
    if first.is_some() && sources.all(|source| source == first) {
        notes.iter_mut().filter(|note| **note == SAME_PEOPLE).for_each(|note| *note = ONE_IMPORT);
    }
    let packages =
        opened.into_iter().map(|(_, opened)| opened.map(|opened| opened.verdict)).collect();
    Together { packages, joint, notes }
}

/// Attacks the views of several packages together, each package under its number, and says what has
/// to be known to read the verdict. There is none where fewer than two have views.
pub fn attack_jointly(
    packages: &[(usize, &[Disclosed<View>])],
) -> (Option<Verdict>, Vec<&'static str>) {
    // The views of each package that could be read, under names with its number.
    let mut sealed: Vec<Vec<(String, &View)>> = Vec::new();
    for (number, views) in packages {
        let name = |view: &View| format!("package {number}, {}", Part::View.path(view.name()));
        let views = views.iter().map(|view| (name(view.view()), view.view()));
        sealed.push(views.collect());
    }
    sealed.retain(|views| !views.is_empty());
    if sealed.len() < 2 {
        return (None, Vec::new());
    }
    let (found, contradiction) = attack(&sealed);
    let mut notes = vec![SAME_PEOPLE];
    notes.extend(contradiction.then_some(CONTRADICTION));
    let mut verdict = Verdict::default();
    verdict.check("Taken together, the packages give no small group away.", found);
    (Some(verdict), notes)
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
