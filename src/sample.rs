//! The generator of sample data.
