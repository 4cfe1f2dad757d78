//! The network of a flow as numbers: which edges there are, and which of them a drawing uses.
//!
//! Layer 0 holds the edges from START, layer `n` those from step `n − 1` to step `n` (counted from
//! 0), among them the exits out of step `n − 1`. At each step slot 0 is `Other`.

use crate::vault::measure::flow::{MAX_STEPS, Slots};

/// The slot of `Other` at every step, and of START before the first.
pub(super) const OTHER: usize = 0;

/// The number of an edge or exit.
pub(super) type Edge = u32;

/// No edge: the journey has left the picture.
pub(super) const GONE: Edge = Edge::MAX;

/// How many steps there are and how many slots each may have.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub(super) steps: usize,
    /// Slots a step, `Other` included.
    pub(super) width: usize,
}

/// An edge taken apart.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) layer: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Grid {
    /// The `to` of an exit.
    pub(super) fn exit(self) -> usize {
        self.width
    }

    pub(super) fn edges(self) -> usize {
        self.steps * self.width * (self.width + 1)
    }

    pub(super) fn edge(self, layer: usize, from: usize, to: usize) -> Edge {
        ((layer * self.width + from) * (self.width + 1) + to) as Edge
    }

    pub(super) fn ends(self, edge: Edge) -> Ends {
        let edge = edge as usize;
        let node = edge / (self.width + 1);
        Ends { layer: node / self.width, from: node % self.width, to: edge % (self.width + 1) }
    }

    /// The edges out of a node, its exit last: `from` is a slot of step `layer − 1`.
    pub(super) fn out_of(self, layer: usize, from: usize) -> std::ops::Range<Edge> {
        self.edge(layer, from, 0)..self.edge(layer, from, self.width) + 1
    }

    /// The edge that a journey uses in each layer when it is drawn this way.
    pub(super) fn path(self, journey: &Slots, drawing: Drawing) -> [Edge; MAX_STEPS] {
        let mut path = [GONE; MAX_STEPS];
        let mut from = OTHER;
        for (layer, edge) in path.iter_mut().enumerate().take(self.steps) {
            let to = if layer < journey.len {
                if drawing.is_own(layer) { usize::from(journey.bytes[layer]) } else { OTHER }
            } else if layer == journey.len && drawing.exits() {
                self.exit()
            } else {
                OTHER
            };
            *edge = self.edge(layer, from, to);
            if to == self.exit() {
                break;
            }
            from = to;
        }
        path
    }
}

/// How one journey is drawn: which steps stand under their own label, and whether a journey that
/// ended within the picture leaves by its own exit (else it rides in `Other` to the last step).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Drawing(u16);

impl Drawing {
    const EXITS: u16 = 1 << 15;

    /// Every step as `Other`, without an exit.
    pub(super) const NOTHING: Self = Self(0);

    pub(super) fn with_own(self, step: usize) -> Self {
        Self(self.0 | 1 << step)
    }

    pub(super) fn with_exit(self) -> Self {
        Self(self.0 | Self::EXITS)
    }

    pub(super) fn is_own(self, step: usize) -> bool {
        self.0 >> step & 1 == 1
    }

    pub(super) fn exits(self) -> bool {
        self.0 & Self::EXITS != 0
    }

    /// How many steps stand under their own label.
    pub(super) fn names(self) -> u32 {
        (self.0 & !Self::EXITS).count_ones()
    }

    /// The steps before `step`, and nothing after.
    pub(super) fn before(self, step: usize) -> Self {
        Self(self.0 & ((1 << step) - 1))
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a drawing is worth: a name, an exit at the journey's own last node, an exit out of `Other`.
pub(super) const NAME: u32 = 50;
const EXIT_OWN: u32 = 5;
const EXIT_OTHER: u32 = 1;

/// A drawing and its worth.
#[derive(Clone, Copy)]
pub(super) struct Best {
    pub(super) worth: u32,
    pub(super) drawing: Drawing,
}

impl Grid {
    /// The worth of a drawing.
    pub(super) fn worth(journey: &Slots, drawing: Drawing) -> u32 {
        let exit = if !drawing.exits() {
            0
        } else if drawing.is_own(journey.len - 1) {
            EXIT_OWN
        } else {
            EXIT_OTHER
        };
        drawing.names() * NAME + exit
    }

    /// The best drawing that uses allowed edges only, or `None` where there is none. Between equal
    /// ones it is the one with the earliest own label.
    pub(super) fn best(self, journey: &Slots, allowed: impl Fn(Edge) -> bool) -> Option<Best> {
        self.best_from(journey, 0, OTHER, allowed)
    }

    /// The best way on for a journey that `prefix` has brought to the node before `layer`, if it is
    /// to pass through `Other` there.
    pub(super) fn best_through_other(
        self,
        journey: &Slots,
        prefix: Drawing,
        layer: usize,
        allowed: impl Fn(Edge) -> bool,
    ) -> Option<Best> {
        let prefix = prefix.before(layer);
        let rest = if layer < journey.len {
            self.best_from(journey, layer + 1, OTHER, allowed)?
        } else {
            let rides = (layer + 1..self.steps).all(|l| allowed(self.edge(l, OTHER, OTHER)));
            Best { worth: 0, drawing: if rides { Drawing::NOTHING } else { return None } }
        };
        let drawing = prefix.or(rest.drawing);
        Some(Best { worth: Self::worth(journey, drawing), drawing })
    }

    /// The best drawing of the steps from `first` on, for a journey that stands at slot `from` of
    /// the step before. Its worth counts those steps and the exit.
    fn best_from(
        self,
        journey: &Slots,
        first: usize,
        from: usize,
        allowed: impl Fn(Edge) -> bool,
    ) -> Option<Best> {
        let len = journey.len;
        let end = |from: usize| -> Option<(u32, bool)> {
            if len == self.steps {
                return Some((0, false));
            }
            if allowed(self.edge(len, from, self.exit())) {
                return Some((if from == OTHER { EXIT_OTHER } else { EXIT_OWN }, true));
            }
            let rides = allowed(self.edge(len, from, OTHER))
                && (len + 1..self.steps).all(|l| allowed(self.edge(l, OTHER, OTHER)));
            rides.then_some((0, false))
        };
        if first == len {
            let (worth, exits) = end(from)?;
            let drawing = if exits { Drawing::NOTHING.with_exit() } else { Drawing::NOTHING };
            return Some(Best { worth, drawing });
        }
        // Backwards: the best worth from each step on, standing at its own label or at Other.
        let slot = |step: usize| usize::from(journey.bytes[step]);
        let mut own = [None; MAX_STEPS + 1];
        let mut other = [None; MAX_STEPS + 1];
        let ended_own = end(slot(len - 1));
        let ended_other = end(OTHER);
        own[len - 1] = ended_own.map(|(worth, _)| worth + NAME);
        other[len - 1] = ended_other.map(|(worth, _)| worth);
        let go = |step: usize, at: usize, own: &[Option<u32>], other: &[Option<u32>]| {
            let to = slot(step);
            let by_name =
                if to == OTHER || !allowed(self.edge(step, at, to)) { None } else { own[step] };
            let as_other = if allowed(self.edge(step, at, OTHER)) { other[step] } else { None };
            (by_name, as_other)
        };
        for step in (first + 1..len).rev() {
            let (by_name, as_other) = go(step, slot(step - 1), &own, &other);
            own[step - 1] = by_name.max(as_other).map(|worth| worth + NAME);
            let (by_name, as_other) = go(step, OTHER, &own, &other);
            other[step - 1] = by_name.max(as_other);
        }
        // Forwards: the own label first wherever it is worth as much.
        let mut drawing = Drawing::NOTHING;
        let mut at = from;
        let mut total = None;
        for step in first..len {
            let (by_name, as_other) = go(step, at, &own, &other);
            total = total.or(by_name.max(as_other));
            total?;
            if by_name >= as_other {
                drawing = drawing.with_own(step);
                at = slot(step);
            } else {
                at = OTHER;
            }
        }
        let (_, exits) = if at == OTHER { ended_other? } else { ended_own? };
        Some(Best { worth: total?, drawing: if exits { drawing.with_exit() } else { drawing } })
    }
}
