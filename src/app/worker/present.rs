//! What the thread of the room can be asked for: presenter files, boards on paper, journeys and pictures
//! from files.
//!
//! *Invariant:* sees packages and boards, never the vault. What it reads is untrusted: it is refused in a
//! sentence, or taken whole.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

use super::inbox::Work;
use super::review::{self, Examined};
use super::vault::because;
use super::{Failure, file_names};
use crate::app::state::Published;
use crate::board::{Board, BoardId, Picture, Workshop};
use crate::draw::paper::{self, Paper, Print};
use crate::draw::{BoardLook, board_page, png};
use crate::release;
use crate::views::{Disclosed, Progress, View};

/// One piece of work.
#[derive(Clone)]
pub enum PresentJob {
    /// A presenter file or package.
    Open {
        path: PathBuf,
    },
    /// Write a presenter file.
    Save {
        numbers: Published,
        workshop: Arc<Workshop>,
        path: PathBuf,
    },
    /// Write a board in one form.
    Print(Box<Printing>, PathBuf),
    ReadMermaid {
        path: PathBuf,
    },
    ReadPicture {
        path: PathBuf,
    },
}

/// A board on its way to paper.
#[derive(Clone)]
pub struct Printing {
    pub numbers: Published,
    pub workshop: Arc<Workshop>,
    pub board: BoardId,
    pub output: Output,
    pub paper: Paper,
}

/// What came of it.
pub enum PresentOutcome {
    Opened(PathBuf, Arc<Examined>),
    Written(PathBuf),
    Board(Box<Board>),
    Picture(Picture),
}

/// A form in which a board leaves the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// On one page.
    Page,
    /// On several pages for a wall, with cut marks.
    Tiles,
    /// Every card to be cut out.
    Cards,
    /// Ideas with room for dots.
    Voting,
    /// Who does what.
    Actions,
    Svg,
    Png,
    Csv,
    Mermaid,
}

impl Output {
    pub const ALL: [Self; 9] = [
        Self::Page,
        Self::Tiles,
        Self::Cards,
        Self::Voting,
        Self::Actions,
        Self::Svg,
        Self::Png,
        Self::Csv,
        Self::Mermaid,
    ];

    /// `On one page, PDF`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "On one page, PDF",
            Self::Tiles => "For a wall, on several pages, PDF",
            Self::Cards => "Cards to cut out, PDF",
            Self::Voting => "Voting sheet, PDF",
            Self::Actions => "Who does what, PDF",
            Self::Svg => "Picture, SVG",
            Self::Png => "Picture, PNG",
            Self::Csv => "Cards as a table, CSV",
            Self::Mermaid => "Mermaid journey",
        }
    }

    /// Whether it is printed on sheets of paper.
    pub fn is_on_sheets(self) -> bool {
        self.ending() == "pdf"
    }

    pub fn ending(self) -> &'static str {
        match self {
            Self::Page | Self::Tiles | Self::Cards | Self::Voting | Self::Actions => "pdf",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Csv => "csv",
            Self::Mermaid => "mmd",
        }
    }

    /// What a file is called besides its board.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Tiles => "-wall",
            Self::Cards => "-cards",
            Self::Voting => "-voting",
            Self::Actions => "-actions",
            _ => "",
        }
    }
}

impl Work for PresentJob {
    fn name(&self) -> String {
        let name = |path: &PathBuf| file_names(std::slice::from_ref(path));
        match self {
            Self::Open { path } | Self::ReadMermaid { path } | Self::ReadPicture { path } => {
                format!("Reading {}", name(path))
            }
            Self::Save { path, .. } | Self::Print(_, path) => format!("Writing {}", name(path)),
        }
    }

    fn replaces(&self, _: &Self) -> bool {
        false
    }
}

pub fn work(job: PresentJob, progress: &Progress) -> Result<PresentOutcome, Failure> {
    let go_on = || progress.check().map_err(|_| Failure::Stopped);
    match job {
        PresentJob::Open { path } => {
            let examined = review::examine(review::read(&path)?, &[])?;
            Ok(PresentOutcome::Opened(path, Arc::new(examined)))
        }
        PresentJob::Save { numbers, workshop, path } => {
            let package = numbers.package().ok_or(Failure::Stopped)?;
            let bytes = release::present(package, &workshop).map_err(|error| because(&error))?;
            go_on()?;
            release::save(&path, &bytes).map_err(|error| because(&error))?;
            Ok(PresentOutcome::Written(path))
        }
        PresentJob::Print(printing, path) => {
            let bytes = print(&printing)?;
            go_on()?;
            release::save(&path, &bytes).map_err(|error| because(&error))?;
            Ok(PresentOutcome::Written(path))
        }
        PresentJob::ReadMermaid { path } => {
            let text = read_up_to(&path, LARGEST_TEXT)?;
            let board = Board::from_mermaid(&text).map_err(|error| because(&error))?;
            Ok(PresentOutcome::Board(Box::new(board)))
        }
        PresentJob::ReadPicture { path } => {
            read_picture(&path, progress).map(PresentOutcome::Picture)
        }
    }
}

/// A board in one form. On pages and pictures how it ought to be stands below how it is.
fn print(printing: &Printing) -> Result<Vec<u8>, Failure> {
    let Printing { numbers, workshop, board, output, paper } = printing;
    let board = workshop.board(*board).ok_or(Failure::Stopped)?;
    let to_be = workshop.to_be(board.id);
    let views: Vec<&View> = numbers.views().into_iter().map(Disclosed::view).collect();
    let pages =
        |what| paper::print(board, to_be, &views, *paper, what).map_err(|error| because(&error));
    let svg = || board_page(board, to_be, &views, BoardLook::default()).to_svg();
    match output {
        Output::Page => pages(Print::Page),
        Output::Tiles => pages(Print::Wall),
        Output::Cards => pages(Print::Cards),
        Output::Voting => pages(Print::Voting),
        Output::Actions => pages(Print::Actions),
        Output::Svg => Ok(svg().into_bytes()),
        Output::Png => png::render_within(&svg(), SCALE).map_err(|error| because(&error)),
        Output::Csv => Ok(board.to_csv(&views).into_bytes()),
        Output::Mermaid => Ok(board.to_mermaid().into_bytes()),
    }
}

/// Pixels a point: sharp on a slide.
const SCALE: f32 = 2.0;

/// A journey in words is short.
const LARGEST_TEXT: u64 = 4 << 20;
/// A photograph as a camera writes it is smaller.
const LARGEST_PICTURE: u64 = 64 << 20;
/// Wider or higher is no picture for a card.
const LONGEST_SIDE: u32 = 30_000;
/// What a picture takes in memory at most while it is made smaller.
const MEMORY: u64 = 1 << 30;

fn name_of(path: &Path) -> String {
    file_names(&[path.to_owned()])
}

/// A file, where it is not larger than it may be.
fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::Because(format!(
            "{} cannot be read: {}. Check the name and the permissions.",
            name_of(path),
            error.kind()
        ))
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(Failure::Because(format!(
            "{} is larger than {} MB, which is too large for a board. Make it smaller first.",
            name_of(path),
            most >> 20
        )));
    }
    Ok(bytes)
}

/// A picture for a card: no larger than one needs, and written anew, so that nothing stays in it that
/// cannot be seen, such as the place where it was taken.
fn read_picture(path: &Path, progress: &Progress) -> Result<Picture, Failure> {
    let broken = |_| {
        Failure::Because(format!(
            "{} is no picture that can be read here. Choose a whole PNG or JPEG file.",
            name_of(path)
        ))
    };
    let bytes = read_up_to(path, LARGEST_PICTURE)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| broken(error.into()))?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let turned = decoder.orientation().map_err(broken)?;
    let mut whole = DynamicImage::from_decoder(decoder).map_err(broken)?;
    whole.apply_orientation(turned);
    progress.check().map_err(|_| Failure::Stopped)?;
    let mut side = Picture::LONGEST_SIDE;
    loop {
        let is_large = whole.width().max(whole.height()) > side;
        let small = if is_large { whole.thumbnail(side, side) } else { whole.clone() };
        let mut png = Vec::new();
        DynamicImage::ImageRgba8(small.to_rgba8())
            .write_with_encoder(PngEncoder::new(&mut png))
            .map_err(broken)?;
        match Picture::from_png(png) {
            Ok(picture) => return Ok(picture),
            // Noise does not get shorter by being packed, only by being smaller.
            Err(_) if side > 64 => side /= 2,
            Err(why) => return Err(Failure::Because(format!("{why}."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use image::{DynamicImage, ImageFormat, RgbaImage};

    use super::{LARGEST_PICTURE, read_picture};
    use crate::app::worker::Failure;
    use crate::board::Picture;
    use crate::views::Progress;

    #[test]
    fn a_picture_becomes_as_small_as_a_card_needs_and_keeps_its_shape() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = 1_u32;
        let noise = RgbaImage::from_fn(3000, 1500, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgba([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8, 255])
        });
        for (name, format) in [("a.png", ImageFormat::Png), ("a.jpg", ImageFormat::Jpeg)] {
            let path = folder.path().join(name);
            let picture = DynamicImage::ImageRgba8(noise.clone()).to_rgb8();
            picture.save_with_format(&path, format).unwrap();
            let picture = read_picture(&path, &Progress::default()).map_err(|_| ()).unwrap();
            let [width, height] = picture.size();
            assert!(width <= Picture::LONGEST_SIDE && width == 2 * height, "{width} × {height}");
            assert!(picture.png().len() <= Picture::LARGEST_BYTES);
        }
    }

    #[test]
    fn what_is_no_picture_or_far_too_large_is_refused_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let said = |name: &str| match read_picture(&folder.path().join(name), &Progress::default())
        {
            Err(Failure::Because(why)) => why,
            _ => panic!("{name} is no picture"),
        };
        std::fs::write(folder.path().join("words.png"), "no picture at all").unwrap();
        assert!(said("words.png").contains("no picture"));
        let mut whole = Vec::new();
        let small = RgbaImage::from_pixel(60, 60, image::Rgba([9, 9, 9, 255]));
        small.write_to(&mut std::io::Cursor::new(&mut whole), ImageFormat::Png).unwrap();
        std::fs::write(folder.path().join("half.png"), &whole[..whole.len() / 2]).unwrap();
        assert!(said("half.png").contains("whole"));
        // 200 MB that take no room on the disk.
        let mut large = std::fs::File::create(folder.path().join("large.png")).unwrap();
        large.write_all(&whole).unwrap();
        large.seek(SeekFrom::Start(200 << 20)).unwrap();
        large.write_all(b"!").unwrap();
        assert!(said("large.png").contains(&format!("{} MB", LARGEST_PICTURE >> 20)));
        assert!(said("gone.png").contains("cannot be read"));
    }
}
