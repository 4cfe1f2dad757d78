//! The files of a package that follow from a view: which there are, in which order, and how each
//! is written. The writer and the verifier both ask here, so they cannot differ.

use super::facts::Facts;
use super::manifest::json;
use super::{Formats, ReleaseError, csv, page, statement};
use crate::audit;
use crate::draw::tokens::Theme;
use crate::draw::{FlowPicture, flow_scene, flow_size, png};
use crate::views::{Disclosed, View};

/// Pixels a point in the PNG: sharp on a slide.
const PNG_SCALE: f32 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    View,
    Table,
    Svg,
    Png,
    Page,
    Statement,
    Audit,
}

impl Part {
    /// In the order of the archive.
    pub(super) const ALL: [Self; 7] =
        [Self::View, Self::Table, Self::Svg, Self::Png, Self::Page, Self::Statement, Self::Audit];

    pub(super) fn is_chosen(self, formats: Formats) -> bool {
        match self {
            Self::View | Self::Statement | Self::Audit => true,
            Self::Table => formats.tables,
            Self::Svg => formats.svg,
            Self::Png => formats.png,
            Self::Page => formats.page,
        }
    }

    pub(super) fn is_required(self) -> bool {
        self.is_chosen(Formats { tables: false, svg: false, png: false, page: false })
    }

    /// The name of the file, for a view with this name.
    pub(super) fn path(self, view: &str) -> String {
        match self {
            Self::View => format!("views/{view}.json"),
            Self::Table => format!("tables/{view}.csv"),
            Self::Svg => format!("pictures/{view}.svg"),
            Self::Png => format!("pictures/{view}.png"),
            Self::Page => "report.html".to_owned(),
            Self::Statement => "statement.md".to_owned(),
            Self::Audit => "audit.json".to_owned(),
        }
    }

    /// The bytes of the file. `svg` is [`picture`] of the same view.
    pub(super) fn bytes(
        self,
        view: &View,
        svg: &str,
        facts: &Facts,
    ) -> Result<Vec<u8>, ReleaseError> {
        let built = |error: serde_json::Error| ReleaseError::Built(error.to_string());
        Ok(match self {
            Self::View => json(view).map_err(built)?.into_bytes(),
            Self::Table => csv::table(view).into_bytes(),
            Self::Svg => svg.as_bytes().to_vec(),
            Self::Png => png::render(svg, PNG_SCALE)?,
            Self::Page => page::page(view, facts, svg).into_bytes(),
            Self::Statement => statement::markdown(view, facts).into_bytes(),
            Self::Audit => json(&Audit::of(view)).map_err(built)?.into_bytes(),
        })
    }
}

/// The picture of a view on light paper, as large as its labels need.
pub(crate) fn picture(view: &Disclosed<View>) -> String {
    let [width, height] = flow_size(view);
    let picture = FlowPicture { width, height, theme: Theme::Light, traced: None, drop_off: true };
    flow_scene(view, &picture).to_svg()
}

/// `audit.json`: what was asked of the numbers, and what was found.
#[derive(serde::Serialize)]
struct Audit {
    asked: [&'static str; audit::ASKED.len()],
    findings: Vec<String>,
}

impl Audit {
    fn of(view: &View) -> Self {
        let findings = audit::structure(view);
        Self { asked: audit::ASKED, findings: findings.iter().map(ToString::to_string).collect() }
    }
}
