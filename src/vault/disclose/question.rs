//! One question on its way through disclosure control: what everybody who answers it needs, the
//! groups that are drawn apart, and what may be told about who was asked.

use std::collections::BTreeSet;
use std::ops::Range;

use super::DiscloseError;
use super::round;
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort::{self, NO_VALUE, Part};
use crate::vault::measure::durations;
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::{self, LabelTable};
use crate::views::{
    Cohort, Extent, Filter, HIDDEN, LabelKind, OTHER_SEGMENTS, Policy, Progress, PublishedCohort,
    PublishedSpec, Rules, Spec, Split, Unit, View,
};

/// A question, with the journeys that it is about.
pub(super) struct Question<'a> {
    pub(super) store: &'a Store,
    pub(super) key: &'a Key,
    pub(super) labels: &'a LabelTable,
    pub(super) cohort: &'a cohort::Cohort,
    pub(super) spec: &'a Spec,
    pub(super) rules: &'a Rules,
    pub(super) policy: Policy,
    pub(super) progress: &'a Progress,
    /// Cells that may not be shown, because a reader could compute something with them.
    pub(super) folded: &'a BTreeSet<Cell>,
}

/// A cell of a view by its meaning: ids of nodes in a flow, labels in a map.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Node(String),
    Edge(String, String),
    Exit(String),
    Start(String),
    End(String),
    /// Where one interval or bin ends and the next begins: a day, or seconds.
    Boundary(String),
}

/// Segments that are drawn as one: a published segment, a side of a comparison, or everybody.
pub(super) struct Group {
    /// Empty where nothing is split.
    pub(super) label: String,
    pub(super) kind: LabelKind,
    /// What the group is for; a group of [`Part::Neither`] is not published.
    pub(super) part: Part,
    /// Positions in the cohort's segments.
    pub(super) segments: Vec<usize>,
    pub(super) cohort: PublishedCohort,
    /// Everybody of the group, rounded: the same number in every view of the same people. Groups
    /// add up to the number of everybody.
    pub(super) people: u64,
}

impl Group {
    /// The same group for another view.
    pub(super) fn again(&self) -> Self {
        Self {
            label: self.label.clone(),
            kind: self.kind,
            part: self.part,
            segments: self.segments.clone(),
            cohort: self.cohort.clone(),
            people: self.people,
        }
    }
}

/// What one group shows.
pub(super) struct Published {
    pub(super) group: Group,
    pub(super) view: View,
    /// Steps that stand under their own name, and those that could. They leave as a band only.
    pub(super) kept: u64,
    pub(super) of: u64,
}

impl Question<'_> {
    pub(super) fn k(&self) -> u64 {
        u64::from(self.policy.k())
    }

    pub(super) fn b(&self) -> u64 {
        u64::from(self.policy.b())
    }

    /// The groups to draw, given how many units (people, or sessions) and how many different people
    /// each segment of the cohort has in this view; `who` says who they are where that is not the
    /// whole cohort (`anchor a`). Every group has at least k people and so does everybody outside it, or there is nobody
    /// outside; what cannot stand for itself is in `Other segments`.
    ///
    /// # Errors
    /// [`DiscloseError::TooFew`] where not even one group has k people.
    pub(super) fn groups(
        &self,
        who: &str,
        units: &[u64],
        people: &[u64],
    ) -> Result<Vec<Group>, DiscloseError> {
        let mut groups = self.fold(people)?;
        // One star: all groups and their sum.
        let mut arcs: Vec<round::Arc> = groups
            .iter()
            .map(|group| {
                let people = group.segments.iter().map(|at| units[*at]).sum();
                let meaning = self.meaning(group, who);
                let cost = round::cost(self.draw_of("people", &meaning, "", people));
                round::Arc { from: 0, to: 1, people, cost, fixed: None }
            })
            .collect();
        let people = arcs.iter().map(|arc| arc.people).sum();
        let everybody = {
            let draw = self.draw_of("people", &self.meaning_of("", who), "", people);
            round::alone(draw, people, self.b())
        };
        arcs.push(round::Arc { from: 1, to: 0, people, cost: 0, fixed: Some(everybody) });
        let rounded = round::round(2, &arcs, self.b()).map_err(|_| DiscloseError::NotProtected)?;
        for (group, people) in groups.iter_mut().zip(rounded) {
            group.people = people;
        }
        Ok(groups)
    }

    fn fold(&self, people: &[u64]) -> Result<Vec<Group>, DiscloseError> {
        let k = self.k();
        let too_few = || DiscloseError::TooFew { k: self.policy.k() };
        // That somebody has a label that few have would be told by leaving them out.
        if !self.spec.cohort.did_not.iter().all(|name| self.is_common(name)) {
            return Err(too_few());
        }
        let segments = &self.cohort.segments;
        match &self.spec.split {
            None => {
                if people.iter().sum::<u64>() < k {
                    return Err(too_few());
                }
                Ok(vec![Group {
                    label: String::new(),
                    kind: LabelKind::Label,
                    part: Part::Whole,
                    segments: (0..segments.len()).collect(),
                    cohort: self.published_cohort(),
                    people: 0,
                }])
            }
            Some(Split::Compare(compare)) => {
                let mut groups = Vec::new();
                for (at, segment) in segments.iter().enumerate() {
                    if segment.part != Part::Neither && people[at] < k {
                        return Err(too_few());
                    }
                    let label = match segment.part {
                        Part::B if segment.name.is_empty() => format!("not {}", compare.value),
                        _ => segment.name.clone(),
                    };
                    groups.push(Group {
                        label,
                        kind: LabelKind::Label,
                        part: segment.part,
                        segments: vec![at],
                        cohort: self.side_of(compare, segment.part),
                        people: 0,
                    });
                }
                // Fewer than k people on neither side are drawn with nobody, and not at all.
                groups
                    .retain(|group| group.part != Part::Neither || people[group.segments[0]] >= k);
                Ok(groups)
            }
            Some(Split::By(attribute)) => self.segments(attribute, people),
        }
    }

    fn segments(&self, attribute: &str, people: &[u64]) -> Result<Vec<Group>, DiscloseError> {
        let k = self.k();
        let all: u64 = people.iter().sum();
        if all < k {
            return Err(DiscloseError::TooFew { k: self.policy.k() });
        }
        let names = &self.cohort.segments;
        // What may stand for itself, the biggest first.
        let mut own: Vec<usize> = (0..names.len())
            .filter(|at| people[*at] >= k)
            .filter(|at| {
                let name = &names[*at].name;
                labels::may_stand(self.rules, attribute, name) && name != OTHER_SEGMENTS
            })
            .collect();
        own.sort_unstable_by_key(|at| (std::cmp::Reverse(people[*at]), *at));
        own.truncate(MOST_SEGMENTS);
        // Then every complement has k people too: the rest, or another segment.
        loop {
            let rest = all - own.iter().map(|at| people[*at]).sum::<u64>();
            if rest == 0 || rest >= k {
                break;
            }
            own.pop();
        }
        let mut groups: Vec<Group> = own
            .iter()
            .map(|at| {
                let mut cohort = self.published_cohort();
                let name = &names[*at].name;
                let value = if names[*at].part == Part::NoValue { NO_VALUE } else { name };
                cohort.filters.push(self.filter(attribute, value));
                Group {
                    label: value.to_owned(),
                    kind: LabelKind::Label,
                    part: Part::Segment,
                    segments: vec![*at],
                    cohort,
                    people: 0,
                }
            })
            .collect();
        let rest: Vec<usize> =
            (0..names.len()).filter(|at| people[*at] > 0 && !own.contains(at)).collect();
        if !rest.is_empty() {
            let mut cohort = self.published_cohort();
            cohort.where_not =
                groups.iter().map(|own| self.filter(attribute, &own.label)).collect();
            groups.push(Group {
                label: OTHER_SEGMENTS.to_owned(),
                kind: LabelKind::Other,
                part: Part::Segment,
                segments: rest,
                cohort,
                people: 0,
            });
        }
        Ok(groups)
    }

    /// Everybody of a question that is not split.
    pub(super) fn everybody(&self, people: u64) -> Group {
        Group {
            label: String::new(),
            kind: LabelKind::Label,
            part: Part::Whole,
            segments: Vec::new(),
            cohort: self.published_cohort(),
            people,
        }
    }

    /// The cohort as it may be told, without its split.
    fn published_cohort(&self) -> PublishedCohort {
        let cohort = &self.spec.cohort;
        let label = |name: &String| {
            if self.labels.nameable_label(name).is_some() {
                name.clone()
            } else {
                HIDDEN.to_owned()
            }
        };
        let mut published = PublishedCohort {
            filters: cohort.filters.iter().map(|f| self.filter(&f.attribute, &f.value)).collect(),
            where_not: Vec::new(),
            did: cohort.did.iter().map(label).collect(),
            // A label that people do not have is told only where k people do.
            did_not: cohort.did_not.iter().map(|name| self.label_with_k(name)).collect(),
            from: cohort.from,
            to: cohort.to,
            journey: Some(cohort.journey).filter(|extent| *extent != Extent::Whole),
        };
        if let Some(Split::Compare(compare)) = &self.spec.split {
            published.filters.retain(|filter| filter.attribute != compare.attribute);
        }
        published
    }

    fn side_of(&self, compare: &Filter, part: Part) -> PublishedCohort {
        let mut cohort = self.published_cohort();
        let own = self.spec.cohort.filters.iter().find(|f| f.attribute == compare.attribute);
        let told = |value: &str| self.filter(&compare.attribute, value);
        match (part, own) {
            (Part::A, Some(own)) => cohort.filters.push(told(&own.value)),
            (Part::A, None) | (Part::B, Some(_)) => cohort.filters.push(told(&compare.value)),
            (_, Some(own)) => {
                cohort.where_not.extend([told(&own.value), told(&compare.value)]);
            }
            (_, None) => cohort.where_not.push(told(&compare.value)),
        }
        cohort
    }

    /// A filter as it may be told: the value covers the people of a published cohort, so that only
    /// what it looks like is left to check.
    fn filter(&self, attribute: &str, value: &str) -> Filter {
        let may_stand = labels::may_stand(self.rules, attribute, value);
        let value = if may_stand { value.to_owned() } else { HIDDEN.to_owned() };
        Filter { attribute: attribute_name(attribute), value }
    }

    /// A label, where it may be told.
    pub(super) fn label_with_k(&self, name: &str) -> String {
        if self.is_common(name) { name.to_owned() } else { HIDDEN.to_owned() }
    }

    /// Whether a label is harmless and k people of the whole import have it.
    pub(super) fn is_common(&self, name: &str) -> bool {
        let label = self.labels.nameable_label(name);
        let people = label.map_or(0, |label| {
            let has = |subject: &usize| {
                let mut events = self.store.events_of(*subject);
                events.any(|e| self.labels.effective[self.store.label(e) as usize] == label)
            };
            (0..self.store.subjects()).filter(has).take(self.policy.k() as usize).count()
        });
        people as u64 >= self.k()
    }

    /// What was asked, as far as it may be told.
    pub(super) fn published<A>(&self, asked: A, group: &Group) -> PublishedSpec<A> {
        PublishedSpec {
            name: self.spec.name.clone(),
            asked,
            collapse: self.spec.collapse,
            blur: self.policy.blur(),
            rules: vec!["a rule".to_owned(); self.spec.hide.len() + self.rules.rules.len()],
            cohort: group.cohort.clone(),
        }
    }

    /// What a number of this group means, for keyed choices: who is counted, in which unit, and
    /// what. The same meaning always gives the same choice.
    pub(super) fn meaning(&self, group: &Group, what: &str) -> String {
        self.meaning_of(&group.label, what)
    }

    fn meaning_of(&self, label: &str, what: &str) -> String {
        let unit = match self.spec.unit {
            Unit::People => "people",
            Unit::Sessions => "sessions",
            Unit::Occurrences => "occurrences",
        };
        let Cohort { did, did_not, from, to, journey, filters } = &self.spec.cohort;
        // Who says the same twice, or in another order, asks the same.
        let once = |labels: &[String]| labels.iter().cloned().collect::<BTreeSet<String>>();
        let (did, did_not) = (once(did), once(did_not));
        let filters: BTreeSet<&Filter> = filters.iter().collect();
        format!(
            "{filters:?} {did:?} {did_not:?} {from:?} {to:?} {journey:?}\n{label}\n{unit}\n{what}"
        )
    }

    /// Whether a row of duration bins may end where it does.
    pub(super) fn may_close(&self, row: &Range<usize>) -> bool {
        let (_, end) = durations::ends_of(row);
        end.is_none_or(|secs| !self.folded.contains(&Cell::Boundary(secs.to_string())))
    }

    /// A keyed number that decides how a number is rounded: another for every number, since one draw
    /// for all numbers of a meaning would round them along a staircase, and two of them would tell
    /// their difference to within b − 1.
    pub(super) fn draw_of(&self, purpose: &str, meaning: &str, what: &str, number: u64) -> u64 {
        self.key.draw(purpose, &[meaning.as_bytes(), what.as_bytes(), &number.to_le_bytes()])
    }

    /// A keyed number for a meaning and a purpose.
    pub(super) fn draw(&self, purpose: &str, meaning: &str, what: &str) -> u64 {
        self.key.draw(purpose, &[meaning.as_bytes(), what.as_bytes()])
    }
}

/// A breakdown shows at most this many segments by name.
const MOST_SEGMENTS: usize = 50;

/// The name of an attribute as it may be told.
pub(super) fn attribute_name(name: &str) -> String {
    if labels::is_harmless(name) { name.to_owned() } else { HIDDEN.to_owned() }
}
