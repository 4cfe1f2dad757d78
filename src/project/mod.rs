//! Folders and settings. Holds no value from the data.
