//! Views that were published before, published again.

use crate::vault::Disclosure;
use crate::views::{Disclosed, View};

/// Seals a view once more that went through control before, under the name that it has now. How much
/// of it stands by name is known as a band only.
pub(in crate::vault) fn again(view: &View, name: &str) -> Disclosure {
    let [low, _] = view.head().by_name_band;
    let view = view.clone().with_name(name);
    Disclosure { view: Disclosed::after_control(view), kept_by_name_percent: f64::from(low) }
}
