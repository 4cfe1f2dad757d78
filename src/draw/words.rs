//! What a published view says of itself: what was asked, about whom, in which unit, how long.
//!
//! Picture, table, page and statement take their words here, so that they say the same.
//! *Invariant:* every word comes from published values; labels are made fit to be shown.

use jiff::ToSpan;

use super::text::{number, plain};
use crate::views::{
    Comparison, DateBin, Extent, Filter, FlowAsked, FunnelAsked, Grain, MapAsked, Order,
    PublishedCohort, Side, TimeBin, Unit, View,
};

/// `Flow`, `Map`, … at the beginning of a sentence.
pub fn kind(view: &View) -> &'static str {
    match view {
        View::Flow(_) => "Flow",
        View::Map(_) => "Map",
        View::Paths(_) => "Paths",
        View::Funnel(_) => "Funnel",
        View::Timing(_) => "Timing",
        View::Trend(_) => "Trend",
        View::Breakdown(_) => "Breakdown",
        View::Comparison(_) => "Comparison",
    }
}

/// What the counts of a view count.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::People => "people",
        Unit::Sessions => "sessions",
        Unit::Occurrences => "occurrences",
    }
}

/// Everybody of a view: `3 525 people`. Occurrences are counted among sessions.
pub fn everybody(view: &View) -> String {
    let head = view.head();
    let of = if head.unit == Unit::People { "people" } else { "sessions" };
    format!("{} {of}", number(head.people))
}

/// Whether everybody is counted once at every step, so that counts with a name are low ones.
pub fn is_network(view: &View) -> bool {
    let parts = view.parts();
    parts.iter().all(|part| matches!(part, View::Flow(_) | View::Paths(_) | View::Funnel(_)))
}

/// A count as it is to be read: `about 680 people or more`, or `about 680 people`.
pub fn about(view: &View, count: u64) -> String {
    let more = if is_network(view) { " or more" } else { "" };
    format!("about {} {}{more}", number(count), unit(view.head().unit))
}

/// What is to be seen, in a few words.
pub fn title(view: &View) -> String {
    match view {
        View::Flow(flow) => {
            format!("How people move step by step, {}", from(&flow.spec.asked))
        }
        View::Paths(paths) => {
            format!("Which paths people take, {}", from(&paths.spec.asked))
        }
        View::Map(_) => "What follows what".to_owned(),
        View::Funnel(funnel) => match (funnel.steps.first(), funnel.steps.last()) {
            (Some(first), Some(last)) => {
                format!("How many get from {} to {}", quoted(&first.label), quoted(&last.label))
            }
            _ => "How many get how far".to_owned(),
        },
        View::Timing(timing) => format!(
            "How long it takes from {} to {}",
            quoted(&timing.spec.asked.from_label),
            quoted(&timing.spec.asked.to_label)
        ),
        View::Trend(trend) => {
            let each = match trend.spec.asked.grain {
                Grain::Day => "day",
                Grain::Week => "week",
                Grain::Month => "month",
            };
            match &trend.spec.asked.label {
                Some(label) => format!("How many people take {} each {each}", quoted(label)),
                None => format!("How many people are active each {each}"),
            }
        }
        View::Breakdown(breakdown) => {
            split_title(view, &format!("by {}", quoted(&breakdown.spec.asked.by)))
        }
        View::Comparison(comparison) => {
            split_title(view, &format!("compared by {}", quoted(&comparison.spec.asked.by)))
        }
    }
}

fn split_title(view: &View, how: &str) -> String {
    match view.parts().first() {
        Some(View::Breakdown(_) | View::Comparison(_)) | None => format!("A view {how}"),
        Some(part) => format!("{}, {how}", title(part)),
    }
}

/// What is to be seen, in a sentence or two.
pub fn description(view: &View) -> String {
    let head = view.head();
    let rounded = if head.b > 1 { format!(" and is rounded to {}", head.b) } else { String::new() };
    format!(
        "{} of {}. Every count covers {} different people or more{rounded}. \
         Other holds what is not shown by name.",
        kind(view),
        everybody(view),
        number(u64::from(head.k)),
    )
}

/// `from the start of the journey`, `up to the last “Pay”`.
fn from(asked: &FlowAsked) -> String {
    match (asked.anchor, &asked.anchor_label, &asked.until_label) {
        (Side::Between, Some(label), Some(until)) => {
            format!("from the first {} to the next {}", quoted(label), quoted(until))
        }
        (Side::Start | Side::Between, None, _) => "from the start of the journey".to_owned(),
        (Side::End, None, _) => "back from the end of the journey".to_owned(),
        (Side::Start | Side::Between, Some(label), _) => {
            format!("from the first {}", quoted(label))
        }
        (Side::End, Some(label), _) => format!("back from the last {}", quoted(label)),
    }
}

/// A label in a sentence.
pub fn quoted(label: &str) -> String {
    format!("“{}”", plain(label))
}

/// What was asked, as sentences.
pub fn asked(view: &View) -> Vec<String> {
    let mut said = match view {
        View::Flow(flow) => step_by_step(&flow.spec.asked, "The flow has"),
        View::Paths(paths) => step_by_step(&paths.spec.asked, "A path has"),
        View::Map(map) => of_map(&map.spec.asked, map.unit),
        View::Funnel(funnel) => of_funnel(&funnel.spec.asked),
        View::Timing(timing) => vec![
            format!(
                "The time runs from the first {} of a journey to the next {}. Everybody who takes \
                 both is counted once.",
                quoted(&timing.spec.asked.from_label),
                quoted(&timing.spec.asked.to_label)
            ),
            "Neighbouring times are one where it would take few people to tell them apart. What a \
             half or a quarter takes is read off these."
                .to_owned(),
        ],
        View::Trend(_) => vec![
            "Somebody who is active in several intervals is counted in each of them.".to_owned(),
            "Neighbouring intervals are one where it would take few people to tell them apart."
                .to_owned(),
        ],
        View::Breakdown(breakdown) => split(
            view,
            format!(
                "The same is asked for each value of {}. Values of few people are together in \
                 “Other segments”. The groups share nobody.",
                quoted(&breakdown.spec.asked.by)
            ),
        ),
        View::Comparison(comparison) => split(
            view,
            format!(
                "The same is asked for two groups that differ in {}. They share nobody.",
                quoted(&comparison.spec.asked.by)
            ),
        ),
    };
    if matches!(view, View::Breakdown(_) | View::Comparison(_)) {
        return said;
    }
    let head = view.head();
    if matches!(view, View::Flow(_) | View::Paths(_) | View::Map(_)) {
        said.push(
            if head.collapse {
                "The same step several times in a row counts as one."
            } else {
                "The same step several times in a row counts each time."
            }
            .to_owned(),
        );
    }
    said.extend(cohort(head.cohort));
    said
}

/// The sentence of the split, and then those of what is split.
fn split(view: &View, how: String) -> Vec<String> {
    let parts = view.parts();
    let mut said = vec![how];
    if let Some(part) =
        parts.iter().find(|part| !matches!(part, View::Breakdown(_) | View::Comparison(_)))
    {
        let own = cohort(part.head().cohort);
        said.extend(asked(part).into_iter().filter(|sentence| !own.contains(sentence)));
    }
    said.extend(cohort(view.head().cohort));
    said
}

fn step_by_step(asked: &FlowAsked, what: &str) -> Vec<String> {
    let who = if asked.anchor_label.is_some() {
        "Everybody who has this step is counted once."
    } else {
        "Everybody who has a journey is counted once."
    };
    let mut said = vec![
        format!("{what} up to {} steps, {}.", asked.steps, from(asked)),
        format!(
            "At each step at most {} names stand for themselves. Everything else is Other.",
            asked.top
        ),
        who.to_owned(),
    ];
    if asked.drawn_for.is_some() {
        said.push(
            "Another view of this package tells the same journeys in more detail; the numbers here \
             are sums of its numbers."
                .to_owned(),
        );
    }
    said
}

fn of_map(asked: &MapAsked, of: Unit) -> Vec<String> {
    let counted = match of {
        Unit::People => "Each activity and each move counts the people who make it, each once.",
        Unit::Sessions => "Each activity and each move counts the sessions in which it is made.",
        Unit::Occurrences => "Each activity and each move counts how often it is made.",
    };
    let rare = if asked.skip_rare {
        "Activities of few people are skipped."
    } else {
        "Activities of few people are together as Other."
    };
    let mut said = vec![counted.to_owned(), rare.to_owned()];
    if asked.activities < 100 || asked.paths < 100 {
        said.push(format!(
            "Of what could be shown, the most frequent {} percent of the activities and {} \
             percent of the moves are.",
            asked.activities, asked.paths
        ));
    }
    if let Some(cap) = asked.cap {
        said.push(format!("One person adds at most {cap} {} to a count.", unit(of)));
    }
    if asked.times {
        said.push(
            "How long a move takes is told in stretches of time that many people share.".to_owned(),
        );
    }
    said
}

fn of_funnel(asked: &FunnelAsked) -> Vec<String> {
    let order = match asked.order {
        Order::This => "The steps come in this order; others may come between.",
        Order::Any => "Each step counts those who took it and all before it, in any order.",
        Order::Exact => "The steps come in this order with nothing in between.",
    };
    let mut said = vec![order.to_owned()];
    let list =
        |labels: &[String]| labels.iter().map(|label| quoted(label)).collect::<Vec<_>>().join(", ");
    if !asked.optional.is_empty() {
        said.push(format!("These steps may be left out: {}.", list(&asked.optional)));
    }
    if !asked.exclude.is_empty() {
        said.push(format!("An attempt ends where one of these comes: {}.", list(&asked.exclude)));
    }
    if let Some(secs) = asked.window_secs {
        said.push(format!("All steps come within {} of the first.", duration(secs)));
    }
    said
}

/// About whom, as sentences; none where it is everybody with everything they did.
pub fn cohort(cohort: &PublishedCohort) -> Vec<String> {
    let mut said = Vec::new();
    let value = |filter: &Filter| (quoted(&filter.attribute), quoted(&filter.value));
    for (attribute, value) in cohort.filters.iter().map(value) {
        said.push(format!("Only people whose {attribute} is {value}."));
    }
    for (attribute, value) in cohort.where_not.iter().map(value) {
        said.push(format!("Only people whose {attribute} is not {value}."));
    }
    for label in &cohort.did {
        said.push(format!("Only people who did {}.", quoted(label)));
    }
    for label in &cohort.did_not {
        said.push(format!("Only people who did not do {}.", quoted(label)));
    }
    match (cohort.from, cohort.to) {
        (Some(from), Some(to)) => said.push(format!("Only what happened from {from} to {to}.")),
        (Some(from), None) => said.push(format!("Only what happened from {from} on.")),
        (None, Some(to)) => said.push(format!("Only what happened up to {to}.")),
        (None, None) => {}
    }
    let session = match cohort.journey {
        None | Some(Extent::Whole) => return said,
        Some(Extent::FirstSession) => "first",
        Some(Extent::LastSession) => "last",
        Some(Extent::LongestSession) => "longest",
    };
    said.push(format!("Of each person, only the {session} session."));
    said
}

/// The names of the parts of a breakdown or comparison, in their order; none of anything else.
pub fn part_names(view: &View) -> Vec<String> {
    match view {
        View::Breakdown(breakdown) => breakdown.segments.iter().map(|s| name(&s.label)).collect(),
        View::Comparison(Comparison { spec, comparison, .. }) => {
            let by = &spec.asked.by;
            let of = |view: &View, otherwise: &str| {
                let cohort = view.head().cohort;
                let own = |filters: &[Filter]| {
                    filters.iter().find(|f| f.attribute == *by).map(|f| name(&f.value))
                };
                let other = || own(&cohort.where_not).map(|value| format!("not {value}"));
                own(&cohort.filters).or_else(other).unwrap_or_else(|| otherwise.to_owned())
            };
            vec![of(&comparison.a, "a"), of(&comparison.b, "b")]
        }
        _ => Vec::new(),
    }
}

/// A label in full, fit to be shown.
pub fn name(label: &str) -> String {
    let name = plain(label);
    if name.is_empty() { "(empty)".to_owned() } else { name }
}

/// Units of time, the longest first, in seconds.
const TIMES: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

/// Nobody reads a day as 1 440 minutes.
const MOST_OF_A_UNIT: u64 = 120;

/// `5 min`, `1 h 30 min`, `2 d`: the two longest units.
pub fn duration(secs: u64) -> String {
    let first = TIMES.iter().position(|(unit, _)| secs >= *unit).unwrap_or(TIMES.len() - 1);
    let (unit, word) = TIMES[first];
    let whole = format!("{} {word}", number(secs / unit));
    let rest = TIMES.get(first + 1).map(|(next, word)| (secs % unit / next, word));
    match rest {
        Some((rest, word)) if rest > 0 => format!("{whole} {rest} {word}"),
        _ => whole,
    }
}

/// A duration where room is short, no more precise than it is read: seconds from ten on in steps of
/// five. `45 s`, `1.7 min`, `3.5 h`,
/// `2.1 d`.
pub fn brief_duration(secs: u64) -> String {
    // The first unit of which it is at least one and a half.
    let unit = TIMES.iter().find(|(unit, _)| secs >= unit + unit / 2).copied();
    let (unit, word) = unit.unwrap_or((1, "s"));
    let tenths = (secs as f64 * 10.0 / unit as f64).round() as u64;
    match (unit, tenths % 10) {
        (1, _) if secs >= 10 => format!("{} s", number((secs + 2) / 5 * 5)),
        (1, _) => format!("{} s", number(secs)),
        (_, 0) => format!("{} {word}", number(tenths / 10)),
        // What is large needs no tenths.
        _ if tenths >= 1_000 => format!("{} {word}", number(tenths.div_ceil(10))),
        (_, rest) => format!("{}.{rest} {word}", number(tenths / 10)),
    }
}

/// A time that was read off published bins, no more precise than the bin it lies in: `45 s`, or
/// `1–5 min` where several bins of the grid were put together.
pub fn reading(secs: u64, bins: &[TimeBin]) -> String {
    let is_in = |bin: &&TimeBin| bin.from <= secs && bin.to.is_some_and(|to| secs <= to);
    match bins.iter().find(is_in).filter(|bin| bin.is_merged()) {
        Some(TimeBin { from: 0, to: Some(to), .. }) => brief_duration(*to),
        Some(bin) => span(bin),
        // Whoever took less than a second did not exceed one.
        None => brief_duration(secs.max(1)),
    }
}

/// `under 1 min`, `1–2 h`, `3 d or more`.
pub fn span(bin: &TimeBin) -> String {
    match (bin.from, bin.to) {
        (0, None) => "any time".to_owned(),
        (0, Some(to)) => format!("under {}", duration(to)),
        (from, None) => format!("{} or more", duration(from)),
        (from, Some(to)) => {
            let common = |(unit, _): &&(u64, &str)| {
                from.is_multiple_of(*unit)
                    && to.is_multiple_of(*unit)
                    && to / unit <= MOST_OF_A_UNIT
            };
            match TIMES.iter().find(common) {
                Some((unit, word)) => {
                    format!("{}–{} {word}", number(from / unit), number(to / unit))
                }
                None => format!("{} – {}", duration(from), duration(to)),
            }
        }
    }
}

/// `2026-03-02`, `2026-03-02 – 2026-03-08`, `before 2026-03-02`, `from 2026-03-02`: first and last
/// day.
pub fn days(bin: &DateBin) -> String {
    match (bin.from, bin.to) {
        (None, None) => "all days".to_owned(),
        (None, Some(to)) => format!("before {to}"),
        (Some(from), None) => format!("from {from}"),
        (Some(from), Some(to)) => match to.checked_sub(1.day()) {
            Ok(last) if last > from => format!("{from} – {last}"),
            _ => from.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{brief_duration, days, duration, reading, span};
    use crate::views::{DateBin, TimeBin};

    #[test]
    fn times_are_said_in_their_longest_units() {
        for (secs, said) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (5_400, "1 h 30 min"),
            (86_400, "1 d"),
            (90_061, "1 d 1 h"),
            (u64::MAX, "213\u{202F}503\u{202F}982\u{202F}334\u{202F}601 d 7 h"),
        ] {
            assert_eq!(duration(secs), said);
        }
        for (secs, said) in [
            (0, "0 s"),
            (7, "7 s"),
            (46, "45 s"),
            (89, "90 s"),
            (90, "1.5 min"),
            (120, "2 min"),
            (5_399, "90 min"),
            (5_400, "1.5 h"),
            (100_000, "27.8 h"),
            (9_288_000, "108 d"),
        ] {
            assert_eq!(brief_duration(secs), said);
        }
        let bin = |from, to| span(&TimeBin { from, to, count: 5 });
        assert_eq!(bin(0, Some(60)), "under 1 min");
        assert_eq!(bin(3_600, Some(7_200)), "1–2 h");
        assert_eq!(bin(1_800, Some(5_400)), "30–90 min");
        assert_eq!(bin(1_200, Some(86_400)), "20 min – 1 d");
        assert_eq!(bin(86_400, None), "1 d or more");
        assert_eq!(bin(0, None), "any time");
    }

    #[test]
    fn what_is_read_off_bins_is_no_more_precise_than_they_are() {
        let bin = |from, to| TimeBin { from, to: Some(to), count: 5 };
        let bins = [bin(0, 20), bin(20, 30), bin(30, 60), bin(60, 600)];
        assert_eq!(reading(7, &bins), "20 s");
        assert_eq!(reading(46, &bins), "45 s");
        assert_eq!(reading(135, &bins), "1–10 min");
        assert_eq!(reading(0, &[]), "1 s");
    }

    #[test]
    fn intervals_name_their_first_and_last_day() {
        let bin = |from, to| days(&DateBin { from, to, count: 5 });
        let (monday, sunday) = (date(2026, 3, 2), date(2026, 3, 8));
        assert_eq!(bin(Some(monday), Some(date(2026, 3, 9))), format!("{monday} – {sunday}"));
        assert_eq!(bin(Some(monday), Some(date(2026, 3, 3))), "2026-03-02");
        assert_eq!(bin(None, Some(monday)), "before 2026-03-02");
        assert_eq!(bin(Some(monday), None), "from 2026-03-02");
    }
}
