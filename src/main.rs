//! The program: a window, or with a subcommand the same work without one.

fn main() {}
