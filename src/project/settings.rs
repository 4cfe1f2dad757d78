//! Choices about the program, kept from one run to the next as TOML. No value from the data.

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: ThemeChoice,
}

impl Settings {
    /// What was kept; the defaults where nothing was, or where the file is not readable any more.
    pub fn load(folders: &Folders) -> Self {
        std::fs::read_to_string(folders.settings_file())
            .ok()
            .and_then(|text| toml::from_str(&text).ok())
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
    use super::{Settings, ThemeChoice};
    use crate::project::Folders;

    #[test]
    fn settings_come_back_and_a_broken_file_gives_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::under(folder.path());
        assert_eq!(Settings::load(&folders), Settings::default());
        let dark = Settings { theme: ThemeChoice::Dark };
        dark.save(&folders).unwrap();
        assert_eq!(Settings::load(&folders), dark);
        std::fs::write(folders.settings_file(), "theme = 7").unwrap();
        assert_eq!(Settings::load(&folders), Settings::default());
    }
}
