//! The threads behind the window: one owns the vault, one lays pictures out, one keeps the project,
//! one reviews packages, one reads and writes what is shown to a room.
//!
//! The window leaves jobs and takes reports; it never waits. *Invariant:* records and exact counts
//! stay inside the vault thread, and what is reported is disclosed, or about files.

mod export;
mod inbox;
mod keeper;
mod picture;
mod present;
mod review;
mod vault;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::role::Role;
use crate::draw::Scene;
use crate::views::Progress;

pub use inbox::Activity;
use inbox::{Inbox, Work};
pub use keeper::{Keeping, KeptProject};
use picture::Laying;
pub use picture::{BoardDrawing, BoardDrawn, BoardPart, Drawing, Drawn, SlideDrawing, Slot, Style};
pub use present::{Output, PresentJob, PresentOutcome, Printing};
pub use review::{Attacks, Deciding, Examined, ReviewJob, ReviewOutcome, Tables};
pub use vault::{
    Alone, Ask, Compared, Imported, Job, Kept, Labels, Leaving, Made, Outcome, Packed, Reading,
    Refused, Shown, Summary, Then, To, ValuesOf, Wanted, file_names, has_two_units, sample_plan,
    sample_rules, sentence,
};

/// Why a job gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Somebody stopped it, or newer work took its place.
    Stopped,
    /// What happened, where, and what to do.
    Because(String),
    /// A file breaks off; its readable beginning can be used if somebody says so.
    Truncated(String),
}

/// What came of a job.
pub enum Report {
    Vault {
        number: u64,
        outcome: Result<Outcome, Failure>,
    },
    Picture(Result<Drawn, Failure>),
    Board(Result<Arc<BoardDrawn>, Failure>),
    Slide(Result<(SlideDrawing, Arc<Scene>), Failure>),
    Present {
        number: u64,
        outcome: Result<PresentOutcome, Failure>,
    },
    /// What came of the project's file, or why nothing did.
    Keeper {
        number: u64,
        kept: Result<KeptProject, Failure>,
    },
    Review {
        number: u64,
        outcome: Result<ReviewOutcome, Failure>,
    },
    /// A dialog of the system was closed.
    Dialog(super::dialogs::Answer),
}

/// Reports that wait for the window; a thread that is further ahead pauses.
const REPORTS: usize = 64;

/// The window's end of the threads.
pub struct Worker {
    vault: Arc<Inbox<Job>>,
    picture: Arc<Inbox<Laying>>,
    keeper: Arc<Inbox<Keeping>>,
    review: Arc<Inbox<ReviewJob>>,
    present: Arc<Inbox<PresentJob>>,
    reports: Receiver<Report>,
    sender: Sender<Report>,
}

impl Worker {
    /// Starts the threads. Where the system gives none, that is the first report.
    pub fn start(ctx: &egui::Context, role: Role) -> Self {
        let (sender, reports) = bounded(REPORTS);
        let vault = Arc::new(Inbox::new());
        let picture = Arc::new(Inbox::new());
        let keeper = Arc::new(Inbox::new());
        let review = Arc::new(Inbox::new());
        let present = Arc::new(Inbox::new());
        let vault_runs = if role.sees_data() {
            let mut room = vault::Room::default();
            spawn("trodden-vault", &vault, &sender, ctx, move |number, job: Job, progress| {
                let what = job.name();
                let outcome = guarded(&what, || room.work(job, progress));
                Report::Vault { number, outcome }
            })
        } else {
            vault.close();
            Ok(())
        };
        let picture_runs =
            spawn("trodden-picture", &picture, &sender, ctx, |_, laying: Laying, _| {
                picture::lay(laying)
            });
        let keeper_runs = if role.sees_data() {
            let mut desk = keeper::Desk::default();
            spawn("trodden-project", &keeper, &sender, ctx, move |number, job: Keeping, _| {
                let what = job.name();
                let kept = guarded(&what, || desk.work(job).map_err(Failure::Because));
                Report::Keeper { number, kept }
            })
        } else {
            keeper.close();
            Ok(())
        };
        let review_runs =
            spawn("trodden-review", &review, &sender, ctx, |number, job: ReviewJob, progress| {
                let what = job.name();
                Report::Review { number, outcome: guarded(&what, || review::work(job, progress)) }
            });
        let present_runs = spawn(
            "trodden-present",
            &present,
            &sender,
            ctx,
            |number, job: PresentJob, progress| {
                let what = job.name();
                let outcome = guarded(&what, || present::work(job, progress));
                Report::Present { number, outcome }
            },
        );
        if vault_runs.and(picture_runs).and(keeper_runs).and(review_runs).and(present_runs).is_err()
        {
            let why = "The system gives the program no threads to work on. Close other programs \
                       and start it again.";
            let _ = sender.try_send(Report::Picture(Err(Failure::Because(why.to_owned()))));
        }
        Self { vault, picture, keeper, review, present, reports, sender }
    }

    /// Leaves work with the vault and gives the number its report will carry.
    pub fn ask(&self, job: Job) -> u64 {
        self.vault.put(job)
    }

    /// Leaves a picture to be laid out.
    pub fn draw(&self, drawing: Drawing) {
        self.picture.put(Laying::View(Box::new(drawing)));
    }

    /// Leaves a board to be laid out.
    pub fn lay_board(&self, drawing: BoardDrawing) {
        self.picture.put(Laying::Board(drawing));
    }

    /// Leaves a view to be laid out for a slide.
    pub fn draw_slide(&self, drawing: SlideDrawing) {
        self.picture.put(Laying::Slide(drawing));
    }

    /// Leaves a file of the room to be read or written, and gives the number of its report.
    pub fn present(&self, job: PresentJob) -> u64 {
        self.present.put(job)
    }

    /// Leaves something to do with the project's file, and gives the number of its report.
    pub fn keep(&self, keeping: Keeping) -> u64 {
        self.keeper.put(keeping)
    }

    /// Leaves work with the reviewer's thread and gives the number its report will carry.
    pub fn review(&self, job: ReviewJob) -> u64 {
        self.review.put(job)
    }

    /// The next report, if there is one.
    pub fn report(&self) -> Option<Report> {
        self.reports.try_recv().ok()
    }

    /// For others that have something to report, such as dialogs.
    pub fn sender(&self) -> Sender<Report> {
        self.sender.clone()
    }

    /// What the vault thread does at the moment, else the reviewer's, else that of the room.
    pub fn activity(&self) -> Option<Activity> {
        self.vault.activity().or_else(|| self.review.activity()).or_else(|| self.present.activity())
    }

    /// Whether nothing is being done, waits to be done, or waits to be looked at.
    pub fn is_idle(&self) -> bool {
        self.vault.is_idle()
            && self.picture.is_idle()
            && self.keeper.is_idle()
            && self.review.is_idle()
            && self.present.is_idle()
            && self.reports.is_empty()
    }

    /// Stops what the vault thread does, and what waits behind it and before a review.
    pub fn cancel(&self) {
        self.vault.cancel();
        self.review.cancel();
        self.present.cancel();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.vault.close();
        self.picture.close();
        self.keeper.close();
        self.review.close();
        self.present.close();
    }
}

fn spawn<J: Work + Clone + Send + 'static>(
    name: &str,
    inbox: &Arc<Inbox<J>>,
    sender: &Sender<Report>,
    ctx: &egui::Context,
    mut work: impl FnMut(u64, J, &Progress) -> Report + Send + 'static,
) -> std::io::Result<()> {
    let (inbox, sender, ctx) = (Arc::clone(inbox), sender.clone(), ctx.clone());
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        while let Some((number, job, progress)) = inbox.take() {
            let report = work(number, job, &progress);
            // The report is there before the thread is idle, so that nobody sees a gap between.
            let window_is_gone = sender.send(report).is_err();
            inbox.done();
            if window_is_gone {
                return;
            }
            ctx.request_repaint();
        }
    })?;
    Ok(())
}

/// A fault in a job ends the job, not the program. What it was doing is all that is told: the
/// message of a panic could hold a value.
fn guarded<T>(what: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Failure::Because(format!(
            "{what} stopped at a fault in the program; nothing that is shown has changed. Try \
             again, or open the file again."
        )))
    })
}

#[cfg(test)]
mod tests {
    use super::{Failure, guarded};

    #[test]
    fn a_panic_becomes_a_sentence_without_its_message() {
        let failure = guarded::<()>("Reading x.csv", || panic!("alice@example.org")).unwrap_err();
        let Failure::Because(text) = failure else { panic!("a panic is not a stop") };
        assert!(text.starts_with("Reading x.csv") && !text.contains("alice"), "{text}");
    }
}
