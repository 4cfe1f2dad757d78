//! Where things stand: pure geometry over weights and order, without words, colours or views.

pub(super) mod axis;
pub(super) mod bars;
pub(super) mod layered;
pub(super) mod sankey;
