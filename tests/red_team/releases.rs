//! One release after the other through a project's ledger: what is asked of the same people, or of
//! nearly the same, again and in other ways.

use serde_json::Value;
use trodden::vault::{Key, Ledger, Vault};
use trodden::views::{Grain, Kind, LedgerAnswer, Options, Policy, Progress, Rules, Unit};

use crate::reader::{bin, list, number};
use crate::world::{World, ask, flow, funnel, map, owned, paths, policy, specs};

/// A project of one key, release after release.
pub struct Project {
    ledger: Ledger,
    key: u8,
    pub policy: Policy,
    pub rules: Rules,
}

impl Project {
    pub fn new() -> Self {
        Self {
            ledger: Ledger::default(),
            key: 1,
            policy: Policy::default(),
            rules: Rules::default(),
        }
    }

    pub fn with(policy: Policy) -> Self {
        Self { policy, ..Self::new() }
    }

    /// Asks, and where something is let out remembers it, as the program does.
    pub fn release(&mut self, world: &World, asked: &[Options]) -> (LedgerAnswer, Vec<Value>) {
        self.release_of(&world.keyed(self.key), asked)
    }

    pub fn release_of(&mut self, vault: &Vault, asked: &[Options]) -> (LedgerAnswer, Vec<Value>) {
        let specs = specs(asked);
        let progress = Progress::default();
        let beside =
            vault.disclose_beside(&self.ledger, &specs, &self.rules, self.policy, &progress);
        let beside = match beside {
            Ok(beside) => beside,
            Err(error) => panic!("{error}"),
        };
        let answer = beside.answer();
        for found in &beside.findings {
            // No number of people, but that of a threshold or of releases.
            let words = found.sentence.split(|c: char| !c.is_ascii_digit());
            let numbers = words.filter_map(|word| word.parse::<u32>().ok());
            for number in numbers {
                let is_told = number <= 10 || number == self.policy.k();
                assert!(
                    is_told || number as usize <= self.ledger.releases() + 1,
                    "{}",
                    found.sentence
                );
            }
        }
        let views = beside
            .disclosures
            .iter()
            .map(|one| serde_json::to_value(one.view.view()).expect("JSON"));
        let views = views.collect();
        self.ledger.record(beside);
        (answer, views)
    }

    pub fn answer(&mut self, world: &World, asked: &[Options]) -> LedgerAnswer {
        self.release(world, asked).0
    }

    pub fn erase(&mut self, people: std::ops::Range<usize>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("erase.csv");
        let mut list = vec!["user_id".to_owned()];
        list.extend(people.map(|person| format!("person-{person:05}")));
        std::fs::write(&path, list.join("\n")).expect("written");
        let erased = self.ledger.erase(&Key::from_bytes([self.key; 32]), &[path]);
        assert!(erased.is_ok_and(|erased| erased.people > 0));
    }
}

pub fn shop() -> World {
    let world = World::new().plan("gold").people(44, &["home", "search", "cart", "pay"]);
    let world = world.plan("free").people(38, &["home", "search", "home", "cart"]);
    let world = world.people(31, &["search", "cart", "pay", "help"]).people(27, &["home", "help"]);
    world.plan("gold").people(23, &["home", "sale", "cart", "pay"])
}

#[test]
fn one_person_more_cannot_be_subtracted() {
    let more = shop().people(1, &["home", "help"]);
    let mut project = Project::new();
    let (_, before) = project.release(&shop(), &[flow("flow", 4, 8), map("map")]);
    let (answer, again) = project.release(&more, &[flow("flow", 4, 8), map("map")]);
    assert_eq!((answer, &again), (LedgerAnswer::Republished, &before));
    assert_eq!(project.answer(&more, &[paths("paths", 3)]), LedgerAnswer::Blocked);
    // The other way round: first with her, then without.
    let mut project = Project::new();
    project.release(&more, &[map("map")]);
    assert_eq!(project.answer(&shop(), &[flow("flow", 4, 8)]), LedgerAnswer::Blocked);
}

#[test]
fn one_changed_event_cannot_be_subtracted() {
    let base = World::new().people(40, &["A", "B"]).people(39, &["B", "C"]);
    let (mut project, before) = (Project::new(), base.clone().people(1, &["B", "C"]));
    project.release(&before, &[map("map")]);
    let after = base.people(1, &["B", "A"]);
    assert_eq!(project.answer(&after, &[flow("flow", 2, 4)]), LedgerAnswer::Blocked);
    let (answer, _) = project.release(&after, &[map("map")]);
    assert_eq!(answer, LedgerAnswer::Republished);
}

#[test]
fn one_event_at_another_time_cannot_be_subtracted() {
    let base = World::new().people(40, &["A", "B"]);
    let mut project = Project::new();
    project.release(&base.clone().day(3).people(1, &["A", "B"]), &[map("map")]);
    let moved = base.day(4).people(1, &["A", "B"]);
    let trend = Options { grain: Some(Grain::Day), ..ask(Kind::Trend, "trend") };
    assert_eq!(project.answer(&moved, &[trend]), LedgerAnswer::Blocked);
}

/// The third column of the same person's rows says another plan than before.
#[test]
fn one_changed_attribute_cannot_be_subtracted() {
    let base =
        World::new().plan("gold").people(40, &["A", "B"]).plan("free").people(39, &["B", "C"]);
    let gold = |view: Options| Options { filters: owned(&["plan=gold"]), ..view };
    let mut project = Project::new();
    project.release(&base.clone().plan("gold").people(1, &["B", "C"]), &[gold(map("map"))]);
    let after = base.plan("free").people(1, &["B", "C"]);
    let answer = project.answer(&after, &[gold(flow("flow", 2, 4))]);
    assert_eq!(answer, LedgerAnswer::Blocked);
}

/// What was published of gold was of other people; the same question has to be asked anew.
#[test]
fn numbers_of_other_people_are_not_published_again_as_theirs() {
    let first =
        World::new().plan("gold").people(60, &["A", "B"]).plan("free").people(20, &["A", "B"]);
    let then =
        World::new().plan("gold").people(20, &["A", "B"]).plan("free").people(60, &["A", "B"]);
    let gold = Options { filters: owned(&["plan=gold"]), ..map("map") };
    let mut project = Project::new();
    project.release(&first, std::slice::from_ref(&gold));
    let (_, views) = project.release(&then, &[gold]);
    let told = views.first().map_or(20, |view| number(view, "people"));
    assert!((16..=24).contains(&told), "twenty people have gold, and {told} are told");
}

#[test]
fn nested_filters_that_differ_by_few_people_are_counted_and_end() {
    let mut world = World::new();
    for step in ["F", "E", "D", "C", "B"] {
        world = world.people(3, &["A", step]);
    }
    let world = world.people(60, &["A", "Z"]).people(20, &["Z"]);
    let mut project = Project::new();
    let mut answers = Vec::new();
    let mut without: Vec<&str> = Vec::new();
    for hide in ["F", "E", "D", "C", "B", "Y"] {
        // Who has only hidden steps after the first is told as one who ends.
        let asked = Options { hide: owned(&without), ..flow(&format!("v{hide}"), 2, 8) };
        answers.push(project.answer(&world, &[asked]));
        without.push(hide);
    }
    let is_answer = |answer: &LedgerAnswer| *answer <= LedgerAnswer::Blocked;
    assert!(answers.iter().all(is_answer), "{answers:?}");

    let mut world = World::new();
    for plan in ["p0", "p1", "p2", "p3", "p4", "p5"] {
        world = world.plan(plan).team("in").people(3, &["A", "B"]);
    }
    let world = world.plan("rest").people(60, &["A", "B"]).team("out").people(40, &["B"]);
    // Windows and filters that name all but three, and again all but three.
    let mut project = Project::new();
    let not = |n: usize| Options {
        filters: owned(&["team=in"]),
        compare: Some(format!("plan=p{n}")),
        ..map(&format!("not{n}"))
    };
    for n in 0..6 {
        let spec = specs(&[not(n)]);
        let vault = world.keyed(1);
        let made = vault.disclose_beside(
            &project.ledger,
            &spec,
            &project.rules,
            project.policy,
            &Progress::default(),
        );
        assert!(made.is_err(), "a side of three people is refused");
    }
    assert_eq!(project.answer(&world, &[map("all")]), LedgerAnswer::Pass);
}

#[test]
fn windows_that_grow_day_by_day_end_with_a_reviewer() {
    let mut world = World::new().people(60, &["A", "B"]);
    for day in 1..9 {
        world = world.day(day).people(2, &["A"]);
    }
    let mut project = Project::new();
    let mut answers = Vec::new();
    for day in 0..8 {
        // 1 772 000 000 is 25 February 2026.
        let to = jiff::civil::date(2026, 2, 25).saturating_add(jiff::Span::new().days(day));
        let asked = Options { to: Some(to), ..flow(&format!("to{day}"), 2, 4) };
        answers.push(project.answer(&world, &[asked]));
    }
    assert!(answers[..3].iter().all(|answer| *answer <= LedgerAnswer::Blocked));
    assert!(answers[6..].iter().all(|answer| *answer >= LedgerAnswer::Reviewer), "{answers:?}");
}

#[test]
fn another_threshold_base_blur_or_cap_needs_a_reviewer() {
    let blurless = Policy::default().with_blur(false);
    let capped = Policy::default().with_cap(Some(2)).expect("a cap");
    for other in
        [policy(5), policy(20), blurless, capped, Policy::new(10, Some(10)).expect("allowed")]
    {
        let mut project = Project::new();
        project.release(&shop(), &[flow("flow", 4, 8)]);
        project.policy = other;
        let spec = specs(&[map("map")]);
        let vault = shop().keyed(1);
        let made = vault.disclose_beside(
            &project.ledger,
            &spec,
            &project.rules,
            other,
            &Progress::default(),
        );
        let Ok(beside) = made else { continue };
        // A larger base alone tells less than the one before.
        let is_larger_base = other.k() == 10 && other.b() == 10;
        assert!(is_larger_base || beside.answer() >= LedgerAnswer::Reviewer);
    }
}

/// One step more, one name more, in the order that would make most of it: coarse first.
#[test]
fn steps_and_names_one_by_one_prove_nothing() {
    let mut project = Project::new();
    let world = World::new().people(50, &["A", "B", "C"]).people(3, &["D", "B", "C"]);
    let world = world.people(30, &["D", "C"]).people(6, &["A", "B", "D"]);
    let mut told: Vec<Value> = Vec::new();
    for (steps, top) in [(2, 1), (2, 2), (3, 2), (3, 4), (4, 8)] {
        let (flow, paths) = (flow("flow", steps, top), paths("paths", steps));
        let (answer, views) = project.release(&world, &[flow, paths]);
        assert!(answer == LedgerAnswer::Blocked || !views.is_empty());
        told.extend(views);
    }
    assert!(!told.is_empty());
    assert_eq!(crate::claims::proofs(&told), []);
}

#[test]
fn other_views_of_the_same_people_prove_nothing_together() {
    let mut project = Project::new();
    let mut told: Vec<Value> = Vec::new();
    let world = World::new().people(50, &["A", "B"]).people(8, &["A"]).people(30, &["B", "A"]);
    for asked in [
        map("map"),
        Options { did: owned(&["B"]), ..map("did") },
        Options { did_not: owned(&["B"]), ..map("did-not") },
        funnel("funnel", &["A", "B"]),
        Options { start: Some("B".to_owned()), ..flow("from", 2, 4) },
        Options { timing: owned(&["A", "B"]), ..ask(Kind::Timing, "timing") },
    ] {
        let spec = specs(std::slice::from_ref(&asked));
        let vault = world.keyed(1);
        let made = vault.disclose_beside(
            &project.ledger,
            &spec,
            &project.rules,
            project.policy,
            &Progress::default(),
        );
        if made.is_ok() {
            told.extend(project.release(&world, &[asked]).1);
        }
    }
    assert!(told.len() > 2);
    assert_eq!(crate::claims::proofs(&told), []);
}

#[test]
fn a_new_key_does_not_make_the_ledger_forget() {
    let mut project = Project::new();
    project.release(&shop(), &[flow("flow", 4, 8)]);
    project.key = 2;
    let more = shop().people(1, &["home", "help"]);
    assert_eq!(project.answer(&more, &[map("map")]), LedgerAnswer::CannotCompare);
}

/// Sessions of a cohort beside its people, in two releases instead of in one.
#[test]
fn sessions_after_people_do_not_leave_unseen() {
    let world = World::new().every(7200).people(30, &["A", "B", "A", "B"]).every(60);
    let world = world.people(30, &["A", "B"]);
    let mut project = Project::new();
    project.release(&world, &[map("people")]);
    let sessions = Options { unit: Some(Unit::Sessions), ..map("sessions") };
    let spec = specs(&[sessions]);
    let vault = world.keyed(1);
    let made = vault.disclose_beside(
        &project.ledger,
        &spec,
        &project.rules,
        project.policy,
        &Progress::default(),
    );
    assert!(made.is_ok_and(|beside| beside.answer() >= LedgerAnswer::Reviewer));
}

#[test]
fn asking_the_ledger_twenty_times_gives_one_number() {
    let mut project = Project::new();
    let (_, first) = project.release(&shop(), &[map("map"), flow("flow", 4, 8)]);
    for nth in 0..20 {
        let (answer, again) = project.release(&shop(), &[map("map"), flow("flow", 4, 8)]);
        assert_eq!((answer, &again), (LedgerAnswer::Republished, &first), "{nth}");
    }
}

/// The same people, named in other words each time: the ledger knows who they are.
#[test]
fn asking_the_ledger_in_other_words_gives_one_number() {
    let world = World::new().people(43, &["A", "B"]).people(21, &["A"]);
    let mut project = Project::new();
    let mut told = Vec::new();
    for times in 1..20 {
        let did = vec!["B".to_owned(); times];
        let asked = Options { did, ..map(&format!("v{times}")) };
        let (answer, views) = project.release(&world, &[asked]);
        if answer < LedgerAnswer::Reviewer {
            let all = bin(&views[0], number(&views[0], "people"));
            assert!(all.least <= 43 && 43 <= all.most);
            let at_a = list(&views[0], "nodes").iter().find(|node| node["label"] == "A");
            told.push((number(&views[0], "people"), at_a.map(|node| number(node, "count"))));
        }
    }
    told.sort_unstable();
    told.dedup();
    assert!(told.len() <= 1, "43 people were told as {told:?}");
}
