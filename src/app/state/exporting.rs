//! One view on its way to a file of its own; and what waits to leave until a project says so.

use std::path::{Path, PathBuf};

use super::{State, home};
use crate::app::command::Form;
use crate::app::toast::Toast;
use crate::app::worker::{Alone, Drawing, Job, Leaving, To, Worker, file_names};
use crate::project::Kept;

/// Where the view on the screen shall be written, while somebody is asked.
pub struct Exporting {
    pub form: Form,
    pub path: String,
    /// Whether there is something at the path already, which would be replaced.
    pub replaces: bool,
    pub error: Option<String>,
}

/// What leaves once the history that says so is on the disk.
pub enum LeavesNext {
    Package(Leaving),
    View(Alone),
}

impl Exporting {
    fn at(form: Form, path: String) -> Self {
        let replaces = Path::new(path.trim()).is_file();
        Self { form, path, replaces, error: None }
    }

    /// The file name that a dialog suggests.
    pub fn file_name(&self) -> String {
        Path::new(&self.path).file_name().map_or_else(
            || format!("view.{}", self.form.ending()),
            |name| name.display().to_string(),
        )
    }
}

impl State {
    /// The view on the screen as it is drawn.
    fn drawing(&self) -> Option<Drawing> {
        let shown = self.shown.as_ref()?;
        let drawn = self.canvas.drawn.as_ref()?;
        std::sync::Arc::ptr_eq(&drawn.drawing.shown, shown).then(|| drawn.drawing.clone())
    }

    /// Whether the view on the screen may leave without a package. Otherwise a sentence says why.
    fn may_leave_alone(&mut self, form: Option<Form>) -> bool {
        let demands = self.bound.demands();
        let ending = form.map_or("png", Form::ending);
        let why = if let Some(why) = self.bound.holds_back() {
            why.to_owned()
        } else if demands.is_some_and(|demands| demands.review_required) {
            "The policy asks that somebody reviews what leaves. Add the view to a release."
                .to_owned()
        } else if demands.is_some_and(|it| !it.allows_format(ending)) {
            format!("The policy allows no {}. Choose another form.", ending.to_uppercase())
        } else {
            return true;
        };
        self.toast = Some(Toast::new(why));
        false
    }

    pub(super) fn begin_export(&mut self, form: Form) {
        if !self.may_leave_alone(Some(form)) {
            return;
        }
        if self.drawing().is_some() {
            let folder = self.folder_of_source();
            let name = format!("{}-{}.{}", self.stem(), self.kind_name(), form.ending());
            self.exporting = Some(Exporting::at(form, folder.join(name).display().to_string()));
        }
    }

    fn kind_name(&self) -> &'static str {
        self.question.now().kind.name()
    }

    pub(super) fn set_export_path(&mut self, path: String) {
        if let Some(exporting) = &mut self.exporting {
            *exporting = Exporting::at(exporting.form, path);
        }
    }

    pub(super) fn write_export(&mut self, worker: &Worker) {
        if !self.may_leave_alone(self.exporting.as_ref().map(|exporting| exporting.form)) {
            return;
        }
        let drawing = self.drawing().map(Box::new);
        let inputs = self.question.now().plan.files.clone();
        let (Some(drawing), Some(exporting)) = (drawing, &mut self.exporting) else { return };
        let path = PathBuf::from(exporting.path.trim());
        if inputs.iter().any(|input| is_same_file(input, &path)) {
            exporting.error = Some(
                "This is the file with the events; it is not replaced. Choose another name."
                    .to_owned(),
            );
            return;
        }
        let form = exporting.form;
        exporting.error = None;
        self.leave_alone(Alone { drawing, to: To::File(form, path) }, worker);
    }

    pub(super) fn copy_picture(&mut self, worker: &Worker) {
        if !self.may_leave_alone(None) {
            return;
        }
        if let Some(drawing) = self.drawing().map(Box::new) {
            self.leave_alone(Alone { drawing, to: To::Clipboard }, worker);
        }
    }

    /// In a project it is compared with what left before, and written down, before it leaves.
    fn leave_alone(&mut self, alone: Alone, worker: &Worker) {
        match self.project_to_read_for() {
            Some(project) => self.awaited.weigh = worker.ask(Job::Weigh(alone, project)),
            None => self.awaited.export = worker.ask(Job::LeaveAlone(alone)),
        }
    }

    pub(super) fn take_weighed(&mut self, alone: Alone, ledger: Kept, worker: &Worker) {
        self.awaited.weigh = 0;
        let form = match &alone.to {
            To::File(form, _) => form.ending(),
            To::Clipboard => "clipboard",
        };
        if self.record_alone(&alone, form, ledger) {
            self.leaves_next.push(LeavesNext::View(alone));
            self.save_project(worker);
        }
    }

    /// The history that says so is on the disk.
    pub(super) fn leave(&mut self, worker: &Worker) {
        for next in std::mem::take(&mut self.leaves_next) {
            match next {
                LeavesNext::Package(leaves) => self.awaited.save = worker.ask(Job::Save(leaves)),
                LeavesNext::View(alone) => {
                    self.awaited.export = worker.ask(Job::LeaveAlone(alone));
                }
            }
        }
    }

    /// The history could not be written, so that nothing leaves.
    pub(super) fn stay(&mut self, why: &str) -> bool {
        let stays = std::mem::take(&mut self.leaves_next);
        for next in &stays {
            match next {
                LeavesNext::Package(_) => {
                    self.leaving.error = Some(format!("{why} The package was not written."));
                }
                LeavesNext::View(_) => match &mut self.exporting {
                    Some(exporting) => {
                        exporting.error = Some(format!("{why} The view was not written."));
                    }
                    None => self.tell(why.to_owned(), "The view did not leave."),
                },
            }
        }
        !stays.is_empty()
    }

    /// What was on its way out and is not in the history stays.
    pub(super) fn stopped_leaving(&mut self) {
        self.awaited.weigh = 0;
        self.awaited.sign = 0;
        self.leaving.is_signing = false;
    }

    pub(super) fn take_exported(&mut self, path: PathBuf) {
        self.exporting = None;
        let name = file_names(&[path]);
        self.toast = Some(Toast::new(format!("{name} is written.")));
    }

    pub(super) fn take_copied(&mut self, picture: egui::ColorImage) {
        self.copied = Some(picture);
        self.toast = Some(Toast::new("The picture is in the clipboard.".to_owned()));
    }

    /// The folder of the file that was read; for the sample, where a person looks.
    pub(super) fn folder_of_source(&self) -> PathBuf {
        if self.source.as_ref().is_none_or(|source| source.is_sample) {
            return home();
        }
        let first = self.question.now().plan.files.first();
        first.and_then(|file| file.parent()).map_or_else(home, Path::to_owned)
    }

    /// The name of the file that was read up to its first dot.
    pub(super) fn stem(&self) -> String {
        if self.source.as_ref().is_none_or(|source| source.is_sample) {
            return "sample".to_owned();
        }
        let first = self.question.now().plan.files.first();
        let name = first.and_then(|file| file.file_name());
        let name = name.map_or_else(|| "journeys".to_owned(), |name| name.display().to_string());
        name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("journeys").to_owned()
    }
}

/// Whether both paths lead to one file, by whatever way.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
