//! What things on a board are known by, while their names and places change.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);
    )+};
}

ids! {
    /// A board of a workshop.
    BoardId,
    /// A stage of a board.
    StageId,
    /// A lane of a board.
    LaneId,
    /// A card of a board.
    CardId,
    /// A persona of a board.
    PersonaId,
    /// A slide of a workshop.
    SlideId,
}

/// Another number, after the last that was given.
pub(super) fn next_id(last_id: &mut u32) -> u32 {
    *last_id += 1;
    *last_id
}
