//! The files of a package that follow from its views: which there are, in which order, and how each
//! is written. The writer and the verifier both ask here, so they cannot differ.

use super::facts::Facts;
use super::manifest::{json, place};
use super::{Finding, Formats, ReleaseError, csv, joint, page, statement};
use crate::audit;
use crate::draw::tokens::Theme;
use crate::draw::{Scene, png, view_scene};
use crate::views::{Disclosed, Policy, View};

/// Pixels a point in the PNG: sharp on a slide. A picture that would be too large has fewer.
const PNG_SCALE: f32 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    View,
    Table,
    Svg,
    Png,
    Pdf,
    Page,
    Statement,
    Audit,
}

impl Part {
    /// In the order of the archive: for each view, then once a package.
    const OF_A_VIEW: [Self; 5] = [Self::View, Self::Table, Self::Svg, Self::Png, Self::Pdf];
    const OF_A_PACKAGE: [Self; 3] = [Self::Page, Self::Statement, Self::Audit];

    pub(super) fn is_chosen(self, formats: Formats) -> bool {
        match self {
            Self::View | Self::Statement | Self::Audit => true,
            Self::Table => formats.tables,
            Self::Svg => formats.svg,
            Self::Png => formats.png,
            Self::Pdf => formats.pdf,
            Self::Page => formats.page,
        }
    }

    pub(super) fn is_required(self) -> bool {
        let none = Formats { tables: false, svg: false, png: false, pdf: false, page: false };
        self.is_chosen(none)
    }

    /// Whether it shows views to people.
    pub(super) fn is_picture(self) -> bool {
        matches!(self, Self::Svg | Self::Png | Self::Pdf | Self::Page)
    }

    /// The name of the file, for a view with this name.
    pub(super) fn path(self, view: &str) -> String {
        match self {
            Self::View => format!("views/{view}.json"),
            Self::Table => format!("tables/{view}.csv"),
            Self::Svg => format!("pictures/{view}.svg"),
            Self::Png => format!("pictures/{view}.png"),
            Self::Pdf => format!("pictures/{view}.pdf"),
            Self::Page => "report.html".to_owned(),
            Self::Statement => "statement.md".to_owned(),
            Self::Audit => "audit.json".to_owned(),
        }
    }

    /// Every file but the manifest that a package with these views can have, in the order of the
    /// archive: the part, the place of its view in the list, and its name.
    pub(super) fn places(names: &[String]) -> impl Iterator<Item = (Self, usize, String)> {
        let of_views = names.iter().enumerate().flat_map(|(at, name)| {
            Self::OF_A_VIEW.into_iter().map(move |part| (part, at, part.path(name)))
        });
        of_views.chain(Self::OF_A_PACKAGE.into_iter().map(|part| (part, 0, part.path(""))))
    }
}

/// Everything that the files of a package are written from.
pub(super) struct Content<'a> {
    pub(super) views: Vec<&'a View>,
    /// The picture of each, and the same as text.
    scenes: Vec<Scene>,
    pub(super) svgs: Vec<String>,
    pub(super) policy: Policy,
    pub(super) facts: &'a Facts,
}

impl<'a> Content<'a> {
    pub(super) fn new(views: &[&'a Disclosed<View>], policy: Policy, facts: &'a Facts) -> Self {
        let scenes: Vec<Scene> = views.iter().map(|view| scene(view, facts)).collect();
        let svgs = scenes.iter().map(Scene::to_svg).collect();
        Self { views: views.iter().map(|view| view.view()).collect(), scenes, svgs, policy, facts }
    }

    /// The bytes of a file; `at` is the place of its view.
    pub(super) fn bytes(&self, part: Part, at: usize) -> Result<Vec<u8>, ReleaseError> {
        let built = |error: serde_json::Error| ReleaseError::Built(error.to_string());
        let (view, svg) = (self.views[at], &self.svgs[at]);
        Ok(match part {
            Part::View => json(view).map_err(built)?.into_bytes(),
            Part::Table => csv::table(view).into_bytes(),
            Part::Svg => svg.as_bytes().to_vec(),
            Part::Png => png::render_within(svg, PNG_SCALE)?,
            Part::Pdf => self.scenes[at].to_pdf()?,
            Part::Page => page::page(self).into_bytes(),
            Part::Statement => statement::markdown(self).into_bytes(),
            Part::Audit => json(&Audit::of(self)).map_err(built)?.into_bytes(),
        })
    }
}

/// The picture of a view on light paper, as large as its labels need.
fn scene(view: &Disclosed<View>, facts: &Facts) -> Scene {
    let mut scene = view_scene(view, Theme::Light);
    if facts.review_required {
        scene.add_stamp(NOT_REVIEWED, Theme::Light);
    }
    scene
}

/// What pictures say until an approval adds others that do not.
const NOT_REVIEWED: &str = "Not reviewed";

/// The same as SVG text.
pub(crate) fn picture(view: &Disclosed<View>) -> String {
    scene(view, &Facts::default()).to_svg()
}

/// `audit.json`: what was asked of the numbers, and what was found. A package in which the joint
/// attack found something is never written.
#[derive(serde::Serialize)]
struct Audit {
    asked: Vec<&'static str>,
    findings: Vec<String>,
}

impl Audit {
    fn of(content: &Content<'_>) -> Self {
        let asked = audit::ASKED.into_iter().chain(joint::ASKED);
        let findings = content.views.iter().flat_map(|view| structure(view));
        Self { asked: asked.collect(), findings: findings.map(|f| f.to_string()).collect() }
    }
}

/// [`audit::structure`], with places that are those of the package.
pub(super) fn structure(view: &View) -> Vec<Finding> {
    let path = place(&Part::View.path(view.name()));
    let found = audit::structure(view).into_iter();
    found.map(|found| Finding { place: format!("{path}, {}", found.place), ..found }).collect()
}
