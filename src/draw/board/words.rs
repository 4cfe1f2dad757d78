//! What is said of a card, and the numbers on it as words.
//!
//! *Invariant:* a number is said to be measured only where a view publishes it, and not before it is
//! revealed.

use crate::board::{Board, Card, Evidence, LaneKind, Measure, Quantity, Reading};
use crate::draw::text::{number, plain};
use crate::draw::words;
use crate::views::{TimeBin, Unit, View};

/// What is known of a card's number.
pub(in crate::draw) enum Known {
    /// Nobody said.
    Nothing,
    Assumed,
    Measured(Figure),
    Withheld,
    /// There is no such view here.
    Unanswered,
    /// The group guesses first; so many guesses.
    Guessing(usize),
}

/// A published number as it is written.
pub(in crate::draw) struct Figure {
    /// `630`, `2.6 min`.
    pub(in crate::draw) written: String,
    /// `people`, `median time`.
    pub(in crate::draw) unit: &'static str,
    /// `about 630 people or more`.
    pub(in crate::draw) said: String,
    /// Its share of everybody in the view; none of what one person does many times.
    pub(in crate::draw) share: Option<Share>,
}

/// A part of everybody.
#[derive(Clone, Copy)]
pub(in crate::draw) struct Share {
    /// 0 to 1.
    pub(in crate::draw) part: f32,
    pub(in crate::draw) percent: u64,
    /// `people`.
    pub(in crate::draw) of: &'static str,
}

/// Looks a card's number up.
pub(in crate::draw) fn known(card: &Card, kind: LaneKind, views: &[&View]) -> Known {
    let measure = match &card.evidence {
        // What stands among measured numbers and is none says so.
        Evidence::None if kind == LaneKind::Measured => return Known::Assumed,
        Evidence::None => return Known::Nothing,
        Evidence::Assumed => return Known::Assumed,
        Evidence::Measured(measure) => measure,
    };
    if let Some(guess) = card.guess.as_ref().filter(|guess| !guess.revealed) {
        return Known::Guessing(guess.guesses.len());
    }
    let Some(view) = views.iter().find(|view| view.name() == measure.view) else {
        return Known::Unanswered;
    };
    let reading = measure.quantity.read(view);
    match reading {
        Reading::Withheld => Known::Withheld,
        Reading::Unanswered => Known::Unanswered,
        Reading::Count { count, of } => {
            let unit = view.head().unit;
            let everybody = if unit == Unit::People { "people" } else { "sessions" };
            let percent = reading.percent().filter(|_| unit != Unit::Occurrences);
            let part = count as f32 / of.max(1) as f32;
            Known::Measured(Figure {
                written: number(count),
                unit: words::unit(unit),
                said: count_in_words(measure, view, count),
                share: percent.map(|percent| Share { part, percent, of: everybody }),
            })
        }
        Reading::Time { median_secs } => {
            let time = words::reading(median_secs, bins(measure, view));
            let said = format!("median time {time}");
            Known::Measured(Figure { written: time, unit: "median time", said, share: None })
        }
    }
}

/// Everybody, whoever gets to a step and whoever is lost there are counted with what has no name, so
/// they are not more than that.
fn count_in_words(measure: &Measure, view: &View, count: u64) -> String {
    match measure.quantity {
        Quantity::Everybody | Quantity::Reached { .. } | Quantity::Lost { .. } => {
            format!("about {} {}", number(count), words::unit(view.head().unit))
        }
        _ => words::about(view, count),
    }
}

fn bins<'a>(measure: &Measure, view: &'a View) -> &'a [TimeBin] {
    match (view, &measure.quantity) {
        (View::Timing(timing), _) => &timing.bins,
        (View::Map(map), Quantity::MedianTime { from, to }) => {
            let edge = map.edges.iter().find(|edge| edge.from == *from && edge.to == *to);
            edge.map_or(&[], |edge| &edge.bins)
        }
        _ => &[],
    }
}

impl Known {
    /// What a screen reader says of it.
    fn said(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Assumed => Some("assumed".to_owned()),
            Self::Measured(figure) => Some(format!("measured, {}", figure.said)),
            Self::Withheld => Some("withheld, too few or none".to_owned()),
            Self::Unanswered => Some("no published number answers".to_owned()),
            Self::Guessing(0) => Some("guess first".to_owned()),
            Self::Guessing(guesses) => {
                Some(format!("guess first, {} so far", number(*guesses as u64)))
            }
        }
    }
}

/// `Pain point, stage Pay: Payment error without a reason, measured, about 95 people`.
pub(in crate::draw) fn card_name(
    board: &Board,
    card: &Card,
    kind: LaneKind,
    views: &[&View],
) -> String {
    let stage = board.stage(card.stage).map_or_else(String::new, |stage| plain(&stage.name));
    let text = plain(&card.text);
    let text = if text.is_empty() { "empty".to_owned() } else { text };
    let mut name = format!("{}, stage {stage}: {text}", kind.card());
    let mut also = |words: &str| {
        if !words.is_empty() {
            name.push_str(", ");
            name.push_str(words);
        }
    };
    also(&plain(&card.note));
    also(&known(card, kind, views).said().unwrap_or_default());
    also(&revealed_guess(card).unwrap_or_default());
    if kind == LaneKind::PainPoints {
        also(&grades(card).unwrap_or_default());
    }
    if kind == LaneKind::Opportunities {
        also(&card.effort.map_or_else(String::new, |effort| format!("{} effort", effort.name())));
        also(&plain(&card.owner));
        also(&votes(board, card).unwrap_or_default());
    }
    if card.picture.is_some() {
        also("with a picture");
    }
    name
}

/// `severity 4 × frequency 5`, or what of it is told.
pub(in crate::draw) fn grades(card: &Card) -> Option<String> {
    match (card.severity, card.frequency) {
        (Some(severity), Some(frequency)) => {
            Some(format!("severity {severity} × frequency {frequency}"))
        }
        (Some(severity), None) => Some(format!("severity {severity}")),
        (None, Some(frequency)) => Some(format!("frequency {frequency}")),
        (None, None) => None,
    }
}

/// `the group guessed 400`: the guess in the middle, once the number is shown.
pub(in crate::draw) fn revealed_guess(card: &Card) -> Option<String> {
    let guess = card.guess.as_ref().filter(|guess| guess.revealed)?;
    let mut guesses = guess.guesses.clone();
    guesses.sort_unstable();
    let middle = guesses.get(guesses.len() / 2)?;
    Some(format!("the group guessed {}", number(*middle)))
}

fn votes(board: &Board, card: &Card) -> Option<String> {
    let voting = board.voting.as_ref()?;
    let dots = |count: u64| {
        if count == 1 { "1 dot".to_owned() } else { format!("{} dots", number(count)) }
    };
    if voting.revealed {
        return Some(dots(u64::from(voting.of(card.id))));
    }
    let mine = voting.mine(card.id) as u64;
    (mine > 0).then(|| format!("{} of yours", dots(mine)))
}

/// A feeling from −2 to +2, with a true minus.
pub(in crate::draw) fn feeling(tenths: i8) -> String {
    let sign = match tenths {
        0 => "",
        1.. => "+",
        _ => "\u{2212}",
    };
    let tenths = tenths.unsigned_abs();
    match tenths % 10 {
        0 => format!("{sign}{}", tenths / 10),
        rest => format!("{sign}{}.{rest}", tenths / 10),
    }
}

/// What the badges mean, at the foot of a page.
pub(in crate::draw) fn legend(views: &[&View]) -> String {
    let least = views.iter().map(|view| view.head().k).min();
    let measured = match least {
        Some(k) => format!(
            "Measured: published, covers {} different people or more. ",
            number(u64::from(k))
        ),
        None => String::new(),
    };
    format!("{measured}Withheld: too few or none. Assumed: nobody counted it.")
}

/// What a board shows, in a sentence.
pub(in crate::draw) fn description(board: &Board) -> String {
    let some = |count: usize, one: &str| {
        let more = if count == 1 { "" } else { "s" };
        format!("{} {one}{more}", number(count as u64))
    };
    format!(
        "A journey board with {}, {} and {}.",
        some(board.stages.len(), "stage"),
        some(board.lanes.len(), "lane"),
        some(board.cards.len(), "card"),
    )
}
