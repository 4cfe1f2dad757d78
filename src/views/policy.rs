//! The thresholds under which numbers may be published.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Threshold k and rounding base b, checked together.
///
/// `b` divides `k` and `4b > k + 2`: otherwise the rounding bins of two published numbers can
/// prove a group of 1..k−1 people (found by brute force for k up to 40). The one exception is
/// `b = 1`, for one view of class A alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    k: u32,
    b: u32,
    blur: bool,
}

/// Why a policy is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    #[error("k = {0} is not offered; choose one of 5, 10, 15, 20, 30, 40, 50, 75, 100")]
    Threshold(u32),
    #[error(
        "rounding to {b} is unsafe with k = {k}: b must divide k and 4b must exceed k + 2; leave --round out for {default}"
    )]
    Base { k: u32, b: u32, default: u32 },
}

impl Policy {
    /// The pairs of k and b that are offered where only k is given.
    pub const LISTED: [(u32, u32); 9] =
        [(5, 5), (10, 5), (15, 5), (20, 10), (30, 10), (40, 20), (50, 25), (75, 25), (100, 50)];

    /// # Errors
    /// Where k is not one of the listed thresholds, or b does not go with it.
    pub fn new(k: u32, b: Option<u32>) -> Result<Self, PolicyError> {
        let Some((_, default)) = Self::LISTED.into_iter().find(|(listed, _)| *listed == k) else {
            return Err(PolicyError::Threshold(k));
        };
        let b = b.unwrap_or(default);
        let safe = b > 0 && k.is_multiple_of(b) && (b == 1 || 4 * b > k + 2);
        if !safe {
            return Err(PolicyError::Base { k, b, default });
        }
        Ok(Self { k, b, blur: true })
    }

    #[must_use]
    pub fn with_blur(self, blur: bool) -> Self {
        Self { blur, ..self }
    }

    /// The least number of different people behind any published count.
    pub fn k(self) -> u32 {
        self.k
    }

    /// The base whose multiples are published.
    pub fn b(self) -> u32 {
        self.b
    }

    /// Whether the reason for a rare step is blurred.
    pub fn blur(self) -> bool {
        self.blur
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { k: 10, b: 5, blur: true }
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            k: u32,
            b: Option<u32>,
            blur: Option<bool>,
        }
        let raw = Raw::deserialize(deserializer)?;
        let policy = Self::new(raw.k, raw.b).map_err(serde::de::Error::custom)?;
        Ok(policy.with_blur(raw.blur.unwrap_or(true)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Policy, PolicyError};

    #[test]
    fn every_listed_pair_is_accepted_and_is_the_default_for_its_k() {
        for (k, b) in Policy::LISTED {
            assert_eq!(Policy::new(k, None), Policy::new(k, Some(b)));
        }
    }

    #[test]
    fn bases_that_unpick_each_other_are_refused() {
        for (k, b) in [(20, 5), (10, 2), (10, 3), (50, 5), (30, 5), (10, 0), (10, 20)] {
            assert!(matches!(Policy::new(k, Some(b)), Err(PolicyError::Base { .. })), "{k}/{b}");
        }
        for k in [0, 1, 4, 7, 12] {
            assert_eq!(Policy::new(k, None), Err(PolicyError::Threshold(k)));
        }
    }
}
