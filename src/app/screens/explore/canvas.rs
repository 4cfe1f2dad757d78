//! The picture of a view, to be moved, enlarged, pointed at and walked through with the keys.
//!
//! It paints the last scene that was laid out and asks for the next one. Every node is a button to
//! the keyboard and to a screen reader.

use egui::emath::TSTransform;
use egui::{
    Align2, EventFilter, Id, Key, LayerId, Order, Painter, Pos2, Rect, Response, Role,
    Scene as Pan, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::{ICON_ADD, ICON_FIT_SCREEN, ICON_REMOVE};

use super::facts::NodeFacts;
use super::map::{self, Motion, Wish};
use super::node_menu;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::{self, Look};
use crate::app::widgets::icon_button;
use crate::app::worker::{Drawing, Slot, Style, Worker};
use crate::draw::tokens::tokens;
use crate::draw::{
    FlowPicture, MapItem, MapPicture, Scene, Target, TargetKind, Weight, map_node_id, paint, words,
};
use crate::views::{Flow, Kind, LabelKind, View};

/// Where the picture was moved to.
#[derive(Default)]
pub struct Canvas {
    /// From the scene to points beside the canvas' corner; `None` shows all of it.
    moved: Option<TSTransform>,
    /// Show all of a map, however small, instead of as much as can be read.
    fits: bool,
    /// The view, and of a map the activity it is about: whoever goes to another begins anew.
    about: (Kind, Option<String>),
    motion: Motion,
    /// What is covered by what stands in the corner of a map.
    covered: Option<Rect>,
    /// What was painted last, from the scene to points beside the corner, and how much room it had.
    now: TSTransform,
    size: Vec2,
    hovered: Option<String>,
    /// Give this node the keyboard as soon as it is there.
    focus: Option<String>,
}

/// A column is never narrower than this, so that names can be read.
const COLUMN: f32 = 104.0;
pub const ZOOM: std::ops::RangeInclusive<f32> = 0.1..=6.0;
/// The words of a map are not shown smaller than this at first, so that they can be read.
const READABLE: f32 = 7.0;

impl Canvas {
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &mut State,
        worker: &Worker,
        commands: &mut Vec<Command>,
    ) {
        let size = ui.available_size();
        let (mut response, painter) = ui.allocate_painter(size, Sense::click_and_drag());
        let name = state.shown.as_ref().map_or("Picture", |shown| words::kind(shown.view.view()));
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, name));
        self.want(ui, state, worker, response.rect.size());
        let question = state.question.now();
        let about = (question.kind, question.sliders.around.clone());
        if response.double_clicked() || about != self.about {
            self.about = about;
            self.moved = None;
            self.fits = false;
        }
        let Some(drawn) = &state.canvas.drawn else { return };
        let scene = drawn.scene.clone();
        let corner = TSTransform::from_translation(response.rect.min.to_vec2());
        let style = &drawn.drawing.style;
        let whole = whole(&scene, response.rect.size(), style, self.fits);
        let is_map = matches!(style, Style::Map(_));
        let mut to_screen = corner * self.moved.unwrap_or(whole);
        let before = to_screen;
        Pan::new().zoom_range(ZOOM).register_pan_and_zoom(ui, &mut response, &mut to_screen);
        if to_screen != before {
            self.moved = Some(corner.inverse() * to_screen);
        }
        let (painted, place) = self.motion.frame(ui, &scene, to_screen, state.map().is_some());
        paint::paint(&painted, &painter, place);
        if response.clicked() {
            let pointer = response.interact_pointer_pos().filter(|_| state.map().is_some());
            let hit = pointer.and_then(|at| scene.target_at((to_screen.inverse() * at).into()));
            let hit = hit.filter(|target| target.kind != TargetKind::Exit);
            let selected = hit.map(|target| target.id.clone());
            if selected != state.selected {
                commands.push(Command::Select(selected));
            }
        }
        self.nodes_ui(ui, &scene, state, to_screen, &response, &painter, commands);
        self.covered = None;
        if is_map {
            let has_mini_map = state.question.now().map_look.mini_map;
            let selected = state.selected.as_deref();
            let (covered, wish) =
                map::overview_ui(ui, &scene, to_screen, response.rect, has_mini_map, selected);
            self.covered = Some(covered);
            match wish {
                Some(Wish::Whole) => (self.moved, self.fits) = (None, true),
                Some(Wish::To(place)) => self.moved = Some(corner.inverse() * place),
                None => {}
            }
        }
        self.hover_ui(ui, &scene, state, to_screen, &response);
        self.size = response.rect.size();
        self.now = corner.inverse() * to_screen;
    }

    fn want(&self, ui: &Ui, state: &mut State, worker: &Worker, size: Vec2) {
        let Some(shown) = state.shown.clone() else { return };
        let theme = Look::of(ui).theme;
        let pointed_at = self.hovered.clone().or_else(|| state.selected.clone());
        let question = state.question.now();
        let style = match shown.view.view() {
            _ if state.is_difference() => Style::Difference(theme),
            _ if state.is_together() => Style::Together(theme),
            View::Flow(flow) => {
                let columns = super::facts::steps(flow).len();
                Style::Flow(FlowPicture {
                    width: size.x.max(48.0 + COLUMN * columns as f32).round(),
                    height: size.y.max(shown.height.min(size.y * 1.5)).round(),
                    theme,
                    traced: pointed_at,
                    drop_off: question.drop_off,
                })
            }
            view if question.kind == Kind::Map && !view.parts().is_empty() => {
                Style::Map(MapPicture {
                    theme,
                    activities: question.sliders.activities,
                    paths: question.sliders.paths,
                    around: question.sliders.around.clone(),
                    selected: pointed_at,
                    times: question.map.times,
                    loops: question.map_look.loops,
                    ends: question.map_look.ends,
                    ..MapPicture::default()
                })
            }
            _ => Style::Plain(theme),
        };
        state.want(Drawing { slot: Slot::Canvas, shown, style }, worker);
    }

    #[expect(clippy::too_many_arguments, reason = "one frame of one canvas")]
    fn nodes_ui(
        &mut self,
        ui: &Ui,
        scene: &Scene,
        state: &State,
        to_screen: TSTransform,
        canvas: &Response,
        painter: &Painter,
        commands: &mut Vec<Command>,
    ) {
        let look = Look::of(ui);
        let selectable = state
            .shown
            .as_ref()
            .is_some_and(|shown| matches!(shown.view.view(), View::Flow(_) | View::Map(_)));
        let has_paths = state.map().is_some();
        for target in &scene.targets {
            let is_button = match target.kind {
                TargetKind::Node => selectable,
                TargetKind::Edge => has_paths,
                TargetKind::Exit => false,
            };
            if is_button {
                continue;
            }
            // What cannot be selected is there for screen readers.
            let rect = area(to_screen, target.rect).intersect(canvas.rect);
            if rect.is_positive() {
                let mark = ui.interact(rect, canvas.id.with(&target.id), Sense::hover());
                mark.widget_info(|| WidgetInfo::labeled(Role::Label, true, &target.name));
            }
        }
        if !selectable {
            return;
        }
        for target in scene.targets.iter().filter(|target| target.kind == TargetKind::Node) {
            let bar = area(to_screen, target.rect);
            if self.focus.as_ref() == Some(&target.id) && !canvas.rect.contains_rect(bar) {
                // What is walked to comes into sight.
                let by = canvas.rect.center() - bar.center() - canvas.rect.min.to_vec2();
                self.moved = Some(TSTransform::from_translation(by) * to_screen);
                ui.ctx().request_repaint();
            }
            let touch = bar.expand2(vec2(3.0, 1.0)).intersect(canvas.rect);
            if !touch.is_positive() {
                continue;
            }
            let id = canvas.id.with(&target.id);
            if let Some(label) = target.label {
                let label = area(to_screen, label).intersect(canvas.rect);
                if label.is_positive()
                    && ui.interact(label, id.with("label"), Sense::click()).clicked()
                {
                    commands.push(Command::Select(Some(target.id.clone())));
                }
            }
            let node = ui.interact(touch, id, Sense::click());
            let selected = state.selected.as_ref() == Some(&target.id);
            node.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &target.name));
            if self.focus.as_ref() == Some(&target.id) {
                node.request_focus();
                self.focus = None;
            }
            if node.clicked() {
                commands.push(Command::Select(Some(target.id.clone())));
                node.request_focus();
            }
            let flow_node =
                state.flow().and_then(|flow| flow.nodes.iter().find(|node| node.id == target.id));
            if let Some(flow_node) = flow_node {
                node_menu::ui(&node, flow_node, state, commands);
            }
            if node.has_focus() {
                self.keys(ui, id, target, state, commands);
            }
            if has_paths {
                node.context_menu(|ui| map::menu_ui(ui, state, target, commands));
            }
            if selected || node.has_focus() {
                let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
                let ring = bar.expand(2.0);
                painter.rect_stroke(ring, look.corners_small(), stroke, StrokeKind::Outside);
            }
        }
        if has_paths {
            let next = paths_ui(ui, scene, state, to_screen, canvas, painter, commands);
            if let Some(next) = next {
                self.focus = Some(next.clone());
                commands.push(Command::Select(Some(next)));
            }
        }
    }

    /// Arrows walk from node to node, Enter starts the flow at one.
    fn keys(
        &mut self,
        ui: &Ui,
        id: Id,
        target: &Target,
        state: &State,
        commands: &mut Vec<Command>,
    ) {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
        let pressed = |key| ui.input(|input| input.key_pressed(key));
        let next = [
            (Key::ArrowUp, Walk::Up),
            (Key::ArrowDown, Walk::Down),
            (Key::ArrowLeft, Walk::Earlier),
            (Key::ArrowRight, Walk::Later),
        ]
        .into_iter()
        .find(|(key, _)| pressed(*key))
        .and_then(|(_, walk)| match state.flow() {
            Some(flow) => neighbour(flow, state, &target.id, walk),
            None => nearest(state, target, walk),
        });
        if let Some(next) = next {
            self.focus = Some(next.clone());
            commands.push(Command::Select(Some(next)));
        }
        // Space, which also presses a button, selects the node.
        if pressed(Key::Enter)
            && let Some(flow) = state.flow()
            && let Some(node) = flow.nodes.iter().find(|node| node.id == target.id)
            && node.kind == LabelKind::Label
            && state.selected.as_ref() == Some(&target.id)
        {
            commands.push(Command::StartAt(node.label.clone()));
        }
    }

    fn hover_ui(
        &mut self,
        ui: &Ui,
        scene: &Scene,
        state: &State,
        to_screen: TSTransform,
        canvas: &Response,
    ) {
        let at = ui.input(|input| input.pointer.hover_pos());
        let at = at.filter(|at| {
            canvas.rect.contains(*at)
                && !self.covered.is_some_and(|covered| covered.contains(*at))
                && ui.ctx().layer_id_at(*at) == Some(canvas.layer_id)
                && !ui.input(|input| input.pointer.any_down())
        });
        let target = at.and_then(|at| scene.target_at((to_screen.inverse() * at).into()));
        let is_traced = |target: &&Target| target.kind == TargetKind::Node || state.map().is_some();
        let node = target.filter(is_traced);
        let hovered = node.map(|node| node.id.clone());
        if hovered != self.hovered {
            self.hovered = hovered;
            ui.ctx().request_repaint();
        }
        let (Some(at), Some(target)) = (at, target) else { return };
        if target.kind == TargetKind::Node {
            ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        }
        if node.is_none() {
            // Those of a map are laid out anew with what is pointed at.
            mark(&ui.painter().with_clip_rect(canvas.rect), to_screen, target, Look::of(ui));
        }
        let facts = state.flow().and_then(|flow| NodeFacts::of(flow, &target.id));
        let bar = area(to_screen, target.rect);
        let beside = match (&facts, target.label) {
            (Some(_), Some(label)) => {
                pos2(area(to_screen, label).right() + 12.0, bar.center().y + 14.0)
            }
            (Some(_), None) => pos2(bar.right() + 12.0, bar.center().y + 14.0),
            (None, _) => at + vec2(14.0, 18.0),
        };
        tooltip(ui, canvas.rect, beside, target, facts.as_ref());
    }

    /// How large a point of the scene is.
    pub fn zoom(&self) -> f32 {
        self.now.scaling
    }

    /// Minus, fit and plus, in a row that runs from right to left.
    pub fn zoom_ui(&mut self, ui: &mut Ui) {
        let zoomed = |by: f32| {
            let centre = (self.now.inverse() * (self.size / 2.0).to_pos2()).to_vec2();
            let next = self.now
                * TSTransform::from_translation(centre)
                * TSTransform::from_scaling(by)
                * TSTransform::from_translation(-centre);
            Some(next).filter(|next| ZOOM.contains(&next.scaling))
        };
        let (larger, smaller) = (zoomed(1.25), zoomed(1.0 / 1.25));
        if icon_button(ui, ICON_ADD, "Larger", larger.is_some()).clicked() {
            self.moved = larger.or(self.moved);
        }
        if icon_button(ui, ICON_FIT_SCREEN, "Fit", true).clicked() {
            self.moved = None;
        }
        if icon_button(ui, ICON_REMOVE, "Smaller", smaller.is_some()).clicked() {
            self.moved = smaller.or(self.moved);
        }
    }
}

/// Paths as buttons, where their figures stand or in their middle. A pointer may also touch them
/// anywhere else along their way. Gives the node that arrows lead to.
fn paths_ui(
    ui: &Ui,
    scene: &Scene,
    state: &State,
    to_screen: TSTransform,
    canvas: &Response,
    painter: &Painter,
    commands: &mut Vec<Command>,
) -> Option<String> {
    let mut next = None;
    let look = Look::of(ui);
    // What has no figures is last, and so over those of others.
    for has_figures in [true, false] {
        for target in &scene.targets {
            if target.kind != TargetKind::Edge || target.label.is_some() != has_figures {
                continue;
            }
            let spot = match target.label {
                Some(label) => area(to_screen, label),
                None => Rect::from_center_size(middle(to_screen, target), Vec2::splat(4.0)),
            };
            let touch = spot.intersect(canvas.rect);
            if !touch.is_positive() {
                continue;
            }
            let id = canvas.id.with(&target.id);
            let path = ui.interact(touch, id, Sense::click());
            let is_on = state.selected.as_ref() == Some(&target.id);
            path.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, &target.name));
            if path.clicked() {
                commands.push(Command::Select(Some(target.id.clone())));
                path.request_focus();
            }
            if path.has_focus() {
                next = next.or(end_of(ui, id, state, target));
                let stroke = Stroke::new(look.tokens.stroke.focus, look.focus_ring);
                let ring = spot.expand(2.0);
                painter.rect_stroke(ring, look.corners_small(), stroke, StrokeKind::Outside);
            }
        }
    }
    next
}

/// The node at that end of a path to which an arrow leads.
fn end_of(ui: &Ui, id: Id, state: &State, target: &Target) -> Option<String> {
    let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
    let Some(MapItem::Edge(edge)) = MapItem::of(state.map()?, &target.id) else { return None };
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let back = pressed(Key::ArrowLeft).then_some(&edge.from);
    let label = back.or(pressed(Key::ArrowRight).then_some(&edge.to))?;
    Some(map_node_id(label))
}

/// The picture as it is shown at first, never enlarged, in the middle of the width that is left.
fn whole(scene: &Scene, size: Vec2, style: &Style, fits: bool) -> TSTransform {
    let wide = (size.x / scene.width).min(1.0);
    let scale = match style {
        Style::Map(_) => return whole_map(scene, size, fits),
        // A list goes on below the edge rather than being too small to be read.
        Style::Plain(_) | Style::Difference(_) | Style::Together(_) | Style::Chart(_) => wide,
        Style::Flow(_) => wide.min(size.y / scene.height),
    };
    TSTransform::new(vec2((size.x - scene.width * scale).max(0.0) / 2.0, 0.0), scale)
}

/// A map is in the middle of the room beside or over its buttons, whichever is larger. One that could
/// not be read is shown about its most frequent activity, unless all of it is asked for.
fn whole_map(scene: &Scene, size: Vec2, fits: bool) -> TSTransform {
    let [buttons, mini_map] = map::covered();
    let scene_size = vec2(scene.width, scene.height);
    let scale_in = |room: Rect| (room.size() / scene_size).min_elem().min(1.0);
    let beside = Rect::from_min_max(pos2(buttons.x, 0.0), size.to_pos2());
    let over = Rect::from_min_size(Pos2::ZERO, vec2(size.x, size.y - buttons.y));
    let room = if scale_in(over) > scale_in(beside) { over } else { beside };
    let readable = READABLE / tokens().text.small.size;
    if fits || scale_in(room) >= readable {
        let scale = scale_in(room).max(*ZOOM.start());
        return TSTransform::new((room.center() - scene_size * scale / 2.0).to_vec2(), scale);
    }
    let first = scene.targets.iter().find(|target| target.kind == TargetKind::Node);
    let centre = first.map_or(Pos2::ZERO, |node| area(TSTransform::IDENTITY, node.rect).center());
    let along = |room: f32, whole: f32, centre: f32| {
        let spare = room - whole * readable;
        if spare >= 0.0 { spare / 2.0 } else { (room / 2.0 - centre * readable).clamp(spare, 0.0) }
    };
    // Where not all of its height or width is needed, it is clear of the small one in the corner.
    let over = size.y - mini_map.y;
    let is_over = scene.height * readable <= over;
    let height = if is_over { over } else { size.y };
    let mut corner =
        vec2(along(size.x, scene.width, centre.x), along(height, scene.height, centre.y));
    let spare = size.x - scene.width * readable;
    if !is_over && spare > 0.0 {
        corner.x = f32::midpoint(spare, mini_map.x).min(spare);
    }
    TSTransform::new(corner, readable)
}

/// Shows which ribbon is pointed at, over all that lies on it. Its outline is as many points along
/// one side as back along the other.
fn mark(painter: &Painter, to_screen: TSTransform, target: &Target, look: &Look) {
    let points: Vec<Pos2> = target.outline.iter().map(|[x, y]| to_screen * pos2(*x, *y)).collect();
    let fill = look.accent.gamma_multiply(0.25);
    let mut mesh = egui::Mesh::default();
    for (one, other) in points.iter().zip(points.iter().rev()).take(points.len() / 2) {
        let first = mesh.vertices.len() as u32;
        mesh.colored_vertex(*one, fill);
        mesh.colored_vertex(*other, fill);
        if first > 0 {
            mesh.add_triangle(first - 2, first - 1, first);
            mesh.add_triangle(first - 1, first, first + 1);
        }
    }
    painter.add(mesh);
    painter.add(egui::Shape::closed_line(points, Stroke::new(1.0, look.accent)));
}

/// The middle of a path on the screen: between both sides of its outline, half the way along.
fn middle(to_screen: TSTransform, target: &Target) -> Pos2 {
    let points = &target.outline;
    let half = points.len() / 2;
    if half < 2 {
        return area(to_screen, target.rect).center();
    }
    let [a, b] = [points[half / 2], points[points.len() - 1 - half / 2]];
    to_screen * pos2(f32::midpoint(a[0], b[0]), f32::midpoint(a[1], b[1]))
}

pub fn area(to_screen: TSTransform, [x, y, width, height]: [f32; 4]) -> Rect {
    to_screen * Rect::from_min_size(pos2(x, y), vec2(width, height))
}

#[derive(Clone, Copy)]
enum Walk {
    Up,
    Down,
    Earlier,
    Later,
}

/// The node that an arrow leads to: up and down in the column as it is drawn, left and right along
/// the widest ribbon.
fn neighbour(flow: &Flow, state: &State, id: &str, walk: Walk) -> Option<String> {
    match walk {
        Walk::Earlier | Walk::Later => {
            let facts = NodeFacts::of(flow, id)?;
            let list = if matches!(walk, Walk::Earlier) { facts.came_from } else { facts.went_to };
            list.first().map(|neighbour| neighbour.node.id.clone())
        }
        Walk::Up | Walk::Down => {
            let scene = &state.canvas.drawn.as_ref()?.scene;
            let here = scene.target(id)?;
            let beyond = |target: &&Target| {
                target.kind == TargetKind::Node
                    && (target.rect[0] - here.rect[0]).abs() < 1.0
                    && match walk {
                        Walk::Up => target.rect[1] < here.rect[1],
                        _ => target.rect[1] > here.rect[1],
                    }
            };
            let distance = |target: &&Target| (target.rect[1] - here.rect[1]).abs();
            scene
                .targets
                .iter()
                .filter(beyond)
                .min_by(|a, b| distance(a).total_cmp(&distance(b)))
                .map(|target| target.id.clone())
        }
    }
}

/// The nearest node in a direction, as it is drawn.
fn nearest(state: &State, from: &Target, walk: Walk) -> Option<String> {
    let centre = |target: &Target| {
        let [x, y, width, height] = target.rect;
        vec2(x + width / 2.0, y + height / 2.0)
    };
    let scene = &state.canvas.drawn.as_ref()?.scene;
    let here = centre(from);
    let distance = |target: &&Target| {
        let way = centre(target) - here;
        let (along, across) = match walk {
            Walk::Up => (-way.y, way.x),
            Walk::Down => (way.y, way.x),
            Walk::Earlier => (-way.x, way.y),
            Walk::Later => (way.x, way.y),
        };
        (along > 1.0).then(|| along + 2.0 * across.abs())
    };
    let nodes = scene.targets.iter().filter(|target| target.kind == TargetKind::Node);
    let near = nodes.filter_map(|target| Some((distance(&target)?, target)));
    near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, target)| target.id.clone())
}

/// A dark plate beside what is pointed at, inside the canvas.
fn tooltip(ui: &Ui, canvas: Rect, at: Pos2, target: &Target, facts: Option<&NodeFacts<'_>>) {
    let look = Look::of(ui);
    let layer = LayerId::new(Order::Tooltip, Id::unique("flow tooltip"));
    let painter = ui.ctx().layer_painter(layer);
    let lay = |words: String, font, ink| painter.layout(words, font, ink, 288.0 - 24.0);
    let small = theme::small(Weight::Regular);
    let (lines, step) = match facts {
        Some(facts) => (
            vec![
                lay(facts.node.label.clone(), theme::body(Weight::SemiBold), look.tooltip_text),
                lay(
                    format!("{}, {} of this step", facts.people(), facts.share()),
                    theme::small(Weight::Medium),
                    look.tooltip_text,
                ),
                lay(facts.story(), small.clone(), look.tooltip_weak),
            ],
            Some(painter.layout_no_wrap(facts.step(), small, look.tooltip_weak)),
        ),
        None => (vec![lay(target.name.clone(), small, look.tooltip_text)], None),
    };
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    // What is said of a ribbon covers no more than its words need.
    let width = match facts {
        Some(_) => 288.0,
        None => lines.iter().map(|line| line.size().x).fold(0.0, f32::max) + 24.0,
    };
    let gap = 6.0;
    let height = 24.0
        + lines.iter().map(|line| line.size().y).sum::<f32>()
        + gap * (lines.len().saturating_sub(1)) as f32;
    let mut plate = Rect::from_min_size(at, vec2(width, height));
    if plate.right() > canvas.right() - 8.0 {
        // Left of the bar, or of the pointer, rather than over it.
        let left = at.x - width - if facts.is_some() { 130.0 } else { 28.0 };
        plate = plate.translate(vec2(left - plate.left(), 0.0));
    }
    let low = canvas.shrink(8.0);
    let into =
        |value: f32, from: f32, to: f32| if to > from { value.clamp(from, to) } else { from };
    let x = into(plate.left(), low.left(), low.right() - width);
    let y = into(plate.top(), low.top(), low.bottom() - height);
    let plate = Rect::from_min_size(pos2(x, y), plate.size());
    let shadow = ui.visuals().popup_shadow.as_shape(plate, look.corners_large());
    painter.add(shadow);
    painter.rect_filled(plate, look.corners_large(), look.tooltip);
    if let Some(step) = step {
        let at = pos2(plate.right() - 12.0 - step.size().x, plate.top() + 13.0);
        painter.galley(at, step, look.tooltip_weak);
    }
    let mut y = plate.top() + 12.0;
    for line in lines {
        let height = line.size().y;
        painter.galley(pos2(plate.left() + 12.0, y), line, look.tooltip_text);
        y += height + gap;
    }
}

/// What stands in the place of a picture that cannot be shown.
pub fn empty(ui: &Ui, rect: Rect, words: &str) {
    let look = Look::of(ui);
    let font = theme::body(Weight::Regular);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, font, look.text_weak);
}
