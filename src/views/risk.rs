//! How well people can be told from each other, and what each threshold keeps by name.
//!
//! [`Uniqueness`] and [`Risk`] are exact, for the eyes of the analyst: they can be neither printed
//! nor written. What leaves are [`RiskBands`].

use serde::{Deserialize, Serialize};

/// How many percent of the people nobody else is like, for somebody who knows something of them.
#[derive(Clone, PartialEq)]
pub struct Uniqueness {
    /// By their first 1, 2, … 10 steps.
    pub first_steps: [f64; Self::STEPS],
    /// By all their steps, without order and number.
    pub step_set: f64,
    /// By their first steps and the day of each. Absent where the data have no times.
    pub with_day: Option<[f64; Self::STEPS]>,
    /// By their first steps and the hour of each.
    pub with_hour: Option<[f64; Self::STEPS]>,
}

impl Uniqueness {
    /// The most first steps that somebody is assumed to know.
    pub const STEPS: usize = 10;

    fn bands(&self) -> UniquenessBands {
        let bands = |shares: [f64; Self::STEPS]| shares.map(band);
        UniquenessBands {
            first_steps: bands(self.first_steps),
            step_set: band(self.step_set),
            with_day: self.with_day.map(bands),
            with_hour: self.with_hour.map(bands),
        }
    }
}

/// How many percent of the people can be singled out.
#[derive(Clone, PartialEq)]
pub struct Risk {
    /// In the data.
    pub before: Uniqueness,
    /// In what is disclosed.
    pub after: Uniqueness,
}

impl Risk {
    /// As it may leave.
    pub fn bands(&self) -> RiskBands {
        RiskBands { before: self.before.bands(), after: self.after.bands() }
    }
}

/// [`Uniqueness`] in bands of five percent, each as `[low, high]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UniquenessBands {
    pub first_steps: [[u8; 2]; Uniqueness::STEPS],
    pub step_set: [u8; 2],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_day: Option<[[u8; 2]; Uniqueness::STEPS]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_hour: Option<[[u8; 2]; Uniqueness::STEPS]>,
}

/// [`Risk`] in bands of five percent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskBands {
    pub before: UniquenessBands,
    pub after: UniquenessBands,
}

impl RiskBands {
    /// Whether everything in it is a band of five percent, as [`Risk::bands`] makes them.
    pub fn is_in_bands(&self) -> bool {
        let is_band = |[low, high]: [u8; 2]| low <= 95 && low.is_multiple_of(5) && high == low + 5;
        [&self.before, &self.after].into_iter().all(|bands| {
            let dated = bands.with_day.iter().chain(&bands.with_hour).flatten();
            let all = bands.first_steps.iter().chain(dated).chain([&bands.step_set]);
            all.copied().all(is_band)
        })
    }
}

fn band(percent: f64) -> [u8; 2] {
    let low = ((percent / 5.0).floor() as u8 * 5).min(95);
    [low, low + 5]
}

/// What stands under its own name at one listed pair of k and b, from rounded counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UtilityPoint {
    pub k: u32,
    pub b: u32,
    /// Of the steps that have a label of their own, whole percents.
    pub steps_percent: u8,
    /// Beginnings of journeys, of any length up to the steps of the view.
    pub paths: u64,
    /// Edges of the map.
    pub edges: u64,
}

#[cfg(test)]
mod tests {
    use super::{Risk, Uniqueness};

    #[test]
    fn what_leaves_is_in_bands_of_five_percent() {
        let mut exact = Uniqueness {
            first_steps: [0.0, 0.1, 4.99, 5.0, 12.5, 50.0, 94.9, 95.0, 99.9, 100.0],
            step_set: 33.3,
            with_day: None,
            with_hour: Some([100.0; 10]),
        };
        let before = exact.clone();
        exact.first_steps = [0.0; 10];
        let bands = Risk { before, after: exact }.bands();
        let low = bands.before.first_steps.map(|[low, high]| {
            assert_eq!(high, low + 5);
            low
        });
        assert_eq!(low, [0, 0, 0, 5, 10, 50, 90, 95, 95, 95]);
        assert_eq!(bands.before.step_set, [30, 35]);
        assert_eq!((bands.before.with_day, bands.before.with_hour), (None, Some([[95, 100]; 10])));
        assert_eq!(bands.after.first_steps, [[0, 5]; 10]);
    }
}
