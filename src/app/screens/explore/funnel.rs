//! The settings of a funnel: its steps, put in order by pointer or keys, what may be left out, what
//! ends an attempt, and how long it may take.

use egui::{
    Align, Align2, CursorIcon, Event, FontId, Key, Layout, Rect, Role, Sense, Stroke, StrokeKind,
    Ui, UiBuilder, WidgetInfo, vec2,
};
use egui_material_icons::icons::{ICON_ADD, ICON_CLOSE, ICON_DRAG_INDICATOR};

use super::settings::{CONTROL, chip, row};
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Look;
use crate::app::widgets::{Button, choice, icon_button, pick_from, text};
use crate::views::FunnelSpec;

/// Conversion windows, in seconds.
const WINDOWS: [(Option<u64>, &str); 7] = [
    (None, "any time"),
    (Some(600), "10 minutes"),
    (Some(3600), "an hour"),
    (Some(86_400), "a day"),
    (Some(7 * 86_400), "a week"),
    (Some(14 * 86_400), "two weeks"),
    (Some(30 * 86_400), "30 days"),
];
const ROW: f32 = 32.0;

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let funnel = &state.question.now().funnel;
    let names = state.names();
    let mut next = funnel.clone();
    ui.spacing_mut().item_spacing.y = 0.0;
    let top = ui.cursor().top();
    let mut change = None;
    for at in 0..funnel.steps.len() {
        change = step_ui(ui, funnel, at, top).or(change);
    }
    if let Some(change) = change {
        change.apply(&mut next);
    }
    ui.add_space(8.0);
    ui.spacing_mut().item_spacing.y = 8.0;
    let free: Vec<String> =
        names.iter().filter(|name| !funnel.steps.contains(name)).cloned().collect();
    let has_room = funnel.steps.len() < *FunnelSpec::STEPS.end() && !free.is_empty();
    let add = Button::new("Add a step").small().icon(ICON_ADD).enabled(has_room).ui(ui);
    if has_room && let Some(at) = pick_from(ui, &add, "Add a step", &free) {
        next.steps.push(free[at].clone());
    }
    if funnel.steps.len() > 1 {
        text::small(ui, "Drag a step to another place, or press Alt with an arrow.");
    }
    row(ui, "Within", |ui| {
        let mut options = WINDOWS.map(|(secs, words)| (secs, words.to_owned())).to_vec();
        if !options.iter().any(|(secs, _)| *secs == funnel.window_secs) {
            let secs = funnel.window_secs.unwrap_or_default();
            options.push((Some(secs), crate::draw::words::duration(secs)));
        }
        if let Some(secs) = choice(ui, "Within", &options, funnel.window_secs, CONTROL) {
            next.window_secs = secs;
        }
    });
    exclude_ui(ui, funnel, &free, &mut next);
    tidy(&mut next);
    if next != *funnel {
        commands.push(Command::SetFunnel(next));
    }
}

/// The labels that end an attempt.
fn exclude_ui(ui: &mut Ui, funnel: &FunnelSpec, free: &[String], next: &mut FunnelSpec) {
    let others: Vec<String> =
        free.iter().filter(|name| !funnel.exclude.contains(name)).cloned().collect();
    row(ui, "Ended by", |ui| {
        let add = Button::new("Add").small().icon(ICON_ADD).named("Add what ends an attempt");
        let add = add.enabled(!others.is_empty()).ui(ui);
        if let Some(at) = pick_from(ui, &add, "Ended by", &others) {
            next.exclude.push(others[at].clone());
        }
    });
    if !funnel.exclude.is_empty() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
            for label in &funnel.exclude {
                if chip(ui, label, &format!("An attempt no longer ends at {label}")) {
                    next.exclude.retain(|other| other != label);
                }
            }
        });
    }
}

/// What a row of the list does to the funnel.
#[derive(Clone, Copy)]
enum Change {
    Move(usize, usize),
    TakeOut(usize),
    /// May be left out, or no longer.
    Optional(usize),
}

impl Change {
    fn apply(self, funnel: &mut FunnelSpec) {
        match self {
            Self::Move(from, to) => {
                let step = funnel.steps.remove(from);
                funnel.steps.insert(to, step);
            }
            Self::TakeOut(at) => drop(funnel.steps.remove(at)),
            Self::Optional(at) => {
                let label = funnel.steps[at].clone();
                let before = funnel.optional.len();
                funnel.optional.retain(|other| *other != label);
                if funnel.optional.len() == before {
                    funnel.optional.push(label);
                }
            }
        }
    }
}

/// What the change of one part leaves without meaning goes.
fn tidy(funnel: &mut FunnelSpec) {
    let inner = funnel.steps.get(1..funnel.steps.len().saturating_sub(1)).unwrap_or_default();
    funnel.optional.retain(|label| inner.contains(label));
    funnel.optional.truncate(FunnelSpec::MOST_OPTIONAL);
    funnel.exclude.retain(|label| !funnel.steps.contains(label));
}

/// A step: a place to hold it by, its name, whether it may be left out, and a cross.
fn step_ui(ui: &mut Ui, funnel: &FunnelSpec, at: usize, top: f32) -> Option<Change> {
    let look = Look::of(ui);
    let label = &funnel.steps[at];
    let last = funnel.steps.len() - 1;
    let size = vec2(ui.available_width(), ROW);
    let rect = Rect::from_min_size(ui.cursor().min, size);
    // The row belongs to the step, so that it keeps the keyboard when it is moved.
    let id = ui.scope_id().with(("funnel step", label));
    let here = ui.interact(rect, id, Sense::click());
    let words = format!("Step {} of the funnel, {label}", at + 1);
    here.widget_info(|| WidgetInfo::labeled(Role::Row, true, &words));
    let mut change = None;
    if here.hovered() {
        ui.painter().rect_filled(rect, 0, look.text_strong.gamma_multiply(0.04));
    }
    if here.has_focus() {
        let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        ui.painter().rect_stroke(rect, look.corners_small(), stroke, StrokeKind::Inside);
        change = key(ui, at, last);
    }
    if here.clicked() {
        here.request_focus();
    }
    ui.advance_cursor_after_rect(rect);
    let layout = Layout::left_to_right(Align::Center);
    let mut inside = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    let ui = &mut inside;
    ui.spacing_mut().item_spacing.x = 6.0;
    if let Some(to) = handle_ui(ui, rect, at, last, top) {
        change = Some(Change::Move(at, to));
    }
    text::small(ui, (at + 1).to_string());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let name = format!("Take step {} out", at + 1);
        if icon_button(ui, ICON_CLOSE, &name, true).clicked() {
            change = Some(Change::TakeOut(at));
        }
        if at > 0 && at < last {
            let is_optional = funnel.optional.contains(label);
            let free = is_optional || funnel.optional.len() < FunnelSpec::MOST_OPTIONAL;
            let name = format!("Step {} may be left out", at + 1);
            let button = Button::new("Optional").small().plain().named(name);
            if button.chosen(is_optional).enabled(free).ui(ui).clicked() {
                change = Some(Change::Optional(at));
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            text::emphasis(ui, label).on_hover_text(label);
        });
    });
    change
}

/// Where the step is dropped.
fn handle_ui(ui: &mut Ui, row: Rect, at: usize, last: usize, top: f32) -> Option<usize> {
    let look = Look::of(ui);
    let (spot, handle) = ui.allocate_exact_size(vec2(16.0, 28.0), Sense::drag());
    let name = format!("Drag step {}", at + 1);
    handle.widget_info(|| WidgetInfo::labeled(Role::Unknown, true, &name));
    let font = FontId::new(16.0, ICON_DRAG_INDICATOR.font_family());
    let ink = if handle.hovered() || handle.dragged() { look.text } else { look.line_strong };
    let glyph = ICON_DRAG_INDICATOR.codepoint;
    ui.painter().text(spot.center(), Align2::CENTER_CENTER, glyph, font, ink);
    let handle = handle.on_hover_cursor(CursorIcon::Grab);
    let pointer = handle.interact_pointer_pos()?;
    let to = (((pointer.y - top) / ROW).floor().max(0.0) as usize).min(last);
    if handle.drag_stopped() {
        return Some(to).filter(|to| *to != at);
    }
    if handle.dragged() {
        let y = top + (to + usize::from(to > at)) as f32 * ROW;
        let mark = Stroke::new(look.tokens.stroke.selected, look.accent);
        ui.ctx().layer_painter(ui.layer_id()).hline(row.x_range(), y, mark);
    }
    None
}

/// Alt with an arrow moves the step, Delete takes it out.
fn key(ui: &Ui, at: usize, last: usize) -> Option<Change> {
    if pressed(ui, Key::ArrowUp, true) {
        at.checked_sub(1).map(|to| Change::Move(at, to))
    } else if pressed(ui, Key::ArrowDown, true) {
        (at < last).then(|| Change::Move(at, at + 1))
    } else if pressed(ui, Key::Delete, false) {
        Some(Change::TakeOut(at))
    } else {
        None
    }
}

fn pressed(ui: &Ui, wanted: Key, alt: bool) -> bool {
    ui.input(|input| {
        input.events.iter().any(|event| {
            matches!(event, Event::Key { key, pressed: true, modifiers, .. }
                if *key == wanted && modifiers.alt == alt)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Change, tidy};
    use crate::views::FunnelSpec;

    #[test]
    fn a_step_at_an_end_is_not_optional_and_a_step_ends_no_attempt() {
        let list = |labels: &[&str]| labels.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        let mut funnel = FunnelSpec {
            steps: list(&["a", "b", "c"]),
            optional: list(&["a", "b"]),
            exclude: list(&["c", "d"]),
            ..FunnelSpec::default()
        };
        tidy(&mut funnel);
        assert_eq!((&funnel.optional, &funnel.exclude), (&list(&["b"]), &list(&["d"])));
        Change::Move(1, 0).apply(&mut funnel);
        tidy(&mut funnel);
        assert_eq!((&funnel.steps, funnel.optional.len()), (&list(&["b", "a", "c"]), 0));
        Change::Optional(1).apply(&mut funnel);
        assert_eq!(funnel.optional, list(&["a"]));
        Change::TakeOut(2).apply(&mut funnel);
        tidy(&mut funnel);
        assert!(funnel.optional.is_empty() && funnel.steps.len() == 2);
        let mut one =
            FunnelSpec { steps: list(&["a"]), optional: list(&["a"]), ..FunnelSpec::default() };
        tidy(&mut one);
        assert!(one.optional.is_empty());
    }
}
