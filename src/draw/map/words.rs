//! What a map says: ids and names of its targets, and the figures beside them.

use crate::draw::text::{number, plain};
use crate::draw::words;
use crate::views::{LabelKind, Map, MapEdge, MapEnd, MapNode, OTHER, View};

/// What a target of a map is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapItem<'a> {
    Node(&'a MapNode),
    Edge(&'a MapEdge),
    Start(&'a MapEnd),
    End(&'a MapEnd),
}

impl<'a> MapItem<'a> {
    /// What the target with this id is about, where the map has it.
    pub fn of(map: &'a Map, id: &str) -> Option<Self> {
        let Some((from, to)) = ends(id) else {
            let label = label(id);
            return map.nodes.iter().find(|node| node.label == label).map(Self::Node);
        };
        let (from, to) = (label(from), label(to));
        let edge = map.edges.iter().find(|edge| edge.from == from && edge.to == to);
        let end = |ends: &'a [MapEnd], label: &str| ends.iter().find(|end| end.label == label);
        edge.map(Self::Edge)
            .or_else(|| end(&map.starts, &to).filter(|_| from.is_empty()).map(Self::Start))
            .or_else(|| end(&map.ends, &from).filter(|_| to.is_empty()).map(Self::End))
    }
}

/// The ids of the nodes at both ends of a path, and of a beginning or an end, where one is empty.
pub(super) fn ends(id: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, letter) in id.char_indices() {
        match letter {
            '→' if !escaped => return Some((&id[..at], &id[at + letter.len_utf8()..])),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// The label that is a part of an id.
fn label(key: &str) -> String {
    let mut label = String::with_capacity(key.len());
    let mut letters = key.chars();
    while let Some(letter) = letters.next() {
        label.extend(if letter == '\\' { letters.next() } else { Some(letter) });
    }
    label
}

/// A label as a part of an id: arrows in it are told from those between labels.
fn key(label: &str) -> String {
    label.replace('\\', "\\\\").replace('→', "\\→")
}

/// The id of the node with this label.
pub fn node_id(label: &str) -> String {
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
