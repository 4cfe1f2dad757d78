//! Step by step: one cohort's journeys are drawn once, for the finest question of a package, and
//! rounded once. Every flow and every list of paths about that cohort is made of sums of those
//! rounded numbers, so views of one package cannot be subtracted from each other.

use super::DiscloseError;
use super::blur::blur;
use super::detour::{Detour, Threshold};
use super::grid::{Edge, Ends, Grid, OTHER};
use super::meaning::{Meaning, Steps};
use super::question::{Group, Published, Question, attribute_name};
use super::round::{self, Arc};
use super::tree::Tree;
use crate::audit::coarser::{self, Cells};
use crate::vault::journeys::cohort::Part;
use crate::vault::measure::flow::{Journeys, measure};
use crate::views::{
    Ask, DrawnFor, Flow, FlowAsked, FlowSpec, Path, Paths, PathsSpec, Spec, Split, View,
    share_by_name,
};

/// Everybody of a cohort, drawn for the finest question and rounded.
pub(super) struct Drawing {
    finest: Spec,
    parts: Vec<Drawn>,
    /// Whether some people are in no part, because they were too few.
    leaves_out: bool,
}

/// One group's part of a drawing, rounded.
struct Drawn {
    group: Group,
    numbers: Numbers,
    kept: Kept,
}

/// *Kept by name*: people-steps drawn under their own label, and those that had a label of their
/// own before control. It leaves in bands only, and coarser views tell that of their drawing.
#[derive(Clone, Copy, Default)]
pub(super) struct Kept {
    pub(super) kept: u64,
    pub(super) of: u64,
}

/// Step by step, or told by what came before where paths are asked for.
enum Numbers {
    Cells(Cells),
    Paths(Vec<Path>),
}

impl Numbers {
    /// Of a drawing that was made for paths.
    fn paths(&self) -> &[Path] {
        match self {
            Self::Paths(paths) => paths,
            Self::Cells(_) => unreachable!("the finest view has paths"),
        }
    }

    fn cells(&self) -> Cells {
        match self {
            Self::Cells(cells) => cells.clone(),
            Self::Paths(paths) => coarser::cells_of_paths(paths),
        }
    }
}

/// Draws a cohort once. The question's own steps, labels and split are the finest that is asked.
pub(super) fn draw(question: &Question, finest: &FlowSpec) -> Result<Drawing, DiscloseError> {
    let Question { store, key, labels, cohort, spec, progress, .. } = question;
    progress.stage("measure");
    let measured = measure(store, key, labels, cohort, spec, finest, progress)?;
    let who = match &finest.anchor.label {
        None => String::new(),
        Some(_) => format!("anchor {:?}", finest.anchor),
    };
    let units = measured.units();
    let groups = question.groups(&who, &units, &measured.people)?;
    let in_groups: u64 = groups.iter().flat_map(|g| &g.segments).map(|at| units[*at]).sum();
    let mut drawing = Drawing {
        finest: (*spec).clone(),
        parts: Vec::with_capacity(groups.len()),
        leaves_out: in_groups < units.iter().sum(),
    };
    for group in groups {
        let journeys = measured.of(&group.segments);
        let meaning = Meaning::new(question, &group, finest, &journeys);
        let (numbers, kept) = if matches!(spec.ask, Ask::Paths(_)) {
            draw_paths(question, &meaning, &journeys, group.people)?
        } else {
            draw_steps(question, &meaning, &journeys, group.people)?
        };
        drawing.parts.push(Drawn { group, numbers, kept });
    }
    Ok(drawing)
}

/// Fail closed: a drawing is checked as an attacker would read it, not as it was made.
fn draw_steps(
    question: &Question,
    meaning: &Meaning,
    journeys: &Journeys,
    people: u64,
) -> Result<(Numbers, Kept), DiscloseError> {
    question.progress.stage("draw");
    let drawn = draw_journeys(question, meaning, journeys)?;
    question.progress.stage("round");
    let exact = ExactFlow::of(&drawn);
    if !(drawn.is_safe() && exact.is_network(journeys.people)) {
        return Err(DiscloseError::NotProtected);
    }
    let rounded = exact.round(meaning, question.b(), people);
    let rounded = rounded.map_err(|_| DiscloseError::NotProtected)?;
    let (kept, of) = drawn.names();
    Ok((Numbers::Cells(rounded.cells(&meaning.steps)), Kept { kept, of }))
}

fn draw_paths(
    question: &Question,
    meaning: &Meaning,
    journeys: &Journeys,
    people: u64,
) -> Result<(Numbers, Kept), DiscloseError> {
    let threshold = threshold(question, journeys)?;
    question.progress.stage("draw");
    let tree = draw_tree(question, meaning, journeys)?;
    question.progress.stage("round");
    if !tree.is_safe(journeys, threshold) {
        return Err(DiscloseError::NotProtected);
    }
    let rounded = tree.round(meaning, question.b(), people);
    let (kept, of) = tree.names();
    Ok((Numbers::Paths(rounded.paths(&meaning.steps)), Kept { kept, of }))
}

pub(super) fn draw_tree(
    question: &Question,
    meaning: &Meaning,
    journeys: &Journeys,
) -> Result<Tree, DiscloseError> {
    let threshold = threshold(question, journeys)?;
    let blur = question.policy.blur();
    let forbidden = forbidden(question, meaning);
    Ok(Tree::draw(meaning, journeys, threshold, &forbidden, blur, question.progress)?)
}

/// The edges that nobody may go by. None leads to `Other`.
fn forbidden(question: &Question, meaning: &Meaning) -> Vec<Edge> {
    if question.folded.is_empty() {
        return Vec::new();
    }
    let is_folded = |edge: &Edge| {
        let to_other = meaning.grid.ends(*edge).to == OTHER;
        !to_other && meaning.cell(*edge).is_some_and(|cell| question.folded.contains(&cell))
    };
    (0..meaning.grid.edges() as Edge).filter(is_folded).collect()
}

/// When an edge has too few people.
fn threshold(question: &Question, journeys: &Journeys) -> Result<Threshold, DiscloseError> {
    let threshold = Threshold::new(question.policy, question.spec.unit);
    // Whoever dominates everybody dominates every drawing of them.
    let units = journeys.distinct.iter().map(|(_, units)| *units);
    let sessions = !journeys.whose.is_empty();
    if sessions && threshold.is_small(journeys.whose.iter().copied().zip(units)) {
        return Err(DiscloseError::TooFew { k: threshold.k });
    }
    Ok(threshold)
}

pub(super) fn draw_journeys<'a>(
    question: &Question,
    meaning: &'a Meaning<'a>,
    journeys: &'a Journeys,
) -> Result<Detour<'a>, DiscloseError> {
    let threshold = threshold(question, journeys)?;
    let forbidden = forbidden(question, meaning);
    let mut drawn = Detour::draw(meaning, journeys, threshold, &forbidden, question.progress)?;
    if question.policy.blur() {
        blur(&mut drawn, question.progress)?;
    }
    Ok(drawn)
}

impl Drawing {
    /// One view of the drawing: as it is, or coarser. The question is about the same cohort, and
    /// splits it as the drawing does or not at all.
    pub(super) fn flow(
        &self,
        question: &Question,
        asked: &FlowSpec,
    ) -> Result<Vec<Published>, DiscloseError> {
        let spec = self.asked(question, asked);
        let publish = |group: Group, cells: &Cells, Kept { kept, of }: Kept| {
            let cells = cells.coarser(asked.steps, asked.top);
            let (nodes, edges, exits) = cells.lists(asked.anchor.side);
            let flow = Flow {
                unit: question.spec.unit,
                k: question.policy.k(),
                b: question.policy.b(),
                people: group.people,
                by_name_band: share_by_name(nodes.iter().map(|node| (node.kind, node.count))),
                spec: question.published(spec.clone(), &group),
                nodes,
                edges,
                exits,
            };
            Published { group, view: View::Flow(flow), kept, of }
        };
        if let Some(everybody) = self.everybody(question)? {
            let cells: Vec<Cells> = self.parts.iter().map(|part| part.numbers.cells()).collect();
            return Ok(vec![publish(everybody, &coarser::sum(&cells), self.kept())]);
        }
        let shown = self.shown();
        Ok(shown
            .map(|part| publish(part.group.again(), &part.numbers.cells(), part.kept))
            .collect())
    }

    /// Whole paths of a drawing that was made for them.
    pub(super) fn paths(
        &self,
        question: &Question,
        asked: &FlowSpec,
    ) -> Result<Vec<Published>, DiscloseError> {
        let spec = self.asked(question, asked);
        let publish = |group: Group, paths: &[Path], Kept { kept, of }: Kept| {
            let paths = coarser::coarser_paths(paths, asked.steps, asked.top);
            let paths = Paths {
                unit: question.spec.unit,
                k: question.policy.k(),
                b: question.policy.b(),
                people: group.people,
                by_name_band: share_by_name(
                    paths
                        .iter()
                        .flat_map(|path| path.steps.iter().map(|step| (step.kind, path.count))),
                ),
                spec: question.published(spec.clone(), &group),
                paths,
            };
            Published { group, view: View::Paths(paths), kept, of }
        };
        if let Some(everybody) = self.everybody(question)? {
            let all: Vec<Path> =
                self.parts.iter().flat_map(|part| part.numbers.paths()).cloned().collect();
            return Ok(vec![publish(everybody, &all, self.kept())]);
        }
        let shown = self.shown();
        Ok(shown.map(|part| publish(part.group.again(), part.numbers.paths(), part.kept)).collect())
    }

    /// Of all parts together.
    pub(super) fn kept(&self) -> Kept {
        let sum = |sum: Kept, part: &Drawn| Kept {
            kept: sum.kept + part.kept.kept,
            of: sum.of + part.kept.of,
        };
        self.parts.iter().fold(Kept::default(), sum)
    }

    /// The parts that are published.
    fn shown(&self) -> impl Iterator<Item = &Drawn> {
        self.parts.iter().filter(|part| part.group.part != Part::Neither)
    }

    /// Everybody, where the drawing is split and the question is not: the whole is the sum of its
    /// segments, and of everybody only if nobody is left out.
    fn everybody(&self, question: &Question) -> Result<Option<Group>, DiscloseError> {
        if question.spec.split.is_some() || self.finest.split.is_none() {
            return Ok(None);
        }
        if self.leaves_out {
            return Err(DiscloseError::NotProtected);
        }
        let people = self.parts.iter().map(|part| part.group.people).sum();
        Ok(Some(question.everybody(people)))
    }

    fn asked(&self, question: &Question, asked: &FlowSpec) -> FlowAsked {
        FlowAsked {
            anchor: asked.anchor.side,
            anchor_label: asked.anchor.label.clone(),
            until_label: asked.anchor.until.clone(),
            steps: asked.steps,
            top: asked.top,
            drawn_for: self.drawn_for(question, asked),
        }
    }

    /// What the journeys were drawn for, where that is finer than what is asked.
    fn drawn_for(&self, question: &Question, asked: &FlowSpec) -> Option<DrawnFor> {
        let (paths, finest) = match &self.finest.ask {
            Ask::Flow(flow) => (false, flow),
            Ask::Paths(PathsSpec { flow }) => (true, flow),
            _ => return None,
        };
        let by = match (&question.spec.split, &self.finest.split) {
            (None, Some(Split::By(attribute))) => Some(attribute_name(attribute)),
            (None, Some(Split::Compare(filter))) => Some(attribute_name(&filter.attribute)),
            _ => None,
        };
        let asked_paths = matches!(question.spec.ask, Ask::Paths(_));
        let same = (paths, finest.steps, finest.top) == (asked_paths, asked.steps, asked.top);
        let finest = DrawnFor { paths, steps: finest.steps, top: finest.top, by };
        (!same || finest.by.is_some()).then_some(finest)
    }
}

/// The edges of a drawing that somebody uses, with people: exact, before rounding.
struct ExactFlow {
    grid: Grid,
    edges: Vec<(Edge, u64)>,
}

impl ExactFlow {
    fn of(drawn: &Detour) -> Self {
        let edges = (0..)
            .zip(&drawn.people_on)
            .filter(|(_, people)| **people > 0)
            .map(|(edge, people)| (edge, u64::from(*people)))
            .collect();
        Self { grid: drawn.grid, edges }
    }

    /// People into each node, by step and slot.
    fn people_at(&self) -> Vec<Vec<u64>> {
        let mut people_at = vec![vec![0; self.grid.width]; self.grid.steps];
        for (edge, people) in &self.edges {
            let ends = self.grid.ends(*edge);
            if ends.to != self.grid.exit() {
                people_at[ends.layer][ends.to] += people;
            }
        }
        people_at
    }

    /// Nobody is lost, and every node passes on what it gets.
    fn is_network(&self, people: u64) -> bool {
        let people_in = self.people_at();
        let mut people_out = vec![vec![0; self.grid.width]; self.grid.steps];
        for (edge, people) in &self.edges {
            let ends = self.grid.ends(*edge);
            if ends.layer > 0 {
                people_out[ends.layer - 1][ends.from] += people;
            }
        }
        let last = self.grid.steps - 1;
        people_in[0].iter().sum::<u64>() == people && people_in[..last] == people_out[..last]
    }

    /// Rounds edges, exits, nodes and steps together; the first step is `everybody`.
    ///
    /// Every node is an arc from its front to its back. People who leave, and those who reach the
    /// last step, go home along a chain of places with one arc a step, which so carries exactly the
    /// people of that step.
    fn round(&self, meaning: &Meaning, b: u64, everybody: u64) -> Result<Self, round::Infeasible> {
        let grid = self.grid;
        let front = |step: usize, slot: usize| (2 * (step * grid.width + slot)) as u32;
        let back = |step: usize, slot: usize| front(step, slot) + 1;
        // `home(step)` is where those who leave after a step go; `home(0)` leads to START.
        let home = |step: usize| (2 * grid.steps * grid.width + step) as u32;
        let start = home(grid.steps);
        let mut arcs: Vec<Arc> = Vec::new();
        let mut arc = |from, to, people, cost, fixed| {
            arcs.push(Arc { from, to, people, cost, fixed });
        };
        for (edge, people) in &self.edges {
            let ends = grid.ends(*edge);
            let from = if ends.layer == 0 { start } else { back(ends.layer - 1, ends.from) };
            let to = if ends.to == grid.exit() {
                home(ends.layer - 1)
            } else {
                front(ends.layer, ends.to)
            };
            arc(from, to, *people, round::cost(meaning.draw_of("round", *edge, *people)), None);
        }
        let last = grid.steps - 1;
        let mut of_step = Vec::with_capacity(grid.steps);
        for (step, people) in self.people_at().into_iter().enumerate() {
            of_step.push(people.iter().sum::<u64>());
            for (slot, people) in people.into_iter().enumerate() {
                // A node's count follows from its edges, so it needs no draw of its own.
                arc(front(step, slot), back(step, slot), people, 0, None);
                if step == last {
                    arc(back(step, slot), home(step), people, 0, None);
                }
            }
        }
        for (step, people) in of_step.into_iter().enumerate() {
            if step == 0 {
                arc(home(0), start, people, 0, Some(everybody));
            } else {
                let mut what = (step as u64).to_le_bytes().to_vec();
                what.extend(people.to_le_bytes());
                let draw = meaning.draw_for("round step", &what);
                arc(home(step), home(step - 1), people, round::cost(draw), None);
            }
        }
        let rounded = round::round(start as usize + 1, &arcs, b)?;
        let edges = self.edges.iter().zip(rounded).map(|((edge, _), people)| (*edge, people));
        Ok(Self { grid, edges: edges.collect() })
    }

    /// The numbers with the labels under which they are published.
    fn cells(&self, steps: &Steps) -> Cells {
        let at = |layer: usize, slot: usize| {
            let label = (slot != OTHER).then(|| steps.label(layer, slot).to_owned());
            (layer as u32 + 1, label)
        };
        let mut cells = Cells::default();
        for (edge, count) in &self.edges {
            let Ends { layer, from, to } = self.grid.ends(*edge);
            let from = layer.checked_sub(1).map(|step| at(step, from));
            let to = (to != self.grid.exit()).then(|| at(layer, to));
            cells.add(from, to, *count);
        }
        cells
    }
}
