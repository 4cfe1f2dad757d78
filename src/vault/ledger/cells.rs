//! Who is really behind each published number: the people to whom its meaning applies, whether or
//! not they are drawn there.
//!
//! A cell has a *place*: what its number means but for the cohort, in the words in which it is
//! published. Cells of one place are about the same step, pair of steps or bin, of all people or of
//! some of them, and those are what somebody subtracts. Counts of sessions and of occurrences are no
//! numbers of people and have no cells here; they are compared as published numbers only.

use std::collections::HashMap;

use jiff::civil::Date;
use roaring::RoaringBitmap;

use super::Cell;
use crate::vault::journeys::cohort::{self, Cohort, Journey, NO_VALUE, Part};
use crate::vault::journeys::{Clock, Store};
use crate::vault::measure::durations;
use crate::vault::measure::flow::{MAX_STEPS, Walk};
use crate::vault::measure::funnel::Course;
use crate::vault::measure::timing::Pair;
use crate::vault::protect::key::Key;
use crate::vault::protect::labels::{self, LabelTable};
use crate::views::{
    Ask, DateBin, Flow, FlowSpec, FunnelSpec, LabelKind, Map, Paths, Policy, Progress, Rules, Spec,
    SpecError, Split, TimeBin, Timing, TimingSpec, Trend, Unit, View,
};

/// What the cells are found in.
pub(super) struct Behind<'a> {
    pub(super) store: &'a Store,
    pub(super) key: &'a Key,
    pub(super) rules: &'a Rules,
    pub(super) policy: Policy,
    pub(super) progress: &'a Progress,
    /// The ledger's number of each subject.
    pub(super) number_of: &'a [u32],
}

/// The published places of one view, and who was met at each.
#[derive(Default)]
struct Places {
    /// By the key that a walk makes of what it meets.
    at: HashMap<Met, usize>,
    cells: Vec<(String, u64, Vec<u32>)>,
}

/// What a walk meets. Labels are effective ones.
#[derive(PartialEq, Eq, Hash, Clone)]
enum Met {
    Everybody,
    Step(usize, u32),
    Move(usize, u32, u32),
    Left(usize, u32),
    Path(Vec<u32>, bool),
    Node(u32),
    Edge(u32, u32),
    Start(u32),
    End(u32),
    Reached(usize),
    Bin(usize),
}

impl Places {
    fn add(&mut self, met: Met, place: String, value: u64) {
        self.at.insert(met, self.cells.len());
        self.cells.push((place, value, Vec::new()));
    }

    /// Notes somebody, who may be met at one place several times in a row.
    fn meet(&mut self, met: &Met, number: u32) {
        if let Some(at) = self.at.get(met) {
            let who = &mut self.cells[*at].2;
            if who.last() != Some(&number) {
                who.push(number);
            }
        }
    }
}

impl Behind<'_> {
    /// The cells of a view and who is behind each.
    ///
    /// # Errors
    /// Where the question does not fit the data, or somebody asked to stop.
    pub(super) fn cells(&self, spec: &Spec, view: &View) -> Result<Vec<Cell>, Stopped> {
        if spec.unit != Unit::People {
            return Ok(Vec::new());
        }
        let labels = labels::table(self.store.dictionary(), self.rules, &spec.hide);
        let cohort = cohort::select(self.store, &labels, self.key, spec, self.policy)?;
        let mut cells = Vec::new();
        for (part, segment) in parts(view, spec, &cohort) {
            let own = |journey: &&Journey| segment.is_none_or(|at| journey.segment == at);
            let journeys: Vec<Journey> = cohort.journeys.iter().filter(own).copied().collect();
            let places = self.places(spec, part, &labels, &journeys)?;
            cells.extend(places.cells.into_iter().map(|(place, value, who)| Cell {
                place,
                value,
                b: u64::from(self.policy.b()),
                who: who.into_iter().collect::<RoaringBitmap>(),
                erased: 0,
            }));
        }
        Ok(cells)
    }

    fn places(
        &self,
        spec: &Spec,
        view: &View,
        labels: &LabelTable,
        journeys: &[Journey],
    ) -> Result<Places, Stopped> {
        self.progress.check().map_err(|_| Stopped::Cancelled)?;
        match (&spec.ask, view) {
            (Ask::Flow(asked), View::Flow(flow)) => {
                self.of_flow(spec, asked, &flow_places(spec, asked, labels, flow), labels, journeys)
            }
            (Ask::Paths(asked), View::Paths(paths)) => {
                let places = path_places(spec, &asked.flow, labels, paths);
                self.of_flow(spec, &asked.flow, &places, labels, journeys)
            }
            (Ask::Map(_), View::Map(map)) => Ok(self.of_map(spec, map, labels, journeys)),
            (Ask::Funnel(asked), View::Funnel(funnel)) => {
                let steps = funnel.steps.iter().map(|step| step.count);
                self.of_funnel(spec, asked, funnel.people, steps, labels, journeys)
            }
            (Ask::Timing(asked), View::Timing(timing)) => {
                self.of_timing(spec, asked, timing, labels, journeys)
            }
            (Ask::Trend(asked), View::Trend(trend)) => {
                let label = asked.label.as_ref().map(|label| labels.known(label)).transpose()?;
                Ok(self.of_trend(spec, trend, label, labels, journeys))
            }
            _ => Ok(Places::default()),
        }
    }

    fn number(&self, journey: &Journey) -> u32 {
        self.number_of[journey.subject as usize]
    }

    fn of_flow(
        &self,
        spec: &Spec,
        asked: &FlowSpec,
        places: &dyn Fn(&mut Places),
        labels: &LabelTable,
        journeys: &[Journey],
    ) -> Result<Places, Stopped> {
        let walk = Walk::new(labels, spec, asked)?;
        let mut found = Places::default();
        places(&mut found);
        let mut row = [0; MAX_STEPS];
        let steps = usize::from(asked.steps);
        for journey in journeys {
            let number = self.number(journey);
            let taken = walk.row(self.store, journey.events(), &mut row[..steps]);
            let row = &row[..taken];
            if row.is_empty() {
                continue;
            }
            found.meet(&Met::Everybody, number);
            for (step, label) in row.iter().enumerate() {
                found.meet(&Met::Step(step, *label), number);
                if let Some(next) = row.get(step + 1) {
                    found.meet(&Met::Move(step, *label, *next), number);
                } else if taken < steps {
                    found.meet(&Met::Left(step, *label), number);
                }
                let ends = step + 1 == taken && taken < steps;
                found.meet(&Met::Path(row[..=step].to_vec(), ends), number);
            }
        }
        Ok(found)
    }

    fn of_map(&self, spec: &Spec, map: &Map, labels: &LabelTable, journeys: &[Journey]) -> Places {
        let mut places = Places::default();
        let what = format!("map {} {:?}", spec.collapse, spec.hide);
        let label = |name: &str| labels.nameable_label(name);
        places.add(Met::Everybody, "everybody".to_owned(), map.people);
        let mut is_named = vec![false; labels.names.len()];
        for node in map.nodes.iter().filter(|node| node.kind == LabelKind::Label) {
            if let Some(at) = label(&node.label) {
                is_named[at as usize] = true;
                places.add(Met::Node(at), format!("{what} {}", node.label), node.count);
            }
        }
        for edge in &map.edges {
            if let (Some(from), Some(to)) = (label(&edge.from), label(&edge.to)) {
                let place = format!("{what} {} → {}", edge.from, edge.to);
                places.add(Met::Edge(from, to), place, edge.count);
            }
        }
        for start in map.starts.iter().filter(|start| start.kind == LabelKind::Label) {
            if let Some(at) = label(&start.label) {
                places.add(Met::Start(at), format!("{what} → {}", start.label), start.count);
            }
        }
        for end in map.ends.iter().filter(|end| end.kind == LabelKind::Label) {
            if let Some(at) = label(&end.label) {
                places.add(Met::End(at), format!("{what} {} →", end.label), end.count);
            }
        }
        for journey in journeys {
            let number = self.number(journey);
            let (mut first, mut last) = (None, None);
            for event in journey.events() {
                let label = labels.effective[self.store.label(event) as usize];
                if label == LabelTable::HIDDEN || (spec.collapse && last == Some(label)) {
                    continue;
                }
                if map.spec.asked.skip_rare && !is_named[label as usize] {
                    continue;
                }
                places.meet(&Met::Node(label), number);
                match last {
                    Some(before) => places.meet(&Met::Edge(before, label), number),
                    None => first = Some(label),
                }
                last = Some(label);
            }
            if let (Some(first), Some(last)) = (first, last) {
                places.meet(&Met::Everybody, number);
                places.meet(&Met::Start(first), number);
                places.meet(&Met::End(last), number);
            }
        }
        places
    }

    fn of_funnel(
        &self,
        spec: &Spec,
        asked: &FunnelSpec,
        people: u64,
        steps: impl Iterator<Item = u64>,
        labels: &LabelTable,
        journeys: &[Journey],
    ) -> Result<Places, Stopped> {
        let FunnelSpec { steps: names, order, optional, exclude, window_secs } = asked;
        let course =
            Course::new(self.store, labels, asked, spec.collapse, self.policy.time_grain())?;
        let cohort = Cohort { journeys: journeys.to_vec(), segments: Vec::new() };
        let reached = course.measure(&cohort, self.progress).map_err(|_| Stopped::Cancelled)?;
        let mut places = Places::default();
        places.add(Met::Everybody, "everybody".to_owned(), people);
        for (step, count) in steps.enumerate() {
            let names = &names[..=step.min(names.len().saturating_sub(1))];
            let place = format!(
                "funnel {} {:?} {order:?} {names:?} {optional:?} {exclude:?} {window_secs:?}",
                spec.collapse, spec.hide
            );
            places.add(Met::Reached(step), place, count);
        }
        for (journey, reached) in journeys.iter().zip(reached) {
            let Some(reached) = reached else { continue };
            let number = self.number(journey);
            places.meet(&Met::Everybody, number);
            for step in (0..names.len()).filter(|step| reached.steps >> step & 1 == 1) {
                places.meet(&Met::Reached(step), number);
            }
        }
        Ok(places)
    }

    fn of_timing(
        &self,
        spec: &Spec,
        asked: &TimingSpec,
        timing: &Timing,
        labels: &LabelTable,
        journeys: &[Journey],
    ) -> Result<Places, Stopped> {
        let mut places = Places::default();
        let (Some(times), Some(grain_millis)) =
            (&self.store.time_millis, self.policy.time_grain().millis())
        else {
            return Ok(places);
        };
        let pair = Pair {
            from: labels.known(&asked.from)?,
            to: labels.known(&asked.to)?,
            collapse: spec.collapse,
            clock: Clock { times, grain_millis },
        };
        let what = format!("timing {} {:?} {asked:?}", spec.collapse, spec.hide);
        places.add(Met::Everybody, what.clone(), timing.people);
        for (at, TimeBin { from, to, count }) in timing.bins.iter().enumerate() {
            places.add(Met::Bin(at), format!("{what} {from} {to:?}"), *count);
        }
        for journey in journeys {
            let Some(bin) = pair.bin(self.store, labels, *journey) else { continue };
            let (from, _) = durations::ends_of(&(bin..bin + 1));
            let number = self.number(journey);
            places.meet(&Met::Everybody, number);
            if let Some(at) = timing.bins.iter().rposition(|bin| bin.from <= from) {
                places.meet(&Met::Bin(at), number);
            }
        }
        Ok(places)
    }

    fn of_trend(
        &self,
        spec: &Spec,
        trend: &Trend,
        wanted: Option<u32>,
        labels: &LabelTable,
        journeys: &[Journey],
    ) -> Places {
        let mut places = Places::default();
        let Some(times) = &self.store.time_millis else { return places };
        let what = format!("trend {:?} {:?}", spec.hide, trend.spec.asked.label);
        places.add(Met::Everybody, what.clone(), trend.people);
        let mut begins = Vec::new();
        for (at, DateBin { from, to, count }) in trend.bins.iter().enumerate() {
            let place = format!("{what} {from:?} {to:?}");
            places.add(Met::Bin(at), place, *count);
            begins.push(from.and_then(|day| self.begin_of(day)).unwrap_or(i64::MIN));
        }
        for journey in journeys {
            let number = self.number(journey);
            for event in journey.events() {
                let label = labels.effective[self.store.label(event) as usize];
                if label == LabelTable::HIDDEN || wanted.is_some_and(|wanted| wanted != label) {
                    continue;
                }
                places.meet(&Met::Everybody, number);
                let begun = begins.partition_point(|begin| *begin <= times[event]);
                places.meet(&Met::Bin(begun.saturating_sub(1)), number);
            }
        }
        places
    }

    fn begin_of(&self, day: Date) -> Option<i64> {
        let zoned = day.to_zoned_datetime(self.store.zone.clone()).ok()?;
        Some(zoned.timestamp().as_millisecond())
    }
}

/// Why no cells were found.
pub(super) enum Stopped {
    Cancelled,
    Spec(SpecError),
}

impl From<SpecError> for Stopped {
    fn from(error: SpecError) -> Self {
        Self::Spec(error)
    }
}

/// The parts of a view that show one group, and which segment of the cohort that is; everybody
/// where nothing is split. Segments that were folded have no part.
fn parts<'v>(view: &'v View, spec: &Spec, cohort: &Cohort) -> Vec<(&'v View, Option<u32>)> {
    let segment = |wanted: &dyn Fn(&cohort::Segment) -> bool| {
        cohort.segments.iter().position(wanted).map(|at| at as u32)
    };
    match (view, &spec.split) {
        (View::Breakdown(breakdown), Some(Split::By(_))) => breakdown
            .segments
            .iter()
            .filter(|own| own.kind == LabelKind::Label)
            .filter_map(|own| {
                let is_own = |segment: &cohort::Segment| match segment.part {
                    Part::NoValue => own.label == NO_VALUE,
                    _ => segment.name == own.label,
                };
                Some((&own.view, Some(segment(&is_own)?)))
            })
            .collect(),
        (View::Comparison(comparison), Some(Split::Compare(_))) => {
            let sides =
                [(&*comparison.comparison.a, Part::A), (&*comparison.comparison.b, Part::B)];
            let side = |(view, part): (&'v View, Part)| {
                Some((view, Some(segment(&|it: &cohort::Segment| it.part == part)?)))
            };
            sides.into_iter().filter_map(side).collect()
        }
        _ => vec![(view, None)],
    }
}

/// What the numbers of a flow mean, the cohort aside.
fn flow_meaning(spec: &Spec, asked: &FlowSpec) -> String {
    format!("flow {:?} {} {:?}", asked.anchor, spec.collapse, spec.hide)
}

/// Everybody of a flow: without a label to wait for, that is the whole cohort.
fn everybody(what: &str, asked: &FlowSpec) -> String {
    if asked.anchor.label.is_none() { "everybody".to_owned() } else { what.to_owned() }
}

fn flow_places<'a>(
    spec: &'a Spec,
    asked: &'a FlowSpec,
    labels: &'a LabelTable,
    flow: &'a Flow,
) -> impl Fn(&mut Places) + 'a {
    move |places| {
        let what = flow_meaning(spec, asked);
        places.add(Met::Everybody, everybody(&what, asked), flow.people);
        // Steps outward from the anchor, and the label, of every node with a name.
        let mut nodes: HashMap<&str, (usize, u32)> = HashMap::new();
        for node in flow.nodes.iter().filter(|node| node.kind == LabelKind::Label) {
            let outward = usize::try_from(node.step.unsigned_abs()).unwrap_or(0).saturating_sub(1);
            if let Some(label) = labels.nameable_label(&node.label) {
                nodes.insert(&node.id, (outward, label));
                let place = format!("{what} {}", node.id);
                places.add(Met::Step(outward, label), place, node.count);
            }
        }
        for edge in &flow.edges {
            let [Some((step, from)), Some((other, to))] =
                [&edge.from, &edge.to].map(|id| nodes.get(id.as_str()).copied())
            else {
                continue;
            };
            let place = format!("{what} {} → {}", edge.from, edge.to);
            let met =
                if step < other { Met::Move(step, from, to) } else { Met::Move(other, to, from) };
            places.add(met, place, edge.count);
        }
        for exit in &flow.exits {
            if let Some((step, label)) = nodes.get(exit.from.as_str()) {
                let place = format!("{what} {} →", exit.from);
                places.add(Met::Left(*step, *label), place, exit.count);
            }
        }
    }
}

fn path_places<'a>(
    spec: &'a Spec,
    asked: &'a FlowSpec,
    labels: &'a LabelTable,
    paths: &'a Paths,
) -> impl Fn(&mut Places) + 'a {
    move |places| {
        let what = flow_meaning(spec, asked);
        places.add(Met::Everybody, everybody(&what, asked), paths.people);
        for path in &paths.paths {
            let named = path.steps.iter().map(|step| {
                let is_named = step.kind == LabelKind::Label;
                labels.nameable_label(&step.label).filter(|_| is_named)
            });
            let Some(row) = named.collect::<Option<Vec<u32>>>() else { continue };
            let steps: Vec<&str> = path.steps.iter().map(|step| step.label.as_str()).collect();
            let place = format!("{what} path {steps:?} {}", path.ends);
            places.add(Met::Path(row, path.ends), place, path.count);
        }
    }
}
