//! The generator of sample data: a shop that does not exist, and journeys nobody made.
//!
//! The same size and seed give the same bytes on every machine: all arithmetic is in whole
//! numbers, and the random numbers come from a generator of this module. Names, addresses and
//! numbers inside labels are invented (reserved domains, a block of telephone numbers set aside
//! for fiction).
//!
//! *Invariant:* imports nothing of ours, so that the sample is a file like any other.

mod people;
mod shop;
mod write;

use std::io::{self, Write};

/// How much sample data, and which. A person has about 20 events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub people: u32,
    pub seed: u64,
}

impl Default for Sample {
    /// Enough people for a first picture with rare paths in it, few enough to be there at once.
    fn default() -> Self {
        Self { people: 3_500, seed: 1 }
    }
}

/// The columns of the file, in order.
pub const COLUMNS: [&str; 7] =
    ["user_id", "session_id", "event", "timestamp", "platform", "channel", "consent_analytics"];

/// The columns with something about a person by which groups can be compared.
pub const ATTRIBUTES: [&str; 2] = ["platform", "channel"];

/// Label rules for the sample: a pattern, and the new name, or `None` where the event is hidden.
/// The first that catches a label decides. After them no label looks personal.
pub const RULES: &[(&str, Option<&str>)] = &[
    ("search?q=*", Some("Search")),
    ("/order/*", Some("Order status")),
    ("support/call/*", Some("Call support")),
    ("app_ping", None),
    ("home", Some("Home")),
    ("catalog", Some("Catalog")),
    ("search", Some("Search")),
    ("filter_results", Some("Filter")),
    ("product_view", Some("Product")),
    ("compare", Some("Compare")),
    ("wishlist_add", Some("Wishlist")),
    ("promo_page", Some("Promo")),
    ("add_to_cart", Some("Add to cart")),
    ("cart", Some("Cart")),
    ("shipping_details", Some("Shipping")),
    ("payment_details", Some("Payment")),
    ("payment_error", Some("Payment error")),
    ("purchase", Some("Purchase")),
    ("account_page", Some("Account")),
    ("review_page", Some("Review")),
    ("support_chat", Some("Support chat")),
    ("error_page", Some("Error page")),
    ("gift_card", Some("Gift card")),
];

impl Sample {
    /// Writes a CSV file, its rows in order of time, and gives the number of events.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<u64> {
        write::csv(*self, out)
    }

    /// Writes the same events as Parquet, in row groups of half a million, and gives their number.
    /// The time is a timestamp in milliseconds, UTC; everything else is text.
    ///
    /// # Errors
    /// Those of `out`, and those of the Parquet writer as [`io::ErrorKind::Other`].
    pub fn write_parquet(&self, out: impl Write) -> io::Result<u64> {
        write::parquet(*self, out, write::ROW_GROUP_EVENTS)
    }
}

#[cfg(test)]
mod tests;
