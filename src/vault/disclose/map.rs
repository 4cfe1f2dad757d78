//! From exact directly-follows counts to a published map.
//!
//! A person can use several edges, so counts of a map do not add up: small cells are left out,
//! each of the others is rounded on its own by a draw for what it means, and an absent cell says
//! nothing. Only starts and ends partition the journeys; they are folded and rounded together.
//!
//! *Invariant:* every published number has at least k people and nobody dominates it.

use super::DiscloseError;
use super::question::{Cell, Group, Published, Question};
use super::{round, timing};
use crate::vault::journeys::Clock;
use crate::vault::journeys::cohort::{Journey, Part};
use crate::vault::measure::map::{self, Counted, End, Exact, Slots, Walk};
use crate::views::{
    LabelKind, Map, MapAsked, MapEdge, MapEnd, MapNode, MapSpec, OTHER, Rule, RuleKind, SpecError,
    Unit, View, share_by_name, sliders,
};

pub(super) fn disclose(
    question: &Question<'_>,
    spec: &MapSpec,
) -> Result<Vec<Published>, DiscloseError> {
    let unit = question.spec.unit;
    if spec.times && unit != Unit::People {
        return Err(DiscloseError::Spec(SpecError::Options(
            "the times of a map are those of people; leave --times or --unit out".to_owned(),
        )));
    }
    let clock = if spec.times { Some(timing::clock(question)?) } else { None };
    let cohort = question.cohort;
    let segments = cohort.segments.len();
    let (units, people) = map::people(question.store, question.labels, &cohort.journeys, segments);
    let groups = question.groups("", &units, &people)?;
    let shown = groups.into_iter().filter(|group| group.part != Part::Neither);
    shown
        .map(|group| {
            let mut in_group = vec![false; segments];
            group.segments.iter().for_each(|segment| in_group[*segment] = true);
            let of_group: Vec<Journey>;
            let journeys = if in_group.iter().all(|belongs| *belongs) {
                &cohort.journeys
            } else {
                let belongs = |journey: &&Journey| in_group[journey.segment as usize];
                of_group = cohort.journeys.iter().filter(belongs).copied().collect();
                &of_group
            };
            let walk = Walk {
                store: question.store,
                labels: question.labels,
                journeys,
                collapse: question.spec.collapse,
                unit,
                cap: question.policy.cap(),
                dominance: question.policy.cap() > question.policy.default_cap(),
                progress: question.progress,
            };
            publish(question, spec, group, &walk, clock)
        })
        .collect()
}

/// The labels whose events are no steps, by question or rule, in words: what follows what, and who
/// does anything at all, depends on them.
pub(super) fn hidden(question: &Question<'_>) -> String {
    let rules = question.rules.rules.iter().filter(|rule| rule.kind == RuleKind::Hide);
    let rules = rules.flat_map(Rule::patterns);
    let mut hidden: Vec<&str> =
        question.spec.hide.iter().map(String::as_str).chain(rules).collect();
    hidden.sort_unstable();
    hidden.dedup();
    format!("without {hidden:?}")
}

/// Everybody with a step, in words.
pub(super) fn at_node(label: &str) -> String {
    format!("node\nlabel {label}")
}

fn publish(
    question: &Question<'_>,
    spec: &MapSpec,
    group: Group,
    walk: &Walk<'_>,
    clock: Option<Clock<'_>>,
) -> Result<Published, DiscloseError> {
    let k = question.k();
    let mut subjects_at = walk.subjects_at()?;
    let folded = |label: &str| question.folded.contains(&Cell::Node(label.to_owned()));
    for (subjects, label) in subjects_at.iter_mut().zip(&question.labels.names) {
        if folded(label) {
            *subjects = 0;
        }
    }
    let slots = Slots::new(question.labels, &subjects_at, k, spec.skip_rare);
    question.progress.stage("measure");
    let exact = walk.count(&slots)?;
    question.progress.stage("map");
    if exact.all().is_small(k) {
        return Err(DiscloseError::TooFew { k: question.policy.k() });
    }
    let picture = Picture {
        question,
        spec,
        walk,
        slots: &slots,
        exact: &exact,
        shown: (0..=slots.other())
            .map(|slot| !exact.node(slot).is_small(k) && (slot < slots.other() || !folded(OTHER)))
            .collect(),
        meaning: question.meaning(&group, ""),
    };
    let people = group.people;
    let nodes = picture.nodes();
    let mut map = Map {
        unit: walk.unit,
        k: question.policy.k(),
        b: question.policy.b(),
        people,
        by_name_band: share_by_name(nodes.iter().map(|node| (node.kind, node.count))),
        spec: question.published(
            MapAsked {
                activities: spec.activities,
                paths: spec.paths,
                skip_rare: spec.skip_rare,
                times: spec.times,
                cap: (walk.unit != Unit::People).then_some(walk.cap),
                folded: !question.folded.is_empty(),
            },
            &group,
        ),
        nodes,
        edges: picture.edges(),
        starts: picture.ends(End::Start, people)?,
        ends: picture.ends(End::End, people)?,
    };
    let count = |kind| map.nodes.iter().filter(|n| n.kind == kind).map(|n| n.count).sum::<u64>();
    let kept = count(LabelKind::Label);
    let of = kept + count(LabelKind::Other);
    sliders::filter(&mut map);
    // Of what is left.
    map.by_name_band = share_by_name(map.nodes.iter().map(|node| (node.kind, node.count)));
    if let Some(clock) = clock {
        picture.add_times(&mut map.edges, clock)?;
    }
    Ok(Published { group, view: View::Map(map), kept, of })
}

/// What a map is made from.
struct Picture<'a> {
    question: &'a Question<'a>,
    spec: &'a MapSpec,
    walk: &'a Walk<'a>,
    slots: &'a Slots,
    exact: &'a Exact,
    /// By slot, whether it is a node of the map.
    shown: Vec<bool>,
    /// What the group means, to which each number adds what it counts.
    meaning: String,
}

impl Picture<'_> {
    fn label(&self, slot: usize) -> &str {
        match self.slots.named.get(slot) {
            Some(label) => &self.question.labels.names[*label as usize],
            None => OTHER,
        }
    }

    fn kind(&self, slot: usize) -> LabelKind {
        if slot == self.slots.other() { LabelKind::Other } else { LabelKind::Label }
    }

    /// A slot in words that tell a label from `Other` whatever it reads.
    fn words(&self, slot: usize) -> String {
        match self.kind(slot) {
            LabelKind::Label => format!("label {}", self.label(slot)),
            LabelKind::Other => "other".to_owned(),
        }
    }

    /// What comes before and after a step depends on the steps that are left out.
    fn how(&self) -> String {
        let skipped = if self.spec.skip_rare { "rare steps are left out" } else { "" };
        format!("{}\n{skipped}", hidden(self.question))
    }

    fn collapse(&self) -> &'static str {
        if self.walk.collapse { "repeats are one step" } else { "" }
    }

    fn round(&self, counted: Counted, what: &str) -> u64 {
        let count = counted.count.into();
        let draw = self.question.draw_of("round", &self.meaning, what, count);
        round::alone(draw, count, self.question.b())
    }

    fn nodes(&self) -> Vec<MapNode> {
        let node = |slot: usize| {
            let (label, kind, counted) = (self.label(slot), self.kind(slot), self.exact.node(slot));
            let count = match (kind, self.walk.unit) {
                // How often a step is taken depends on what counts as one.
                (_, Unit::Occurrences) => {
                    let how = format!("{}\n{}", self.how(), self.collapse());
                    self.round(counted, &format!("node\n{}\n{how}", self.words(slot)))
                }
                (LabelKind::Label, _) => {
                    // As everybody of a trend with this label.
                    let meaning = format!("{}{}", self.meaning, at_node(label));
                    let count = counted.count.into();
                    let draw = self.question.draw_of("people", &meaning, "", count);
                    round::alone(draw, count, self.question.b())
                }
                (LabelKind::Other, _) => self.round(counted, "node\nother"),
            };
            MapNode { label: label.to_owned(), kind, count }
        };
        let shown = (0..self.shown.len()).filter(|slot| self.shown[*slot]);
        let mut nodes: Vec<MapNode> = shown.map(node).collect();
        nodes.sort_by(|a, b| (b.count, &a.label).cmp(&(a.count, &b.label)));
        nodes
    }

    fn edges(&self) -> Vec<MapEdge> {
        let how = self.how();
        let mut edges = Vec::new();
        let shown: Vec<usize> = (0..self.shown.len()).filter(|slot| self.shown[*slot]).collect();
        for from in &shown {
            for to in &shown {
                let counted = self.exact.edge(*from, *to);
                let [from_label, to_label] = [*from, *to].map(|slot| self.label(slot).to_owned());
                let cell = Cell::Edge(from_label.clone(), to_label.clone());
                if counted.is_small(self.question.k()) || self.question.folded.contains(&cell) {
                    continue;
                }
                edges.push(MapEdge {
                    from: from_label,
                    to: to_label,
                    count: self.round(counted, &self.edge_words(*from, *to, &how)),
                    bins: Vec::new(),
                    median_secs: None,
                });
            }
        }
        edges.sort_by(|a, b| (b.count, &a.from, &a.to).cmp(&(a.count, &b.from, &b.to)));
        edges
    }

    fn edge_words(&self, from: usize, to: usize, how: &str) -> String {
        // Between two labels repeats make no difference.
        let collapse = if from == to { self.collapse() } else { "" };
        format!("edge\n{}\n{}\n{how}\n{collapse}", self.words(from), self.words(to))
    }

    /// Starts or ends, which add up to `people`. Small ones become `Other`, and where that is then
    /// small itself, further ones do, the smallest first.
    fn ends(&self, end: End, people: u64) -> Result<Vec<MapEnd>, DiscloseError> {
        let k = self.question.k();
        let counted = |slot: usize| self.exact.end(end, slot);
        let mut own: Vec<usize> = (0..self.slots.other())
            .filter(|slot| self.shown[*slot] && !counted(*slot).is_small(k))
            .filter(|slot| {
                let label = self.label(*slot).to_owned();
                let cell = match end {
                    End::Start => Cell::Start(label),
                    End::End => Cell::End(label),
                };
                !self.question.folded.contains(&cell)
            })
            .collect();
        own.sort_unstable_by_key(|slot| (std::cmp::Reverse(counted(*slot).count), *slot));
        let rest = loop {
            let mut folded = vec![true; self.slots.other() + 1];
            for slot in &own {
                folded[*slot] = false;
            }
            let anybody = (0..folded.len()).any(|slot| folded[slot] && counted(slot).count > 0);
            if !anybody {
                break None;
            }
            let rest = self.walk.ends(self.slots, end, &folded)?;
            if !rest.is_small(k) {
                break Some(rest);
            }
            if own.pop().is_none() {
                return Err(DiscloseError::TooFew { k: self.question.policy.k() });
            }
        };
        let rows = own.iter().map(|slot| (*slot, counted(*slot)));
        let rows: Vec<(usize, Counted)> =
            rows.chain(rest.map(|rest| (self.slots.other(), rest))).collect();
        let parts: Vec<(String, u64)> =
            rows.iter().map(|(slot, counted)| (self.words(*slot), counted.count.into())).collect();
        let name = match end {
            End::Start => "start",
            End::End => "end",
        };
        let meaning = format!("{}{name}\n{}", self.meaning, self.how());
        let rounded = timing::partition(self.question, &meaning, &parts, people)?;
        let mut ends: Vec<MapEnd> = rows
            .iter()
            .zip(rounded)
            .map(|((slot, _), count)| MapEnd {
                label: self.label(*slot).to_owned(),
                kind: self.kind(*slot),
                count,
            })
            .collect();
        ends.sort_by(|a, b| (b.count, &a.label).cmp(&(a.count, &b.label)));
        Ok(ends)
    }

    /// How long edges take, so that the bins add up to the edge.
    fn add_times(&self, edges: &mut [MapEdge], clock: Clock<'_>) -> Result<(), DiscloseError> {
        let names = &self.question.labels.names;
        let slot = |label: &str| {
            let named = &self.slots.named;
            let found = named.binary_search_by(|slot| names[*slot as usize].as_str().cmp(label));
            found.unwrap_or(self.slots.other())
        };
        let pairs: Vec<(usize, usize)> =
            edges.iter().map(|edge| (slot(&edge.from), slot(&edge.to))).collect();
        let exact = self.walk.durations(self.slots, &pairs, clock)?;
        let how = self.how();
        for (edge, ((from, to), exact)) in edges.iter_mut().zip(pairs.into_iter().zip(&exact)) {
            let what = self.edge_words(from, to, &how);
            // A step that repeats has the time of its first event.
            let meaning = format!("{}duration\n{what}\n{}", self.meaning, self.collapse());
            edge.bins = timing::bins(self.question, &meaning, exact, edge.count)?;
            edge.median_secs = timing::quartile(&edge.bins, 2, self.question.k());
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests;
