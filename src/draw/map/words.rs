//! What a map says: ids and names of its targets, and the figures beside them.

use crate::draw::text::{number, plain};
use crate::draw::words;
use crate::views::{LabelKind, MapEdge, MapEnd, MapNode, OTHER, View};

/// A label as a part of an id: arrows in it are told from those between labels.
fn key(label: &str) -> String {
    label.replace('\\', "\\\\").replace('→', "\\→")
}

pub(super) fn node_id(label: &str) -> String {
    key(label)
}

pub(super) fn edge_id(from: &str, to: &str) -> String {
    format!("{}→{}", key(from), key(to))
}

pub(super) fn start_id(label: &str) -> String {
    format!("→{}", key(label))
}

pub(super) fn end_id(label: &str) -> String {
    format!("{}→", key(label))
}

/// The label in full, fit to be shown.
pub(super) fn name(kind: LabelKind, label: &str) -> String {
    let name = plain(label);
    match (name.is_empty(), kind) {
        (false, _) => name,
        (true, LabelKind::Label) => "(empty)".to_owned(),
        (true, LabelKind::Other) => OTHER.to_owned(),
    }
}

/// `Search, about 680 people`.
pub(super) fn node(view: &View, node: &MapNode) -> String {
    format!("{}, {}", name(node.kind, &node.label), words::about(view, node.count))
}

/// `Home to Search, about 70 people, half within 20 min`.
pub(super) fn edge(view: &View, edge: &MapEdge, [from, to]: [LabelKind; 2]) -> String {
    let names = if edge.from == edge.to {
        format!("{} again", name(from, &edge.from))
    } else {
        format!("{} to {}", name(from, &edge.from), name(to, &edge.to))
    };
    let time = edge.median_secs.map(|secs| format!(", half within {}", words::duration(secs)));
    format!("{names}, {}{}", words::about(view, edge.count), time.unwrap_or_default())
}

pub(super) fn start(view: &View, end: &MapEnd) -> String {
    format!("{}, {} begin here", name(end.kind, &end.label), words::about(view, end.count))
}

pub(super) fn end(view: &View, end: &MapEnd) -> String {
    format!("{}, {} end here", name(end.kind, &end.label), words::about(view, end.count))
}

/// The count beside a path, and how long it takes.
pub(super) fn figures(edge: &MapEdge, times: bool) -> (String, Option<String>) {
    let time = edge.median_secs.filter(|_| times).map(words::brief_duration);
    (number(edge.count), time)
}
