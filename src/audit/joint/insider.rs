//! Somebody who knows one hidden number, or is one of the people in it.
//!
//! Nobody but the insider sees that number, so every value that it can have is tried. Where several
//! hidden numbers stand in one sum, the rest of it is then known closer. Bounds are those of each
//! number alone: what is found is proven, what is not found is not proven to be safe.

use super::model::{Model, Relation, Var};
use crate::audit::system::{Refused, Sense, Steps};

/// Groups of 1..k−1 that somebody inside learns: sums of hidden numbers of one relation.
pub(super) fn insiders(model: &Model, steps: &mut Steps) -> Result<Vec<Vec<(Var, i8)>>, Refused> {
    let mut found = Vec::new();
    for relation in &model.relations {
        steps.spend(relation.terms.len())?;
        let Some(Sum { hidden, lo, hi }) = Sum::of(model, relation) else { continue };
        steps.spend(hidden.len() * hidden.len())?;
        let learned = hidden.iter().any(|own| {
            let others: Vec<usize> = hidden.iter().filter(|at| *at != own).copied().collect();
            let bound = |side: fn(&super::model::Unknown) -> f64| {
                others.iter().map(|at| side(&model.unknowns[*at])).sum::<f64>()
            };
            let (least, most) = (bound(|unknown| unknown.lo), bound(|unknown| unknown.hi));
            let k = others.iter().map(|at| model.unknowns[*at].k).min().unwrap_or(0);
            let own = &model.unknowns[*own];
            // From 1 on somebody is in it.
            (own.lo.max(1.0) as u64..=own.hi as u64).any(|value| {
                let rest_lo = (lo - value as f64).max(least);
                let rest_hi = (hi - value as f64).min(most);
                rest_lo >= 1.0 && rest_lo <= rest_hi && rest_hi < k as f64
            })
        });
        if learned {
            found.push(hidden.into_iter().map(|at| (Var::Cell(at), 1)).collect());
        }
    }
    Ok(found)
}

/// What the other numbers of a relation say of the sum of its hidden ones.
struct Sum {
    hidden: Vec<usize>,
    lo: f64,
    hi: f64,
}

impl Sum {
    fn of(model: &Model, relation: &Relation) -> Option<Self> {
        let is_hidden = |at: usize| {
            let unknown = &model.unknowns[at];
            unknown.hidden.is_some() && unknown.cells.is_empty() && unknown.hi.is_finite()
        };
        let (hidden, rest): (Vec<_>, Vec<_>) =
            relation.terms.iter().copied().partition(|(at, _)| is_hidden(*at));
        let (_, sign) = *hidden.first()?;
        let is_one = |by: f64| (by * sign - 1.0).abs() < f64::EPSILON;
        if hidden.len() < 2 || !hidden.iter().all(|(_, by)| is_one(*by)) {
            return None;
        }
        // Everything else, on the other side.
        let (mut lo, mut hi) = (0.0, 0.0);
        for (at, by) in rest {
            let (by, unknown) = (-by * sign, &model.unknowns[at]);
            let ends = (by * unknown.lo, by * unknown.hi);
            lo += ends.0.min(ends.1);
            hi += ends.0.max(ends.1);
        }
        match (relation.sense, sign > 0.0) {
            (Sense::Equal, _) => {}
            (Sense::AtMost, true) | (Sense::AtLeast, false) => lo = f64::NEG_INFINITY,
            (Sense::AtMost, false) | (Sense::AtLeast, true) => hi = f64::INFINITY,
        }
        Some(Self { hidden: hidden.into_iter().map(|(at, _)| at).collect(), lo, hi })
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Model, Unknown};
    use super::insiders;
    use crate::audit::system::{Sense, Steps};

    /// A published whole, in its bin, and hidden parts of it of at most nine people each.
    fn whole_and_hidden((lo, hi): (f64, f64), parts: usize) -> Model {
        let mut model = Model::default();
        let mut add = |lo, hi, hidden: bool| {
            let cells = Vec::new();
            let hidden = hidden.then(|| "here".to_owned());
            model.unknowns.push(Unknown { lo, hi, k: 10, cells, hidden });
        };
        add(lo, hi, false);
        for _ in 0..parts {
            add(0.0, 9.0, true);
        }
        let terms = (1..=parts).map(|at| (at, 1.0)).chain([(0, -1.0)]).collect();
        model.relate(terms, Sense::Equal);
        model
    }

    fn learns(whole: (f64, f64), parts: usize) -> bool {
        let model = whole_and_hidden(whole, parts);
        !insiders(&model, &mut Steps::default()).expect("a few numbers").is_empty()
    }

    #[test]
    fn one_of_several_hidden_groups_learns_of_the_others() {
        // Nine of 10 to 14 people know that the other two groups are 1 to 5 people together.
        assert!(learns((10.0, 14.0), 3));
        // With 18 or more people left for the others, they may be enough.
        assert!(!learns((19.0, 27.0), 4));
        // Nobody is left, or ten are: 0 and 10 are no small groups.
        assert!(!learns((0.0, 30.0), 3));
    }

    #[test]
    fn one_hidden_group_alone_has_nobody_to_learn_of() {
        assert!(!learns((4.0, 8.0), 1));
    }
}
