//! Where things stand: pure geometry over weights and order, without words, colours or views.

pub(super) mod sankey;
