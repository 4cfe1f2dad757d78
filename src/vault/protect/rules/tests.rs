//! Patterns of every kind.
