//! A network as GraphML, for yEd, Gephi, Cytoscape, igraph and NetworkX.
//!
//! A file has one graph for each part of the view. *Invariant:* every word is one of ours or a
//! published label; labels go through the writer of the XML library, which cannot be broken out of.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::graph::{Network, networks};
use crate::views::{LabelKind, View};

/// What is told of nodes and of edges: identifier, whose, name, type.
const KEYS: [[&str; 4]; 9] = [
    ["part", "graph", "part", "string"],
    ["label", "node", "label", "string"],
    ["kind", "node", "kind", "string"],
    ["step", "node", "step", "int"],
    ["count", "node", "count", "long"],
    ["starts", "node", "starts", "long"],
    ["ends", "node", "ends", "long"],
    ["moves", "edge", "count", "long"],
    ["median", "edge", "median_secs", "long"],
];

/// The file; nothing where the view is no network.
pub(super) fn text(view: &View) -> Option<String> {
    let networks = networks(view);
    if networks.is_empty() {
        return None;
    }
    let mut file = File { writer: Writer::new_with_indent(Vec::new(), b' ', 2) };
    file.write(&networks).ok()?;
    let mut text = String::from_utf8(file.writer.into_inner()).ok()?;
    text.push('\n');
    Some(text)
}

struct File {
    writer: Writer<Vec<u8>>,
}

impl File {
    fn write(&mut self, networks: &[Network]) -> io::Result<()> {
        self.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = [("xmlns", "http://graphml.graphdrawing.org/xmlns")];
        self.open("graphml", &root)?;
        for [id, of, name, kind] in KEYS {
            let told = [("id", id), ("for", of), ("attr.name", name), ("attr.type", kind)];
            let key = BytesStart::new("key").with_attributes(told);
            self.writer.write_event(Event::Empty(key))?;
        }
        for (at, network) in networks.iter().enumerate() {
            self.graph(at, network)?;
        }
        self.close("graphml")
    }

    fn graph(&mut self, part: usize, network: &Network) -> io::Result<()> {
        // Identifiers are those of the whole file, not of a graph.
        let id = |at: usize| format!("n{part}-{at}");
        self.open("graph", &[("id", &format!("g{part}")), ("edgedefault", "directed")])?;
        if let Some(name) = &network.name {
            self.data("part", name)?;
        }
        for (at, node) in network.nodes.iter().enumerate() {
            self.open("node", &[("id", &id(at))])?;
            self.data("label", &node.label)?;
            self.data("kind", if node.kind == LabelKind::Other { "other" } else { "label" })?;
            if let Some(step) = node.step {
                self.data("step", &step.to_string())?;
            }
            self.number("count", Some(node.count))?;
            self.number("starts", node.starts)?;
            self.number("ends", node.ends)?;
            self.close("node")?;
        }
        for step in &network.moves {
            self.open("edge", &[("source", &id(step.from)), ("target", &id(step.to))])?;
            self.number("moves", Some(step.count))?;
            self.number("median", step.median_secs)?;
            self.close("edge")?;
        }
        self.close("graph")
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let element = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.writer.write_event(Event::Start(element))
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    fn number(&mut self, key: &str, number: Option<u64>) -> io::Result<()> {
        number.map_or(Ok(()), |number| self.data(key, &number.to_string()))
    }

    fn data(&mut self, key: &str, text: &str) -> io::Result<()> {
        self.open("data", &[("key", key)])?;
        self.writer.write_event(Event::Text(BytesText::new(text)))?;
        self.close("data")
    }
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::text;
    use crate::draw::testing;
    use crate::release::graph::networks;
    use crate::release::graph::tests::hostile_map;
    use crate::views::{PublishedCohort, Unit, View};

    /// What a reader of XML finds: the labels, the numbers of nodes and of edges, and which elements.
    fn read(text: &str) -> (Vec<String>, usize, usize, Vec<String>) {
        let mut reader = Reader::from_str(text);
        let (mut labels, mut nodes, mut edges, mut names) = (Vec::new(), 0, 0, Vec::new());
        let (mut is_label, mut said) = (false, String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(element) => {
                    let name = element.name().as_ref().to_owned();
                    nodes += usize::from(name == "node");
                    edges += usize::from(name == "edge");
                    let key = element.try_get_attribute("key").unwrap();
                    is_label = key.is_some_and(|key| &*key.value == "label");
                    said.clear();
                    names.push(name);
                }
                Event::Text(text) => said.push_str(&text),
                Event::GeneralRef(reference) => {
                    let name = reference.to_string();
                    let letter = match reference.resolve_char_ref().unwrap() {
                        Some(letter) => letter.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&name)
                            .expect("one of the five")
                            .to_owned(),
                    };
                    said.push_str(&letter);
                }
                Event::End(_) if is_label => {
                    labels.push(said.clone());
                    is_label = false;
                }
                Event::Eof => break,
                Event::Comment(_) | Event::CData(_) | Event::PI(_) | Event::DocType(_) => {
                    panic!("a label became markup")
                }
                _ => {}
            }
        }
        names.sort_unstable();
        names.dedup();
        (labels, nodes, edges, names)
    }

    #[test]
    fn a_reader_of_xml_finds_every_node_edge_and_hostile_label() {
        let all = &PublishedCohort::default();
        let views = [
            hostile_map(),
            testing::map(Unit::People, true, all),
            testing::small_flow(all),
            testing::breakdown(|all| testing::map(Unit::People, false, all)),
        ];
        for view in views {
            let (labels, nodes, edges, names) = read(&text(&view).unwrap());
            let networks = networks(&view);
            let expected: Vec<&str> = networks
                .iter()
                .flat_map(|network| network.nodes.iter().map(|node| node.label.as_str()))
                .collect();
            assert_eq!(labels, expected);
            assert_eq!(nodes, expected.len());
            assert_eq!(edges, networks.iter().map(|it| it.moves.len()).sum::<usize>());
            assert_eq!(names, ["data", "edge", "graph", "graphml", "node"]);
        }
    }

    #[test]
    fn what_is_no_network_has_no_file() {
        let funnel: View = testing::funnel(&PublishedCohort::default());
        assert!(text(&funnel).is_none());
    }
}
