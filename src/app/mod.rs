//! The window: a frame of places around one state, with the work on threads behind it.
//!
//! `command` names what can be done, `state` does it, `worker` counts and lays out, `screens` show
//! the state and hand back commands. *Invariant:* this thread reads no event file, aggregates
//! nothing and lays no picture out; it paints the last result.

mod command;
mod dialogs;
mod history;
mod palette;
mod reveal;
mod role;
mod screens;
mod shell;
mod state;
mod theme;
mod toast;
mod widgets;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use egui::{IconData, ViewportBuilder, ViewportCommand};

use crate::draw::tokens::{Theme, tokens};
use crate::project::{Folders, Settings, WindowPlace};
use command::{Command, Place, shortcuts};
use palette::Palette;
pub use role::Role;
use screens::Screens;
use state::{Presenting, ReviewTab, Reviewing, State, What, is_show};
use worker::{Job, Worker};

/// What the window opens with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    #[default]
    Welcome,
    Sample,
    Files(Vec<PathBuf>),
    /// Packages, for somebody who sees no data.
    Packages(Role, Vec<PathBuf>),
}

/// The size of a new window in points.
const SIZE: [f32; 2] = [1440.0, 900.0];

/// Opens the window and stays until it is closed.
///
/// # Errors
/// Where there is no display, or it cannot show a window.
pub fn run(start: Start) -> anyhow::Result<()> {
    let folders = Folders::of_this_person();
    let last = Settings::load(&folders).window;
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_app_id("trodden")
            .with_title("Trodden")
            .with_icon(Arc::new(icon()))
            .with_inner_size(last.map_or(SIZE, |window| window.size))
            .with_maximized(last.is_some_and(|window| window.maximized))
            .with_min_inner_size(tokens().frame.min_window)
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "Trodden",
        options,
        Box::new(move |cc| Ok(Box::new(App::new(cc, start, folders)))),
    )
    .map_err(|error| {
        anyhow!("no window could be opened ({error}); use the subcommands, or start a desktop")
    })
}

/// The window's program.
pub struct App {
    state: State,
    worker: Worker,
    screens: Screens,
    palette: Palette,
    /// How the window stands, to come back like this.
    window: Option<WindowPlace>,
}

impl App {
    /// Sets the window up and begins with `start`. Settings and recent files are in `folders`.
    pub fn new(cc: &eframe::CreationContext<'_>, start: Start, folders: Folders) -> Self {
        let ctx = &cc.egui_ctx;
        theme::install(ctx);
        let role = if let Start::Packages(role, _) = &start { *role } else { Role::default() };
        let mut app = Self {
            state: State::new(folders),
            worker: Worker::start(ctx, role),
            screens: Screens::default(),
            palette: Palette::default(),
            window: None,
        };
        theme::choose(ctx, app.state.settings.theme);
        if let Some(window) = app.state.settings.window {
            ctx.set_zoom_factor(window.zoom);
        }
        if let Some(policy) = app.state.settings.policy.clone().filter(|_| role.sees_data()) {
            app.state.apply(Command::UsePolicy(policy), &app.worker);
        }
        app.state.role = role;
        match start {
            Start::Packages(_, packages) => {
                app.state.apply(Command::Go(Place::Review), &app.worker);
                app.state.apply(Reviewing::Look(ReviewTab::Contents).into(), &app.worker);
                let (shows, packages): (Vec<_>, Vec<_>) =
                    packages.into_iter().partition(|path| is_show(path) && role == Role::Presenter);
                if !packages.is_empty() {
                    app.state.apply(Reviewing::Open(packages).into(), &app.worker);
                }
                for show in shows {
                    app.state.apply(Presenting::Open(show).into(), &app.worker);
                }
            }
            Start::Welcome => {
                app.worker.ask(Job::Preview(app.state.folders.preview_file()));
            }
            Start::Sample => app.state.apply(Command::OpenSample, &app.worker),
            Start::Files(files) => {
                for command in app.state.dropped(files) {
                    app.state.apply(command, &app.worker);
                }
            }
        }
        app
    }

    /// Whether no work is under way and no result is waiting to be shown.
    pub fn is_idle(&self) -> bool {
        self.worker.is_idle()
    }

    fn run(&mut self, command: Command, ctx: &egui::Context, frame: &eframe::Frame) {
        if !self.state.role.may(&command) {
            return;
        }
        match command {
            Command::ChooseFile => dialogs::open(frame, self.worker.sender(), ctx),
            Command::ChooseList(list) => dialogs::list(list, frame, self.worker.sender(), ctx),
            Command::ChoosePackage => {
                let name = self.state.package_name();
                dialogs::save(frame, &name, self.worker.sender(), ctx);
            }
            Command::ChoosePolicy => dialogs::policy(frame, self.worker.sender(), ctx),
            Command::ChooseSigningKey => dialogs::signing_key(frame, self.worker.sender(), ctx),
            Command::ChooseEarlier => dialogs::earlier(frame, self.worker.sender(), ctx),
            Command::ShowInFolder(path) => {
                if let Err(why) = reveal::in_folder(&path) {
                    self.state.tell(why, "");
                }
            }
            Command::ChooseProjectPath => {
                let sender = self.worker.sender();
                match self.state.asking.as_ref().map(|asking| asking.what) {
                    Some(What::New) => {
                        dialogs::new_project(&self.state.project_file_name(), frame, sender, ctx);
                    }
                    Some(What::Open) => dialogs::open_project(frame, sender, ctx),
                    Some(What::Find) => dialogs::find_files(frame, sender, ctx),
                    Some(What::Erase) => dialogs::erasure(frame, sender, ctx),
                    Some(What::Receipt) => {
                        dialogs::receipt(&self.state.project_file_name(), frame, sender, ctx);
                    }
                    Some(What::Passphrase | What::Unsaved) | None => {}
                }
            }
            Command::ChooseExportPath => {
                if let Some(export) = &self.state.exporting {
                    let name = export.file_name();
                    dialogs::export(export.form, &name, frame, self.worker.sender(), ctx);
                }
            }
            Command::Review(Reviewing::Choose(asked)) => {
                let out = self.state.review.received().map(|package| package.out.clone());
                let name =
                    out.as_deref().map(std::path::Path::new).and_then(std::path::Path::file_name);
                let name = name.map_or_else(String::new, |name| name.display().to_string());
                dialogs::review(asked, &name, frame, self.worker.sender(), ctx);
            }
            Command::Present(Presenting::ChoosePath) => {
                if let Some(asked) = &self.state.present.asked {
                    dialogs::present(asked, frame, self.worker.sender(), ctx);
                }
            }
            Command::FullScreen => {
                let is_full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
            }
            Command::Copy(words) => ctx.copy_text(words),
            Command::OpenPalette => self.palette.open(),
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::SetTheme(choice) => {
                theme::choose(ctx, choice);
                self.state.apply(command, &self.worker);
            }
            command => self.state.apply(command, &self.worker),
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        while let Some(report) = self.worker.report() {
            self.state.take(report, &self.worker);
        }
        for command in std::mem::take(&mut self.state.due) {
            self.run(command, ctx, frame);
        }
        if ctx.input(|input| input.viewport().close_requested())
            && self.state.saves_first(&Command::Quit, &self.worker)
        {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        }
        if !ctx.input(|input| input.pointer.any_down()) {
            self.state.question.settle();
        }
        let dropped: Vec<PathBuf> = ctx.input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect()
        });
        for command in self.state.dropped(dropped) {
            self.run(command, ctx, frame);
        }
        for (shortcut, command) in shortcuts() {
            if ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                self.run(command, ctx, frame);
            }
        }
        self.state.prepare(&self.worker);
        if let Some(wait) = self.state.next_save() {
            ctx.request_repaint_after(wait);
        }
        if let Some(picture) = self.state.copied.take() {
            ctx.copy_image(picture);
        }
        self.window = window_place(ctx).or(self.window);
        if self.worker.activity().is_some() {
            // The progress bar appears after a moment and then moves.
            ctx.request_repaint_after(Duration::from_millis(100));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let mut commands = Vec::new();
        shell::frame_ui(ui, &mut self.state, &mut self.screens, &self.worker, &mut commands);
        // An open list takes Esc for itself.
        let busy = egui::Popup::is_any_open(ui.ctx()) || self.palette.is_open();
        self.palette.ui(ui, &self.state, &mut commands);
        if !busy && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            commands.push(Command::Escape);
        }
        toast::ui(ui.ctx(), &mut self.state);
        let any = !commands.is_empty();
        for command in commands {
            self.run(command, ui.ctx(), frame);
        }
        if any {
            ui.ctx().request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        let settings = Settings { window: self.window, ..self.state.settings.clone() };
        if settings != self.state.settings {
            // Nobody is there any more to be told that it did not work.
            let _ = settings.save(&self.state.folders);
        }
    }
}

/// How the window stands now. A full screen is not kept: nobody finds back from it at first sight.
fn window_place(ctx: &egui::Context) -> Option<WindowPlace> {
    let zoom = ctx.zoom_factor();
    ctx.input(|input| {
        let viewport = input.viewport();
        let size = viewport.inner_rect?.size();
        let maximized = viewport.maximized.unwrap_or(false);
        let is_plain =
            !viewport.fullscreen.unwrap_or(false) && !viewport.minimized.unwrap_or(false);
        let size = [size.x * zoom, size.y * zoom].map(f32::round);
        is_plain.then_some(WindowPlace { size, maximized, zoom })
    })
}

/// The mark of the program in 64 × 64 pixels: a diamond with a path through it.
fn icon() -> IconData {
    const SIDE: u32 = 64;
    let accent = Theme::Light.colours().accent;
    let paper = Theme::Light.colours().surface;
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let at = |v: u32| (v as f32 + 0.5) / SIDE as f32 * 2.0 - 1.0;
            let (x, y) = (at(x), at(y));
            let inside = ((1.0 - x.abs() - y.abs()) * 24.0).clamp(0.0, 1.0);
            let path = (y + 0.25 * (x * 4.0).sin()).abs() < 0.09 && x.abs() < 0.5;
            let colour = if path { paper } else { accent };
            rgba.extend([colour.r, colour.g, colour.b, (inside * 255.0) as u8]);
        }
    }
    IconData { rgba, width: SIDE, height: SIDE }
}
