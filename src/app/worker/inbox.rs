//! Where work waits for a thread: a short queue in which newer work takes the place of older work
//! of its kind. It cannot grow: there is at most one job of each kind in it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::views::Progress;

/// What the queue must know about a job.
pub trait Work {
    /// What is being done, in a few words, for the status bar.
    fn name(&self) -> String;
    /// Whether this job makes `other`, which came earlier, pointless.
    fn replaces(&self, other: &Self) -> bool;
}

/// The job that is being done.
#[derive(Clone)]
pub struct Activity {
    pub name: String,
    pub progress: Progress,
    pub since: Instant,
}

pub struct Inbox<J> {
    queue: Mutex<Queue<J>>,
    wake: Condvar,
}

struct Queue<J> {
    waiting: VecDeque<(u64, J)>,
    running: Option<Running<J>>,
    last: u64,
    closed: bool,
}

struct Running<J> {
    job: J,
    activity: Activity,
}

impl<J: Work + Clone> Inbox<J> {
    pub fn new() -> Self {
        let queue = Queue { waiting: VecDeque::new(), running: None, last: 0, closed: false };
        Self { queue: Mutex::new(queue), wake: Condvar::new() }
    }

    /// A panic while the lock was held cannot leave the queue half changed: every change is one
    /// call on a collection.
    fn queue(&self) -> MutexGuard<'_, Queue<J>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a job and gives its number. What it replaces is dropped, or stopped.
    pub fn put(&self, job: J) -> u64 {
        let mut queue = self.queue();
        queue.waiting.retain(|(_, waiting)| !job.replaces(waiting));
        if let Some(running) = &queue.running
            && job.replaces(&running.job)
        {
            running.activity.progress.cancel();
        }
        queue.last += 1;
        let number = queue.last;
        queue.waiting.push_back((number, job));
        drop(queue);
        self.wake.notify_one();
        number
    }

    /// Waits for the next job; `None` once the inbox is closed.
    pub fn take(&self) -> Option<(u64, J, Progress)> {
        let mut queue = self.queue();
        loop {
            if queue.closed {
                return None;
            }
            if let Some((number, job)) = queue.waiting.pop_front() {
                let progress = Progress::default();
                let activity = Activity {
                    name: job.name(),
                    progress: progress.clone(),
                    since: Instant::now(),
                };
                queue.running = Some(Running { job: job.clone(), activity });
                return Some((number, job, progress));
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The job that was taken is over.
    pub fn done(&self) {
        self.queue().running = None;
    }

    pub fn activity(&self) -> Option<Activity> {
        self.queue().running.as_ref().map(|running| running.activity.clone())
    }

    pub fn is_idle(&self) -> bool {
        let queue = self.queue();
        queue.running.is_none() && queue.waiting.is_empty()
    }

    /// Stops what runs and drops what waits.
    pub fn cancel(&self) {
        let mut queue = self.queue();
        queue.waiting.clear();
        if let Some(running) = &queue.running {
            running.activity.progress.cancel();
        }
    }

    /// Lets the thread end.
    pub fn close(&self) {
        self.cancel();
        self.queue().closed = true;
        self.wake.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Inbox, Work};

    #[derive(Clone, PartialEq, Debug)]
    enum Job {
        Count(u32),
        Save,
    }

    impl Work for Job {
        fn name(&self) -> String {
            format!("{self:?}")
        }

        fn replaces(&self, other: &Self) -> bool {
            matches!((self, other), (Self::Count(_), Self::Count(_)))
        }
    }

    #[test]
    fn newer_work_takes_the_place_of_older_work_of_its_kind() {
        let inbox = Inbox::new();
        inbox.put(Job::Count(1));
        inbox.put(Job::Save);
        let newest = inbox.put(Job::Count(2));
        let (_, first, _) = inbox.take().unwrap();
        assert_eq!(first, Job::Save);
        inbox.done();
        let (number, second, progress) = inbox.take().unwrap();
        assert_eq!((number, second), (newest, Job::Count(2)));
        assert!(progress.check().is_ok());
        inbox.put(Job::Count(3));
        assert!(progress.check().is_err(), "what runs is stopped as well");
    }

    #[test]
    fn a_closed_inbox_gives_nothing() {
        let inbox = Inbox::new();
        inbox.put(Job::Save);
        inbox.close();
        assert!(inbox.take().is_none());
    }
}
