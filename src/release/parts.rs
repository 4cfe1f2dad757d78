//! The files of a package that follow from its views: which there are, in which order, and how each
//! is written. The writer and the verifier both ask here, so they cannot differ.

use super::archive::File;
use super::facts::Facts;
use super::history::NAME as HISTORY;
use super::manifest::{json, place};
use super::{
    Finding, Formats, ReleaseError, csv, dot, graph, graphml, joint, mermaid, page, parquet,
    results, statement,
};
use crate::audit;
use crate::draw::tokens::Theme;
use crate::draw::{Scene, png, view_scene};
use crate::views::{Checkpoint, Disclosed, Policy, View};

/// Pixels a point in the PNG: sharp on a slide. A picture that would be too large has fewer.
const PNG_SCALE: f32 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    View,
    Table,
    Parquet,
    Mermaid,
    GraphMl,
    Dot,
    Svg,
    Png,
    Pdf,
    Page,
    Statement,
    Audit,
    History,
    Results,
    Checksum,
}

/// One file that a package can have.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) part: Part,
    /// Of which view in the list; 0 for what is about all of them.
    pub(super) view: usize,
    pub(super) path: String,
}

/// Where the hashes for SACRO Viewer lie.
const CHECKSUMS: &str = "checksums/";

impl Part {
    /// In the order of the archive: for each view, then once a package.
    const OF_A_VIEW: [Self; 9] = [
        Self::View,
        Self::Table,
        Self::Parquet,
        Self::Mermaid,
        Self::GraphMl,
        Self::Dot,
        Self::Svg,
        Self::Png,
        Self::Pdf,
    ];
    const OF_A_PACKAGE: [Self; 5] =
        [Self::Page, Self::Statement, Self::Audit, Self::History, Self::Results];

    pub(super) fn is_chosen(self, formats: Formats) -> bool {
        match self {
            Self::View | Self::Statement | Self::Audit | Self::Results | Self::Checksum => true,
            // Whether there is one is a matter of the project.
            Self::History => false,
            Self::Table => formats.tables,
            Self::Parquet => formats.parquet,
            Self::Mermaid => formats.mermaid,
            Self::GraphMl => formats.graphml,
            Self::Dot => formats.dot,
            Self::Svg => formats.svg,
            Self::Png => formats.png,
            Self::Pdf => formats.pdf,
            Self::Page => formats.page,
        }
    }

    pub(super) fn is_required(self) -> bool {
        self != Self::Checksum && self.is_chosen(Formats::NONE)
    }

    /// Whether a view of this kind has the form at all.
    pub(super) fn fits(self, view: &View) -> bool {
        match self {
            Self::GraphMl | Self::Dot => graph::is_network(view),
            Self::Mermaid => mermaid::has_form(view),
            _ => true,
        }
    }

    pub(super) fn is_of_a_view(self) -> bool {
        Self::OF_A_VIEW.contains(&self)
    }

    /// Whether it is named in `results.json`, with a hash beside it.
    pub(super) fn is_listed(self) -> bool {
        !matches!(self, Self::Results | Self::Checksum)
    }

    /// Whether it follows from a library's version too, and is held by its hash alone.
    pub(super) fn is_held_by_hash(self) -> bool {
        matches!(self, Self::Png | Self::Pdf | Self::Parquet)
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
            Self::Parquet => format!("tables/{view}.parquet"),
            Self::Mermaid => format!("tables/{view}.mmd"),
            Self::GraphMl => format!("tables/{view}.graphml"),
            Self::Dot => format!("tables/{view}.dot"),
            Self::Svg => format!("pictures/{view}.svg"),
            Self::Png => format!("pictures/{view}.png"),
            Self::Pdf => format!("pictures/{view}.pdf"),
            Self::Page => "report.html".to_owned(),
            Self::Statement => "statement.md".to_owned(),
            Self::Audit => "audit.json".to_owned(),
            Self::History => HISTORY.to_owned(),
            Self::Results => "results.json".to_owned(),
            Self::Checksum => CHECKSUMS.to_owned(),
        }
    }

    /// Every file but the manifest that a package with these views can have, in the order of the
    /// archive.
    pub(super) fn places<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Place> {
        let of_views = names.into_iter().enumerate().flat_map(|(view, name)| {
            let place = move |part: Self| Place { part, view, path: part.path(name) };
            Self::OF_A_VIEW.into_iter().map(place)
        });
        let of_package =
            Self::OF_A_PACKAGE.into_iter().map(|part| Place { part, view: 0, path: part.path("") });
        let mut places: Vec<Place> = of_views.chain(of_package).collect();
        let sums = places.iter().filter(|place| place.part.is_listed()).map(Place::checksum);
        let sums: Vec<Place> = sums.collect();
        places.extend(sums);
        places
    }
}

impl Place {
    fn checksum(&self) -> Self {
        let path = format!("{CHECKSUMS}{}.txt", self.path);
        Self { part: Part::Checksum, view: self.view, path }
    }

    /// The file whose hash this one holds, where it is such a file.
    pub(super) fn summed(&self) -> Option<&str> {
        self.path.strip_prefix(CHECKSUMS)?.strip_suffix(".txt")
    }

    /// Whether a package that has these files must have this one.
    pub(super) fn is_required(&self, has: impl Fn(&str) -> bool) -> bool {
        self.part.is_required() || self.summed().is_some_and(has)
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
    pub(super) history: Option<&'a Checkpoint>,
}

impl<'a> Content<'a> {
    pub(super) fn new(views: &[&'a Disclosed<View>], policy: Policy, facts: &'a Facts) -> Self {
        let scenes: Vec<Scene> = views.iter().map(|view| scene(view, facts)).collect();
        let svgs = scenes.iter().map(Scene::to_svg).collect();
        let views = views.iter().map(|view| view.view()).collect();
        Self { views, scenes, svgs, policy, facts, history: None }
    }

    pub(super) fn with_history(self, history: Option<&'a Checkpoint>) -> Self {
        Self { history, ..self }
    }

    pub(super) fn places(&self) -> Vec<Place> {
        Part::places(self.views.iter().map(|view| view.name()))
    }

    /// Every file but the manifest, of the chosen forms.
    pub(super) fn files(&self, formats: Formats) -> Result<Vec<File>, ReleaseError> {
        let mut files: Vec<File> = Vec::new();
        for place in self.places() {
            let is_there = match place.part {
                Part::History => self.history.is_some(),
                Part::Checksum => {
                    place.summed().is_some_and(|name| files.iter().any(|(known, _)| known == name))
                }
                part => part.is_chosen(formats) && part.fits(self.views[place.view]),
            };
            if is_there {
                let bytes = self.bytes(&place, &files)?;
                files.push((place.path, bytes));
            }
        }
        Ok(files)
    }

    /// The bytes of a file. What is said of others is said of those in `files`.
    pub(super) fn bytes(&self, place: &Place, files: &[File]) -> Result<Vec<u8>, ReleaseError> {
        let built = |error: serde_json::Error| ReleaseError::Built(error.to_string());
        let none = || ReleaseError::Built(format!("a view has no {:?}", place.part));
        let (view, svg) = (self.views[place.view], &self.svgs[place.view]);
        let text = |text: Option<String>| text.map(String::into_bytes).ok_or_else(none);
        Ok(match place.part {
            Part::View => json(view).map_err(built)?.into_bytes(),
            Part::Table => csv::table(view).into_bytes(),
            Part::Parquet => {
                parquet::table(view).map_err(|error| ReleaseError::Built(error.to_string()))?
            }
            Part::Mermaid => text(mermaid::text(view))?,
            Part::GraphMl => text(graphml::text(view))?,
            Part::Dot => text(dot::text(view))?,
            Part::Svg => svg.as_bytes().to_vec(),
            Part::Png => png::render_within(svg, PNG_SCALE)?,
            Part::Pdf => self.scenes[place.view].to_pdf()?,
            Part::Page => page::page(self).into_bytes(),
            Part::Statement => statement::markdown(self).into_bytes(),
            Part::Audit => json(&Audit::of(self)).map_err(built)?.into_bytes(),
            Part::History => json(self.history.ok_or_else(none)?).map_err(built)?.into_bytes(),
            Part::Results => results::text(self, files).map_err(built)?.into_bytes(),
            Part::Checksum => {
                let name = place.summed().unwrap_or_default();
                let file = files.iter().find(|(known, _)| known == name);
                results::checksum(&file.ok_or_else(none)?.1)
            }
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
