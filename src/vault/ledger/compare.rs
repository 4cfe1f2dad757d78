//! A release beside all that were made before it.

use std::collections::HashMap;

use super::cells::{Behind, Stopped};
use super::people::Snapshot;
use super::{Beside, Cell, Entry, Ledger, Release, Released};
use crate::vault::disclose::{self, DiscloseError};
use crate::vault::journeys::Store;
use crate::vault::protect::key::Key;
use crate::vault::{Disclosure, disclose::again};
use crate::views::{Cancelled, LedgerAnswer, LedgerFinding, Policy, Progress, Rules, Spec, View};

/// From this release on whose groups nearly are those of others, a reviewer is asked.
const NEAR_RELEASES: usize = 5;

/// How an earlier import stands to the one that is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Same,
    /// 1 to k−1 people were added, removed or changed.
    Near,
    Apart,
    /// Its pseudonyms are of another key.
    Unknown,
}

/// What is asked, and of whom.
pub(in crate::vault) struct Asked<'a> {
    pub(in crate::vault) store: &'a Store,
    pub(in crate::vault) key: &'a Key,
    pub(in crate::vault) specs: &'a [Spec],
    pub(in crate::vault) rules: &'a Rules,
    pub(in crate::vault) policy: Policy,
    pub(in crate::vault) progress: &'a Progress,
}

/// Discloses the views of a release beside those that were published before.
pub(in crate::vault) fn disclose(
    ledger: &Ledger,
    asked: &Asked<'_>,
) -> Result<Beside, DiscloseError> {
    let Asked { store, key, specs, rules, policy, progress } = *asked;
    progress.stage("ledger");
    let snapshot = Snapshot::of(store, key, &ledger.people);
    progress.check()?;
    let stands = ledger.stands(&snapshot, policy);
    let rules_mark = mark_of(rules, store);
    let mut found = Findings::default();
    let of = |wanted: Stands| -> Vec<&Release> {
        ledger.releases.iter().filter(|release| stands[release.import] == wanted).collect()
    };
    let (same, near) = (of(Stands::Same), of(Stands::Near));
    if !of(Stands::Unknown).is_empty() {
        found.add(
            LedgerAnswer::CannotCompare,
            "The people of an earlier release cannot be compared with these: its pseudonyms were made with another key. A reviewer has to decide.".to_owned(),
        );
    }

    // What was asked before is answered as before, from people who are the same or nearly so.
    let published = |spec: &Spec| {
        let alike = |release: &&&Release| (release.policy, release.rules) == (policy, rules_mark);
        let mut views = near.iter().chain(&same).filter(alike).flat_map(|it| &it.views);
        views.find(|released| is_same_question(&released.spec, spec))
    };
    let earlier: Vec<Option<&Released>> = specs.iter().map(published).collect();
    if !near.is_empty() {
        let new: Vec<&str> = specs
            .iter()
            .zip(&earlier)
            .filter(|(_, earlier)| earlier.is_none())
            .map(|(spec, _)| spec.name.as_str())
            .collect();
        if !new.is_empty() {
            found.add(
                LedgerAnswer::Blocked,
                format!(
                    "Since an earlier release so few people were added, removed or changed that subtracting its numbers would show them. Questions of that release can be published again with its numbers; {} is a new one and has to wait until more people have changed.",
                    new.join(", ")
                ),
            );
            return Ok(found.blocked());
        }
    }
    if same.iter().any(|release| differs(release.policy, policy)) {
        found.add(
            LedgerAnswer::Reviewer,
            "An earlier release about the same people was made with another k, a larger rounding, another blur or another cap. A reviewer has to decide.".to_owned(),
        );
    }

    let known: Vec<&View> =
        same.iter().flat_map(|release| &release.views).map(|released| &released.view).collect();
    let finer: Vec<&Spec> = same
        .iter()
        .filter(|release| (release.policy, release.rules) == (policy, rules_mark))
        .flat_map(|release| &release.views)
        .map(|released| &released.spec)
        .collect();
    let disclosures = match draw(asked, &earlier, &known, &finer, &mut found) {
        Ok(disclosures) => disclosures,
        Err(DiscloseError::NotProtected) if !known.is_empty() => {
            found.add(
                LedgerAnswer::Blocked,
                format!(
                    "Together with an earlier release these numbers would prove a group of fewer than {} people, and drawing more of them as Other does not help. Ask for fewer steps or fewer names, or leave a view out.",
                    policy.k()
                ),
            );
            return Ok(found.blocked());
        }
        Err(error) => return Err(error),
    };

    progress.stage("compare");
    let behind = Behind { store, key, rules, policy, progress, number_of: &snapshot.number_of };
    let mut views = Vec::new();
    for ((spec, disclosure), earlier) in specs.iter().zip(&disclosures).zip(&earlier) {
        let view = disclosure.view.view();
        if let Some(earlier) = earlier {
            // Its numbers are about the people of then.
            let cells = earlier.cells.iter().map(Cell::again).collect();
            views.push(Released { spec: spec.clone(), view: view.clone(), cells });
            continue;
        }
        let cells = behind.cells(spec, view).map_err(|stopped| match stopped {
            Stopped::Cancelled => DiscloseError::Cancelled(Cancelled),
            Stopped::Spec(error) => error.into(),
        })?;
        views.push(Released { spec: spec.clone(), view: view.clone(), cells });
    }
    let comparable =
        ledger.releases.iter().filter(|release| stands[release.import] != Stands::Unknown);
    let before: Vec<&Released> = comparable.flat_map(|release| &release.views).collect();
    let (is_near, proven) = differences(&views, &before, u64::from(policy.k()));
    if let Some(place) = proven {
        found.add(
            LedgerAnswer::Blocked,
            format!(
                "“{place}” and a number that was published before subtract to a group that is provably of fewer than {} people. Ask for less, or round more.",
                policy.k()
            ),
        );
        return Ok(found.blocked());
    }
    if is_near {
        let nth = 1 + ledger.releases.iter().filter(|release| release.is_near).count();
        let answer = if nth >= NEAR_RELEASES { LedgerAnswer::Reviewer } else { LedgerAnswer::Pass };
        found.add(
            answer,
            format!(
                "Some groups are those of earlier releases but for fewer than {} people. The rounding hides them; this is release {nth} of that kind, and from number {NEAR_RELEASES} on a reviewer has to decide.",
                policy.k()
            ),
        );
    }
    // What is published again is of the import that it was published of.
    let import = near.first().map(|near| near.import);
    let import = import.or_else(|| stands.iter().position(|stands| *stands == Stands::Same));
    let release =
        Release { import: 0, policy, rules: rules_mark, is_near, before_erasure: false, views };
    Ok(Beside {
        disclosures,
        findings: found.sorted(),
        entry: Some(Entry { snapshot, import, release }),
    })
}

/// The views: those that were published before as they were, the others drawn beside them.
fn draw(
    asked: &Asked<'_>,
    earlier: &[Option<&Released>],
    known: &[&View],
    finer: &[&Spec],
    found: &mut Findings,
) -> Result<Vec<Disclosure>, DiscloseError> {
    let Asked { store, key, specs, rules, policy, progress } = *asked;
    let new: Vec<Spec> = specs
        .iter()
        .zip(earlier)
        .filter(|(_, earlier)| earlier.is_none())
        .map(|(spec, _)| spec.clone())
        .collect();
    // A coarser view is drawn with the finer one that was published, so that its numbers are sums of
    // those.
    let mut all = new.clone();
    for spec in &new {
        let companion = finer.iter().find(|finer| disclose::is_part_of(spec, finer));
        if let Some(companion) = companion {
            let is_there = |other: &Spec| is_same_question(other, companion);
            if !all.iter().any(is_there) {
                let name = free_name(&all);
                all.push(Spec { name, ..(*companion).clone() });
            }
            found.add(
                LedgerAnswer::Republished,
                format!(
                    "{} is a coarser form of a view that was published before; it is drawn as part of that.",
                    spec.name
                ),
            );
        }
    }
    let mut drawn = if all.is_empty() {
        Vec::new()
    } else {
        disclose::disclose_beside(store, key, &all, rules, policy, known, progress)?
    };
    drawn.truncate(new.len());
    let mut drawn = drawn.into_iter();
    let mut disclosures = Vec::new();
    for (spec, earlier) in specs.iter().zip(earlier) {
        let disclosure = match earlier {
            Some(released) => {
                found.add(
                    LedgerAnswer::Republished,
                    format!("{} was published before; its numbers are published again.", spec.name),
                );
                Some(again(&released.view, &spec.name))
            }
            None => drawn.next(),
        };
        disclosures.push(disclosure.ok_or(DiscloseError::NotProtected)?);
    }
    Ok(disclosures)
}

/// A name that no view has yet.
fn free_name(specs: &[Spec]) -> String {
    let mut names = (1..).map(|number| format!("earlier-{number}"));
    let free = |name: &String| specs.iter().all(|spec| spec.name != *name);
    names.find(free).unwrap_or_default()
}

impl Ledger {
    /// How each earlier import stands to this one.
    fn stands(&self, snapshot: &Snapshot, policy: Policy) -> Vec<Stands> {
        let of = |(at, import): (usize, &super::Import)| {
            if import.key_mark != snapshot.import.key_mark {
                return Stands::Unknown;
            }
            let of_import = self.releases.iter().filter(|release| release.import == at);
            let k = of_import.map(|release| release.policy.k()).fold(policy.k(), u32::max);
            match snapshot.import.changed_since(import) {
                0 => Stands::Same,
                few if few < u64::from(k) => Stands::Near,
                _ => Stands::Apart,
            }
        };
        self.imports.iter().enumerate().map(of).collect()
    }
}

/// Whether thresholds differ so that a release under the one and a release under the other can
/// tell more together than each alone.
fn differs(then: Policy, now: Policy) -> bool {
    now.k() != then.k()
        || now.b() < then.b()
        || now.blur() != then.blur()
        || now.cap() != then.cap()
}

/// Whether two questions are the same but for the names of the views.
fn is_same_question(one: &Spec, other: &Spec) -> bool {
    let nameless = |spec: &Spec| Spec { name: String::new(), ..spec.clone() };
    nameless(one) == nameless(other)
}

/// A digest of the rules, and of where days and sessions end, so that the same words mean the same.
fn mark_of(rules: &Rules, store: &Store) -> [u8; 32] {
    // Plain data with text as keys: it can always be written.
    let rules = serde_json::to_vec(rules).unwrap_or_default();
    let zone = store.zone.iana_name().unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&rules).update(zone.as_bytes()).update(&store.session_gap_millis.to_le_bytes());
    *hasher.finalize().as_bytes()
}

/// Whether a new number and earlier ones subtract to a group of 1 to k−1 people, and the place of
/// one where the rounding proves it.
fn differences(new: &[Released], before: &[&Released], k: u64) -> (bool, Option<String>) {
    let mut by_place: HashMap<&str, Vec<(&Cell, bool)>> = HashMap::new();
    for cell in new.iter().flat_map(|released| &released.cells) {
        by_place.entry(&cell.place).or_default().push((cell, true));
    }
    for cell in before.iter().flat_map(|released| &released.cells) {
        // What no new number is about is as it was.
        if let Some(cells) = by_place.get_mut(cell.place.as_str()) {
            cells.push((cell, false));
        }
    }
    let (mut is_near, mut proven) = (false, None);
    let mut places: Vec<(&str, Vec<(&Cell, bool)>)> = by_place.into_iter().collect();
    places.sort_unstable_by_key(|(place, _)| *place);
    for (place, cells) in places {
        for (whole, is_new) in &cells {
            let mut parts: Vec<&(&Cell, bool)> = cells
                .iter()
                .filter(|(part, _)| part.people() < whole.people())
                .filter(|(part, _)| part.who.is_subset(&whole.who))
                .collect();
            parts.sort_by_key(|(part, _)| std::cmp::Reverse(part.people()));
            let mut disjoint: Vec<&(&Cell, bool)> = Vec::new();
            for part in parts {
                let families = [vec![part], {
                    if disjoint.iter().all(|(other, _)| other.who.is_disjoint(&part.0.who)) {
                        disjoint.push(part);
                    }
                    disjoint.clone()
                }];
                for family in families {
                    // Who was erased is in no set and in the numbers all the same.
                    let inside: u64 = family.iter().map(|(part, _)| part.people()).sum();
                    let Some(rest) = whole.people().checked_sub(inside) else { continue };
                    let any_new = *is_new || family.iter().any(|(_, is_new)| *is_new);
                    let all_new = *is_new && family.iter().all(|(_, is_new)| *is_new);
                    if !(1..k).contains(&rest) || !any_new {
                        continue;
                    }
                    // Within one release that is the drawing's business.
                    is_near |= !all_new;
                    let [low, high] = bounds(whole, &cells);
                    let parts = family.iter().map(|(part, _)| bounds(part, &cells));
                    let [least, most] =
                        parts.fold([0, 0], |[a, b], [low, high]| [a + low, b + high]);
                    if low > most && high.saturating_sub(least) < k {
                        proven = proven.or_else(|| Some(place.to_owned()));
                    }
                }
            }
        }
    }
    (is_near, proven)
}

/// What a reader knows of the people behind a cell: the rounding bins of all numbers that are about
/// the same people at the same place.
fn bounds(cell: &Cell, others: &[(&Cell, bool)]) -> [u64; 2] {
    let is_same = |other: &Cell| other.who == cell.who && other.erased == cell.erased;
    let same = others.iter().filter(|(other, _)| is_same(other));
    same.fold([0, u64::MAX], |[low, high], (other, _)| {
        let least = (other.value + 1).saturating_sub(other.b);
        [low.max(least), high.min(other.value + other.b - 1)]
    })
}

/// What is found, in the order in which it is.
#[derive(Default)]
struct Findings(Vec<LedgerFinding>);

impl Findings {
    fn add(&mut self, answer: LedgerAnswer, sentence: String) {
        self.0.push(LedgerFinding { answer, sentence });
    }

    fn sorted(mut self) -> Vec<LedgerFinding> {
        self.0.sort_by_key(|found| std::cmp::Reverse(found.answer));
        self.0
    }

    fn blocked(self) -> Beside {
        Beside { disclosures: Vec::new(), findings: self.sorted(), entry: None }
    }
}
