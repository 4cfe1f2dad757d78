//! Two packages beside each other at the desk: which two, what is told of them, and their pictures.
//!
//! *Invariant:* the left one is the package that is shown; what is kept of a pair is of these very
//! bytes.

use std::sync::Arc;

use super::{About, Attacking, Received, Review, ReviewTab};
use crate::app::worker::{Examined, ReviewJob, Worker};
use crate::draw::Scene;
use crate::draw::text::shorten;
use crate::draw::tokens::Theme;
use crate::release::{Attacker, Beside, Published, Spot};

/// Two packages and what is said of them.
#[derive(Default)]
pub struct Pairing {
    /// The one at the right, as it was chosen.
    right: Option<usize>,
    of: Option<[Arc<Examined>; 2]>,
    pub answer: Option<Result<Arc<Beside>, String>>,
    /// On these two alone.
    pub attack: Attacking,
    /// Which pair of views is looked at.
    pub at: usize,
    picture: Option<([Arc<Examined>; 2], [usize; 2], Theme)>,
    pub scenes: Option<[Arc<Scene>; 2]>,
}

fn is_same(one: &[Arc<Examined>; 2], other: &[Arc<Examined>; 2]) -> bool {
    one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
}

impl Review {
    /// Something of all packages that are attacked together.
    pub fn known<'a, T: 'a>(
        &'a self,
        of: impl Fn(&'a Examined) -> &'a Vec<T>,
    ) -> impl Iterator<Item = &'a T> {
        let compared = self.compared();
        let all = self.packages.iter().filter(move |it| compared.contains(&it.number));
        all.filter_map(|it| it.ready()).flat_map(move |it| of(it))
    }

    /// Every number of the packages that are attacked together, the shown one first.
    pub fn published(&self) -> impl Iterator<Item = (Spot, &Published)> {
        let of = |number: usize| self.packages.iter().find(move |it| it.number == number);
        self.compared().into_iter().filter_map(of).flat_map(|it| {
            let numbers = it.ready().into_iter().flat_map(|examined| &examined.published);
            numbers.map(|own| (Spot { package: it.number, cell: own.cell }, own))
        })
    }

    /// The name of a package where several are attacked together.
    pub fn name_of(&self, number: usize) -> Option<String> {
        let package = self.packages.iter().find(|it| it.number == number)?;
        (self.compared().len() > 1).then(|| shorten(&package.name(), 24))
    }

    /// The packages that can lie beside the one that is shown.
    pub fn others(&self) -> impl Iterator<Item = &Received> {
        self.packages.iter().filter(|it| Some(it.number) != self.shown && it.ready().is_some())
    }

    /// The one at the right: the one that was chosen, or the first.
    pub fn right(&self) -> Option<&Received> {
        let chosen = self.others().find(|it| Some(it.number) == self.pair.right);
        chosen.or_else(|| self.others().next())
    }

    pub(super) fn lay_beside(&mut self, other: usize) {
        if self.pair.answer.as_ref().is_some_and(Result::is_err) {
            self.pair.of = None;
        }
        self.pair.right = Some(other);
        self.tab = ReviewTab::Beside;
    }

    /// What was stopped is not begun again by itself.
    pub(super) fn stop_pair(&mut self) {
        self.pair.picture = None;
        if self.pair.of.is_some() && self.pair.answer.is_none() {
            self.pair.answer = Some(Err("Stopped as asked.".to_owned()));
        }
    }

    /// Leaves the work for two that are looked at side by side.
    pub(super) fn prepare_pair(&mut self, worker: &Worker) {
        if self.tab != ReviewTab::Beside {
            return;
        }
        let two = self.received().zip(self.right());
        let Some((left, right)) = two else { return };
        let numbers = vec![left.number, right.number];
        let (Some(left), Some(right)) = (left.ready(), right.ready()) else { return };
        let packages = [Arc::clone(left), Arc::clone(right)];
        if self.pair.of.as_ref().is_some_and(|of| is_same(of, &packages)) {
            return;
        }
        let right = self.pair.right;
        self.pair = Pairing { right, of: Some(packages.clone()), ..Pairing::default() };
        let are_drawn = packages.iter().all(|package| !package.opened.views.is_empty());
        self.ask(About::Beside, ReviewJob::Beside { packages }, worker);
        if are_drawn {
            self.attack(About::Pair, numbers, Attacker::default(), worker);
        }
    }

    /// Asks for the pictures of two views unless they are there or on their way.
    pub fn want_pair(&mut self, views: [usize; 2], theme: Theme, worker: &Worker) {
        let Some(packages) = self.pair.of.clone() else { return };
        let is_it = |(of, at, in_theme): &([Arc<Examined>; 2], [usize; 2], Theme)| {
            is_same(of, &packages) && *at == views && *in_theme == theme
        };
        if self.pair.picture.as_ref().is_some_and(is_it) {
            return;
        }
        self.pair.picture = Some((packages.clone(), views, theme));
        self.pair.scenes = None;
        self.ask(About::PairPicture, ReviewJob::DrawPair { packages, views, theme }, worker);
    }
}
