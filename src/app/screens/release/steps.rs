//! The steps on the way to the file and on to a second pair of eyes: which are done, and what holds one.

use egui::{Sense, Stroke, Ui, pos2, vec2};
use egui_material_icons::icons::ICON_CHECK;

use crate::app::state::{State, Written};
use crate::app::theme::Look;
use crate::app::widgets::text;
use crate::app::worker::{Packed, file_names};
use crate::release::{Choice, Signed};
use crate::views::View;

/// How far a step on the way is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Yes,
    Held,
    NotYet,
}

pub fn ui(ui: &mut Ui, state: &State) {
    let packed = state.leaving.packed.as_deref().filter(|_| state.is_packed());
    let wanted = state.wanted();
    let many = wanted.as_ref().map_or(0, |wanted| wanted.specs.len());
    let labels = packed.map(labels).unwrap_or_default();
    let mut chosen = if many == 1 { "1 view".to_owned() } else { format!("{many} views") };
    if labels > 0 {
        chosen = format!("{chosen}, {labels} labels");
    }
    let audit = match packed.map(|packed| &packed.made) {
        None => (Done::NotYet, "the package is being made and attacked".to_owned()),
        Some(Ok(made)) => {
            let all = made.package.checks.len();
            (Done::Yes, format!("all {all} checks passed"))
        }
        Some(Err(kept)) => match kept.findings.len() {
            0 => (Done::Held, "held until it is settled".to_owned()),
            1 => (Done::Held, "1 finding to settle".to_owned()),
            many => (Done::Held, format!("{many} findings to settle")),
        },
    };
    step_ui(ui, Done::Yes, "Views chosen", &chosen, true);
    step_ui(ui, audit.0, "Audit", &audit.1, true);
    let (done, words) = signature(state);
    step_ui(ui, done, "Signature", &words, true);
    let written = state.leaving.written.as_ref();
    let (done, words) = match written {
        Some(written) if written.verdict.passed() => (Done::Yes, "read back and checked again"),
        Some(_) => (Done::Held, "the file does not pass"),
        None => (Done::NotYet, "nothing yet"),
    };
    let is_decided = written.is_some_and(|written| written.decided.is_some());
    let goes_on = is_decided || state.leaving.needs_review();
    step_ui(ui, done, "Written", words, goes_on);
    // What nobody asks for takes no room from what is to be done.
    if goes_on {
        let (done, words) = second_pair(state);
        step_ui(ui, done, "Second pair of eyes", &words, true);
        let (done, words) = decision(written);
        step_ui(ui, done, "Decision in the package", &words, false);
    }
}

fn signature(state: &State) -> (Done, String) {
    let leaving = &state.leaving;
    let key = leaving.key.trim();
    match leaving.written.as_ref().map(|written| written.verdict.signature) {
        Some(Signed::Good(key)) => (Done::Yes, format!("by key {key}, and it holds")),
        Some(Signed::Wrong | Signed::Unchecked(_)) => (Done::Held, "it does not hold".to_owned()),
        _ if leaving.is_signing => (Done::NotYet, "it is being signed …".to_owned()),
        _ if key.is_empty() => (Done::NotYet, "none, so nobody can tell who made it".to_owned()),
        _ => (Done::NotYet, format!("with {}", file_names(&[key.into()]))),
    }
}

/// Who has looked at it besides the one who made it.
fn second_pair(state: &State) -> (Done, String) {
    let leaving = &state.leaving;
    let demands = state.bound.demands();
    if let Some((decided, _)) = leaving.written.as_ref().and_then(|it| it.decided.as_ref()) {
        let by = match decided.signature {
            Signed::Good(key) => format!("by key {key}, and it holds"),
            Signed::Unchecked(key) => format!("by key {key}, not checked"),
            Signed::Not | Signed::Wrong => String::new(),
        };
        return match decided.decision.decision {
            _ if !decided.holds => (Done::Held, "the decision does not hold".to_owned()),
            Choice::Approved => (Done::Yes, format!("approved {by}")),
            Choice::Rejected => (Done::Held, format!("rejected {by}")),
        };
    }
    let words = if leaving.written.as_ref().is_some_and(|written| written.needs_review) {
        "waits for a reviewer"
    } else if demands.is_some_and(|demands| demands.review_required) {
        "the policy asks for it"
    } else {
        "what left before asks for it"
    };
    (Done::NotYet, words.to_owned())
}

fn decision(written: Option<&Written>) -> (Done, String) {
    match written.and_then(|written| written.decided.as_ref()) {
        Some((decided, path)) => {
            let done = if decided.is_approved() { Done::Yes } else { Done::Held };
            (done, format!("in {}", file_names(std::slice::from_ref(path))))
        }
        None => (Done::NotYet, "its pictures say “Not reviewed” until then".to_owned()),
    }
}

/// How many different labels stand by name in any of the views.
fn labels(packed: &Packed) -> usize {
    let mut names: Vec<&str> = Vec::new();
    for view in packed.shown.iter().flat_map(|shown| shown.view.view().parts()) {
        match view {
            View::Flow(flow) => names.extend(flow.nodes.iter().map(|it| it.label.as_str())),
            View::Map(map) => names.extend(map.nodes.iter().map(|it| it.label.as_str())),
            View::Paths(paths) => {
                let steps = paths.paths.iter().flat_map(|path| &path.steps);
                names.extend(steps.map(|it| it.label.as_str()));
            }
            View::Funnel(funnel) => names.extend(funnel.steps.iter().map(|it| it.label.as_str())),
            _ => {}
        }
    }
    names.retain(|name| *name != crate::views::OTHER);
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// Of the mark beside a step.
const RADIUS: f32 = 9.0;
/// Of a step.
const HEIGHT: f32 = 44.0;

fn step_ui(ui: &mut Ui, done: Done, name: &str, words: &str, more: bool) {
    let look = Look::of(ui);
    ui.horizontal_top(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(2.0 * RADIUS, HEIGHT), Sense::hover());
        let centre = pos2(mark.center().x, mark.top() + 14.0);
        let painter = ui.painter();
        if more {
            let ends =
                [centre + vec2(0.0, RADIUS + 2.0), centre + vec2(0.0, HEIGHT + 4.0 - RADIUS)];
            painter.line_segment(ends, Stroke::new(1.0, look.line_strong));
        }
        let font = egui::FontId::new(14.0, ICON_CHECK.font_family());
        let middle = egui::Align2::CENTER_CENTER;
        match done {
            Done::Yes => {
                painter.circle_filled(centre, RADIUS, look.ok);
                painter.text(centre, middle, ICON_CHECK.codepoint, font, look.raised);
            }
            Done::Held => {
                painter.circle_filled(centre, RADIUS, look.warning);
                let font = crate::app::theme::body(crate::draw::Weight::SemiBold);
                painter.text(centre, middle, "!", font, look.raised);
            }
            Done::NotYet => {
                painter.circle_stroke(centre, RADIUS, Stroke::new(1.5, look.line_strong));
            }
        }
        ui.add_space(4.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(3.0);
            text::emphasis(ui, name);
            text::small_cut(ui, words);
        });
    });
}
