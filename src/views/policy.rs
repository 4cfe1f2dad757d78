//! The thresholds under which numbers may be published.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::UnknownConsent;

/// How exactly times are used: durations are computed from times cut to this grain.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum TimeGrain {
    /// As in the data.
    #[default]
    None,
    Minute,
    Hour,
    Day,
    /// Only which event came first; no view of times.
    Order,
}

impl TimeGrain {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
    fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// The length in milliseconds, where there is one.
    pub fn millis(self) -> Option<i64> {
        match self {
            Self::None => Some(1),
            Self::Minute => Some(60_000),
            Self::Hour => Some(3_600_000),
            Self::Day => Some(86_400_000),
            Self::Order => None,
        }
    }
}

/// Threshold k and rounding base b, checked together, and what goes with them.
///
/// `b` divides `k` and `4b > k + 2`: otherwise the rounding bins of two published numbers can
/// prove a group of 1..k−1 people (found by brute force for k up to 40). The one exception is
/// `b = 1`, for one view of class A alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    k: u32,
    b: u32,
    blur: bool,
    /// The most sessions or occurrences that one person adds to a count.
    #[serde(skip_serializing_if = "Option::is_none")]
    cap: Option<u32>,
    #[serde(skip_serializing_if = "TimeGrain::is_none")]
    time_grain: TimeGrain,
}

/// Why a policy is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    #[error("k = {0} is not offered; choose one of 5, 10, 15, 20, 30, 40, 50, 75, 100")]
    Threshold(u32),
    #[error(
        "rounding to {b} is unsafe with k = {k}: b must divide k and 4b must exceed k + 2; leave --round out for {default}"
    )]
    Base { k: u32, b: u32, default: u32 },
    #[error("a person adds 1 to 1000 sessions or occurrences to a count, not {0}; change --cap")]
    Cap(u32),
    #[error("{0}")]
    Demanded(String),
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
        Ok(Self { k, b, blur: true, cap: None, time_grain: TimeGrain::None })
    }

    /// # Errors
    /// Where the cap is 0 or absurd. One above [`Policy::default_cap`] is allowed: the numbers that
    /// one or two people dominate are then not shown.
    pub fn with_cap(self, cap: Option<u32>) -> Result<Self, PolicyError> {
        match cap {
            Some(cap) if !(1..=1000).contains(&cap) => Err(PolicyError::Cap(cap)),
            _ => Ok(Self { cap, ..self }),
        }
    }

    #[must_use]
    pub fn with_time_grain(self, time_grain: TimeGrain) -> Self {
        Self { time_grain, ..self }
    }

    /// The most sessions or occurrences that one person adds to a count.
    pub fn cap(self) -> u32 {
        self.cap.unwrap_or(self.default_cap())
    }

    /// With this cap nobody can dominate a count of k people: one has less than half of it and two
    /// have at most two thirds.
    pub fn default_cap(self) -> u32 {
        (self.k - 2).min(5)
    }

    pub fn time_grain(self) -> TimeGrain {
        self.time_grain
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
        Self { k: 10, b: 5, blur: true, cap: None, time_grain: TimeGrain::None }
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
            cap: Option<u32>,
            #[serde(default)]
            time_grain: TimeGrain,
        }
        let raw = Raw::deserialize(deserializer)?;
        let policy = Self::new(raw.k, raw.b).map_err(serde::de::Error::custom)?;
        let policy = policy.with_cap(raw.cap).map_err(serde::de::Error::custom)?;
        Ok(policy.with_blur(raw.blur.unwrap_or(true)).with_time_grain(raw.time_grain))
    }
}

/// What an organisation demands of every release: floors that a choice cannot go below.
/// The file `NAME.trodden-policy.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Demands {
    /// The smallest k.
    pub k: Option<u32>,
    /// The smallest b.
    pub b: Option<u32>,
    /// `true`: the blur stays on.
    pub blur: Option<bool>,
    /// The largest cap.
    pub cap: Option<u32>,
    /// The finest grain.
    pub time_grain: TimeGrain,
    /// Purposes for which consent is required.
    pub purposes: Vec<String>,
    /// What unknown consent is taken for.
    pub unknown_consent: UnknownConsent,
    /// Labels that are never shown by name. `*` stands for anything.
    pub forbidden_labels: Vec<String>,
    /// The formats that a package may have; all where nothing is said.
    pub formats: Vec<String>,
    pub review_required: bool,
}

impl Demands {
    /// # Errors
    /// Where the demands themselves are below the floor: k is at least 5 and goes with b.
    pub fn check(&self) -> Result<(), PolicyError> {
        if let Some(k) = self.k {
            Policy::new(k, self.b)?;
        }
        Policy::default().with_cap(self.cap).map(|_| ())
    }

    /// # Errors
    /// Where a choice goes below a demand.
    pub fn allow(&self, policy: Policy) -> Result<(), PolicyError> {
        let refuse = |what: String| Err(PolicyError::Demanded(what));
        if let Some(k) = self.k.filter(|k| policy.k() < *k) {
            return refuse(format!("the policy demands k of at least {k}; raise --k"));
        }
        if let Some(b) = self.b.filter(|b| policy.b() < *b) {
            return refuse(format!("the policy demands rounding to at least {b}; change --round"));
        }
        if self.blur == Some(true) && !policy.blur() {
            return refuse("the policy demands the blur; leave --blur out".to_owned());
        }
        if let Some(cap) = self.cap.filter(|cap| policy.cap() > *cap) {
            return refuse(format!("the policy demands a cap of at most {cap}; lower --cap"));
        }
        if policy.time_grain() < self.time_grain {
            return refuse("the policy demands coarser times; change --time-grain".to_owned());
        }
        Ok(())
    }

    /// Whether a package may hold files of this form, such as `csv`.
    #[must_use]
    pub fn allows_format(&self, name: &str) -> bool {
        self.formats.is_empty() || self.formats.iter().any(|allowed| allowed == name)
    }

    /// The same thresholds, raised where one is below what is demanded.
    #[must_use]
    pub fn raise(&self, policy: Policy) -> Policy {
        let k = self.k.map_or(policy.k(), |k| k.max(policy.k()));
        let b = self.b.map_or(policy.b(), |b| b.max(policy.b()));
        let pairs = [Some(b), self.b, None].map(|b| Policy::new(k, b));
        let least = self.default_policy().unwrap_or_default();
        let raised = pairs.into_iter().flatten().find(|pair| self.b.is_none_or(|b| pair.b() >= b));
        let raised = raised.unwrap_or(least);
        let cap = self.cap.map_or(policy.cap(), |cap| cap.min(policy.cap()));
        let cap = Some(cap).filter(|cap| *cap != raised.default_cap());
        raised
            .with_cap(cap)
            .unwrap_or(raised)
            .with_blur(policy.blur() || self.blur == Some(true))
            .with_time_grain(policy.time_grain().max(self.time_grain))
    }

    /// The thresholds to use where nobody chose: the defaults, raised to what is demanded.
    ///
    /// # Errors
    /// See [`Demands::check`].
    pub fn default_policy(&self) -> Result<Policy, PolicyError> {
        let k = self.k.map_or(Policy::default().k(), |k| k.max(Policy::default().k()));
        let b = if Some(k) == self.k { self.b } else { None };
        let policy = Policy::new(k, b)?;
        let cap = self.cap.filter(|cap| *cap < policy.default_cap());
        Ok(policy.with_cap(cap)?.with_time_grain(self.time_grain))
    }
}

#[cfg(test)]
mod tests {
    use super::{Demands, Policy, PolicyError, TimeGrain};

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

    #[test]
    fn a_choice_cannot_go_below_what_is_demanded() {
        let demands = Demands {
            k: Some(20),
            blur: Some(true),
            cap: Some(3),
            time_grain: TimeGrain::Hour,
            ..Demands::default()
        };
        let least = demands.default_policy().expect("20 is listed");
        assert_eq!((least.k(), least.b(), least.cap()), (20, 10, 3));
        assert_eq!(demands.allow(least), Ok(()));
        let wrong = [
            Policy::new(15, None).expect("listed"),
            least.with_blur(false),
            least.with_cap(Some(4)).expect("a cap"),
            least.with_time_grain(TimeGrain::Minute),
        ];
        for policy in wrong {
            assert!(matches!(demands.allow(policy), Err(PolicyError::Demanded(_))));
        }
        let below = Demands { k: Some(3), ..Demands::default() };
        assert_eq!(below.check(), Err(PolicyError::Threshold(3)));
    }

    #[test]
    fn thresholds_are_raised_to_what_is_demanded_and_no_further() {
        let demands = [
            Demands::default(),
            Demands { k: Some(20), ..Demands::default() },
            Demands { k: Some(15), b: Some(5), blur: Some(true), ..Demands::default() },
            Demands { cap: Some(2), time_grain: TimeGrain::Day, ..Demands::default() },
        ];
        for demands in demands {
            for (k, _) in Policy::LISTED {
                let policy = Policy::new(k, None).expect("listed");
                for policy in [policy, policy.with_blur(false)] {
                    let raised = demands.raise(policy);
                    assert_eq!(demands.allow(raised), Ok(()), "{demands:?} {policy:?}");
                    assert_eq!(raised.k(), k.max(demands.k.unwrap_or(0)));
                    if demands.allow(policy).is_ok() {
                        assert_eq!(raised, policy);
                    }
                }
            }
        }
    }

    #[test]
    fn with_the_default_cap_nobody_can_dominate() {
        for (k, _) in Policy::LISTED {
            let cap = Policy::new(k, None).expect("listed").cap();
            // The worst case: k people, one or two of them with all they may add, the rest with one.
            assert!(2 * cap <= cap + (k - 1));
            assert!(3 * 2 * cap <= 2 * (2 * cap + (k - 2)));
        }
    }
}
