//! View → `Scene` → window, SVG, PNG. One picture, however it is shown.
