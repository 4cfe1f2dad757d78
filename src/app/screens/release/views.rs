//! The views that leave, each as the picture that will be in the package.

use std::sync::Arc;

use egui::emath::TSTransform;
use egui::{
    Align, Key, Layout, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    Vec2, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{ICON_ADD, ICON_KEYBOARD_ARROW_DOWN};

use crate::app::command::{Command, Place};
use crate::app::shell;
use crate::app::state::{State, why_no_name};
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, field, text};
use crate::app::worker::{Drawing, Shown, Slot, Style, Worker};
use crate::draw::{FlowPicture, MapPicture, Weight, paint, words};
use crate::views::{Spec, View};

/// The height of a picture, of a card, and the width a card has at least.
const PICTURE: f32 = 104.0;
const CARD: [f32; 2] = [172.0, 204.0];
const GAP: f32 = 16.0;
/// What a screen reader says of the way to another view.
const ADD: &str = "Add a view in Explore";
/// The height of the heads over the columns of a small picture, which are left out.
const HEADS: f32 = 24.0;

/// The name that is being typed, and of which view.
#[derive(Default)]
pub struct Views {
    renaming: Option<(usize, String)>,
    /// The field has just opened and takes the keyboard.
    asked: bool,
}

impl Views {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let release = state.question.now().release.clone();
        let specs = state.wanted().map_or_else(Vec::new, |wanted| wanted.specs);
        if self.renaming.as_ref().is_some_and(|(at, _)| *at >= release.len()) {
            self.renaming = None;
        }
        let columns = ((ui.available_width() + GAP) / (CARD[0] + GAP)).floor().max(2.0);
        // In a row that is full, the way to another view is a link above.
        let is_full = specs.len().is_multiple_of(columns as usize);
        super::head_ui(ui, "Views", |ui| {
            if is_full {
                let add = Button::new("Add a view").link().small().named(ADD);
                if add.ui(ui).clicked() {
                    commands.push(Command::Go(Place::Explore));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(8.0);
                text::small_cut(
                    ui,
                    match release.len() {
                        0 => "the one on the screen; add others in Explore".to_owned(),
                        1 => "1, added in Explore".to_owned(),
                        many => format!(
                            "{many}, protected together: a number can differ from the view alone"
                        ),
                    },
                );
            });
        });
        let width = (ui.available_width() - (columns - 1.0) * GAP) / columns;
        let columns = columns as usize;
        let from = ui.cursor().min;
        let places = specs.len() + usize::from(!is_full);
        let rows = places.div_ceil(columns);
        let height = rows as f32 * (CARD[1] + GAP) - GAP;
        let whole = Rect::from_min_size(from, vec2(ui.available_width(), height));
        for at in 0..places {
            let corner = vec2(
                (at % columns) as f32 * (width + GAP),
                (at / columns) as f32 * (CARD[1] + GAP),
            );
            let place = Rect::from_min_size(from + corner, vec2(width, CARD[1]));
            match specs.get(at) {
                Some(spec) => self.card_ui(ui, place, at, spec, state, worker, commands),
                None => add_ui(ui, place, commands),
            }
        }
        ui.advance_cursor_after_rect(whole);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a card is of a place in the list and on the screen"
    )]
    fn card_ui(
        &mut self,
        ui: &mut Ui,
        place: Rect,
        at: usize,
        spec: &Spec,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        let is_named = is_named_by_the_audit(state, &spec.name);
        let edge = if is_named { Stroke::new(2.0, look.warning) } else { look.hairline() };
        ui.painter().rect(place, look.corners_large(), look.raised, edge, StrokeKind::Inside);
        let inside = place.shrink(12.0);
        let layout = Layout::top_down(Align::Min);
        let builder = UiBuilder::new().max_rect(inside).layout(layout).id_salt(("view", at));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let packed = state.leaving.packed.as_ref();
            let shown = packed.and_then(|packed| packed.shown.get(at)).cloned();
            let shown = shown.filter(|shown| shown.ask.spec == *spec);
            picture_ui(ui, at, &spec.name, shown.as_ref(), state, worker);
            ui.add_space(6.0);
            if self.renaming.as_ref().is_some_and(|(which, _)| *which == at) {
                self.rename_ui(ui, at, state, commands);
                return;
            }
            text::emphasis(ui, &spec.name);
            let is_held = state.leaving.packed.as_ref().is_some_and(|packed| packed.made.is_err());
            let words = match shown.as_deref() {
                None if is_held && state.is_packed() => format!("a {}, held", spec.ask.kind()),
                shown => what(spec, shown),
            };
            text::small_cut(ui, words);
            let differs = state.leaving.differs.get(at).copied().unwrap_or(false);
            ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
                ui.horizontal(|ui| {
                    if state.question.now().release.is_empty() {
                        text::small_cut(ui, "the view on the screen");
                        return;
                    }
                    self.menu_ui(ui, at, spec, state, commands);
                    if differs {
                        text::small_in(ui, "numbers differ", look.warning).on_hover_text(
                            "Together with the others some of its numbers are not those of the \
                             view alone. What is in the package is what you see here.",
                        );
                    }
                });
            });
        });
    }

    fn menu_ui(
        &mut self,
        ui: &mut Ui,
        at: usize,
        spec: &Spec,
        state: &State,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        let many = state.question.now().release.len();
        let name = format!("Change {}", spec.name);
        let button = Button::new("Change").small().after(ICON_KEYBOARD_ARROW_DOWN).named(name);
        let opened = button.ui(ui);
        let mut rename = false;
        Popup::menu(&opened).width(180.0).show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut row = |words: &str, is_there: bool| {
                let chosen = is_there && shell::menu_row(ui, words, false, look).clicked();
                if chosen {
                    ui.close();
                }
                chosen
            };
            rename = row("Rename", true);
            if row("Show it in Explore", true) {
                commands.push(Command::ShowReleased(at));
            }
            if row("Move it forward", at > 0) {
                commands.push(Command::MoveReleased(at, at.saturating_sub(1)));
            }
            if row("Move it back", at + 1 < many) {
                commands.push(Command::MoveReleased(at, at + 1));
            }
            if row("Take it out", true) {
                commands.push(Command::RemoveReleased(at));
            }
        });
        if rename {
            self.renaming = Some((at, spec.name.clone()));
            self.asked = true;
        }
    }

    fn rename_ui(&mut self, ui: &mut Ui, at: usize, state: &State, commands: &mut Vec<Command>) {
        let look = Look::of(ui);
        let Some((_, typed)) = &mut self.renaming else { return };
        let width = ui.available_width();
        let response = field(ui, "Name of the view", typed, "first-steps", width);
        if std::mem::take(&mut self.asked) {
            response.request_focus();
        }
        let release = &state.question.now().release;
        let why = why_no_name(typed, at, release);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let left = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
        match why {
            Some(why) => drop(text::small_in(ui, why, look.warning)),
            None => drop(text::small_cut(ui, "Enter keeps it, Esc leaves it.")),
        }
        if entered && why.is_none() {
            if let Some(spec) = release.get(at) {
                let spec = Spec { name: typed.clone(), ..spec.clone() };
                commands.push(Command::ChangeReleased(at, Box::new(spec)));
            }
            self.renaming = None;
        } else if left {
            self.renaming = None;
        }
    }
}

/// Whether what the attacker found is about this view.
fn is_named_by_the_audit(state: &State, name: &str) -> bool {
    let kept = state.leaving.packed.as_ref().and_then(|packed| packed.made.as_ref().err());
    let place = format!("views/{name}.json");
    kept.is_some_and(|kept| kept.findings.iter().any(|it| it.to_string().contains(&place)))
}

/// The kind of a view and its people, as far as they are known.
fn what(spec: &Spec, shown: Option<&Shown>) -> String {
    let Some(view) = shown.map(|shown| shown.view.view()) else {
        return format!("a {}, not counted yet", spec.ask.kind());
    };
    let kind = match view {
        View::Flow(flow) => format!("Flow, {} steps", flow.spec.asked.steps),
        other => words::kind(other).to_owned(),
    };
    format!("{kind} · {}", words::everybody(view))
}

fn picture_ui(
    ui: &mut Ui,
    at: usize,
    name: &str,
    shown: Option<&Arc<Shown>>,
    state: &mut State,
    worker: &Worker,
) {
    let look = Look::of(ui);
    let size = vec2(ui.available_width(), PICTURE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = format!("A picture of {name} as it leaves");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    ui.painter().rect_filled(rect, look.corners_small(), look.surface);
    let Some(shown) = shown else { return };
    let is_flow = matches!(shown.view.view(), View::Flow(_));
    let flow = FlowPicture {
        width: rect.width() * 2.7,
        height: (rect.height() + HEADS) * 2.4,
        theme: look.theme,
        traced: None,
        drop_off: state.question.now().drop_off,
    };
    let style = match shown.view.view() {
        View::Flow(_) => Style::Flow(flow),
        View::Map(_) => Style::Map(MapPicture { theme: look.theme, ..MapPicture::default() }),
        _ => Style::Plain(look.theme),
    };
    let drawing = Drawing { slot: Slot::Release(at), shown: Arc::clone(shown), style };
    state.want(drawing, worker);
    let Some(drawn) = state.release_pictures.get(at).and_then(|picture| picture.drawn.as_ref())
    else {
        return;
    };
    if !Arc::ptr_eq(&drawn.drawing.shown, shown) {
        return;
    }
    let scene = &drawn.scene;
    let heads = if is_flow { HEADS } else { 0.0 };
    let (wide, high) = (rect.width() / scene.width, (rect.height() + heads) / scene.height);
    // A network is seen whole; of what goes on below, the beginning is seen.
    let is_whole = is_flow || matches!(shown.view.view(), View::Map(_));
    let scale = if is_whole { wide.min(high) } else { wide };
    let drawn = vec2(scene.width, scene.height - heads) * scale;
    let middle = ((rect.size() - drawn) / 2.0).max(Vec2::ZERO);
    let corner = rect.min.to_vec2() + vec2(middle.x, middle.y - heads * scale);
    paint::paint(scene, &ui.painter_at(rect), TSTransform::new(corner, scale));
}

/// The way to another view.
fn add_ui(ui: &mut Ui, place: Rect, commands: &mut Vec<Command>) {
    let look = Look::of(ui);
    let response: Response = ui.interact(place, ui.scope_id().with("add a view"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, ADD));
    if response.hovered() {
        let tint = look.text_strong.gamma_multiply(0.04);
        ui.painter().rect_filled(place, look.corners_large(), tint);
    }
    let inner = place.shrink(0.5);
    let corners = [inner.left_top(), inner.right_top(), inner.right_bottom(), inner.left_bottom()];
    for (at, from) in corners.iter().enumerate() {
        let to = corners[(at + 1) % 4];
        let dashes = egui::Shape::dashed_line(&[*from, to], look.outline(), 4.0, 4.0);
        ui.painter().extend(dashes);
    }
    let middle = place.center();
    let icon = egui::FontId::new(look.tokens.control.icon, ICON_ADD.font_family());
    let centre = egui::Align2::CENTER_CENTER;
    let at = pos2(middle.x, middle.y - 14.0);
    ui.painter().text(at, centre, ICON_ADD.codepoint, icon, look.text);
    let font = theme::body(Weight::Regular);
    let at = pos2(middle.x, middle.y + 14.0);
    ui.painter().text(at, centre, "Add a view", font, look.text);
    if response.has_focus() {
        let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        ui.painter().rect_stroke(place, look.corners_large(), stroke, StrokeKind::Outside);
    }
    if response.clicked() {
        commands.push(Command::Go(Place::Explore));
    }
}
