//! What the views of a package say about people, all of them together, as sums for the search.
//!
//! The attacker's own reading of the meanings: whoever is at a node is of the cohort, who goes by an
//! edge is at both its ends, starts and ends partition everybody, what a drawing of class A shows is
//! a flow and a lower bound of what it names, who did something is a cohort too.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::reader::{Proof, bin, list, number, parts, rest, text};
use crate::search::{ENDLESS, Search, Terms};

#[derive(Default)]
pub struct Claims {
    search: Search,
    /// Groups of people by whom they are, in words: cohort and what they did.
    groups: BTreeMap<(String, String), usize>,
    cohorts: BTreeMap<String, Value>,
    /// What to try: sums that are the size of a group.
    targets: Vec<(String, Terms)>,
    k: i64,
    views: usize,
}

/// Everything that can be proven of these views together. Counts that are no people are left out.
pub fn proofs(views: &[Value]) -> Vec<Proof> {
    let mut claims = Claims { k: i64::MAX, ..Claims::default() };
    for view in views.iter().filter(|view| number(view, "people") > 0) {
        claims.read(view);
    }
    claims.relate();
    claims.prove()
}

impl Claims {
    fn group(&mut self, cohort: &str, what: &str) -> usize {
        let key = (cohort.to_owned(), what.to_owned());
        if let Some(at) = self.groups.get(&key) {
            return *at;
        }
        let at = self.search.unknown(0, ENDLESS);
        self.groups.insert(key, at);
        at
    }

    fn told(&mut self, view: &Value, cohort: &str, what: &str, count: i64) -> usize {
        let at = self.group(cohort, what);
        let bin = bin(view, count);
        self.search.narrow(at, bin.least, bin.most);
        at
    }

    /// One group lies inside another; who is in the other alone is a group too.
    fn inside(&mut self, part: usize, whole: usize, words: &str) {
        if part != whole {
            self.search.between(vec![(whole, 1), (part, -1)], 0, ENDLESS);
            self.targets.push((words.to_owned(), vec![(whole, 1), (part, -1)]));
        }
    }

    fn read(&mut self, view: &Value) {
        self.k = self.k.min(number(view, "k"));
        let all = parts(view);
        if text(view, "view") == "breakdown" {
            let cohort = self.cohort(view);
            let whole = self.told(view, &cohort, &everybody(view), number(view, "people"));
            let mut terms = vec![(whole, -1)];
            for part in &all {
                let own = self.cohort(part);
                terms.push((self.told(part, &own, &everybody(part), number(part, "people")), 1));
            }
            self.search.between(terms, 0, 0);
        }
        for part in all.into_iter().filter(|part| text(part, "unit") == "people") {
            self.views += 1;
            let cohort = self.cohort(part);
            match text(part, "view") {
                "map" => self.map(part, &cohort),
                "flow" => self.flow(part, &cohort),
                "paths" => self.paths(part, &cohort),
                "funnel" => self.funnel(part, &cohort),
                "timing" => self.timing(part, &cohort),
                _ => self.trend(part, &cohort),
            }
        }
    }

    fn cohort(&mut self, view: &Value) -> String {
        let cohort = &view["spec"]["cohort"];
        let words = format!("{} {cohort}", text(view, "unit"));
        self.cohorts.insert(words.clone(), cohort.clone());
        words
    }

    fn map(&mut self, map: &Value, cohort: &str) {
        let people = self.told(map, cohort, &everybody(map), number(map, "people"));
        for node in list(map, "nodes") {
            let words = at_label(map, node, self.views);
            let here = self.told(map, cohort, &words, number(node, "count"));
            self.inside(here, people, &format!("never {words}"));
        }
        for edge in list(map, "edges") {
            let (from, to) = (text(edge, "from"), text(edge, "to"));
            if [from, to].contains(&"Other") {
                continue;
            }
            let words = format!("edge {from} → {to} {}", how(map, from == to));
            let here = self.told(map, cohort, &words, number(edge, "count"));
            for end in [from, to] {
                let node = self.group(cohort, &format!("at {end}"));
                self.inside(here, node, &format!("at {end}, never by {words}"));
            }
        }
        for side in ["starts", "ends"] {
            let mut all = vec![(people, -1)];
            for end in list(map, side) {
                let is_other = text(end, "kind") == "other";
                let label = text(end, "label");
                let own = if is_other { format!("of view {}", self.views) } else { String::new() };
                let words = format!("{side} {label} {own}{}", how(map, false));
                let here = self.told(map, cohort, &words, number(end, "count"));
                if !is_other {
                    let node = self.group(cohort, &format!("at {label}"));
                    self.inside(here, node, &format!("at {label}, not among the {side}"));
                }
                self.targets.push((format!("not {words}"), vec![(people, 1), (here, -1)]));
                all.push((here, 1));
            }
            let spec = &map["spec"];
            let is_all = spec["activities"] == 100 && spec["paths"] == 100;
            if is_all && spec["skip_rare"] == false && all.len() > 1 {
                self.search.between(all, 0, 0);
            }
        }
    }

    /// A flow as a network of its own: arcs that have at least k people or none.
    fn flow(&mut self, flow: &Value, cohort: &str) {
        let people = self.walkers(flow, cohort);
        // A coarser view is a sum of rounded numbers.
        let is_coarse = !flow["spec"]["drawn_for"].is_null();
        let last = number(&flow["spec"], "steps");
        let mut first = vec![(people, -1)];
        let mut node_of: BTreeMap<&str, (usize, &Value)> = BTreeMap::new();
        let mut balance: BTreeMap<(&str, bool), Terms> = BTreeMap::new();
        for node in list(flow, "nodes") {
            let here = self.arc(flow, number(node, "count"), is_coarse);
            node_of.insert(text(node, "id"), (here, node));
            if number(node, "step").abs() == 1 {
                first.push((here, 1));
            }
            if text(node, "kind") == "label" {
                let truth = self.group(cohort, &format!("at {}", text(node, "label")));
                self.search.between(vec![(truth, 1), (here, -1)], 0, ENDLESS);
                if number(node, "step") == 1 && flow["spec"]["anchor_label"].is_null() {
                    let words = format!("starts {} {}", text(node, "label"), how(flow, false));
                    let truth = self.group(cohort, &words);
                    self.search.between(vec![(truth, 1), (here, -1)], 0, ENDLESS);
                }
            }
        }
        for edge in list(flow, "edges") {
            let here = self.arc(flow, number(edge, "count"), is_coarse);
            let (from, to) = (text(edge, "from"), text(edge, "to"));
            balance.entry((from, true)).or_default().push((here, 1));
            balance.entry((to, false)).or_default().push((here, 1));
            let ends = [from, to].map(|id| node_of[id].1);
            if ends.iter().all(|node| text(node, "kind") == "label") && number(ends[0], "step") > 0
            {
                let [from, to] = ends.map(|node| text(node, "label"));
                let words = format!("edge {from} → {to} {}", how(flow, from == to));
                let truth = self.group(cohort, &words);
                self.search.between(vec![(truth, 1), (here, -1)], 0, ENDLESS);
            }
        }
        let mut ends: BTreeMap<&str, Terms> = BTreeMap::new();
        for exit in list(flow, "exits") {
            let here = self.arc(flow, number(exit, "count"), is_coarse);
            balance.entry((text(exit, "from"), true)).or_default().push((here, 1));
            let (_, node) = node_of[text(exit, "from")];
            let is_whole = flow["spec"]["until_label"].is_null();
            if text(node, "kind") == "label" && number(node, "step") > 0 && is_whole {
                ends.entry(text(node, "label")).or_default().push((here, -1));
            }
        }
        for (label, mut terms) in ends {
            let truth = self.group(cohort, &format!("ends {label} {}", how(flow, false)));
            terms.push((truth, 1));
            self.search.between(terms, 0, ENDLESS);
        }
        self.search.between(first, 0, 0);
        for ((id, is_out), mut terms) in balance {
            let (here, node) = node_of[id];
            if !is_out || number(node, "step").abs() < last {
                terms.push((here, -1));
                self.search.between(terms, 0, 0);
            }
        }
    }

    fn arc(&mut self, view: &Value, count: i64, is_coarse: bool) -> usize {
        let (k, b) = (number(view, "k"), number(view, "b"));
        let bin = bin(view, count);
        if is_coarse && count > 0 {
            let apart = (count / k).max(1) * (b - 1);
            return self.search.unknown((count - apart).max(k), count + apart);
        }
        self.search.unknown(bin.least, bin.most)
    }

    /// Everybody of a flow or of paths.
    fn walkers(&mut self, view: &Value, cohort: &str) -> usize {
        let spec = &view["spec"];
        let who = match (spec["anchor_label"].as_str(), spec["until_label"].as_str()) {
            (Some(from), Some(until)) => format!("between {from} and {until}"),
            (Some(label), None) => format!("at {label}"),
            (None, _) => everybody(view),
        };
        if !spec["drawn_for"]["by"].is_null() {
            return self.group(cohort, &who);
        }
        self.told(view, cohort, &who, number(view, "people"))
    }

    fn paths(&mut self, paths: &Value, cohort: &str) {
        let people = self.walkers(paths, cohort);
        let is_coarse = !paths["spec"]["drawn_for"].is_null();
        let is_forward =
            paths["spec"]["anchor"] == "start" && paths["spec"]["anchor_label"].is_null();
        let mut all = vec![(people, -1)];
        let mut through: BTreeMap<String, Terms> = BTreeMap::new();
        for path in list(paths, "paths") {
            let here = self.arc(paths, number(path, "count"), is_coarse);
            all.push((here, 1));
            let named: Vec<Option<&str>> = list(path, "steps")
                .iter()
                .map(|step| (text(step, "kind") == "label").then(|| text(step, "label")))
                .collect();
            let mut met: Vec<String> = named.iter().flatten().map(|l| format!("at {l}")).collect();
            if is_forward {
                for pair in named.windows(2) {
                    if let [Some(from), Some(to)] = pair {
                        met.push(format!("edge {from} → {to} {}", how(paths, from == to)));
                    }
                }
                met.extend(named[0].map(|label| format!("starts {label} {}", how(paths, false))));
            }
            met.sort_unstable();
            met.dedup();
            for words in met {
                through.entry(words).or_default().push((here, -1));
            }
        }
        self.search.between(all, 0, 0);
        for (words, mut terms) in through {
            terms.push((self.group(cohort, &words), 1));
            self.search.between(terms, 0, ENDLESS);
        }
    }

    fn funnel(&mut self, funnel: &Value, cohort: &str) {
        let everybody = self.told(funnel, cohort, &everybody(funnel), number(funnel, "people"));
        let optional = list(&funnel["spec"], "optional");
        let (mut before, mut people) = (everybody, number(funnel, "people"));
        for step in list(funnel, "steps") {
            let (label, count) = (text(step, "label"), number(step, "count"));
            let here = self.arc(funnel, count, false);
            let left = rest(funnel, people - count);
            self.search.between(vec![(before, 1), (here, -1)], left.least, left.most);
            let truth = self.group(cohort, &format!("at {label}"));
            self.search.between(vec![(truth, 1), (here, -1)], 0, ENDLESS);
            if !optional.iter().any(|name| name == label) {
                (before, people) = (here, count);
            }
        }
    }

    fn timing(&mut self, timing: &Value, cohort: &str) {
        let spec = &timing["spec"];
        let (from, to) = (text(spec, "from_label"), text(spec, "to_label"));
        let words = format!("{from} and later {to}");
        let people = self.told(timing, cohort, &words, number(timing, "people"));
        for end in [from, to] {
            let node = self.group(cohort, &format!("at {end}"));
            self.inside(people, node, &format!("at {end}, not {words}"));
        }
        let mut all = vec![(people, -1)];
        for bin in list(timing, "bins") {
            let name = format!("{words} in {}..{}", bin["from"], bin["to"]);
            let here = self.told(timing, cohort, &name, number(bin, "count"));
            self.targets.push((format!("not {name}"), vec![(people, 1), (here, -1)]));
            all.push((here, 1));
        }
        if all.len() > 1 {
            self.search.between(all, 0, 0);
        }
    }

    fn trend(&mut self, trend: &Value, cohort: &str) {
        let label = trend["spec"]["label"].as_str();
        let who = label.map_or_else(|| everybody(trend), |label| format!("at {label}"));
        let people = self.told(trend, cohort, &who, number(trend, "people"));
        for bin in list(trend, "bins") {
            let name = format!("active {label:?} {}..{}", bin["from"], bin["to"]);
            let here = self.told(trend, cohort, &name, number(bin, "count"));
            self.inside(here, people, &format!("not {name}"));
        }
    }

    /// Cohorts inside others, and their complements.
    fn relate(&mut self) {
        let cohorts: Vec<(String, Value)> =
            self.cohorts.iter().map(|(words, cohort)| (words.clone(), cohort.clone())).collect();
        let groups: Vec<(String, String, usize)> =
            self.groups.iter().map(|((c, what), at)| (c.clone(), what.clone(), *at)).collect();
        for (inner, own) in &cohorts {
            for (outer, its) in cohorts.iter().filter(|(outer, _)| outer != inner) {
                if inner.split(' ').next() != outer.split(' ').next() || !is_inside(own, its) {
                    continue;
                }
                for (_, what, at) in groups.iter().filter(|(cohort, ..)| cohort == inner) {
                    if what.contains("of view") {
                        continue;
                    }
                    let whole = self.groups.get(&(outer.clone(), what.clone())).copied();
                    if let Some(whole) = whole {
                        self.inside(*at, whole, &format!("{what}, {outer} but not {inner}"));
                    }
                }
                for (list_name, sign) in [("did", 1), ("did_not", -1)] {
                    let Some(label) = one_more(own, its, list_name) else { continue };
                    let people = self.group(inner, EVERYBODY);
                    let at = self.group(outer, &format!("at {label}"));
                    let all = self.group(outer, EVERYBODY);
                    if sign == 1 {
                        self.search.between(vec![(people, 1), (at, -1)], 0, 0);
                    } else {
                        self.search.between(vec![(people, 1), (at, 1), (all, -1)], 0, 0);
                    }
                }
            }
        }
    }

    fn prove(mut self) -> Vec<Proof> {
        assert!(self.search.settle(), "the numbers contradict each other as they are read here");
        let mut found = Vec::new();
        self.targets.sort();
        self.targets.dedup();
        for (words, terms) in &self.targets {
            let (least, most) = self.search.bounds(terms);
            // Where the bounds are wide on both sides a search would not help.
            if most >= 3 * self.k || least < -2 * self.k {
                continue;
            }
            if self.search.proves_small(terms, self.k) {
                let bin = crate::reader::Bin { least, most };
                found.push(Proof { group: words.clone(), bin });
            }
        }
        found
    }
}

const EVERYBODY: &str = "everybody under 0 rules";

fn everybody(view: &Value) -> String {
    format!("everybody under {} rules", list(&view["spec"], "rules").len())
}

/// What follows each other depends on what is skipped, and a repeat on what counts as one.
fn how(view: &Value, is_repeat: bool) -> String {
    let spec = &view["spec"];
    let collapse = if is_repeat { spec["collapse"].to_string() } else { String::new() };
    let skip = spec["skip_rare"].as_bool().unwrap_or(false);
    format!("({} rules, {skip}) {collapse}", list(spec, "rules").len())
}

fn at_label(view: &Value, node: &Value, number: usize) -> String {
    match text(node, "kind") {
        "label" => format!("at {}", text(node, "label")),
        _ => format!("at Other of view {number} {}", how(view, false)),
    }
}

/// Whether everybody of one cohort is in another, with the same journey, by what is said of them.
fn is_inside(inner: &Value, outer: &Value) -> bool {
    let all = |field: &str| {
        list(outer, field).iter().all(|wanted| {
            list(inner, field).contains(wanted)
                || (field == "where_not"
                    && list(inner, "where").iter().any(|is| {
                        is["attribute"] == wanted["attribute"] && is["value"] != wanted["value"]
                    }))
        })
    };
    ["where", "where_not", "did", "did_not"].into_iter().all(all)
        && ["from", "to", "journey"].into_iter().all(|field| inner[field] == outer[field])
}

/// The one label that a cohort has beyond another that is the same but for it.
fn one_more(inner: &Value, outer: &Value, field: &str) -> Option<String> {
    let others = ["where", "where_not", "did", "did_not"].into_iter().filter(|f| *f != field);
    let (own, its) = (list(inner, field), list(outer, field));
    let is_same = others.into_iter().all(|f| list(inner, f) == list(outer, f));
    let more: Vec<&Value> = own.iter().filter(|label| !its.contains(label)).collect();
    match more[..] {
        [label] if is_same && own.len() == its.len() + 1 => label.as_str().map(str::to_owned),
        _ => None,
    }
}
