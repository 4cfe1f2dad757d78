//! The reviewer's own part: what no program can check, a comment, and the signature.

use egui::{Align, Frame, Layout, Margin, Response, Ui};

use crate::app::command::Command;
use crate::app::state::{Asked, Received, Reviewing, State};
use crate::app::theme::{self, Look};
use crate::app::widgets::{
    Button, Tone, check, divider, field, secret_field_with, stripe, text, text_field,
};
use crate::app::worker::Examined;
use crate::draw::Weight;
use crate::draw::text::number;
use crate::release::{Choice, Point, Signed};

pub fn ui(ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
    Frame::new().inner_margin(Margin::same(16)).show(ui, |ui| {
        ui.take_available_width();
        ui.spacing_mut().item_spacing.y = 6.0;
        let Some(received) = state.review.received() else { return };
        let Some(examined) = received.ready() else { return };
        text::title(ui, "Your judgement");
        decided_ui(ui, received);
        points_ui(ui, received, commands);
        section(ui);
        comment_ui(ui, received, commands);
        ui.add_space(6.0);
        let examined = std::sync::Arc::clone(examined);
        sign_ui(ui, state, commands);
        section(ui);
        facts_ui(ui, &examined);
    });
}

/// Yes or no, and why not.
pub fn decide_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = 8.0;
    let half = (ui.available_width() - 8.0) / 2.0;
    let (blocked, unsignable) = (state.review.blocked(), state.review.not_signable());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let reject = Button::new("Reject").large().width(half).enabled(unsignable.is_none());
        if reject.ui(ui).clicked() && unsignable.is_none() {
            commands.push(Reviewing::Decide(Choice::Rejected).into());
        }
        let approve = Button::new("Approve").filled().large().width(half);
        let pressed = approve.enabled(blocked.is_none()).ui(ui).clicked();
        if pressed && blocked.is_none() {
            commands.push(Reviewing::Decide(Choice::Approved).into());
        }
    });
    let why = blocked.unwrap_or_default();
    text::small(ui, format!("{why} A signature cannot be undone.").trim());
    let Some(received) = state.review.received() else { return };
    if let Some(error) = &received.error {
        let error = crate::app::worker::sentence(error);
        stripe(ui, Tone::Danger, &error, "Nothing was written.", |_| {});
    }
    if let Some((choice, path)) = &received.written {
        let what = match choice {
            Choice::Approved => "Approved, signed and written, and read back.",
            Choice::Rejected => "Rejected, signed and written, and read back.",
        };
        stripe(ui, Tone::Ok, what, "", |ui| {
            text::small_cut(ui, path.display().to_string());
        });
    }
}

fn section(ui: &mut Ui) {
    ui.add_space(6.0);
    divider(ui, 16.0);
    ui.add_space(6.0);
}

fn points_ui(ui: &mut Ui, received: &Received, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        text::small(ui, "What a program cannot check");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::small(ui, format!("{} of {}", received.holds.len(), Point::ALL.len()));
        });
    });
    for point in Point::ALL {
        let on = received.holds.contains(&point);
        if point_ui(ui, point.sentence(), on).clicked() {
            commands.push(Reviewing::Answer(point, !on).into());
        }
    }
}

/// A box whose words may need two lines.
fn point_ui(ui: &mut Ui, words: &str, on: bool) -> Response {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let ticked = check(ui, "", on);
        ticked.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, on, words));
        let said = ui
            .vertical(|ui| {
                ui.add_space(3.0);
                let look = Look::of(ui);
                let font = theme::body(Weight::Regular);
                let words = egui::RichText::new(words).font(font).color(look.text);
                ui.add(egui::Label::new(words).wrap().selectable(false).sense(egui::Sense::click()))
            })
            .inner;
        if said.clicked() { said } else { ticked }
    })
    .inner
}

fn facts_ui(ui: &mut Ui, examined: &Examined) {
    ui.scope(|ui| facts_rows_ui(ui, examined));
}

fn facts_rows_ui(ui: &mut Ui, examined: &Examined) {
    text::small_heading(ui, "What is in it");
    let opened = &examined.opened;
    let policy = opened.policy();
    let people = opened.views.iter().map(|view| view.view().head().people).max();
    let some = |some: bool| if some { "some" } else { "none" }.to_owned();
    let facts = opened.facts();
    let rounding = if policy.b() == 1 { "none".to_owned() } else { format!("to {}", policy.b()) };
    let signed = match opened.verdict.signature {
        Signed::Not => "no".to_owned(),
        Signed::Unchecked(_) => "not checked".to_owned(),
        Signed::Good(_) => "holds".to_owned(),
        Signed::Wrong => "wrong".to_owned(),
    };
    let left_out = facts.protection.map_or_else(
        || "nobody".to_owned(),
        |bands| match bands.kept_band {
            Some([low, high]) => format!("{low} to {high} % counted"),
            None => "not told".to_owned(),
        },
    );
    ui.spacing_mut().interact_size.y = 16.0;
    for (name, value) in [
        ("Views", number(opened.names().len() as u64)),
        ("Published numbers", number(examined.numbers as u64)),
        ("People shown", people.map_or_else(|| "not drawn".to_owned(), number)),
        ("Left out", left_out),
        ("Rows refused", some(facts.refused.is_some())),
        ("Names accepted by hand", some(facts.accepted.is_some())),
        ("Judged against", format!("k ≥ {}", policy.k())),
        ("Rounding", rounding),
        ("Signature", signed),
    ] {
        ui.horizontal(|ui| {
            text::small(ui, name);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| text::small_cut(ui, value));
        });
    }
}

/// A decision that is in the package already.
fn decided_ui(ui: &mut Ui, received: &Received) {
    let Some(decided) = received.decision() else { return };
    if !decided.holds {
        let then = "What is wrong with it stands among the findings. Another one takes its place.";
        stripe(ui, Tone::Danger, "The decision in it does not hold.", then, |_| {});
        return;
    }
    let (tone, what) = match decided.decision.decision {
        Choice::Approved => (Tone::Ok, "It is approved."),
        Choice::Rejected => (Tone::Warning, "It is rejected."),
    };
    let comment = if decided.decision.comment.is_empty() {
        String::new()
    } else {
        format!("“{}”", decided.decision.comment)
    };
    stripe(ui, tone, what, &comment, |ui| {
        text::small(ui, decided.signature.sentence("The decision"));
        text::small(ui, "Another decision takes its place.");
    });
    ui.add_space(6.0);
}

fn comment_ui(ui: &mut Ui, received: &Received, commands: &mut Vec<Command>) {
    text::small_heading(ui, "Comment");
    let mut comment = received.comment.clone();
    let hint = "Why; it stands in the package";
    if text_field(ui, "Comment on the package", &mut comment, hint, 3).changed() {
        commands.push(Reviewing::Comment(comment).into());
    }
}

fn sign_ui(ui: &mut Ui, state: &mut State, commands: &mut Vec<Command>) {
    text::small_heading(ui, "Sign with");
    let width = ui.available_width();
    let mut secret = state.review.secret.clone();
    ui.horizontal(|ui| {
        let room = width - 80.0;
        if field(ui, "Path of the secret key", &mut secret, "desk.key", room).changed() {
            commands.push(Reviewing::SetSecretKey(secret.clone()).into());
        }
        if Button::new("Choose").named("Choose the key that signs").width(72.0).ui(ui).clicked() {
            commands.push(Reviewing::Choose(Asked::SecretKey).into());
        }
    });
    passphrase_ui(ui, state, width);
    ui.horizontal(|ui| {
        let can_make = !secret.trim().is_empty() && state.review.passphrase.len() >= 8;
        let make = Button::new("Make a new key there").link().enabled(can_make);
        if make.ui(ui).on_hover_text("With this passphrase, of at least 8 letters").clicked() {
            commands.push(Reviewing::MakeKey.into());
        }
    });
    if let Some(why) = &state.review.key_error {
        stripe(ui, Tone::Danger, why, "", |_| {});
    }
    let Some(received) = state.review.received() else { return };
    text::small_heading(ui, "Write to");
    let mut out = received.out.clone();
    ui.horizontal(|ui| {
        let room = width - 80.0;
        let hint = "reviewed.trodden.zip";
        if field(ui, "Path of the reviewed package", &mut out, hint, room).changed() {
            commands.push(Reviewing::SetOut(out.clone()).into());
        }
        let choose = Button::new("Choose").named("Choose where the package is written");
        if choose.width(72.0).ui(ui).clicked() {
            commands.push(Reviewing::Choose(Asked::Out).into());
        }
    });
}

/// What is typed is dots, and leaves no trace once it was used.
fn passphrase_ui(ui: &mut Ui, state: &mut State, width: f32) {
    let name = "Passphrase of the key";
    let typed = secret_field_with(ui, name, &mut state.review.passphrase, name, width);
    if typed.changed() {
        state.review.key_error = None;
    }
}
