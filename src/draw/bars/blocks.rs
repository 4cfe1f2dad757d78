//! What a picture of a view is made of, before anything has a place: lists of bars, columns over
//! time, flows.

use super::percent;
use crate::draw::words;
use crate::views::{
    DateBin, Flow, Funnel, LabelKind, Paths, Quantiles, Side, TimeBin, Timing, Trend, View,
};

/// A list of the picture.
pub(super) enum Block<'a> {
    Bars {
        caption: Option<String>,
        bars: Vec<Bar>,
    },
    /// Marks stand at a place among the columns, in columns from the left, and have words.
    Columns {
        caption: Option<String>,
        columns: Vec<Column>,
        marks: Vec<(f32, String)>,
    },
    Flow(&'a Flow),
}

pub(super) struct Bar {
    pub(super) id: String,
    /// With the label in full, for a pointer and a screen reader.
    pub(super) name: String,
    pub(super) chips: Vec<Chip>,
    /// The label whose colour the bar has; the first colour where it has none.
    pub(super) colour: Option<(LabelKind, String)>,
    pub(super) count: u64,
    /// How many of the step before are no longer there.
    pub(super) lost: Option<u64>,
    pub(super) share: Option<String>,
}

/// A piece of a name: a label with its colour, or a word between labels.
pub(super) struct Chip {
    pub(super) text: String,
    pub(super) label: Option<(LabelKind, String)>,
}

pub(super) struct Column {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) count: u64,
}

impl Block<'_> {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Bars { bars, .. } => bars.is_empty(),
            Self::Columns { columns, .. } => columns.is_empty(),
            Self::Flow(flow) => flow.nodes.is_empty(),
        }
    }

    pub(super) fn bars(&self) -> &[Bar] {
        match self {
            Self::Bars { bars, .. } => bars,
            Self::Columns { .. } | Self::Flow(_) => &[],
        }
    }

    /// The count that fills the room.
    pub(super) fn most(&self) -> u64 {
        let most = match self {
            Self::Bars { bars, .. } => {
                bars.iter().map(|bar| bar.count.saturating_add(bar.lost.unwrap_or(0))).max()
            }
            Self::Columns { columns, .. } => columns.iter().map(|column| column.count).max(),
            Self::Flow(_) => None,
        };
        most.unwrap_or(0)
    }
}

/// The lists of one part, always the same ones for a kind of view.
pub(super) fn blocks(view: &View) -> Vec<Block<'_>> {
    match view {
        View::Flow(flow) => vec![Block::Flow(flow)],
        View::Paths(paths) => of_paths(view, paths),
        View::Funnel(funnel) => of_funnel(view, funnel),
        View::Timing(timing) => of_timing(view, timing),
        View::Trend(trend) => of_trend(view, trend),
        // Maps are drawn as maps. A part is never split again; one that is has no picture.
        View::Map(_) | View::Breakdown(_) | View::Comparison(_) => Vec::new(),
    }
}

fn label(kind: LabelKind, label: &str) -> Chip {
    Chip { text: words::name(label), label: Some((kind, label.to_owned())) }
}

fn word(text: &str) -> Chip {
    Chip { text: text.to_owned(), label: None }
}

fn of_paths<'a>(view: &View, paths: &Paths) -> Vec<Block<'a>> {
    let backwards = paths.spec.asked.anchor == Side::End;
    let (arrow, over) = if backwards { ("‹", "began here") } else { ("›", "left") };
    let bars = paths.paths.iter().enumerate().map(|(at, path)| {
        let mut chips = Vec::new();
        for (step, shown) in path.steps.iter().enumerate() {
            if step > 0 {
                chips.push(word(arrow));
            }
            chips.push(label(shown.kind, &shown.label));
        }
        if path.ends {
            chips.extend([word(arrow), word(over)]);
        }
        let names: Vec<&str> = chips.iter().map(|chip| chip.text.as_str()).collect();
        Bar {
            id: format!("path-{at}"),
            name: format!("{}, {}", names.join(" "), words::about(view, path.count)),
            colour: path.steps.first().map(|step| (step.kind, step.label.clone())),
            count: path.count,
            lost: None,
            share: percent(path.count, paths.people),
            chips,
        }
    });
    vec![Block::Bars { caption: None, bars: bars.collect() }]
}

fn of_funnel<'a>(view: &View, funnel: &Funnel) -> Vec<Block<'a>> {
    let first = funnel.steps.first().map_or(0, |step| step.count);
    let before = |at: usize| at.checked_sub(1).and_then(|at| funnel.steps.get(at));
    let bars = funnel.steps.iter().enumerate().map(|(at, step)| Bar {
        id: format!("step-{at}"),
        name: format!("{}, {}", words::name(&step.label), words::about(view, step.count)),
        chips: vec![word(&words::name(&step.label))],
        // Steps follow each other; one colour shows what becomes less.
        colour: None,
        count: step.count,
        lost: before(at).map(|before| before.count.saturating_sub(step.count)),
        share: percent(step.count, first),
    });
    let times = Block::Columns {
        caption: (!funnel.time_to_convert.is_empty())
            .then(|| "From the first step to the last".to_owned()),
        columns: columns(view, &funnel.time_to_convert),
        marks: Vec::new(),
    };
    vec![Block::Bars { caption: None, bars: bars.collect() }, times]
}

fn columns(view: &View, bins: &[TimeBin]) -> Vec<Column> {
    let column = |(at, bin): (usize, &TimeBin)| Column {
        id: format!("time-{at}"),
        name: format!("{}, {}", words::span(bin), words::about(view, bin.count)),
        text: words::span(bin),
        count: bin.count,
    };
    bins.iter().enumerate().map(column).collect()
}

fn of_timing<'a>(view: &View, timing: &Timing) -> Vec<Block<'a>> {
    let Quantiles { p25, p50, p75 } = timing.quantiles;
    let said = [("a quarter", p25), ("half", p50), ("three quarters", p75)];
    let marks = said.into_iter().filter_map(|(share, secs)| {
        let secs = secs?;
        Some((among(&timing.bins, secs), format!("{share} by {}", words::duration(secs))))
    });
    vec![Block::Columns {
        caption: None,
        columns: columns(view, &timing.bins),
        marks: marks.collect(),
    }]
}

/// Where a time lies among bins that are drawn equally wide.
fn among(bins: &[TimeBin], secs: u64) -> f32 {
    let at = bins.iter().position(|bin| bin.to.is_none_or(|to| secs < to)).unwrap_or(bins.len());
    let within = bins.get(at).map_or(0.0, |bin| match bin.to {
        Some(to) if to > bin.from => secs.saturating_sub(bin.from) as f32 / (to - bin.from) as f32,
        _ => 0.0,
    });
    at as f32 + within
}

fn of_trend<'a>(view: &View, trend: &Trend) -> Vec<Block<'a>> {
    let column = |(at, bin): (usize, &DateBin)| {
        let days = words::days(bin);
        Column {
            id: format!("days-{at}"),
            name: format!("{days}, {}", words::about(view, bin.count)),
            // Under a column the first day is enough; the next column says how long it lasts.
            text: match (bin.from, bin.to) {
                (Some(from), Some(_)) => from.to_string(),
                _ => days,
            },
            count: bin.count,
        }
    };
    let columns = trend.bins.iter().enumerate().map(column).collect();
    vec![Block::Columns { caption: None, columns, marks: Vec::new() }]
}
