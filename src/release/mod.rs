//! The release package: written, read back, verified.
