//! One of many: a list that opens under a button and is searched by typing.

use egui::{Id, Key, Modifiers, Popup, PopupCloseBehavior, Response, ScrollArea, Ui};

use super::choice::{closed, row};
use super::{field, text};
use crate::app::theme::Look;

/// The list is at least this wide.
const WIDTH: f32 = 240.0;
const SEEN: f32 = 10.0;

/// What the list keeps while it is open.
#[derive(Clone, Default)]
struct Search {
    sought: String,
    /// The row that Enter takes, counted from the first that fits.
    at: usize,
    is_open: bool,
}

/// A field that shows what is chosen and opens the list. Gives the place of what was picked.
pub fn picker(
    ui: &mut Ui,
    name: &str,
    shown: &str,
    options: &[String],
    width: f32,
) -> Option<usize> {
    let button = closed(ui, name, shown, width, Look::of(ui));
    pick_from(ui, &button, name, options)
}

/// The list under any button.
pub fn pick_from(ui: &Ui, button: &Response, name: &str, options: &[String]) -> Option<usize> {
    let id = button.id.with("search");
    let mut picked = None;
    let width = button.rect.width().max(WIDTH);
    let opened = Popup::menu(button)
        .gap(4.0)
        .width(width)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(name)
        .show(|ui| {
            picked = list_ui(ui, id, name, options, width);
            if picked.is_some() {
                ui.close();
            }
        });
    if opened.is_none() || picked.is_some() {
        ui.data_mut(|data| data.remove::<Search>(id));
    }
    picked
}

fn list_ui(ui: &mut Ui, id: Id, name: &str, options: &[String], width: f32) -> Option<usize> {
    let look = Look::of(ui);
    let mut search: Search = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let typed = field(ui, &format!("Search: {name}"), &mut search.sought, "Search", width - 18.0);
    if !search.is_open {
        search.is_open = true;
        typed.request_focus();
    }
    if typed.changed() {
        search.at = 0;
    }
    let sought = search.sought.trim().to_lowercase();
    let fitting: Vec<usize> = (0..options.len())
        .filter(|at| sought.is_empty() || options[*at].to_lowercase().contains(&sought))
        .collect();
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::ArrowDown) {
            search.at += 1;
        }
        if input.consume_key(Modifiers::NONE, Key::ArrowUp) {
            search.at = search.at.saturating_sub(1);
        }
    });
    search.at = search.at.min(fitting.len().saturating_sub(1));
    let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let mut picked = fitting.get(search.at).copied().filter(|_| entered);
    if fitting.is_empty() {
        text::small(ui, "Nothing is called like this.");
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let height = look.tokens.control.row_dense;
    ScrollArea::vertical().max_height(SEEN * height).show_rows(
        ui,
        height,
        fitting.len(),
        |ui, range| {
            for place in range {
                let at = fitting[place];
                if row(ui, &options[at], place == search.at, look).clicked() {
                    picked = Some(at);
                }
            }
        },
    );
    ui.data_mut(|data| data.insert_temp(id, search));
    picked
}
