//! The attacker: what a reader could work out from a package. Knows only published views.
