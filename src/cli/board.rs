//! `trodden present` and `trodden board`: a presenter file, and a board as picture, paper or text.
//!
//! Nothing here needs data: numbers come from a package that passes its checks.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};

use super::{Failure, run};
use crate::board::{Board, Edit, State, Workshop};
use crate::draw::paper::{self, Paper, Print, Sheet};
use crate::draw::tokens::Theme;
use crate::draw::{BoardLook, board_page, png};
use crate::release::{self, PresentError, ReleaseError};
use crate::views::{Disclosed, View};

pub(super) const PRESENT_EXAMPLES: &str = "\
Examples:
  trodden present shop.trodden.zip --board board.json --out shop.trodden-show.zip
  trodden present shop.trodden.zip --board journey.mmd --out shop.trodden-show.zip

A presenter file is the package with the board and its slides behind it: released numbers and what
people typed, and nothing else. Signature and decision of the package still hold; they do not cover the
board. A Mermaid journey becomes a board without slides.

Exit codes: 0 done, 1 the package or the board was refused by the checks, 2 a file cannot be used.";

pub(super) const BOARD_EXAMPLES: &str = "\
Examples:
  trodden board shop.trodden-show.zip --out board.pdf           a page as large as the board
  trodden board board.json --package shop.trodden.zip --out board.svg
  trodden board board.json --out board.pdf --paper a3           all of it on one sheet
  trodden board board.json --out wall.pdf --tiled --paper a4    twice its size, to put together
  trodden board board.json --out cards.pdf --cards              one card in every frame to cut out
  trodden board board.json --out vote.pdf --voting --portrait   ideas by number, with empty dots
  trodden board board.json --out todo.pdf --actions             ideas by votes, pain points by weight
  trodden board board.json --out journey.mmd                    a Mermaid journey
  trodden board journey.mmd --out board.json                    and back
  trodden board board.json --out cards.csv

The form is that of the ending of --out: pdf, svg, png, mmd, csv or json. What a card looks up in a
view is drawn where the file is a presenter file or a package is named with --package; otherwise its
badge says that there is no answer.

Exit codes: 0 done, 1 the package was refused by its checks, 2 a file cannot be used.";

#[derive(Debug, Args)]
pub(super) struct PresentArgs {
    /// The release package
    #[arg(value_name = "PKG")]
    package: PathBuf,
    /// The board: board.json, or a Mermaid journey
    #[arg(long, value_name = "FILE")]
    board: PathBuf,
    /// The presenter file to write
    #[arg(long, value_name = "NAME.trodden-show.zip")]
    out: PathBuf,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("print").args(["tiled", "cards", "voting", "actions"]))]
pub(super) struct BoardArgs {
    /// The board: board.json, a presenter file, or a Mermaid journey
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file to write; its ending says what it is
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The release package whose views answer
    #[arg(long, value_name = "PKG")]
    package: Option<PathBuf>,
    /// Which board, where there are several: 1 is the first
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    number: u32,
    /// Draw on dark ground (SVG, PNG, PDF without paper)
    #[arg(long)]
    dark: bool,
    /// PDF: for this paper [default: as large as the board; a4 with --tiled, --cards, --voting, --actions]
    #[arg(long, value_enum)]
    paper: Option<SheetName>,
    /// PDF: with the shorter side of the paper at the top [default: the longer one]
    #[arg(long)]
    portrait: bool,
    /// PDF: twice its size on as many sheets as that takes, with cut marks
    #[arg(long)]
    tiled: bool,
    /// PDF: every card in a frame of its own
    #[arg(long)]
    cards: bool,
    /// PDF: ideas by number, with empty dots
    #[arg(long)]
    voting: bool,
    /// PDF: ideas by votes and effort, then pain points by severity × frequency
    #[arg(long)]
    actions: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SheetName {
    A4,
    A3,
    Letter,
}

/// What a board becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Printed(Print, Paper),
    Pdf(Theme),
    Svg(Theme),
    Png(Theme),
    Mermaid,
    Csv,
    Json,
}

/// A board to be written.
#[derive(Debug)]
pub(super) struct BoardJob {
    file: PathBuf,
    out: PathBuf,
    package: Option<PathBuf>,
    number: usize,
    form: Form,
}

impl TryFrom<BoardArgs> for BoardJob {
    type Error = Failure;

    fn try_from(args: BoardArgs) -> Result<Self, Failure> {
        let form = form(&args)?;
        let number = args.number as usize;
        Ok(Self { file: args.file, out: args.out, package: args.package, number, form })
    }
}

fn form(args: &BoardArgs) -> Result<Form, Failure> {
    let chosen = [
        (args.tiled, Print::Wall),
        (args.cards, Print::Cards),
        (args.voting, Print::Voting),
        (args.actions, Print::Actions),
    ];
    let chosen = chosen.into_iter().find(|(is, _)| *is).map(|(_, print)| print);
    let print = chosen.or(args.paper.map(|_| Print::Page));
    let theme = if args.dark { Theme::Dark } else { Theme::Light };
    let ending = args.out.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let form = match ending.as_ref().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "pdf" => match print {
            Some(print) => {
                let sheet = match args.paper.unwrap_or(SheetName::A4) {
                    SheetName::A4 => Sheet::A4,
                    SheetName::A3 => Sheet::A3,
                    SheetName::Letter => Sheet::Letter,
                };
                Form::Printed(print, Paper { sheet, portrait: args.portrait })
            }
            None => Form::Pdf(theme),
        },
        "svg" => Form::Svg(theme),
        "png" => Form::Png(theme),
        "mmd" | "mermaid" => Form::Mermaid,
        "csv" => Form::Csv,
        "json" => Form::Json,
        _ => {
            return Err(Failure::Usage(
                "--out ends in none of pdf, svg, png, mmd, csv and json; choose one of them"
                    .to_owned(),
            ));
        }
    };
    let is_on_paper = matches!(form, Form::Printed(..));
    if !is_on_paper && (print.is_some() || args.portrait) {
        let what = "paper is for PDF alone; let --out end in .pdf and choose --paper, --tiled, \
                    --cards, --voting or --actions";
        return Err(Failure::Usage(what.to_owned()));
    }
    if args.dark && (is_on_paper || matches!(form, Form::Mermaid | Form::Csv | Form::Json)) {
        let what = "--dark is for pictures; paper is white, and text has no ground";
        return Err(Failure::Usage(what.to_owned()));
    }
    Ok(form)
}

/// Pixels a point in PNG: sharp on a slide.
const SCALE: f32 = 2.0;

/// Boards, and the views that answer their cards where a package came with them.
struct Source {
    workshop: Workshop,
    views: Vec<Disclosed<View>>,
}

/// What a presenter file is called, so that no package is written over by one.
const ENDING: &str = ".trodden-show.zip";

pub(super) fn present(args: &PresentArgs) -> Result<(), Failure> {
    if !args.out.as_os_str().to_string_lossy().ends_with(ENDING) {
        return Err(Failure::Usage(format!(
            "a presenter file ends in {ENDING}; choose such a name for --out"
        )));
    }
    let package = run::read_package(&args.package)?;
    let Source { workshop, .. } = read(&args.board)?;
    let bytes = release::present(&package, &workshop).map_err(|error| match error {
        PresentError::Unreadable(why) => {
            Failure::Package { path: args.package.display().to_string(), why }
        }
        other => Failure::Present(other),
    })?;
    release::save(&args.out, &bytes)?;
    let mut out = run::output();
    writeln!(
        out,
        "{} shows {} and {}; signature and decision of the package are as they were.",
        args.out.display(),
        some(workshop.boards.len(), "board"),
        some(workshop.slides.len(), "slide"),
    )?;
    Ok(out.flush()?)
}

fn some(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn board(job: &BoardJob) -> Result<(), Failure> {
    let mut source = read(&job.file)?;
    if let Some(package) = &job.package {
        source.views = opened(package, &run::read_package(package)?)?.views;
    }
    let bytes = bytes(&source, job)?;
    release::save(&job.out, &bytes)?;
    let mut out = run::output();
    writeln!(out, "{} is written.", job.out.display())?;
    Ok(out.flush()?)
}

fn bytes(source: &Source, job: &BoardJob) -> Result<Vec<u8>, Failure> {
    let Source { workshop, views } = source;
    if job.form == Form::Json {
        return Ok(workshop.to_json());
    }
    let many = workshop.boards.len();
    let board = workshop.boards.get(job.number - 1).ok_or_else(|| {
        let path = job.file.display();
        Failure::Usage(match many {
            0 => format!("{path} has slides and no board; choose another file"),
            _ => format!("{path} has {}; choose --number 1 to {many}", some(many, "board")),
        })
    })?;
    let views: Vec<&View> = views.iter().map(Disclosed::view).collect();
    let to_be = workshop.to_be(board.id).filter(|_| board.state == State::AsIs);
    let page =
        |theme| board_page(board, to_be, &views, BoardLook { theme, ..BoardLook::default() });
    let failed = |error: ReleaseError| Failure::Release(error);
    match job.form {
        Form::Printed(print, on) => {
            paper::print(board, to_be, &views, on, print).map_err(|error| failed(error.into()))
        }
        Form::Pdf(theme) => page(theme).to_pdf().map_err(|error| failed(error.into())),
        Form::Svg(theme) => Ok(page(theme).to_svg().into_bytes()),
        Form::Png(theme) => {
            png::render_within(&page(theme).to_svg(), SCALE).map_err(|error| failed(error.into()))
        }
        Form::Mermaid => Ok(board.to_mermaid().into_bytes()),
        Form::Csv => Ok(board.to_csv(&views).into_bytes()),
        Form::Json => Ok(workshop.to_json()),
    }
}

/// Reads boards from whatever holds them, by what is in it.
fn read(path: &Path) -> Result<Source, Failure> {
    let shown = || path.display().to_string();
    let bytes = run::read_package(path)?;
    if bytes.starts_with(b"PK") {
        let opened = opened(path, &bytes)?;
        let views = opened.views;
        let none = || {
            let what =
                "is a package without a board; make a presenter file of it with trodden present";
            Failure::Usage(format!("{} {what}", path.display()))
        };
        return Ok(Source { workshop: opened.workshop.ok_or_else(none)?, views });
    }
    let workshop = if bytes.trim_ascii_start().starts_with(b"{") {
        Workshop::from_json(&bytes).map_err(|why| Failure::Board { path: shown(), why })?
    } else {
        let board =
            Board::from_mermaid(&bytes).map_err(|why| Failure::Mermaid { path: shown(), why })?;
        let edited = Workshop::default().edited(Edit::Take(Box::new(board)));
        edited.map_err(|error| Failure::Usage(format!("{}: {error}", shown())))?.workshop
    };
    Ok(Source { workshop, views: Vec::new() })
}

/// A package that passes its checks; no other is shown.
fn opened(path: &Path, bytes: &[u8]) -> Result<release::Opened, Failure> {
    let opened = release::open(bytes)
        .map_err(|why| Failure::Package { path: path.display().to_string(), why })?;
    if opened.verdict.passed() {
        return Ok(opened);
    }
    Err(Failure::Present(PresentError::Refused(opened.verdict.findings)))
}
