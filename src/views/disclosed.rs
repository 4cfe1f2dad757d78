//! The seal: a value that has passed disclosure control.

/// A view that disclosure control has let out.
///
/// Everything that shows or writes numbers takes this type, and nothing outside the crate can
/// build one. It has no `Deserialize`, `Default`, `From` or `map`, so a value cannot slip in later.
pub struct Disclosed<V> {
    view: V,
}

impl<V> Disclosed<V> {
    /// Seals a view. Only `vault/disclose` and `release/open` may name this function;
    /// `tests/architecture.rs` checks that.
    pub(crate) fn after_control(view: V) -> Self {
        Self { view }
    }

    /// The published values.
    pub fn view(&self) -> &V {
        &self.view
    }
}
