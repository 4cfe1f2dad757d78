//! The system's file dialogs, which may not be there.
//!
//! They are made on the window's thread, as some systems demand, and awaited on one of their own.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use rfd::AsyncFileDialog;

use super::command::{Form, List};
use super::state::{Asked, AskedFile, FileFor, Reviewing};
use super::worker::Report;
use crate::project::ENDING;

/// What came of a dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Open(Vec<PathBuf>),
    List(List, PathBuf),
    Save(PathBuf),
    Earlier(PathBuf),
    Policy(PathBuf),
    /// The key that signs a release.
    SigningKey(PathBuf),
    /// Where a project is, or shall be, or what is asked about it.
    Project(PathBuf),
    /// Where the files of a project are now.
    Instead(Vec<PathBuf>),
    Export(PathBuf),
    Review(Reviewing),
    /// Something to show, or of what is shown.
    Present(PathBuf),
    /// It was closed without a choice.
    Nothing,
    /// There was no dialog at all.
    NoPortal,
}

/// Nobody closes a dialog faster than this, so an answer before it means that none was shown. The
/// dialog library gives the same `None` for both.
const FASTEST_HAND: Duration = Duration::from_millis(150);

/// Asks for files to open.
pub fn open(frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new()
        .set_title("Open event files")
        .add_filter(
            "Event files",
            &["csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "xes", "gz"],
        )
        .add_filter("Projects", &[ENDING])
        .add_filter("All files", &["*"])
        .set_parent(frame);
    let chosen = dialog.pick_files();
    wait(reports, ctx, move || {
        let files = pollster::block_on(chosen)?;
        Some(Answer::Open(files.iter().map(|file| file.path().to_owned()).collect()))
    });
}

/// Asks for a list of people that goes with the events.
pub fn list(list: List, frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let (title, filter, endings): (&str, &str, &[&str]) = match list {
        List::Register => ("Open a consent register", "Consent registers", &["csv", "tsv", "txt"]),
        List::Erasure => ("Open an erasure list", "Erasure lists", &["csv", "tsv", "txt", "json"]),
    };
    let dialog = AsyncFileDialog::new()
        .set_title(title)
        .add_filter(filter, endings)
        .add_filter("All files", &["*"])
        .set_parent(frame);
    let chosen = dialog.pick_file();
    wait(reports, ctx, move || {
        Some(Answer::List(list, pollster::block_on(chosen)?.path().to_owned()))
    });
}

/// Asks where a package shall be written.
pub fn save(frame: &eframe::Frame, name: &str, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new()
        .set_title("Write the release package")
        .set_file_name(name)
        .set_parent(frame);
    let chosen = dialog.save_file();
    wait(reports, ctx, move || Some(Answer::Save(pollster::block_on(chosen)?.path().to_owned())));
}

/// Asks for a policy.
pub fn policy(frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new()
        .set_title("Open a policy")
        .add_filter("Policies", &["toml"])
        .add_filter("All files", &["*"])
        .set_parent(frame);
    let chosen = dialog.pick_file();
    wait(reports, ctx, move || Some(Answer::Policy(pollster::block_on(chosen)?.path().to_owned())));
}

/// Asks for the key that signs a release.
pub fn signing_key(frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new().set_title("Choose the key that signs").set_parent(frame);
    let chosen = dialog.pick_file();
    wait(reports, ctx, move || {
        Some(Answer::SigningKey(pollster::block_on(chosen)?.path().to_owned()))
    });
}

/// Asks for a list of people who are to be erased from a project.
pub fn erasure(frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new()
        .set_title("Open an erasure list")
        .add_filter("Erasure lists", &["csv", "tsv", "txt", "json"])
        .add_filter("All files", &["*"])
        .set_parent(frame);
    let chosen = dialog.pick_file();
    wait(reports, ctx, move || {
        Some(Answer::Project(pollster::block_on(chosen)?.path().to_owned()))
    });
}

/// Asks where the receipt of an erasure shall be written.
pub fn receipt(name: &str, frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new()
        .set_title("Save the receipt")
        .set_file_name(name)
        .add_filter("Text", &["txt"])
        .set_parent(frame);
    let chosen = dialog.save_file();
    wait(reports, ctx, move || {
        Some(Answer::Project(pollster::block_on(chosen)?.path().to_owned()))
    });
}

/// Asks for an earlier package.
pub fn earlier(frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new()
        .set_title("Open an earlier package")
        .add_filter("Release packages", &["zip"])
        .add_filter("All files", &["*"])
        .set_parent(frame);
    let chosen = dialog.pick_file();
    wait(reports, ctx, move || {
        Some(Answer::Earlier(pollster::block_on(chosen)?.path().to_owned()))
    });
}

/// Asks where a new project shall be written.
pub fn new_project(
    name: &str,
    frame: &eframe::Frame,
    reports: Sender<Report>,
    ctx: &egui::Context,
) {
    let dialog = AsyncFileDialog::new()
        .set_title("New project")
        .set_file_name(name)
        .add_filter("Projects", &[ENDING])
        .set_parent(frame);
    let chosen = dialog.save_file();
    wait(reports, ctx, move || {
        Some(Answer::Project(pollster::block_on(chosen)?.path().to_owned()))
    });
}

/// Asks which project to open.
pub fn open_project(frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let dialog = AsyncFileDialog::new()
        .set_title("Open a project")
        .add_filter("Projects", &[ENDING])
        .add_filter("All files", &["*"])
        .set_parent(frame);
    let chosen = dialog.pick_file();
    wait(reports, ctx, move || {
        Some(Answer::Project(pollster::block_on(chosen)?.path().to_owned()))
    });
}

/// Asks where the files of a project are now.
pub fn find_files(frame: &eframe::Frame, reports: Sender<Report>, ctx: &egui::Context) {
    let chosen = AsyncFileDialog::new().set_title("Find the file").set_parent(frame).pick_files();
    wait(reports, ctx, move || {
        let files = pollster::block_on(chosen)?;
        Some(Answer::Instead(files.iter().map(|file| file.path().to_owned()).collect()))
    });
}

/// Asks where one view shall be written.
pub fn export(
    form: Form,
    name: &str,
    frame: &eframe::Frame,
    reports: Sender<Report>,
    ctx: &egui::Context,
) {
    let dialog = AsyncFileDialog::new()
        .set_title("Save the view")
        .set_file_name(name)
        .add_filter(form.name(), &[form.ending()])
        .set_parent(frame);
    let chosen = dialog.save_file();
    wait(reports, ctx, move || Some(Answer::Export(pollster::block_on(chosen)?.path().to_owned())));
}

/// Asks for a file at Present.
pub fn present(
    asked: &AskedFile,
    frame: &eframe::Frame,
    reports: Sender<Report>,
    ctx: &egui::Context,
) {
    let (title, filter, endings): (&str, &str, &[&str]) = match asked.what {
        FileFor::Show => ("Save the presenter file", "Presenter files", &["zip"]),
        FileFor::Paper(paper) => ("Save the board", paper.name(), &[]),
        FileFor::Mermaid => {
            ("Open a journey", "Mermaid journeys", &["mmd", "mermaid", "md", "txt"])
        }
        FileFor::Picture(..) => ("Choose a picture", "Pictures", &["png", "jpg", "jpeg"]),
        FileFor::Open => ("Open what is to be shown", "Presenter files and packages", &["zip"]),
    };
    let mut dialog = AsyncFileDialog::new().set_title(title).set_parent(frame);
    if !endings.is_empty() {
        dialog = dialog.add_filter(filter, endings);
    }
    if asked.what.is_written() {
        let chosen = dialog.set_file_name(asked.file_name()).save_file();
        wait(reports, ctx, move || {
            Some(Answer::Present(pollster::block_on(chosen)?.path().to_owned()))
        });
    } else {
        let chosen = dialog.add_filter("All files", &["*"]).pick_file();
        wait(reports, ctx, move || {
            Some(Answer::Present(pollster::block_on(chosen)?.path().to_owned()))
        });
    }
}

/// Asks a reviewer for a file; `name` is suggested where one is written.
pub fn review(
    asked: Asked,
    name: &str,
    frame: &eframe::Frame,
    reports: Sender<Report>,
    ctx: &egui::Context,
) {
    let dialog = AsyncFileDialog::new().set_parent(frame);
    match asked {
        Asked::Packages => {
            let dialog = dialog.set_title("Open release packages").add_filter("Packages", &["zip"]);
            let chosen = dialog.pick_files();
            wait(reports, ctx, move || {
                let files = pollster::block_on(chosen)?;
                let paths = files.iter().map(|file| file.path().to_owned()).collect();
                Some(Answer::Review(Reviewing::Open(paths)))
            });
        }
        Asked::PublicKey => {
            let dialog = dialog.set_title("Add a public key").add_filter("Public keys", &["pub"]);
            let chosen = dialog.add_filter("All files", &["*"]).pick_file();
            wait(reports, ctx, move || {
                let path = pollster::block_on(chosen)?.path().to_owned();
                Some(Answer::Review(Reviewing::AddKey(path)))
            });
        }
        Asked::SecretKey => {
            let chosen = dialog.set_title("Choose the key that signs").pick_file();
            wait(reports, ctx, move || {
                let path = pollster::block_on(chosen)?.path().display().to_string();
                Some(Answer::Review(Reviewing::SetSecretKey(path)))
            });
        }
        Asked::Out => {
            let dialog = dialog.set_title("Write the reviewed package").set_file_name(name);
            let chosen = dialog.save_file();
            wait(reports, ctx, move || {
                let path = pollster::block_on(chosen)?.path().display().to_string();
                Some(Answer::Review(Reviewing::SetOut(path)))
            });
        }
    }
}

fn wait(
    reports: Sender<Report>,
    ctx: &egui::Context,
    ask: impl FnOnce() -> Option<Answer> + Send + 'static,
) {
    let ctx = ctx.clone();
    let opened = Instant::now();
    let failed = reports.clone();
    let spawned = thread::Builder::new().name("trodden-dialog".to_owned()).spawn(move || {
        let answer = ask().unwrap_or_else(|| {
            if opened.elapsed() < FASTEST_HAND { Answer::NoPortal } else { Answer::Nothing }
        });
        // The window may be gone by now, and then nobody waits for the answer.
        let _ = reports.send(Report::Dialog(answer));
        ctx.request_repaint();
    });
    if spawned.is_err() {
        let _ = failed.try_send(Report::Dialog(Answer::NoPortal));
    }
}
