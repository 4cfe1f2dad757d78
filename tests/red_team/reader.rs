//! What somebody can work out from one published view, written over its JSON.
//!
//! A published number `v` of base `b` means `v − b + 1` to `v + b − 1`, and at least `k`. A group is
//! proven small where everything that it can be lies in `1..k`.

use std::collections::BTreeMap;

use serde_json::Value;

/// From the least to the most that something can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    pub least: i64,
    pub most: i64,
}

impl Bin {
    pub const NOBODY: Self = Self { least: 0, most: 0 };

    pub fn minus(self, other: Self) -> Self {
        Self { least: (self.least - other.most).max(0), most: self.most - other.least }
    }

    pub fn plus(self, other: Self) -> Self {
        Self { least: self.least + other.least, most: self.most + other.most }
    }

    pub fn and(self, other: Self) -> Self {
        Self { least: self.least.max(other.least), most: self.most.min(other.most) }
    }

    pub fn is_small(self, k: i64) -> bool {
        self.least >= 1 && self.most < k
    }
}

/// A group that is proven to have fewer than k people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub group: String,
    pub bin: Bin,
}

pub fn number(value: &Value, field: &str) -> i64 {
    value[field].as_i64().unwrap_or_else(|| panic!("a number {field}"))
}

pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("a text {field}"))
}

pub fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

pub fn bin(view: &Value, count: i64) -> Bin {
    let (k, b) = (number(view, "k"), number(view, "b"));
    if count == 0 {
        return Bin::NOBODY;
    }
    Bin { least: (count - b + 1).max(k.min(count)), most: count + b - 1 }
}

/// The same of a number that is not published itself but rounded together with others.
pub fn rest(view: &Value, count: i64) -> Bin {
    let b = number(view, "b");
    if count == 0 {
        Bin::NOBODY
    } else {
        Bin { least: (count - b + 1).max(0), most: count + b - 1 }
    }
}

/// The views that a view is made of: segments, sides, or itself.
pub fn parts(view: &Value) -> Vec<&Value> {
    match text(view, "view") {
        "breakdown" => list(view, "segments").iter().collect(),
        "comparison" => vec![&view["comparison"]["a"], &view["comparison"]["b"]],
        _ => vec![view],
    }
}

fn proven(found: &mut Vec<Proof>, k: i64, group: String, bin: Bin) {
    if bin.is_small(k) {
        found.push(Proof { group, bin });
    }
}

/// Every number that stands anywhere under the name of a count.
pub fn small_numbers(view: &Value) -> Vec<Proof> {
    fn walk(value: &Value, k: i64, b: i64, at: &str, found: &mut Vec<Proof>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let at = format!("{at}/{name}");
                    match value.as_i64().filter(|_| name == "count" || name == "people") {
                        Some(count) if count != 0 && (count < k || count % b != 0) => {
                            found.push(Proof { group: at, bin: Bin { least: count, most: count } });
                        }
                        Some(_) => {}
                        None => walk(value, k, b, &at, found),
                    }
                }
            }
            Value::Array(values) => {
                for (nth, value) in values.iter().enumerate() {
                    walk(value, k, b, &format!("{at}/{nth}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(view, number(view, "k"), number(view, "b"), "", &mut found);
    found
}

/// A whole minus every choice of its parts. The parts are the whole where their numbers say so.
pub fn whole_minus_parts(view: &Value, whole: i64, parts: &[(String, i64)]) -> Vec<Proof> {
    let k = number(view, "k");
    let mut found = Vec::new();
    let are_all = parts.iter().map(|(_, count)| count).sum::<i64>() == whole;
    // Every choice of up to ten parts; of more, one and all but one.
    let choices: Vec<Vec<bool>> = if parts.len() <= 10 {
        (0..1_usize << parts.len())
            .map(|bits| (0..parts.len()).map(|at| bits >> at & 1 == 1).collect())
            .collect()
    } else {
        let one = |at: usize, is: bool| (0..parts.len()).map(|own| (own == at) == is).collect();
        (0..parts.len()).flat_map(|at| [one(at, true), one(at, false)]).collect()
    };
    for taken in choices {
        let (mut inside, mut others, mut words) = (Bin::NOBODY, Bin::NOBODY, Vec::new());
        for ((name, count), taken) in parts.iter().zip(&taken) {
            if *taken {
                inside = inside.plus(bin(view, *count));
                words.push(name.as_str());
            } else {
                others = others.plus(bin(view, *count));
            }
        }
        let mut left = bin(view, whole).minus(inside);
        if are_all {
            left = left.and(others);
        } else if taken.iter().all(|taken| *taken) {
            // Somebody is not told of at all.
            left = left.and(rest(view, whole - parts.iter().map(|(_, count)| count).sum::<i64>()));
        }
        proven(&mut found, k, format!("{whole} minus {words:?}"), left);
    }
    found
}

/// Each node of a flow minus what leaves it, and minus what comes in.
pub fn flow_remainders(flow: &Value) -> Vec<Proof> {
    let mut found = Vec::new();
    let nodes = list(flow, "nodes");
    let last = nodes.iter().map(|node| number(node, "step").abs()).max().unwrap_or(0);
    for node in nodes {
        let (id, count, step) = (text(node, "id"), number(node, "count"), number(node, "step"));
        let side = |own: &str, other: &str| -> Vec<(String, i64)> {
            let edges = list(flow, "edges").iter().filter(|edge| text(edge, own) == id);
            edges.map(|edge| (text(edge, other).to_owned(), number(edge, "count"))).collect()
        };
        let mut out = side("from", "to");
        let exits = list(flow, "exits").iter().filter(|exit| text(exit, "from") == id);
        out.extend(exits.map(|exit| ("exit".to_owned(), number(exit, "count"))));
        if step.abs() < last {
            found.extend(whole_minus_parts(flow, count, &out));
        }
        if step.abs() > 1 {
            found.extend(whole_minus_parts(flow, count, &side("to", "from")));
        }
    }
    let first = nodes.iter().filter(|node| number(node, "step").abs() == 1);
    let first: Vec<(String, i64)> =
        first.map(|node| (text(node, "id").to_owned(), number(node, "count"))).collect();
    found.extend(whole_minus_parts(flow, number(flow, "people"), &first));
    found
}

/// All beginnings of paths: those on one, minus every choice of how it goes on.
pub fn prefix_remainders(paths: &Value) -> Vec<Proof> {
    let mut tree: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    for path in list(paths, "paths") {
        let mut steps: Vec<String> = Vec::new();
        let count = number(path, "count");
        for step in list(path, "steps") {
            steps.push(format!("{} {}", text(step, "kind"), text(step, "label")));
            *tree.entry(steps.clone()).or_default() += count;
        }
        steps.push(format!("ends {}", path["ends"]));
        *tree.entry(steps).or_default() += count;
    }
    tree.insert(Vec::new(), number(paths, "people"));
    let mut found = Vec::new();
    for (prefix, count) in &tree {
        let next: Vec<(String, i64)> = tree
            .iter()
            .filter(|(longer, _)| longer.len() == prefix.len() + 1 && longer.starts_with(prefix))
            .map(|(longer, count)| (longer[prefix.len()].clone(), *count))
            .collect();
        if !next.is_empty() {
            found.extend(whole_minus_parts(paths, *count, &next));
        }
    }
    found
}

/// Who drops off between two steps of a funnel, or leaves an optional one out.
pub fn drop_offs(funnel: &Value) -> Vec<Proof> {
    let k = number(funnel, "k");
    let optional = list(&funnel["spec"], "optional");
    let mut found = Vec::new();
    let mut before = vec![("everybody", number(funnel, "people"))];
    for step in list(funnel, "steps") {
        let (label, count) = (text(step, "label"), number(step, "count"));
        for (earlier, people) in &before {
            let left = bin(funnel, *people).minus(bin(funnel, count));
            let left = left.and(rest(funnel, people - count));
            proven(&mut found, k, format!("{earlier} but not {label}"), left);
        }
        if !optional.iter().any(|name| name == label) {
            before.push((label, count));
        }
    }
    let bins: Vec<(String, i64)> = list(funnel, "time_to_convert").iter().map(part_of).collect();
    if !bins.is_empty() {
        let last = list(funnel, "steps").last().map_or(0, |step| number(step, "count"));
        found.extend(whole_minus_parts(funnel, last, &bins));
    }
    found
}

fn part_of(bin: &Value) -> (String, i64) {
    (format!("{}..{}", bin["from"], bin["to"]), number(bin, "count"))
}

/// Each number of a map minus another that lies inside it.
pub fn map_differences(map: &Value) -> Vec<Proof> {
    let (k, people) = (number(map, "k"), number(map, "people"));
    let mut found = Vec::new();
    if text(map, "unit") == "occurrences" {
        return found;
    }
    let mut inside = |group: String, whole: i64, part: i64| {
        proven(&mut found, k, group, bin(map, whole).minus(bin(map, part)));
    };
    for node in list(map, "nodes") {
        let (label, count) = (text(node, "label"), number(node, "count"));
        inside(format!("never {label}"), people, count);
        let joins = |edge: &&Value| text(edge, "from") == label || text(edge, "to") == label;
        for edge in list(map, "edges").iter().filter(joins) {
            let way = format!("{} → {}", text(edge, "from"), text(edge, "to"));
            inside(format!("{label} without {way}"), count, number(edge, "count"));
        }
        for side in ["starts", "ends"] {
            for end in list(map, side).iter().filter(|end| text(end, "label") == label) {
                inside(format!("{label} not among the {side}"), count, number(end, "count"));
            }
        }
    }
    for side in ["starts", "ends"] {
        let ends: Vec<(String, i64)> = list(map, side)
            .iter()
            .map(|end| (text(end, "label").to_owned(), number(end, "count")))
            .collect();
        if !ends.is_empty() {
            found.extend(whole_minus_parts(map, people, &ends));
        }
    }
    for edge in list(map, "edges") {
        let bins: Vec<(String, i64)> = list(edge, "bins").iter().map(part_of).collect();
        if !bins.is_empty() {
            found.extend(whole_minus_parts(map, number(edge, "count"), &bins));
        }
    }
    found
}

/// Everybody who goes from one step to another, minus every choice of how long it takes.
pub fn bin_differences(timing: &Value) -> Vec<Proof> {
    let bins: Vec<(String, i64)> = list(timing, "bins").iter().map(part_of).collect();
    if bins.is_empty() {
        return Vec::new();
    }
    whole_minus_parts(timing, number(timing, "people"), &bins)
}

/// Who is not active in an interval.
pub fn interval_differences(trend: &Value) -> Vec<Proof> {
    let mut found = Vec::new();
    for interval in list(trend, "bins") {
        let (name, count) = part_of(interval);
        let left = bin(trend, number(trend, "people")).minus(bin(trend, count));
        proven(&mut found, number(trend, "k"), format!("not in {name}"), left);
    }
    found
}

/// Everybody minus every choice of segments, and minus one side or both.
pub fn segment_differences(view: &Value) -> Vec<Proof> {
    let people: Vec<(String, i64)> = parts(view)
        .iter()
        .enumerate()
        .map(|(at, part)| (format!("segment {at}"), number(part, "people")))
        .collect();
    whole_minus_parts(view, number(view, "people"), &people)
}

/// All of it on whatever view it is.
pub fn everything(view: &Value) -> Vec<Proof> {
    let mut found = small_numbers(view);
    if matches!(text(view, "view"), "breakdown" | "comparison") {
        found.extend(segment_differences(view));
    }
    for part in parts(view) {
        found.extend(match text(part, "view") {
            "flow" => flow_remainders(part),
            "paths" => prefix_remainders(part),
            "funnel" => drop_offs(part),
            "map" => map_differences(part),
            "timing" => bin_differences(part),
            _ => interval_differences(part),
        });
    }
    found
}
