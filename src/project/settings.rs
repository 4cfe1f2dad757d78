//! Choices about the program, kept from one run to the next as TOML. No value from the data.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Folders, StoreError, write_whole};

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    Light,
    Dark,
}

/// What a person has set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
    /// The policy file that binds.
    pub policy: Option<PathBuf>,
    /// How the window was left.
    pub window: Option<WindowPlace>,
}

/// A window, as it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Width and height in points at 100 %.
    pub size: [f32; 2],
    pub maximized: bool,
    /// 1 is 100 %.
    pub zoom: f32,
}

impl WindowPlace {
    /// How far a window can be enlarged, and no further when it comes back.
    const ZOOM: std::ops::RangeInclusive<f32> = 0.5..=3.0;
    const LARGEST: f32 = 16_384.0;

    /// Whether a window like this can be shown: a file may say anything.
    fn is_sound(&self) -> bool {
        Self::ZOOM.contains(&self.zoom)
            && self.size.iter().all(|side| (1.0..=Self::LARGEST).contains(side))
    }
}

impl Settings {
    /// What was kept; the defaults where nothing was, or where the file is not readable any more.
    pub fn load(folders: &Folders) -> Self {
        std::fs::read_to_string(folders.settings_file())
            .ok()
            .and_then(|text| toml::from_str(&text).ok())
            .map(|settings: Self| Self {
                window: settings.window.filter(WindowPlace::is_sound),
                ..settings
            })
            .unwrap_or_default()
    }

    /// # Errors
    /// Where the folder cannot be made or written to.
    pub fn save(&self, folders: &Folders) -> Result<(), StoreError> {
        // A struct of plain words always has a TOML form; if it ever had none, nothing is kept.
        let text = toml::to_string(self).unwrap_or_default();
        write_whole("The settings", &folders.settings_file(), &text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Settings, ThemeChoice, WindowPlace};
    use crate::project::Folders;

    #[test]
    fn settings_come_back_and_a_broken_file_gives_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        assert_eq!(Settings::load(&folders), Settings::default());
        let window = WindowPlace { size: [1280.0, 800.0], maximized: true, zoom: 1.5 };
        let dark = Settings { theme: ThemeChoice::Dark, policy: None, window: Some(window) };
        dark.save(&folders).unwrap();
        assert_eq!(Settings::load(&folders), dark);
        for zoom in [f32::NAN, 0.0, 900.0] {
            let window = Some(WindowPlace { zoom, ..window });
            Settings { window, ..dark.clone() }.save(&folders).unwrap();
            assert_eq!(Settings::load(&folders), Settings { window: None, ..dark.clone() });
        }
        std::fs::write(folders.settings_file(), "theme = 7").unwrap();
        assert_eq!(Settings::load(&folders), Settings::default());
    }
}
