//! Releases one after the other: what passes, what is published again, what does not leave.

use std::path::PathBuf;

use super::compare::{Asked, disclose};
use super::{Beside, Ledger, LedgerError};
use crate::vault::disclose::DiscloseError;
use crate::vault::disclose::tests::store_of;
use crate::vault::journeys::{Attribute, Store};
use crate::vault::protect::key::Key;
use crate::views::{
    Ask, Cohort, Filter, FlowSpec, LedgerAnswer, MapSpec, Policy, Progress, Rules, Spec, View,
};

/// So many people on each path; identifiers are numbers from 0 on.
fn people(paths: &[(&[&'static str], usize)]) -> Store {
    let walked = |(path, people): &(&[&'static str], usize)| vec![path.to_vec(); *people];
    store_of(&paths.iter().flat_map(walked).collect::<Vec<_>>())
}

fn shop() -> Store {
    people(&[
        (&["home", "search", "cart", "pay"], 60),
        (&["home", "search", "home", "cart"], 45),
        (&["search", "cart", "pay", "help"], 38),
        (&["home", "help"], 31),
        (&["home", "sale", "cart", "pay"], 24),
        (&["search", "sale", "help", "home", "cart", "pay"], 17),
        (&["home", "cart", "search", "pay", "help", "home"], 12),
    ])
}

fn flow(name: &str, steps: u8, top: u8) -> Spec {
    Spec::flow(name, FlowSpec { steps, top, ..FlowSpec::default() })
}

fn map(name: &str) -> Spec {
    Spec { collapse: false, ask: Ask::Map(MapSpec::default()), ..flow(name, 2, 1) }
}

/// A project of one key, release after release.
struct Project {
    ledger: Ledger,
    key: Key,
    policy: Policy,
}

impl Project {
    fn new() -> Self {
        Self::with(Policy::default())
    }

    fn with(policy: Policy) -> Self {
        Self { ledger: Ledger::default(), key: Key::from_bytes([1; 32]), policy }
    }

    fn try_ask(&self, store: &Store, specs: &[Spec]) -> Result<Beside, DiscloseError> {
        let asked = Asked {
            store,
            key: &self.key,
            specs,
            rules: &Rules::default(),
            policy: self.policy,
            progress: &Progress::default(),
        };
        disclose(&self.ledger, &asked)
    }

    fn ask(&self, store: &Store, specs: &[Spec]) -> Beside {
        match self.try_ask(store, specs) {
            Ok(beside) => beside,
            Err(error) => panic!("{error}"),
        }
    }

    /// Releases, and hands back what left and the gravest answer.
    fn release(&mut self, store: &Store, specs: &[Spec]) -> (LedgerAnswer, Vec<View>) {
        let beside = self.ask(store, specs);
        let answer = beside.answer();
        let views = beside.disclosures.iter().map(|it| it.view.view().clone()).collect();
        self.ledger.record(beside);
        (answer, views)
    }
}

#[test]
fn the_same_question_to_the_same_people_is_answered_with_the_same_numbers() {
    let mut project = Project::new();
    let (first, before) = project.release(&shop(), &[flow("flow", 6, 8), map("map")]);
    assert_eq!(first, LedgerAnswer::Pass);
    let (second, again) = project.release(&shop(), &[map("other-name"), flow("flow", 6, 8)]);
    assert_eq!(second, LedgerAnswer::Republished);
    assert_eq!(again[1], before[0]);
    assert_eq!(again[0], before[1].clone().with_name("other-name"));
    assert_eq!(project.ledger.imports.len(), 1);
}

#[test]
fn a_coarser_view_is_a_part_of_the_one_that_was_published() {
    let mut project = Project::new();
    let (_, before) = project.release(&shop(), &[flow("fine", 6, 8)]);
    let (answer, coarse) = project.release(&shop(), &[flow("coarse", 3, 8)]);
    assert_eq!(answer, LedgerAnswer::Republished);
    assert_eq!(coarse.len(), 1);
    let (View::Flow(fine), View::Flow(coarse)) = (&before[0], &coarse[0]) else { panic!("flows") };
    let first_steps = fine.nodes.iter().filter(|node| node.step <= 3);
    assert!(first_steps.eq(&coarse.nodes));
    assert_eq!(coarse.spec.asked.drawn_for.as_ref().map(|finest| finest.steps), Some(6));
}

#[test]
fn harmless_changes_of_a_question_pass() {
    let mut project = Project::new();
    for spec in [flow("a", 4, 6), flow("b", 6, 6), flow("c", 6, 8), map("d")] {
        let beside = project.ask(&shop(), std::slice::from_ref(&spec));
        assert!(beside.answer() <= LedgerAnswer::Republished, "{}", spec.name);
        project.ledger.record(beside);
    }
}

/// Sixty people, one of whom went on from A to B since. "A, then nothing" was 30 and is 29.
#[test]
fn case_11_one_more_event_of_the_same_people_is_a_group_of_one() {
    let then = people(&[(&["A"], 30), (&["A", "B"], 30)]);
    let now = people(&[(&["A"], 29), (&["A", "B"], 31)]);
    let mut project = Project::new();
    let (_, before) = project.release(&then, &[flow("flow", 6, 8)]);
    // The old question is answered with the old numbers, a new one not at all.
    let (answer, again) = project.release(&now, &[flow("flow", 6, 8)]);
    assert_eq!((answer, again), (LedgerAnswer::Republished, before));
    let blocked = project.ask(&now, &[flow("flow", 6, 8), map("map")]);
    assert_eq!(blocked.answer(), LedgerAnswer::Blocked);
    assert!(blocked.disclosures.is_empty());
    // What is blocked is not remembered.
    let releases = project.ledger.releases();
    project.ledger.record(blocked);
    assert_eq!(project.ledger.releases(), releases);
}

#[test]
fn an_import_passes_again_once_enough_people_were_added_removed_or_changed() {
    let then = people(&[(&["A"], 60)]);
    let answer = |now: &[(&[&'static str], usize)]| {
        let mut project = Project::new();
        project.release(&then, &[flow("flow", 6, 8)]);
        project.ask(&people(now), &[map("map")]).answer()
    };
    // Identifiers are numbers from 0 on, so more people are new ones at the end.
    assert_eq!(answer(&[(&["A"], 61)]), LedgerAnswer::Blocked);
    assert_eq!(answer(&[(&["A"], 69)]), LedgerAnswer::Blocked);
    assert_eq!(answer(&[(&["A"], 51)]), LedgerAnswer::Blocked);
    assert_eq!(answer(&[(&["A"], 50), (&["B"], 5)]), LedgerAnswer::Pass);
    assert_eq!(answer(&[(&["A"], 70)]), LedgerAnswer::Pass);
    assert_eq!(answer(&[(&["A"], 50)]), LedgerAnswer::Pass);
}

#[test]
fn people_under_another_key_cannot_be_compared() {
    let mut project = Project::new();
    project.release(&shop(), &[flow("flow", 6, 8)]);
    project.key = Key::from_bytes([2; 32]);
    let beside = project.ask(&shop(), &[flow("flow", 6, 8)]);
    assert_eq!(beside.answer(), LedgerAnswer::CannotCompare);
    assert_eq!(beside.disclosures.len(), 1);
    // Nor can they later, when both keys stand in the ledger.
    project.ledger.record(beside);
    assert_eq!(project.ask(&shop(), &[map("map")]).answer(), LedgerAnswer::CannotCompare);
}

#[test]
fn other_thresholds_on_the_same_people_are_for_a_reviewer() {
    let listed = |k| Policy::new(k, None).expect("listed");
    let cases = [
        (listed(15), LedgerAnswer::Reviewer),
        (listed(5), LedgerAnswer::Reviewer),
        (Policy::default().with_blur(false), LedgerAnswer::Reviewer),
        (Policy::default().with_cap(Some(3)).expect("a cap"), LedgerAnswer::Reviewer),
        (Policy::default(), LedgerAnswer::Pass),
    ];
    for (policy, expected) in cases {
        let mut project = Project::new();
        project.release(&shop(), &[flow("flow", 6, 8)]);
        project.policy = policy;
        assert_eq!(project.ask(&shop(), &[map("map")]).answer(), expected, "{policy:?}");
    }
}

/// The shop, whose first people have one value of an attribute each, as many as are given, the
/// others another.
fn with_groups(groups: &[usize]) -> Store {
    let mut store = shop();
    let attribute = |(at, size): (usize, &usize)| Attribute {
        name: format!("group{at}"),
        values: vec!["in".to_owned(), "out".to_owned()],
        of_subject: (0..store.subjects()).map(|subject| u32::from(subject >= *size)).collect(),
    };
    let attributes = groups.iter().enumerate().map(attribute).collect();
    store.attributes = attributes;
    store
}

fn in_group(name: &str, at: usize) -> Spec {
    let filter = Filter { attribute: format!("group{at}"), value: "in".to_owned() };
    Spec { cohort: Cohort { filters: vec![filter], ..Cohort::default() }, ..flow(name, 4, 8) }
}

/// Groups that differ by three people, as `N` and `N + 3`, are hidden by the rounding and counted.
#[test]
fn nearly_the_same_groups_pass_until_there_are_too_many() {
    let store = with_groups(&[200, 197, 194, 191, 188, 185, 182]);
    let mut project = Project::new();
    let answers: Vec<LedgerAnswer> =
        (0..7).map(|at| project.release(&store, &[in_group(&format!("v{at}"), at)]).0).collect();
    assert_eq!(answers[..5], [LedgerAnswer::Pass; 5]);
    assert_eq!(answers[5..], [LedgerAnswer::Reviewer; 2]);
    assert_eq!(project.ledger.releases.iter().filter(|release| release.is_near).count(), 6);
}

#[test]
fn groups_that_differ_by_k_people_are_not_counted() {
    let store = with_groups(&[200, 150]);
    let mut project = Project::new();
    project.release(&store, &[in_group("a", 0)]);
    let (answer, _) = project.release(&store, &[in_group("b", 1)]);
    assert_eq!(answer, LedgerAnswer::Pass);
}

/// Without rounding, a group of 60 and one of 57 of them prove three people.
#[test]
fn numbers_that_subtract_to_a_small_group_do_not_leave() {
    let store = with_groups(&[60, 57, 50]);
    let mut project = Project::with(Policy::new(10, Some(1)).expect("allowed for one flow"));
    project.release(&store, &[in_group("a", 0)]);
    let beside = project.ask(&store, &[in_group("b", 1)]);
    assert_eq!(beside.answer(), LedgerAnswer::Blocked);
    assert!(beside.disclosures.is_empty());
    assert_eq!(project.ask(&store, &[in_group("c", 2)]).answer(), LedgerAnswer::Pass);
}

/// Two parts that share nobody, and all but three of the whole: 60 = 40 + 17 + 3.
#[test]
fn what_is_left_of_disjoint_groups_is_a_group_too() {
    let mut store = with_groups(&[60, 40]);
    let rest = (0..store.subjects()).map(|subject| u32::from(!(40..57).contains(&subject)));
    store.attributes.push(Attribute {
        name: "group2".to_owned(),
        values: vec!["in".to_owned(), "out".to_owned()],
        of_subject: rest.collect(),
    });
    let mut project = Project::with(Policy::new(10, Some(1)).expect("allowed for one flow"));
    assert_eq!(project.release(&store, &[in_group("a", 0)]).0, LedgerAnswer::Pass);
    assert_eq!(project.release(&store, &[in_group("b", 1)]).0, LedgerAnswer::Pass);
    assert_eq!(project.ask(&store, &[in_group("c", 2)]).answer(), LedgerAnswer::Blocked);
}

/// One day more of a time window in which three people came.
#[test]
fn adjacent_time_windows_are_compared() {
    let mut store = shop();
    let day = |subject: usize| if subject < 3 { 10 } else { 1 + subject as i64 % 9 };
    let mut times = Vec::new();
    for subject in 0..store.subjects() {
        let events = store.events_of(subject).len() as i64;
        let begins = day(subject) * 86_400_000;
        times.extend((0..events).map(|event| begins + event * 60_000));
    }
    store.time_millis = Some(times);
    let until = |name: &str, day: i8| {
        let to = Some(jiff::civil::date(1970, 1, day));
        Spec { cohort: Cohort { to, ..Cohort::default() }, ..flow(name, 4, 8) }
    };
    let mut project = Project::new();
    assert_eq!(project.release(&store, &[until("a", 10)]).0, LedgerAnswer::Pass);
    let (answer, _) = project.release(&store, &[until("b", 11)]);
    assert_eq!(answer, LedgerAnswer::Pass);
    assert!(project.ledger.releases[1].is_near);
}

fn erased(project: &mut Project, ids: &str) -> super::Erased {
    let folder = tempfile::tempdir().expect("a folder");
    let list: PathBuf = folder.path().join("erase.csv");
    std::fs::write(&list, format!("user_id\n{ids}\n")).expect("written");
    match project.ledger.erase(&project.key, &[list]) {
        Ok(erased) => erased,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn who_was_erased_is_in_no_table_and_no_bitmap() {
    let mut project = Project::new();
    project.release(&shop(), &[flow("flow", 6, 8)]);
    let behind = |project: &Project| -> u64 {
        let views = project.ledger.releases.iter().flat_map(|release| &release.views);
        views.flat_map(|released| &released.cells).map(|cell| cell.who.len()).sum()
    };
    let (rows, before) = (project.ledger.people.rows.len(), behind(&project));
    let receipt = erased(&mut project, "0\n1\nnobody");
    assert_eq!((receipt.people, receipt.releases), (2, 1));
    // Each had a row for her identifier and one for its hash.
    assert_eq!(project.ledger.people.rows.len(), rows - 4);
    assert!(behind(&project) < before);
    assert!(project.ledger.releases[0].before_erasure);
    let import = &project.ledger.imports[0];
    assert_eq!(import.members.len(), import.digests.len() as u64);
    assert_eq!(import.members.len(), shop().subjects() as u64 - 2);
    let nobody = erased(&mut project, "0");
    assert_eq!((nobody.people, nobody.releases), (0, 0));
}

/// Without the two who were erased the numbers are others by two, whoever takes them away.
#[test]
fn after_an_erasure_of_few_people_only_the_old_numbers_leave() {
    let everybody = people(&[(&["A"], 30), (&["A", "B"], 30)]);
    let mut project = Project::new();
    let (_, before) = project.release(&everybody, &[flow("flow", 6, 8)]);
    erased(&mut project, "58\n59");
    let without = people(&[(&["A"], 30), (&["A", "B"], 28)]);
    assert_eq!(project.ask(&without, &[map("map")]).answer(), LedgerAnswer::Blocked);
    let (answer, again) = project.release(&without, &[flow("flow", 6, 8)]);
    assert_eq!((answer, again), (LedgerAnswer::Republished, before));
}

#[test]
fn a_ledger_is_the_same_after_it_was_kept_as_bytes() {
    let mut project = Project::new();
    project.release(&shop(), &[flow("flow", 6, 8), map("map")]);
    erased(&mut project, "7");
    project.release(&people(&[(&["A"], 40), (&["B", "A"], 60)]), &[flow("other", 2, 4)]);
    let bytes = project.ledger.to_bytes();
    let Ok(read) = Ledger::from_bytes(&bytes) else { panic!("it is a ledger") };
    assert_eq!(read.to_bytes(), bytes);
    project.ledger = read;
    let (answer, _) =
        project.release(&people(&[(&["A"], 40), (&["B", "A"], 60)]), &[flow("x", 2, 4)]);
    assert_eq!(answer, LedgerAnswer::Republished);
    assert!(Ledger::from_bytes(&[]).is_ok_and(|empty| empty.releases() == 0));
}

#[test]
fn a_damaged_ledger_is_said_to_be_one() {
    let mut project = Project::new();
    project.release(&people(&[(&["A"], 12), (&["B"], 12)]), &[flow("flow", 2, 2)]);
    let bytes = project.ledger.to_bytes();
    for len in 1..bytes.len() {
        assert_eq!(Ledger::from_bytes(&bytes[..len]).err(), Some(LedgerError::Damaged), "{len}");
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x40;
        // Some changes make another ledger; none may end the program.
        let _ = Ledger::from_bytes(&changed);
    }
    let text = String::from_utf8_lossy(&bytes[8..30]).into_owned();
    assert!(text.starts_with("{\"format\":1,"), "{text}");
    let mut newer = bytes;
    newer[8 + "{\"format\":".len()] = b'2';
    assert_eq!(Ledger::from_bytes(&newer).err(), Some(LedgerError::Format(2)));
}
