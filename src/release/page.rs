//! `report.html`: one page that holds everything and fetches nothing.
//!
//! The picture is on it as SVG text, the numbers as tables, the statement in full. It has no
//! script, and says so to the browser. *Invariant:* every word and number is published.

use std::fmt::Write;

use super::facts::Facts;
use super::statement::{self, Block};
use crate::draw::text::{number, percent, plain, step};
use crate::draw::tokens::{Colours, Theme};
use crate::views::{Flow, FlowNode, LabelKind, Side, View};

/// `svg` is the picture of the view, as it stands in `pictures/`.
pub(super) fn page(view: &View, facts: &Facts, svg: &str) -> String {
    let View::Flow(flow) = view else { unreachable!("only flows yet") };
    let mut page = Page { out: String::with_capacity(svg.len() + (1 << 15)) };
    page.head(flow);
    page.summary(flow);
    page.put(format_args!("<figure>\n{svg}</figure>\n"));
    page.steps(flow);
    page.moves(flow);
    page.statement(view, facts);
    page.put(format_args!("</main>\n</body>\n</html>\n"));
    page.out
}

struct Page {
    out: String,
}

impl Page {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String never fails.
        let _ = self.out.write_fmt(text);
    }

    fn head(&mut self, flow: &Flow) {
        let name = Html(&flow.spec.name);
        self.put(format_args!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta name=\"referrer\" content=\"no-referrer\"/>\n\
             <meta name=\"color-scheme\" content=\"light dark\"/>\n\
             <title>{name} · Trodden</title>\n<style>\n"
        ));
        // The picture is on light paper in both themes.
        self.put(format_args!(":root {{ --paper: {}; }}\n", Css(Theme::Light.colours().surface)));
        self.colours(":root", Theme::Light.colours());
        self.put(format_args!("@media (prefers-color-scheme: dark) {{\n"));
        self.colours(":root", Theme::Dark.colours());
        self.put(format_args!("}}\n{STYLE}</style>\n</head>\n<body>\n<main>\n"));
    }

    fn colours(&mut self, who: &str, colours: &Colours) {
        self.put(format_args!(
            "{who} {{ --background: {}; --surface: {}; --raised: {}; --line: {}; --strong: {}; \
             --text: {}; --weak: {}; --accent: {}; --selection: {}; }}\n",
            Css(colours.background),
            Css(colours.surface),
            Css(colours.raised),
            Css(colours.line),
            Css(colours.text_strong),
            Css(colours.text),
            Css(colours.text_weak),
            Css(colours.accent),
            Css(colours.selection),
        ));
    }

    fn summary(&mut self, flow: &Flow) {
        let [low, high] = flow.by_name_band;
        let spec = &flow.spec;
        let from = match (spec.asked.anchor, &spec.asked.anchor_label) {
            (Side::Start | Side::Between, None) => "Step by step from the beginning".to_owned(),
            (Side::End, None) => "Step by step back from the end".to_owned(),
            (Side::Start | Side::Between, Some(label)) => {
                format!("Step by step from “{}” on", plain(label))
            }
            (Side::End, Some(label)) => format!("Step by step back from “{}”", plain(label)),
        };
        self.put(format_args!(
            "<header>\n<p class=\"kind\">{name}</p>\n<h1>{people} people</h1>\n<p>{from}. Every number \
             here covers at least {k} different people.</p>\n<ul class=\"chips\">\n<li>at least {k}</li>\n",
            name = Html(&spec.name),
            people = number(flow.people),
            from = Html(&from),
            k = flow.k,
        ));
        if flow.b > 1 {
            self.put(format_args!("<li>rounded to {}</li>\n", flow.b));
        }
        self.put(format_args!("<li>{low} to {high}\u{202F}% by name</li>\n</ul>\n</header>\n"));
    }

    fn steps(&mut self, flow: &Flow) {
        self.put(format_args!("<section>\n<h2>Where people are</h2>\n<div class=\"steps\">\n"));
        let mut rest = flow.nodes.as_slice();
        while let Some(first) = rest.first() {
            let here = rest.iter().take_while(|node| node.step == first.step).count();
            let (nodes, later) = rest.split_at(here);
            self.step(nodes, first.step);
            rest = later;
        }
        self.put(format_args!("</div>\n</section>\n"));
    }

    fn step(&mut self, nodes: &[FlowNode], at: i32) {
        let whole = nodes.iter().fold(0_u64, |sum, node| sum.saturating_add(node.count));
        self.put(format_args!(
            "<table>\n<caption>Step {}</caption>\n<thead><tr><th scope=\"col\">Name</th>\
             <th scope=\"col\" class=\"n\">People</th><th scope=\"col\" class=\"n\">Share</th></tr></thead>\n<tbody>\n",
            step(at)
        ));
        for node in nodes {
            self.put(format_args!(
                "<tr><th scope=\"row\"{}>{}</th><td class=\"n\">{}</td><td class=\"n weak\">{}</td></tr>\n",
                kind(node.kind),
                Html(&node.label),
                number(node.count),
                percent(node.count, whole)
            ));
        }
        self.put(format_args!("</tbody>\n</table>\n"));
    }

    fn moves(&mut self, flow: &Flow) {
        let nodes: std::collections::BTreeMap<&str, &FlowNode> =
            flow.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let backwards = flow.spec.asked.anchor == Side::End;
        let [from, to] = if backwards { ["To", "From"] } else { ["From", "To"] };
        self.put(format_args!(
            "<section>\n<h2>How people move</h2>\n<table class=\"moves\">\n<thead><tr>\
             <th scope=\"col\" class=\"n\">Step</th><th scope=\"col\">{from}</th><th scope=\"col\">{to}</th>\
             <th scope=\"col\" class=\"n\">People</th></tr></thead>\n<tbody>\n"
        ));
        let mut line = |from: &str, to: Option<&str>, count: u64| {
            let Some(from) = nodes.get(from) else { return };
            let to = to.and_then(|to| nodes.get(to));
            let ended = if backwards { "began" } else { "left" };
            self.put(format_args!(
                "<tr><td class=\"n weak\">{}</td><td{}>{}</td>",
                step(from.step),
                kind(from.kind),
                Html(&from.label)
            ));
            match to {
                Some(to) => self.put(format_args!("<td{}>{}</td>", kind(to.kind), Html(&to.label))),
                None => self.put(format_args!("<td class=\"weak\">{ended}</td>")),
            }
            self.put(format_args!("<td class=\"n\">{}</td></tr>\n", number(count)));
        };
        for edge in &flow.edges {
            line(&edge.from, Some(&edge.to), edge.count);
        }
        for exit in &flow.exits {
            line(&exit.from, None, exit.count);
        }
        self.put(format_args!("</tbody>\n</table>\n</section>\n"));
    }

    fn statement(&mut self, view: &View, facts: &Facts) {
        self.put(format_args!("<section class=\"statement\">\n<h2>Privacy statement</h2>\n"));
        for block in statement::blocks(view, facts) {
            match block {
                Block::Heading(text) => self.put(format_args!("<h3>{}</h3>\n", Html(&text))),
                Block::Paragraph(text) => self.put(format_args!("<p>{}</p>\n", Html(&text))),
                Block::List(items) => {
                    self.put(format_args!("<ul>\n"));
                    for item in items {
                        self.put(format_args!("<li>{}</li>\n", Html(&item)));
                    }
                    self.put(format_args!("</ul>\n"));
                }
            }
        }
        self.put(format_args!("</section>\n"));
    }
}

fn kind(kind: LabelKind) -> &'static str {
    if kind == LabelKind::Other { " class=\"weak\"" } else { "" }
}

/// Text between tags or in an attribute.
struct Html<'a>(&'a str);

impl std::fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in plain(self.0).chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

struct Css(crate::draw::Rgba);

impl std::fmt::Display for Css {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0.r, self.0.g, self.0.b)
    }
}

const STYLE: &str = "\
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--text); font: 400 15px/24px Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1180px; margin: 0 auto; padding: 48px 24px 72px; }
h1, h2, h3, th, caption { color: var(--strong); font-weight: 600; }
h1 { margin: 0; font-size: 40px; line-height: 48px; }
h2 { margin: 48px 0 16px; font-size: 20px; line-height: 28px; }
h3 { margin: 24px 0 4px; font-size: 15px; }
p { margin: 8px 0; }
.kind { margin: 0 0 4px; color: var(--weak); font-size: 13px; }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 16px 0 0; padding: 0; list-style: none; }
.chips li { padding: 2px 12px; border-radius: 14px; background: var(--selection); color: var(--strong); font-size: 13px; }
figure { margin: 32px 0 0; padding: 0; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); }
figure svg { display: block; width: 100%; min-width: 760px; height: auto; }
.steps { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 16px; align-items: start; }
table { width: 100%; border-collapse: collapse; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; font-size: 13px; line-height: 20px; }
caption { padding: 8px 0; text-align: left; }
th, td { padding: 6px 12px; text-align: left; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--weak); font-weight: 400; }
tbody th { font-weight: 500; }
.n { width: 1%; text-align: right; white-space: nowrap; }
td.weak, th.weak { color: var(--weak); }
.moves, .statement { max-width: 720px; }
.statement ul { margin: 4px 0; padding-left: 20px; }
.statement li { margin: 4px 0; }
@media print { body { background: #fff; } figure, table { break-inside: avoid; } }
";
