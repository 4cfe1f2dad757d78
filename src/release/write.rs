//! Sealed views into a package.

use super::{Contents, Package, ReleaseError};

/// Builds a package, reads its own bytes back, checks them, and refuses where anything is found.
pub fn write(contents: &Contents<'_>) -> Result<Package, ReleaseError> {
    let [_view] = contents.views.as_slice() else { return Err(ReleaseError::OneView) };
    Err(ReleaseError::Built("not yet".to_owned()))
}
