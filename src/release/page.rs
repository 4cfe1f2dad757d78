//! `report.html`: one page that holds everything and fetches nothing.
//!
//! The picture is on it as SVG text, the numbers as tables, the statement in full. It has no
//! script, and says so to the browser. *Invariant:* every word and number is published.

use std::fmt::Write;

use super::parts::Content;
use super::sheets::{OF_BEFORE, Row, Sheet, notes, sheets};
use super::statement::{self, Block};
use crate::draw::text::{number, percent, plain, step};
use crate::draw::tokens::{Colours, Theme};
use crate::draw::words;
use crate::views::{Flow, FlowNode, LabelKind, Side, View};

pub(super) fn page(content: &Content<'_>) -> String {
    let drawn: usize = content.svgs.iter().map(String::len).sum();
    let mut page = Page { out: String::with_capacity(drawn + (1 << 15)) };
    let several = content.views.len() > 1;
    page.head(&content.views);
    if several {
        page.put(format_args!("<h1>{} views</h1>\n", content.views.len()));
    }
    for (view, svg) in content.views.iter().zip(&content.svgs) {
        page.put(format_args!("<article>\n"));
        page.summary(view, if several { "h2" } else { "h1" });
        page.put(format_args!("<figure>\n{svg}</figure>\n"));
        page.tables(view);
        page.put(format_args!("</article>\n"));
    }
    page.statement(content);
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

    fn head(&mut self, views: &[&View]) {
        let names: Vec<&str> = views.iter().map(|view| view.name()).collect();
        let names = names.join(", ");
        let name = Html(&names);
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

    fn summary(&mut self, view: &View, level: &str) {
        let head = view.head();
        let [low, high] = head.by_name_band;
        let title = words::title(view);
        self.put(format_args!(
            "<header>\n<p class=\"kind\">{name}</p>\n<{level} class=\"people\">{people}</{level}>\n\
             <p>{title}. Every number here covers at least {k} different people.</p>\n",
            name = Html(head.name),
            people = words::everybody(view),
            title = Html(&title),
            k = head.k,
        ));
        let about = words::cohort(head.cohort);
        for sentence in about.iter().chain(&notes(view)) {
            self.put(format_args!("<p>{}</p>\n", Html(sentence)));
        }
        self.put(format_args!("<ul class=\"chips\">\n<li>at least {}</li>\n", head.k));
        if head.b > 1 {
            self.put(format_args!("<li>rounded to {}</li>\n", head.b));
        }
        self.put(format_args!("<li>{low} to {high}\u{202F}% by name</li>\n</ul>\n</header>\n"));
    }

    /// The tables of a view, part by part where it has parts.
    fn tables(&mut self, view: &View) {
        let names = words::part_names(view);
        for (at, part) in view.parts().into_iter().enumerate() {
            if let Some(name) = names.get(at) {
                let people = words::everybody(part);
                self.put(format_args!(
                    "<h2>{} <span class=\"weak\">{people}</span></h2>\n",
                    Html(name)
                ));
                for note in notes(part) {
                    self.put(format_args!("<p>{}</p>\n", Html(&note)));
                }
            }
            match part {
                View::Flow(flow) => {
                    self.steps(flow);
                    self.moves(flow);
                }
                other => sheets(other).iter().for_each(|sheet| self.sheet(sheet)),
            }
        }
    }

    fn sheet(&mut self, sheet: &Sheet) {
        self.put(format_args!(
            "<section>\n<h2>{}</h2>\n<table class=\"moves\">\n<thead><tr>",
            Html(&sheet.heading)
        ));
        for column in &sheet.columns {
            self.put(format_args!("<th scope=\"col\">{column}</th>"));
        }
        self.put(format_args!("<th scope=\"col\" class=\"n\">{}</th>", sheet.counted));
        let shares = sheet.rows.iter().any(|row| row.share.is_some());
        if shares {
            self.put(format_args!("<th scope=\"col\" class=\"n\">Share</th>"));
        }
        let befores = sheet.rows.iter().any(|row| row.of_before.is_some());
        if befores {
            self.put(format_args!("<th scope=\"col\" class=\"n\">{OF_BEFORE}</th>"));
        }
        self.put(format_args!("</tr></thead>\n<tbody>\n"));
        for Row { words, kind: label, count, share, of_before } in &sheet.rows {
            self.put(format_args!("<tr>"));
            for word in words {
                self.put(format_args!("<td{}>{}</td>", kind(*label), Html(word)));
            }
            self.put(format_args!("<td class=\"n\">{}</td>", number(*count)));
            if shares {
                let share = share.as_deref().unwrap_or_default();
                self.put(format_args!("<td class=\"n weak\">{share}</td>"));
            }
            if befores {
                let share = of_before.as_deref().unwrap_or_default();
                self.put(format_args!("<td class=\"n weak\">{share}</td>"));
            }
            self.put(format_args!("</tr>\n"));
        }
        self.put(format_args!("</tbody>\n</table>\n</section>\n"));
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

    fn statement(&mut self, content: &Content<'_>) {
        self.put(format_args!("<section class=\"statement\">\n<h2>Privacy statement</h2>\n"));
        for block in statement::blocks(content) {
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
h2.people { margin: 0; font-size: 28px; line-height: 36px; }
article { margin: 0 0 72px; }
h1 + article { margin-top: 32px; }
.weak { color: var(--weak); font-weight: 400; }
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
