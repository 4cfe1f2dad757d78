//! Undo and redo for one value.

use std::mem::{Discriminant, discriminant};

use super::command::Command;

/// A value, what it was before, and what it was before something was undone.
pub struct History<T> {
    now: T,
    before: Vec<T>,
    after: Vec<T>,
    /// The command that made the last change, while its gesture goes on.
    gesture: Option<Discriminant<Command>>,
}

impl<T: Clone + PartialEq> History<T> {
    /// How many changes can be taken back.
    const DEPTH: usize = 200;

    pub fn new(now: T) -> Self {
        Self { now, before: Vec::new(), after: Vec::new(), gesture: None }
    }

    pub fn now(&self) -> &T {
        &self.now
    }

    /// Takes the value that `command` leads to. Changes of one drag count as one. Says whether
    /// anything is different.
    pub fn change(&mut self, command: &Command, next: T) -> bool {
        if next == self.now {
            return false;
        }
        let same_gesture = self.gesture == Some(discriminant(command));
        let last = std::mem::replace(&mut self.now, next);
        if !same_gesture {
            self.before.push(last);
            if self.before.len() > Self::DEPTH {
                self.before.remove(0);
            }
        }
        self.after.clear();
        self.gesture = Some(discriminant(command));
        true
    }

    /// Changes the value without a step to undo: something was found out, nobody decided it.
    pub fn amend(&mut self, change: impl FnOnce(&mut T)) {
        change(&mut self.now);
    }

    /// The pointer was let go: the next change is one of its own.
    pub fn settle(&mut self) {
        self.gesture = None;
    }

    pub fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.after.is_empty()
    }

    pub fn undo(&mut self) -> bool {
        self.settle();
        let Some(last) = self.before.pop() else { return false };
        self.after.push(std::mem::replace(&mut self.now, last));
        true
    }

    pub fn redo(&mut self) -> bool {
        self.settle();
        let Some(next) = self.after.pop() else { return false };
        self.before.push(std::mem::replace(&mut self.now, next));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::History;
    use crate::app::command::Command;

    #[test]
    fn a_drag_is_taken_back_in_one_step() {
        let mut history = History::new(6_u8);
        for steps in [7, 8, 9] {
            assert!(history.change(&Command::SetSteps(steps), steps));
        }
        history.settle();
        assert!(history.change(&Command::SetSteps(10), 10));
        assert!(history.undo());
        assert_eq!(*history.now(), 9);
        assert!(history.undo());
        assert_eq!(*history.now(), 6);
        assert!(!history.undo());
        assert!(history.redo() && history.redo() && !history.redo());
        assert_eq!(*history.now(), 10);
    }

    #[test]
    fn a_new_change_forgets_what_was_undone_and_no_change_is_no_step() {
        let mut history = History::new(6_u8);
        history.change(&Command::SetSteps(7), 7);
        history.undo();
        assert!(!history.change(&Command::SetSteps(6), 6));
        assert!(history.can_redo());
        history.change(&Command::SetTop(5), 5);
        assert!(!history.can_redo() && history.can_undo());
    }
}
