//! Two packages beside each other: their thresholds, where they are from, which views ask the same,
//! and the numbers that differ.
//!
//! *Invariant:* says what the packages say of themselves and publish. What both give away together is
//! another question ([`attack`](super::attack())).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::attached::Signed;
use super::decision::Choice;
use super::open::Opened;
use super::{SomeOrNone, numbers};
use crate::draw::text::number;
use crate::draw::words;
use crate::views::{Disclosed, Policy, Role, TimeGrain, View};

/// Two packages beside each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// What each says of itself.
    pub facts: Vec<Fact>,
    /// Whether they are about the same data, as far as they tell.
    pub source: &'static str,
    pub views: Vec<Matched>,
    /// Why there is nothing to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot: Option<String>,
}

/// One thing that both say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    pub name: &'static str,
    pub left: String,
    pub right: String,
}

impl Fact {
    pub fn is_same(&self) -> bool {
        self.left == self.right
    }
}

/// How a view of the one is found in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// The same question.
    Same,
    /// One like it.
    Changed,
    OnlyLeft,
    OnlyRight,
}

/// A view of the one beside one of the other, or beside nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    pub how: Match,
    /// `Flow`
    pub kind: &'static str,
    pub title: String,
    /// Their names in the packages.
    pub names: [Option<String>; 2],
    /// Their places in the packages.
    #[serde(skip)]
    pub views: [Option<usize>; 2],
    /// What only the one was asked, and only the other.
    #[serde(skip_serializing_if = "is_nothing")]
    pub asked: [Vec<String>; 2],
    /// Why their numbers do not stand beside each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot: Option<&'static str>,
    /// The numbers that differ, as they are published.
    pub lines: Vec<Line>,
    /// How many numbers are the same in both.
    pub alike: usize,
}

fn is_nothing(asked: &[Vec<String>; 2]) -> bool {
    asked.iter().all(Vec::is_empty)
}

/// A number of both. One that only one of them publishes is, in the other, nobody, too few, or drawn
/// as `Other`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub words: String,
    pub left: Option<u64>,
    pub right: Option<u64>,
    /// Right without left.
    pub difference: Option<i64>,
}

/// Lays two packages beside each other.
pub fn beside(left: &Opened, right: &Opened) -> Beside {
    let views = matched(&left.views, &right.views);
    let cannot = cannot(left, right, &views);
    Beside { facts: facts(left, right), source: source(left, right), views, cannot }
}

fn cannot(left: &Opened, right: &Opened, views: &[Matched]) -> Option<String> {
    let untrusted = match (left.views.is_empty(), right.views.is_empty()) {
        (true, true) => "both of them",
        (true, false) => "the left one",
        (false, true) => "the right one",
        (false, false) => {
            let has_pair = views.iter().any(|view| view.views.iter().all(Option::is_some));
            return (!has_pair).then(|| {
                "They cannot be compared: no view of the one asks what a view of the other asks, or \
                 nearly that."
                    .to_owned()
            });
        }
    };
    Some(format!(
        "They cannot be compared: hashes or numbers of {untrusted} do not hold, so none of its views \
         can be trusted."
    ))
}

fn source(left: &Opened, right: &Opened) -> &'static str {
    match (&left.source, &right.source) {
        (Some(one), Some(other)) if one == other => {
            "Both say that they are of the same import of one project, and so about the same data."
        }
        (Some(_), Some(_)) => {
            "They say that they are of different imports. Whether the same people are in both is not \
             told; the attack assumes it."
        }
        _ => {
            "They do not both say which import they are of, as packages of a project do. Whether they \
             are about the same data is not told; the attack assumes it."
        }
    }
}

fn facts(left: &Opened, right: &Opened) -> Vec<Fact> {
    let both = [left, right];
    let mut facts = Vec::new();
    let mut add = |name: &'static str, of: &dyn Fn(&Opened) -> String| {
        let [left, right] = both.map(of);
        facts.push(Fact { name, left, right });
    };
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let some = |some: SomeOrNone| if some.is_some() { "some" } else { "none" }.to_owned();
    add("Threshold", &|it| format!("k ≥ {}", it.policy().k()));
    add("Rounding", &|it| rounding(it.policy()));
    add("Reason blurred", &|it| yes(it.policy().blur()));
    add("Most sessions of one person", &|it| it.policy().cap().to_string());
    add("Times are read", &|it| grain(it.policy()).to_owned());
    add("Views", &|it| it.names().len().to_string());
    add("People shown", &people);
    add("Columns read", &|it| columns(it));
    add("Labels renamed or merged", &|it| some(it.facts().renamed));
    add("Labels hidden", &|it| some(it.facts().hidden));
    add("Names accepted by hand", &|it| some(it.facts().accepted));
    add("Rows refused", &|it| some(it.facts().refused));
    add("Left out by consent or erasure", &left_out);
    add("Signature", &signature);
    add("Decision", &decision);
    facts
}

fn rounding(policy: Policy) -> String {
    if policy.b() == 1 { "none".to_owned() } else { format!("to {}", policy.b()) }
}

fn grain(policy: Policy) -> &'static str {
    match policy.time_grain() {
        TimeGrain::None => "as in the data",
        TimeGrain::Minute => "to the minute",
        TimeGrain::Hour => "to the hour",
        TimeGrain::Day => "to the day",
        TimeGrain::Order => "as an order only",
    }
}

fn people(opened: &Opened) -> String {
    let most = opened.views.iter().map(|view| view.view().head().people).max();
    most.map_or_else(|| "not drawn".to_owned(), number)
}

fn columns(opened: &Opened) -> String {
    let name = |role: Role| match role {
        Role::Subject => "person",
        Role::Session => "session",
        Role::Event => "step",
        Role::Time => "time",
        Role::Attribute => "attribute",
    };
    let columns = opened.facts().columns.iter().map(|column| match &column.name {
        Some(own) => words::name(own),
        None => format!("({})", name(column.role)),
    });
    let columns: Vec<String> = columns.collect();
    if columns.is_empty() { "not told".to_owned() } else { columns.join(", ") }
}

fn left_out(opened: &Opened) -> String {
    match opened.facts().protection.map(|bands| bands.kept_band) {
        None => "nobody".to_owned(),
        Some(Some([low, high])) => format!("{low} to {high} % counted"),
        Some(None) => "not told".to_owned(),
    }
}

fn signature(opened: &Opened) -> String {
    match opened.verdict.signature {
        Signed::Not => "none".to_owned(),
        Signed::Unchecked(key) => format!("of key {key}, not checked"),
        Signed::Good(key) => format!("of key {key}, holds"),
        Signed::Wrong => "wrong".to_owned(),
    }
}

fn decision(opened: &Opened) -> String {
    match &opened.verdict.decision {
        None => "none",
        Some(decided) if !decided.holds => "does not hold",
        Some(decided) => match decided.decision.decision {
            Choice::Approved => "approved",
            Choice::Rejected => "rejected",
        },
    }
    .to_owned()
}

/// Whether one view is like another.
type Alike<'a> = &'a dyn Fn(&View, &View) -> bool;

/// Pairs the views by what they ask: first those that ask the same, then those like each other, by
/// name, by title, and where each package has one of a kind left.
fn matched(left: &[Disclosed<View>], right: &[Disclosed<View>]) -> Vec<Matched> {
    let [left, right] =
        [left, right].map(|views| views.iter().map(Disclosed::view).collect::<Vec<&View>>());
    let mut pairs: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let alike: [Alike<'_>; 4] = [
        &|one, other| question(one) == question(other),
        &|one, other| one.name() == other.name(),
        &|one, other| words::title(one) == words::title(other),
        &|one, other| {
            let count = |views: &[&View]| {
                views.iter().filter(|view| words::kind(view) == words::kind(one)).count()
            };
            words::kind(one) == words::kind(other) && count(&left) == 1 && count(&right) == 1
        },
    ];
    for is_alike in alike {
        for (at, one) in left.iter().enumerate() {
            let free = |it: &usize| !taken.contains(it);
            let is_it = |it: &usize| {
                words::kind(one) == words::kind(right[*it]) && is_alike(one, right[*it])
            };
            if !pairs.contains_key(&at)
                && let Some(found) = (0..right.len()).filter(free).find(is_it)
            {
                pairs.insert(at, found);
                taken.insert(found);
            }
        }
    }
    let of_left = (0..left.len()).map(|at| (Some(at), pairs.get(&at).copied()));
    let of_right = (0..right.len()).filter(|at| !taken.contains(at)).map(|at| (None, Some(at)));
    of_left
        .chain(of_right)
        .filter_map(|(one, other)| {
            let views = [one.map(|at| left[at]), other.map(|at| right[at])];
            let first = views.into_iter().flatten().next()?;
            let mut matched = match views {
                [Some(one), Some(other)] => pair(one, other),
                [Some(_), None] => lonely(Match::OnlyLeft),
                _ => lonely(Match::OnlyRight),
            };
            matched.kind = words::kind(first);
            matched.title = words::title(first);
            matched.names = views.map(|view| view.map(|view| view.name().to_owned()));
            matched.views = [one, other];
            Some(matched)
        })
        .collect()
}

fn lonely(how: Match) -> Matched {
    Matched {
        how,
        kind: "",
        title: String::new(),
        names: [None, None],
        views: [None, None],
        asked: [Vec::new(), Vec::new()],
        cannot: None,
        lines: Vec::new(),
        alike: 0,
    }
}

fn pair(one: &View, other: &View) -> Matched {
    let is_same = question(one) == question(other);
    let how = if is_same { Match::Same } else { Match::Changed };
    let [left, right] = [one, other].map(words::asked);
    let only = |own: &[String], others: &[String]| -> Vec<String> {
        own.iter().filter(|sentence| !others.contains(sentence)).cloned().collect()
    };
    let mut asked = [only(&left, &right), only(&right, &left)];
    if !is_same && is_nothing(&asked) {
        for (said, view) in asked.iter_mut().zip([one, other]) {
            said.push(match view.head().rules.len() {
                0 => "No rule for labels.".to_owned(),
                1 => "One rule for labels.".to_owned(),
                rules => format!("{rules} rules for labels."),
            });
        }
    }
    let matched = Matched { asked, ..lonely(how) };
    if one.head().unit != other.head().unit {
        let cannot = "The one counts people and the other sessions or occurrences, so their numbers \
                      cannot be compared.";
        return Matched { cannot: Some(cannot), ..matched };
    }
    let (lines, alike) = lines(one, other);
    Matched { lines, alike, ..matched }
}

/// The numbers that differ, and how many do not.
fn lines(one: &View, other: &View) -> (Vec<Line>, usize) {
    let mut lines: Vec<Line> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let nothing = BTreeMap::new();
    for published in numbers::of_view(0, one, &nothing) {
        known.entry(published.words.clone()).or_insert(lines.len());
        let left = Some(published.count);
        lines.push(Line { words: published.words, left, right: None, difference: None });
    }
    for published in numbers::of_view(0, other, &nothing) {
        let line = known.get(&published.words).and_then(|at| lines.get_mut(*at));
        if let Some(line) = line.filter(|line| line.right.is_none()) {
            line.right = Some(published.count);
        } else {
            let right = Some(published.count);
            lines.push(Line { words: published.words, left: None, right, difference: None });
        }
    }
    for line in &mut lines {
        let both = line.left.zip(line.right);
        line.difference = both.and_then(|(left, right)| {
            i64::try_from(right).ok()?.checked_sub(i64::try_from(left).ok()?)
        });
    }
    let all = lines.len();
    lines.retain(|line| line.left != line.right);
    let alike = all - lines.len();
    (lines, alike)
}

/// What a view asks, without its name and without what came of it.
fn question(view: &View) -> Value {
    let mut asked = serde_json::json!({
        "kind": words::kind(view),
        "unit": words::unit(view.head().unit),
        "own": spec(view),
    });
    match view {
        // Which segments there are came of it.
        View::Breakdown(_) => {
            let of = view.parts().first().map(|part| {
                let mut spec = question(part);
                if let Some(own) = spec["own"].as_object_mut() {
                    own.remove("cohort");
                }
                spec
            });
            asked["of"] = of.unwrap_or(Value::Null);
        }
        View::Comparison(_) => {
            asked["of"] = view.parts().iter().map(|part| question(part)).collect();
        }
        _ => {}
    }
    asked
}

fn spec(view: &View) -> Value {
    let mut spec = match serde_json::to_value(view) {
        Ok(mut view) => view["spec"].take(),
        Err(_) => Value::Null,
    };
    if let Some(fields) = spec.as_object_mut() {
        // The blur is a threshold, the finest drawing belongs to the package, and what had to be
        // folded came of it.
        for name in ["name", "blur", "drawn_for", "folded", "cap"] {
            fields.remove(name);
        }
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::{Line, Match, Matched, matched};
    use crate::draw::testing::{self, seal};
    use crate::views::{Filter, PublishedCohort, Unit, View};

    fn all() -> PublishedCohort {
        PublishedCohort::default()
    }

    fn of_country() -> PublishedCohort {
        let filter = Filter { attribute: "country".to_owned(), value: "DE".to_owned() };
        PublishedCohort { filters: vec![filter], ..all() }
    }

    fn laid(left: Vec<View>, right: Vec<View>) -> Vec<Matched> {
        let [left, right] = [left, right].map(|views| views.into_iter().map(seal).collect());
        let (left, right): (Vec<_>, Vec<_>) = (left, right);
        matched(&left, &right)
    }

    #[test]
    fn views_are_matched_by_what_they_ask() {
        let views = laid(
            vec![testing::funnel(&all()), testing::timing(&all()), testing::paths(&all())],
            vec![testing::timing(&all()), testing::funnel(&of_country()), testing::trend(&all())],
        );
        let how: Vec<(Match, [Option<usize>; 2])> =
            views.iter().map(|view| (view.how, view.views)).collect();
        assert_eq!(
            how,
            [
                (Match::Changed, [Some(0), Some(1)]),
                (Match::Same, [Some(1), Some(0)]),
                (Match::OnlyLeft, [Some(2), None]),
                (Match::OnlyRight, [None, Some(2)]),
            ]
        );
        assert!(views[0].asked[0].is_empty(), "{:?}", views[0].asked);
        assert!(views[0].asked[1].iter().any(|said| said.contains("DE")), "{:?}", views[0].asked);
        assert!(views[1].lines.is_empty() && views[1].alike > 2);
    }

    #[test]
    fn every_number_that_differs_is_a_line_with_both_values_and_their_difference() {
        let View::Funnel(one) = testing::funnel(&all()) else { panic!("a funnel") };
        let mut other = one.clone();
        other.steps[1].count += 15;
        let gone = other.steps.pop().expect("a step");
        let label = other.steps[1].label.clone();
        let views = laid(vec![View::Funnel(one.clone())], vec![View::Funnel(other)]);
        let line = |words: String, left: u64, right: Option<u64>, difference| Line {
            words,
            left: Some(left),
            right,
            difference,
        };
        let before = one.steps[1].count;
        assert_eq!(
            views[0].lines,
            [
                line(format!("Reached {label}"), before, Some(before + 15), Some(15)),
                line(format!("Reached {}", gone.label), gone.count, None, None),
            ]
        );
    }

    #[test]
    fn people_and_sessions_are_not_compared() {
        let views = laid(
            vec![testing::map(Unit::People, false, &all())],
            vec![testing::map(Unit::Sessions, false, &all())],
        );
        assert_eq!(views[0].how, Match::Changed);
        assert!(views[0].cannot.is_some() && views[0].lines.is_empty());
    }
}
