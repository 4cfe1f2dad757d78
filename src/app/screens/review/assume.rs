//! Attack again: who attacks, and what they know besides the numbers.

use egui::{Ui, WidgetInfo};
use egui_material_icons::icons::{ICON_ADD, ICON_CLOSE};

use crate::app::command::Command;
use crate::app::state::{Assumed, Assumes, Review, Reviewing, State};
use crate::app::theme::Look;
use crate::app::widgets::{
    Button, Tone, card, check, choice, field, icon_button, pick_from, picker, segmented, stripe,
    text,
};
use crate::app::worker::sentence;
use crate::draw::text::{number, shorten};
use crate::draw::words;
use crate::release::{Difference, Published, Spot};

/// What is being chosen and typed.
#[derive(Default)]
pub struct Typed {
    spot: Option<Spot>,
    count: String,
    error: Option<String>,
}

const WHO: [(Assumes, &str); 4] = [
    (Assumes::Nothing, "Anybody"),
    (Assumes::OneGroup, "Insiders too"),
    (Assumes::Person, "Knows one person"),
    (Assumes::Numbers, "Knows a number"),
];

/// Narrower, the four stand in a list.
const ROOM_FOR_ALL: f32 = 500.0;

pub fn ui(ui: &mut Ui, typed: &mut Typed, state: &State, commands: &mut Vec<Command>) {
    let review = &state.review;
    let assumed = &review.assumed;
    let mut change = |assumed: Assumed| commands.push(Reviewing::Assume(Box::new(assumed)).into());
    let mut is_closed = false;
    let mut attacks = false;
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        ui.horizontal(|ui| {
            text::heading(ui, "Attack again");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                is_closed = icon_button(ui, ICON_CLOSE, "Close the attack", true).clicked();
            });
        });
        let picked = if ui.available_width() < ROOM_FOR_ALL {
            let options = WHO.map(|(who, words)| (who, words.to_owned()));
            choice(ui, "Who attacks", &options, assumed.assumes, 220.0)
        } else {
            segmented(ui, "Who attacks", &WHO, assumed.assumes)
        };
        if let Some(assumes) = picked {
            typed.error = None;
            change(Assumed { assumes, ..assumed.clone() });
        }
        text::small(ui, described(assumed.assumes));
        match assumed.assumes {
            Assumes::Nothing | Assumes::OneGroup => {}
            Assumes::Person => {
                path_ui(ui, review, &mut change);
                values_ui(ui, review, &mut change);
            }
            Assumes::Numbers => numbers_ui(ui, typed, review, &mut change),
        }
        if check(ui, "Ten times as many steps", assumed.patient).clicked() {
            change(Assumed { patient: !assumed.patient, ..assumed.clone() });
        }
        ui.horizontal_wrapped(|ui| {
            let lacks = assumed.lacks();
            let attack = Button::new("Attack").filled().enabled(lacks.is_none()).ui(ui);
            attacks = attack.clicked() && lacks.is_none();
            let several = review.compared().len() > 1;
            let of = if several {
                "All packages that are compared are attacked together."
            } else {
                "The numbers of this package are attacked together."
            };
            text::small(ui, lacks.unwrap_or(of));
        });
    });
    if attacks {
        commands.push(Reviewing::Attack.into());
    }
    if is_closed {
        commands.push(Reviewing::AskAttack(false).into());
    }
}

fn described(assumes: Assumes) -> &'static str {
    match assumes {
        Assumes::Nothing => "Knows what is published and what the numbers mean, and nothing else.",
        Assumes::OneGroup => {
            "Is in one of the groups that are not shown, or knows how many are. Before a release both \
             kinds have attacked already."
        }
        Assumes::Person => {
            "Knows everything that one of the people did, step by step. That person is taken from \
             every number she counts in; what is left is about the others."
        }
        Assumes::Numbers => {
            "Knows some of the published numbers as they were before they were rounded: a total that \
             was in the papers, the people of a department."
        }
    }
}

/// A word with a cross behind it.
fn chip(ui: &mut Ui, words: &str, remove: String) -> bool {
    Button::new(&shorten(words, 40)).small().after(ICON_CLOSE).named(remove).ui(ui).clicked()
}

fn path_ui(ui: &mut Ui, review: &Review, change: &mut dyn FnMut(Assumed)) {
    let assumed = &review.assumed;
    let path = &assumed.person.path;
    text::small_heading(ui, "What that person did");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let mut left_out = None;
        for (at, step) in path.iter().enumerate() {
            let words = format!("{}. {}", at + 1, words::name(step));
            if chip(ui, &words, format!("Take step {words} away")) {
                left_out = Some(at);
            }
        }
        if let Some(at) = left_out {
            let mut next = assumed.clone();
            next.person.path.remove(at);
            change(next);
        }
        let mut labels: Vec<&String> = review.known(|it| &it.labels).collect();
        labels.sort();
        labels.dedup();
        let names: Vec<String> = labels.iter().map(|label| words::name(label)).collect();
        let add = Button::new("Step").small().icon(ICON_ADD).named("Add a step of that person");
        let add = add.ui(ui);
        if let Some(at) = pick_from(ui, &add, "Steps", &names) {
            let mut next = assumed.clone();
            next.person.path.push(labels[at].clone());
            change(next);
        }
    });
}

/// What is known of attributes, where the packages tell people apart by them.
fn values_ui(ui: &mut Ui, review: &Review, change: &mut dyn FnMut(Assumed)) {
    let assumed = &review.assumed;
    let mut values: Vec<_> = review.known(|it| &it.values).collect();
    values.sort();
    values.dedup();
    if values.is_empty() {
        return;
    }
    text::small_heading(ui, "Who that person is");
    ui.horizontal_wrapped(|ui| {
        for value in values {
            let on = assumed.person.values.contains(value);
            let words =
                format!("{} is {}", words::name(&value.attribute), words::name(&value.value));
            if check(ui, &words, on).clicked() {
                let mut next = assumed.clone();
                // One value of each attribute.
                next.person.values.retain(|own| own.attribute != value.attribute);
                if !on {
                    next.person.values.push(value.clone());
                }
                change(next);
            }
        }
    });
}

fn numbers_ui(ui: &mut Ui, typed: &mut Typed, review: &Review, change: &mut dyn FnMut(Assumed)) {
    let assumed = &review.assumed;
    let all: Vec<(Spot, &Published)> = review.published().collect();
    let named = |spot: Spot, it: &Published| {
        let package = review.name_of(spot.package).map_or_else(String::new, |it| format!("{it}, "));
        format!("{package}{}: {}, {}", it.view, it.words, number(it.count))
    };
    for (at, (spot, count)) in assumed.numbers.iter().enumerate() {
        let Some((_, it)) = all.iter().find(|(own, _)| own == spot) else { continue };
        ui.horizontal(|ui| {
            let name = named(*spot, it);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let remove = format!("Take {} away", it.words);
                if icon_button(ui, ICON_CLOSE, &remove, true).clicked() {
                    let mut next = assumed.clone();
                    next.numbers.remove(at);
                    change(next);
                }
                text::emphasis(ui, format!("was {}", number(*count)));
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    text::body_cut(ui, name);
                });
            });
        });
    }
    let chosen = typed.spot.and_then(|spot| all.iter().find(|(own, _)| *own == spot));
    let names: Vec<String> = all.iter().map(|(spot, it)| named(*spot, it)).collect();
    let shown = chosen.map_or_else(|| "Choose a number".to_owned(), |(spot, it)| named(*spot, it));
    let width = ui.available_width().min(560.0);
    if let Some(at) = picker(ui, "A published number", &shown, &names, width) {
        typed.spot = Some(all[at].0);
        typed.error = None;
    }
    let mut is_added = false;
    ui.horizontal_wrapped(|ui| {
        let name = "How many it was before rounding";
        let entered = field(ui, name, &mut typed.count, "exact count", 120.0);
        let by_key = entered.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if entered.changed() {
            typed.error = None;
        }
        let can = chosen.is_some() && !typed.count.trim().is_empty();
        let add = Button::new("Add").named("Add the known number").enabled(can).ui(ui);
        is_added = can && (add.clicked() || by_key);
        if let Some((least, most)) = chosen.and_then(|(_, it)| it.range) {
            text::small(ui, format!("It was {} to {}.", number(least), number(most)));
        }
    });
    if let (true, Some((spot, it))) = (is_added, chosen) {
        let digits: String = typed.count.chars().filter(|letter| !letter.is_whitespace()).collect();
        match digits.parse::<u64>() {
            Err(_) => typed.error = Some("Type a whole number of people.".to_owned()),
            Ok(count) => {
                if let Err(why) = it.admits(count) {
                    typed.error = Some(sentence(&why.to_string()));
                } else {
                    let mut next = assumed.clone();
                    next.numbers.retain(|(own, _)| own != spot);
                    next.numbers.push((*spot, count));
                    change(next);
                    *typed = Typed::default();
                }
            }
        }
    }
    if let Some(error) = &typed.error {
        stripe(ui, Tone::Danger, error, "", |_| {});
    }
}

/// A difference as a line to read: a number, without another, and what is left.
pub fn sum_ui(ui: &mut Ui, difference: &Difference, who: &dyn Fn(usize) -> String) {
    let look = Look::of(ui);
    let strip = egui::Frame::new().fill(look.sunken).corner_radius(look.corners_small());
    let Difference { whole, part, most } = difference;
    let shown = strip.inner_margin(egui::Margin::symmetric(16, 10)).show(ui, |ui| {
        ui.take_available_width();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(8.0, 4.0);
            for (one, sign) in [(whole, ""), (part, "−")] {
                if !sign.is_empty() {
                    text::body(ui, sign);
                }
                text::small(ui, format!("{}{}", who(one.package), shorten(&one.words, 40)));
                text::heading(ui, number(one.count));
            }
            text::body(ui, "=");
            text::small_in(ui, format!("1 to {most} people"), look.danger);
        });
    });
    let said = format!(
        "{} {} without {} {} leaves 1 to {most} people",
        whole.words,
        number(whole.count),
        part.words,
        number(part.count)
    );
    let row = ui.interact(shown.response.rect, ui.scope_id().with("sum"), egui::Sense::hover());
    row.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &said));
}
