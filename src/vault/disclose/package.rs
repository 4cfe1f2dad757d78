//! All views of a package together: one drawing for each cohort.

use std::collections::BTreeSet;

use super::DiscloseError;
use super::flow::{self, Drawing, Kept};
use super::question::{Cell, Published, Question};
use super::{funnel, map, split, timing, trend};
use crate::audit::{self, Leak, Place, Steps};
use crate::vault::Disclosure;
use crate::vault::journeys::Store;
use crate::vault::journeys::cohort;
use crate::vault::protect::key::Key;
use crate::vault::protect::labels;
use crate::views::{
    Ask, Disclosed, FlowSpec, Funnel, LabelKind, PathsSpec, Policy, Progress, Rules, Side, Spec,
    SpecError, Timing, View,
};

/// How often cells are folded before the package is refused.
const TRIES: usize = 12;
/// After this many times more cells at once are folded.
const PATIENCE: usize = 3;

pub(super) fn disclose(
    store: &Store,
    key: &Key,
    specs: &[Spec],
    rules: &Rules,
    policy: Policy,
    beside: &[&View],
    progress: &Progress,
) -> Result<Vec<Disclosure>, DiscloseError> {
    check(specs, policy)?;
    let package = Package { store, key, specs, rules, policy, progress };
    let mut folded: Vec<BTreeSet<Cell>> = specs.iter().map(|_| BTreeSet::new()).collect();
    for tries in 0..TRIES {
        let shown = package.draw(&folded)?;
        progress.check()?;
        progress.stage("attack");
        let named: Vec<(&str, &View)> =
            shown.iter().map(|shown| (shown.view.name(), &shown.view)).collect();
        let earlier = beside.iter().map(|view| ("an earlier release", *view));
        let together: Vec<(&str, &View)> = named.iter().copied().chain(earlier).collect();
        let leaks = audit::joint(&together, &mut Steps::default())
            .map_err(|_| DiscloseError::NotProtected)?;
        if leaks.is_empty() {
            return Ok(shown.into_iter().map(Shown::seal).collect());
        }
        let mut chosen: BTreeSet<(usize, Cell)> = BTreeSet::new();
        for leak in leaks {
            // One cell may do for many leaks. Where it did not, each gets one of its own.
            let none = BTreeSet::new();
            let but = if tries < PATIENCE { &none } else { &chosen };
            let Some((view, cell)) = cheapest(&named, &leak, but) else {
                if but.is_empty() {
                    return Err(DiscloseError::NotProtected);
                }
                continue;
            };
            chosen.insert((view, cell.clone()));
            // Whoever is drawn together is folded together.
            for (other, folded) in specs.iter().zip(&mut folded) {
                if drawn_together(&specs[view], other) {
                    folded.insert(cell.clone());
                }
            }
        }
    }
    Err(DiscloseError::NotProtected)
}

/// The cell with the fewest people among those of a leak that can be folded, and its view.
fn cheapest(
    views: &[(&str, &View)],
    leak: &Leak,
    but: &BTreeSet<(usize, Cell)>,
) -> Option<(usize, Cell)> {
    let foldable = leak.cells.iter().filter_map(|at| {
        let part = *views.get(at.view)?.1.parts().get(at.part)?;
        let (people, cell) = cell_at(part, at.cell)?;
        Some((people, at.view, cell))
    });
    let others = foldable.map(|(people, view, cell)| (people, (view, cell)));
    others.filter(|(_, cell)| !but.contains(cell)).min().map(|(_, cell)| cell)
}

/// A cell that can be folded: not `Other`, and not everybody.
fn cell_at(view: &View, place: Place) -> Option<(u64, Cell)> {
    let named = |kind: LabelKind| kind == LabelKind::Label;
    match (view, place) {
        (View::Flow(flow), Place::Edge(at)) => {
            let edge = flow.edges.get(at)?;
            let to = flow.nodes.iter().find(|node| node.id == edge.to)?;
            named(to.kind).then(|| (edge.count, Cell::Edge(edge.from.clone(), edge.to.clone())))
        }
        (View::Flow(flow), Place::Exit(at)) => {
            let exit = flow.exits.get(at)?;
            Some((exit.count, Cell::Exit(exit.from.clone())))
        }
        // A node is folded by folding the smallest way to it.
        (View::Flow(flow), Place::Node(at)) => {
            let node = flow.nodes.get(at).filter(|node| named(node.kind))?;
            let ways = flow.edges.iter().filter(|edge| edge.to == node.id);
            let edge = ways.min_by_key(|edge| (edge.count, &edge.from))?;
            Some((edge.count, Cell::Edge(edge.from.clone(), edge.to.clone())))
        }
        // A path is folded by folding its last step by name.
        (View::Paths(paths), Place::Path(at)) => {
            let path = paths.paths.get(at)?;
            let last = path.steps.iter().rposition(|step| named(step.kind))?;
            let id = |at: usize| {
                let step = at as i64 + 1;
                let step = if paths.spec.asked.anchor == Side::End { -step } else { step };
                format!("{step}:{}", path.steps[at].label)
            };
            Some((path.count, Cell::Edge(id(last.checked_sub(1)?), id(last))))
        }
        (View::Map(map), Place::Node(at)) => {
            let node = map.nodes.get(at).filter(|node| named(node.kind))?;
            Some((node.count, Cell::Node(node.label.clone())))
        }
        (View::Map(map), Place::Edge(at) | Place::EdgeBin(at, _)) => {
            let edge = map.edges.get(at)?;
            Some((edge.count, Cell::Edge(edge.from.clone(), edge.to.clone())))
        }
        (View::Map(map), Place::Start(at)) => {
            let start = map.starts.get(at).filter(|start| named(start.kind))?;
            Some((start.count, Cell::Start(start.label.clone())))
        }
        (View::Map(map), Place::End(at)) => {
            let end = map.ends.get(at).filter(|end| named(end.kind))?;
            Some((end.count, Cell::End(end.label.clone())))
        }
        // An interval is folded into a neighbour.
        (View::Trend(trend), Place::Bin(at)) => {
            let bin = trend.bins.get(at)?;
            let day = if at == 0 { bin.to } else { bin.from };
            Some((bin.count, Cell::Boundary(day?.to_string())))
        }
        (
            View::Timing(Timing { bins, .. }) | View::Funnel(Funnel { time_to_convert: bins, .. }),
            Place::Bin(at),
        ) => {
            let bin = bins.get(at)?;
            let secs = if at == 0 { bin.to? } else { bin.from };
            Some((bin.count, Cell::Boundary(secs.to_string())))
        }
        _ => None,
    }
}

/// The questions of a package, and whom they are asked of.
struct Package<'a> {
    store: &'a Store,
    key: &'a Key,
    specs: &'a [Spec],
    rules: &'a Rules,
    policy: Policy,
    progress: &'a Progress,
}

/// A view before it is attacked.
struct Shown {
    view: View,
    kept_by_name_percent: f64,
}

impl Shown {
    fn new(question: &Question, published: Vec<Published>, drawing: Option<&Drawing>) -> Self {
        let (kept, of) = match drawing {
            Some(drawing) => {
                let Kept { kept, of } = drawing.kept();
                (kept, of)
            }
            None => published.iter().fold((0, 0), |sum, part| (sum.0 + part.kept, sum.1 + part.of)),
        };
        Self {
            view: split::assemble(question, published),
            kept_by_name_percent: if of == 0 { 100.0 } else { 100.0 * kept as f64 / of as f64 },
        }
    }

    fn seal(self) -> Disclosure {
        Disclosure {
            view: Disclosed::after_control(self.view),
            kept_by_name_percent: self.kept_by_name_percent,
        }
    }
}

impl Package<'_> {
    /// All views, without those cells.
    fn draw(&self, folded: &[BTreeSet<Cell>]) -> Result<Vec<Shown>, DiscloseError> {
        let Self { store, key, specs, rules, policy, progress } = *self;
        let mut shown: Vec<Option<Shown>> = specs.iter().map(|_| None).collect();
        for (at, spec) in specs.iter().enumerate() {
            if shown[at].is_some() {
                continue;
            }
            let together: Vec<usize> =
                (at..specs.len()).filter(|other| drawn_together(spec, &specs[*other])).collect();
            let finest = finest(specs, &together)?;
            let labels = labels::table(store.dictionary(), rules, &spec.hide);
            progress.stage("select");
            let cohort = cohort::select(store, &labels, key, &finest, policy)?;
            let question = Question {
                store,
                key,
                labels: &labels,
                cohort: &cohort,
                spec: &finest,
                rules,
                policy,
                progress,
                folded: &folded[at],
            };
            let Some(steps) = steps_of(&finest.ask) else {
                progress.stage(spec.ask.kind());
                shown[at] = Some(Shown::new(&question, alone(&question)?, None));
                continue;
            };
            let drawing = flow::draw(&question, steps)?;
            progress.stage("publish");
            for other in together {
                let question = Question { spec: &specs[other], ..question };
                let published = step_by_step(&drawing, &question)?;
                shown[other] = Some(Shown::new(&question, published, Some(&drawing)));
            }
        }
        Ok(shown.into_iter().flatten().collect())
    }
}

fn check(specs: &[Spec], policy: Policy) -> Result<(), DiscloseError> {
    for (at, spec) in specs.iter().enumerate() {
        spec.check()?;
        if specs[..at].iter().any(|before| before.name == spec.name) {
            return Err(SpecError::SameName.into());
        }
    }
    if policy.b() == 1 {
        let is_class_a = |spec: &Spec| {
            spec.split.is_none()
                && (steps_of(&spec.ask).is_some() || matches!(spec.ask, Ask::Funnel(_)))
        };
        if !matches!(specs, [one] if is_class_a(one)) {
            return Err(DiscloseError::BaseOfOne);
        }
    }
    Ok(())
}

/// The steps that a question goes through, where it goes step by step.
fn steps_of(ask: &Ask) -> Option<&FlowSpec> {
    match ask {
        Ask::Flow(flow) | Ask::Paths(PathsSpec { flow }) => Some(flow),
        _ => None,
    }
}

/// Whether two questions are about the same journeys, so that one drawing serves both.
fn drawn_together(one: &Spec, other: &Spec) -> bool {
    let (Some(own), Some(its)) = (steps_of(&one.ask), steps_of(&other.ask)) else {
        return std::ptr::eq(one, other);
    };
    own.anchor == its.anchor
        && (&one.cohort, one.unit, &one.hide, one.collapse)
            == (&other.cohort, other.unit, &other.hide, other.collapse)
}

/// Whether a question is a coarser form of another: each of its numbers is a sum of that one's.
pub(in crate::vault) fn is_part_of(coarser: &Spec, finer: &Spec) -> bool {
    let (Some(own), Some(its)) = (steps_of(&coarser.ask), steps_of(&finer.ask)) else {
        return false;
    };
    let is_told_by_paths =
        matches!(coarser.ask, Ask::Flow(_)) || matches!(finer.ask, Ask::Paths(_));
    drawn_together(coarser, finer)
        && is_told_by_paths
        && own.steps <= its.steps
        && own.top <= its.top
        && (coarser.split.is_none() || coarser.split == finer.split)
}

/// The finest of some questions that are drawn together: most steps, most labels, all segments.
fn finest(specs: &[Spec], together: &[usize]) -> Result<Spec, DiscloseError> {
    let mut finest = specs[together[0]].clone();
    for other in &together[1..] {
        let other = &specs[*other];
        if let (Some(own), Some(its)) = (steps_of(&finest.ask), steps_of(&other.ask)) {
            let flow = FlowSpec {
                anchor: own.anchor.clone(),
                steps: own.steps.max(its.steps),
                top: own.top.max(its.top),
            };
            let paths = matches!(finest.ask, Ask::Paths(_)) || matches!(other.ask, Ask::Paths(_));
            finest.ask = if paths { Ask::Paths(PathsSpec { flow }) } else { Ask::Flow(flow) };
        }
        match (&finest.split, &other.split) {
            (Some(own), Some(its)) if own != its => {
                return Err(SpecError::Options(
                    "the views of a package split the same people in two ways; keep one --by or --compare"
                        .to_owned(),
                )
                .into());
            }
            (None, Some(split)) => finest.split = Some(split.clone()),
            _ => {}
        }
    }
    Ok(finest)
}

/// A view of a drawing.
fn step_by_step(drawing: &Drawing, question: &Question) -> Result<Vec<Published>, DiscloseError> {
    match &question.spec.ask {
        Ask::Flow(flow) => drawing.flow(question, flow),
        Ask::Paths(PathsSpec { flow }) => drawing.paths(question, flow),
        _ => Err(DiscloseError::NotProtected),
    }
}

/// A view that shares its drawing with no other.
fn alone(question: &Question) -> Result<Vec<Published>, DiscloseError> {
    match &question.spec.ask {
        Ask::Flow(_) | Ask::Paths(_) => unreachable!("drawn together"),
        Ask::Funnel(funnel) => funnel::disclose(question, funnel),
        Ask::Map(asked) => map::disclose(question, asked),
        Ask::Timing(asked) => timing::disclose(question, asked),
        Ask::Trend(asked) => trend::disclose(question, asked),
    }
}
