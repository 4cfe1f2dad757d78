//! Several packages, checked each for itself and attacked together.

use super::attacker::{
    Attacker, CONTRADICTION, CONTRADICTION_OF_TWO, ONE_IMPORT, SAME_PEOPLE, attack,
};
use super::open::{Opened, Verdict, open_with};
use super::{Finding, Unreadable};
use crate::keys::PublicKey;
use crate::views::{Disclosed, Progress, View};

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
    let contradiction =
        notes.iter().any(|note| [CONTRADICTION, CONTRADICTION_OF_TWO].contains(note));
    Together { packages, joint, contradiction, notes }
}

/// Attacks the views of several packages together, each package under its number, and says what has
/// to be known to read the verdict. There is none where fewer than two have views.
fn attack_jointly(
    packages: &[(usize, &[Disclosed<View>])],
) -> (Option<Verdict>, Vec<&'static str>) {
    let sealed: Vec<_> = packages.iter().copied().filter(|(_, views)| !views.is_empty()).collect();
    if sealed.len() < 2 {
        return (None, Vec::new());
    }
    let mut verdict = Verdict::default();
    let (found, notes) = match attack(&sealed, &Attacker::default(), &Progress::default()) {
        Ok(attack) => (attack.found.into_iter().map(|found| found.finding).collect(), attack.notes),
        Err(error) => (vec![Finding::new("the views", error.to_string())], Vec::new()),
    };
    verdict.check("Taken together, the packages give no small group away.", found);
    (Some(verdict), notes)
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
