//! Files, folders and archives → streams of bytes, one for each event file in them.
//!
//! What a file is packed with is told by its first bytes, and layers may stand in each other (a zip
//! of gzips). Files are read in blocks at positions rather than mapped: less memory, no crash where
//! a file shrinks, and a place to report progress and to stop. An archive can be made to inflate
//! without end, so every stream has a bound that follows from its packed size.
//!
//! *Invariant:* knows bytes and packings, nothing of text or events.

use std::error::Error;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::ImportError;
use crate::views::{Cancelled, Progress};

/// Event files pack to a tenth, chatty ones to a fiftieth. What packs to less than this is empty of
/// content, and a made-up file can reach a thousandth by each layer.
const MOST_INFLATION: u64 = 250;
/// Small files may inflate by any ratio up to this, the members of an archive together.
const FREE_INFLATION: u64 = 64 << 20;
/// What a member of an archive with many others may inflate to all the same.
const FREE_INFLATION_OF_MEMBER: u64 = 64 << 10;
/// Gzip within zstd within a zip is the deepest that was ever seen.
const MOST_LAYERS: usize = 3;
const MOST_MEMBERS: usize = 100_000;
/// How deep a folder may hold folders.
const DEEPEST_FOLDER: usize = 8;

/// What bytes are packed with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// A member of a zip, with the checksum that its unpacked bytes must have.
    Zip {
        is_packed: bool,
        crc: u32,
    },
    Gzip,
    Zstd,
}

/// An event file, packed or not: a whole file or a member of an archive.
#[derive(Clone)]
pub(super) struct Packed {
    path: PathBuf,
    /// Which member of the archive.
    member: Option<String>,
    file: Arc<File>,
    start: u64,
    /// Packed bytes.
    pub(super) len: u64,
    layers: Vec<Layer>,
    /// Unpacked bytes that are no matter, however few the packed ones are.
    free_inflation: u64,
    seen: Seen,
}

/// What the file was when it was opened.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    len: u64,
    modified: Option<SystemTime>,
}

impl Seen {
    fn of(meta: &Metadata) -> Self {
        Self { len: meta.len(), modified: meta.modified().ok() }
    }
}

/// The event files of one path, and how many others stand beside them.
pub(super) struct Found<T> {
    pub(super) files: Vec<T>,
    pub(super) skipped: u64,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { files: Vec::new(), skipped: 0 }
    }
}

/// The files that the paths name, those of folders in the order of their names. They are opened one
/// at a time, because a folder may hold more of them than a program may have open.
///
/// # Errors
/// One sentence where a folder cannot be read or has no file that may hold events.
pub(super) fn files(paths: &[PathBuf]) -> Result<Found<PathBuf>, ImportError> {
    let mut found = Found::default();
    for path in paths {
        let before = found.files.len();
        if path.is_dir() {
            walk(path, 0, &mut found)?;
            if found.files.len() == before {
                return Err(unusable(
                    &shown(path),
                    "is a folder with no event file in it; name the files, or another folder",
                ));
            }
        } else {
            found.files.push(path.clone());
        }
    }
    Ok(found)
}

/// The files of a folder in the order of their names.
fn walk(folder: &Path, depth: usize, found: &mut Found<PathBuf>) -> Result<(), ImportError> {
    let failed = |error: &io::Error| {
        unusable(&shown(folder), &format!("cannot be opened: {}", plain(error)))
    };
    let entries = fs::read_dir(folder).map_err(|error| failed(&error))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| failed(&error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // A link to a folder is not followed: it may lead back here.
        let is_folder = entry.file_type().map_err(|error| failed(&error))?.is_dir();
        if is_folder && depth < DEEPEST_FOLDER && !is_hidden(&shown(&path)) {
            walk(&path, depth + 1, found)?;
        } else if is_folder
            || !is_event_file(&shown(&path))
            || path.metadata().is_ok_and(|meta| !meta.is_file() || meta.len() == 0)
        {
            found.skipped += 1;
        } else {
            found.files.push(path);
        }
    }
    Ok(())
}

fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

/// Whether a file beside others may hold events. Where somebody names the file, nobody asks.
fn is_event_file(name: &str) -> bool {
    const OTHERS: [&str; 24] = [
        "bmp", "crc", "css", "doc", "docx", "gif", "html", "ini", "jpeg", "jpg", "js", "md", "md5",
        "pdf", "png", "py", "sha256", "sql", "svg", "toml", "txt", "xlsx", "yaml", "yml",
    ];
    let extension = Path::new(name).extension().map(|end| end.to_string_lossy().to_lowercase());
    let is_other = extension.is_some_and(|end| OTHERS.contains(&end.as_str()));
    !is_hidden(name) && !is_other
}

/// Opens a file: itself, or the event files of an archive.
///
/// # Errors
/// One sentence where it cannot be opened, or holds nothing that is read.
pub(super) fn open(path: &Path) -> Result<Found<Packed>, ImportError> {
    let unusable = |what: &str| unusable(&shown(path), what);
    // To open a pipe would wait for somebody to write into it.
    let opened = match fs::metadata(path) {
        Ok(meta) if !meta.is_file() => {
            return Err(unusable("is not a file; choose a file with events"));
        }
        Ok(_) => File::open(path),
        Err(error) => Err(error),
    };
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(unusable("is not there; check the name"));
        }
        Err(error) => return Err(unusable(&format!("cannot be opened: {}", plain(&error)))),
    };
    let meta = match file.metadata() {
        Ok(meta) => meta,
        Err(error) => return Err(unusable(&format!("cannot be opened: {}", plain(&error)))),
    };
    let whole = Packed {
        path: path.to_owned(),
        member: None,
        file: Arc::new(file),
        start: 0,
        len: meta.len(),
        layers: Vec::new(),
        free_inflation: FREE_INFLATION,
        seen: Seen::of(&meta),
    };
    if whole.len == 0 {
        return Err(unusable("is empty; choose a file with events"));
    }
    if is_zip(&whole.beginning()?) {
        return members(&whole);
    }
    Ok(Found { files: vec![whole.peeled()?], skipped: 0 })
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// The event files of a zip in the order of their names.
fn members(archive: &Packed) -> Result<Found<Packed>, ImportError> {
    let mut found = Found::default();
    let unusable = |what: &str| unusable(&archive.shown(), what);
    let damaged =
        || unusable("is a zip archive that is damaged or breaks off; get the whole file again");
    let reader = io::BufReader::new(archive.seekable());
    let mut zip = ZipArchive::new(reader).map_err(|_| damaged())?;
    if zip.len() > MOST_MEMBERS {
        return Err(unusable("holds more than 100,000 files; unpack it and import a part of them"));
    }
    let mut all = Vec::new();
    for at in 0..zip.len() {
        let member = zip.by_index_raw(at).map_err(|_| damaged())?;
        let name = member.name().map_err(|_| damaged())?.into_owned();
        if name == "[Content_Types].xml" || name == "mimetype" {
            return Err(unusable("is a spreadsheet or a document; save its table as CSV"));
        }
        let own = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if member.is_dir() {
            continue;
        }
        if name.starts_with("__MACOSX/") || !is_event_file(own) || member.size() == 0 {
            found.skipped += 1;
            continue;
        }
        if member.encrypted() {
            return Err(unusable("is locked with a password; unpack it first"));
        }
        let is_packed = match member.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            _ => {
                return Err(unusable(
                    "is packed in a way that is not read; unpack it, or pack it as an ordinary zip",
                ));
            }
        };
        let start = member.data_start().ok_or_else(damaged)?;
        let end = start.checked_add(member.compressed_size()).ok_or_else(damaged)?;
        if end > archive.len {
            return Err(damaged());
        }
        all.push((name, start, end, Layer::Zip { is_packed, crc: member.crc32() }));
    }
    // Members that share their bytes are how a small archive is made to hold more than the world.
    let mut ranges: Vec<(u64, u64)> = all.iter().map(|(_, start, end, _)| (*start, *end)).collect();
    ranges.sort_unstable();
    if ranges.windows(2).any(|two| two[0].1 > two[1].0) {
        return Err(damaged());
    }
    if all.is_empty() {
        return Err(unusable("is a zip archive with no event file in it; choose another file"));
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let free_inflation = (FREE_INFLATION / all.len() as u64).max(FREE_INFLATION_OF_MEMBER);
    for (name, start, end, layer) in all {
        let member = Packed {
            member: Some(name),
            start,
            len: end - start,
            layers: vec![layer],
            free_inflation,
            ..archive.clone()
        };
        if is_zip(&member.beginning()?) {
            return Err(unusable("holds another zip archive; unpack it first"));
        }
        found.files.push(member.peeled()?);
    }
    Ok(found)
}

impl Packed {
    /// Adds what the bytes are packed with, layer by layer.
    fn peeled(mut self) -> Result<Self, ImportError> {
        loop {
            let start = self.beginning()?;
            let layer = match start.as_slice() {
                [0x1F, 0x8B, ..] => Layer::Gzip,
                [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Layer::Zstd,
                _ if !self.layers.is_empty() && is_zip(&start) => {
                    return Err(unusable(
                        &self.shown(),
                        "holds a zip archive within its packing; unpack it first",
                    ));
                }
                _ => return Ok(self),
            };
            if self.layers.len() == MOST_LAYERS {
                return Err(unusable(&self.shown(), "is packed too many times; unpack it first"));
            }
            self.layers.push(layer);
        }
    }

    fn beginning(&self) -> Result<Vec<u8>, ImportError> {
        let mut start = Vec::new();
        match self.unpacked(None).take(16).read_to_end(&mut start) {
            Ok(_) => Ok(start),
            Err(error) if is_truncation(&error) => Ok(start),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Whether there is nothing in it but blanks.
    pub(super) fn is_blank(&self) -> Result<bool, ImportError> {
        Ok(self.beginning()?.trim_ascii().is_empty())
    }

    pub(super) fn is_plain(&self) -> bool {
        self.layers.is_empty()
    }

    /// The packed bytes with a position of their own.
    pub(super) fn seekable(&self) -> SeekReader {
        SeekReader { bytes: self.raw(0, self.len, None), len: self.len }
    }

    /// The packed bytes from `start` to `end`.
    pub(super) fn raw(&self, start: u64, end: u64, progress: Option<&Progress>) -> RangeReader {
        RangeReader {
            file: Arc::clone(&self.file),
            at: self.start + start,
            end: self.start + end,
            progress: progress.cloned(),
        }
    }

    /// All bytes, unpacked.
    pub(super) fn unpacked(&self, progress: Option<&Progress>) -> Box<dyn Read + Send> {
        let bytes = self.raw(0, self.len, progress);
        if self.layers.is_empty() {
            return Box::new(bytes);
        }
        let most = self.free_inflation.max(self.len.saturating_mul(MOST_INFLATION));
        let mut all: Box<dyn Read + Send> = Box::new(bytes);
        for layer in &self.layers {
            let packed = io::BufReader::with_capacity(1 << 16, all);
            let unpacked: Box<dyn Read + Send> = match *layer {
                Layer::Zip { is_packed, crc } => {
                    let bytes: Box<dyn Read + Send> = if is_packed {
                        Box::new(DeflateDecoder::new(packed))
                    } else {
                        Box::new(packed)
                    };
                    Box::new(Checked { bytes, crc: Crc::new(), wanted: crc })
                }
                Layer::Gzip => Box::new(MultiGzDecoder::new(packed)),
                Layer::Zstd => match zstd::stream::read::Decoder::with_buffer(packed) {
                    Ok(decoder) => Box::new(decoder),
                    Err(_) => Box::new(Fails),
                },
            };
            all = Box::new(Bounded { bytes: unpacked, left: most });
        }
        all
    }

    /// `gzip`, `zip, gzip`.
    pub(super) fn wrapping(&self) -> Vec<String> {
        let name = |layer: &Layer| match layer {
            Layer::Zip { .. } => "zip",
            Layer::Gzip => "gzip",
            Layer::Zstd => "zstd",
        };
        self.layers.iter().map(|layer| name(layer).to_owned()).collect()
    }

    /// The file's name as it is shown.
    pub(super) fn shown(&self) -> String {
        match &self.member {
            None => shown(&self.path),
            Some(member) => format!("{} in {}", in_short(member), shown(&self.path)),
        }
    }

    /// # Errors
    /// Where the file is another one than when it was opened.
    pub(super) fn unchanged(&self) -> Result<(), ImportError> {
        let is_same = self.file.metadata().is_ok_and(|meta| Seen::of(&meta) == self.seen);
        if is_same {
            return Ok(());
        }
        Err(unusable(
            &shown(&self.path),
            "changed while it was read; wait until it is written, and import it again",
        ))
    }

    /// The sentence for a failed read; a stop on request stays one.
    pub(super) fn failed(&self, error: &io::Error) -> ImportError {
        let is = |kind: fn(&(dyn Error + Send + Sync + 'static)) -> bool| {
            error.get_ref().is_some_and(kind)
        };
        if is(<dyn Error + Send + Sync>::is::<Cancelled>) {
            return ImportError::Cancelled(Cancelled);
        }
        if is(<dyn Error + Send + Sync>::is::<TooMuch>) {
            return unusable(
                &self.shown(),
                "inflates to more than 250 times its size, which no event file does; unpack it and look into it first",
            );
        }
        // zstd has no code for it here, only this text.
        if error.to_string().contains("too much memory") {
            return unusable(
                &self.shown(),
                "was packed so that more than 128 MB are needed to unpack it; pack it again without --long or --ultra",
            );
        }
        unusable(&self.shown(), &format!("cannot be read: {}", plain(error)))
    }
}

pub(super) fn unusable(file: &str, what: &str) -> ImportError {
    ImportError::Unusable(format!("{file} {what}"))
}

/// A file's own name, without its folders.
pub(super) fn shown(path: &Path) -> String {
    in_short(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}

/// The beginning of a name that may be of any length.
fn in_short(name: &str) -> String {
    const LONGEST: usize = 120;
    in_one_line(name).chars().take(LONGEST).collect()
}

/// A name may hold anything, and a sentence is one line.
pub(super) fn in_one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Whether the bytes ended before the packed data did.
pub(super) fn is_truncation(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

fn plain(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission is denied; ask its owner, or copy it",
        io::ErrorKind::UnexpectedEof => "it breaks off; get the whole file",
        // What zstd says of damaged data has no kind of its own.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            "its packed data is damaged; get it again"
        }
        _ => "the system reports a failure of the disk or the network; try again",
    }
}

/// Reads a range of a file at positions, so that several threads share one handle.
pub(super) struct RangeReader {
    file: Arc<File>,
    at: u64,
    end: u64,
    progress: Option<Progress>,
}

impl Read for RangeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let got = read_at(&self.file, &mut buffer[..wanted], self.at)?;
        self.at += got as u64;
        if let Some(progress) = &self.progress {
            progress.advance(got as u64).map_err(io::Error::other)?;
        }
        Ok(got)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// A whole file with a position of its own.
pub(super) struct SeekReader {
    bytes: RangeReader,
    len: u64,
}

impl Read for SeekReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer)
    }
}

impl Seek for SeekReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.bytes.at.checked_add_signed(by),
        };
        self.bytes.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.bytes.at)
    }
}

/// The unpacked bytes are more than a file of this size can hold.
#[derive(Debug, thiserror::Error)]
#[error("more than a file of this size can hold")]
struct TooMuch;

/// Stops where more comes than was bargained for.
struct Bounded {
    bytes: Box<dyn Read + Send>,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.bytes.read(buffer)?;
        self.left = self.left.checked_sub(got as u64).ok_or_else(|| io::Error::other(TooMuch))?;
        Ok(got)
    }
}

/// Compares the checksum at the end.
struct Checked {
    bytes: Box<dyn Read + Send>,
    crc: Crc,
    wanted: u32,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.bytes.read(buffer)?;
        self.crc.update(&buffer[..got]);
        if got == 0 && !buffer.is_empty() && self.crc.sum() != self.wanted {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(got)
    }
}

/// Stands for a decoder that could not be made.
struct Fails;

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::InvalidData.into())
    }
}
