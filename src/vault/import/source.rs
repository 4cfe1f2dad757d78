//! Opens files and says what they are, by their content and never by their name.
//!
//! Files are read in blocks at positions rather than mapped: less memory, no crash where a file
//! shrinks, and a place to report progress and to stop.
//!
//! *Invariant:* knows bytes and encodings, nothing of events.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::MultiGzDecoder;

use super::ImportError;
use super::delimited::guess_delimiter;
use crate::views::{Cancelled, Progress};

/// How much of the text is looked at before the rest is read.
const HEAD: usize = 1 << 20;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Delimited { delimiter: u8 },
    Ndjson,
    Parquet,
    Xes,
}

/// How bytes are to be read as text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8 { bom: bool },
    Other(&'static Encoding),
}

/// An open file of a known kind.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    pub(super) is_gzip: bool,
    charset: Charset,
    file: Arc<File>,
    pub(super) len: u64,
    /// The beginning, decoded; all of it where `head_is_all`.
    pub(super) head: Vec<u8>,
    pub(super) head_is_all: bool,
}

impl Source {
    /// # Errors
    /// One sentence where the file cannot be opened or is of no kind that is read.
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        let unusable = |what: &str| Err(ImportError::Unusable(format!("{} {what}", shown(path))));
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return unusable("is not there; check the name");
            }
            Err(error) => return unusable(&format!("cannot be opened: {}", plain(&error))),
        };
        let meta = match file.metadata() {
            Ok(meta) => meta,
            Err(error) => return unusable(&format!("cannot be opened: {}", plain(&error))),
        };
        if meta.is_dir() {
            return unusable("is a folder; name the files in it");
        }
        let len = meta.len();
        let mut source = Self {
            path: path.to_owned(),
            kind: Kind::Ndjson,
            is_gzip: false,
            charset: Charset::Utf8 { bom: false },
            file: Arc::new(file),
            len,
            head: Vec::new(),
            head_is_all: false,
        };
        let mut raw = source.read_head(source.range(0, len, None))?;
        if raw.is_empty() {
            return unusable("is empty; choose a file with events");
        }
        if raw.starts_with(&[0x1F, 0x8B]) {
            source.is_gzip = true;
            let inner = MultiGzDecoder::new(source.range(0, len, None));
            raw = source.read_head(inner)?;
            if raw.is_empty() {
                return unusable("holds nothing once it is unpacked; choose a file with events");
            }
        }
        source.head_is_all = raw.len() < HEAD;
        if let Some(what) = not_read(&raw) {
            return unusable(what);
        }
        if raw.starts_with(b"PAR1") {
            source.kind = Kind::Parquet;
            return Ok(source);
        }
        source.charset = charset(&raw, source.head_is_all);
        let mut head = Vec::new();
        let mut decoded = source.decoded(io::Cursor::new(raw));
        if decoded.read_to_end(&mut head).is_err() || looks_binary(&head) {
            return unusable(
                "is neither text nor Parquet; choose a CSV, NDJSON, XES or Parquet file",
            );
        }
        source.head = head;
        source.kind = match text_kind(&source.head) {
            Ok(kind) => kind,
            Err(what) => return unusable(what),
        };
        Ok(source)
    }

    fn read_head(&self, reader: impl Read) -> Result<Vec<u8>, ImportError> {
        let mut head = Vec::new();
        match reader.take(HEAD as u64).read_to_end(&mut head) {
            Ok(_) => Ok(head),
            // A file that breaks off still has a beginning to look at.
            Err(error) if is_truncation(&error) && !head.is_empty() => Ok(head),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Whether the text can be read from the middle: it is neither packed nor decoded.
    pub(super) fn is_seekable_text(&self) -> bool {
        !self.is_gzip && matches!(self.charset, Charset::Utf8 { .. })
    }

    /// Where the text begins in a file that can be read from the middle.
    pub(super) fn text_start(&self) -> u64 {
        if self.charset == (Charset::Utf8 { bom: true }) { 3 } else { 0 }
    }

    /// Where up to `wanted` ranges of about the same size begin, each after a newline.
    pub(super) fn line_starts(&self, wanted: usize, newline: u8) -> io::Result<Vec<u64>> {
        let first = self.text_start();
        let mut starts = vec![first];
        for range in 1..wanted as u64 {
            let about = first + (self.len - first) / wanted as u64 * range;
            let start = self.after_newline(about, newline)?;
            if starts.last().is_some_and(|last| *last < start) && start < self.len {
                starts.push(start);
            }
        }
        Ok(starts)
    }

    /// The position after the first newline at or after `from`; the end where there is none.
    pub(super) fn after_newline(&self, from: u64, newline: u8) -> io::Result<u64> {
        let mut bytes = self.range(from, self.len, None);
        let mut block = vec![0; 1 << 12];
        let mut at = from;
        loop {
            let got = bytes.read(&mut block)?;
            if got == 0 {
                return Ok(self.len);
            }
            if let Some(hit) = memchr::memchr(newline, &block[..got]) {
                return Ok(at + hit as u64 + 1);
            }
            at += got as u64;
        }
    }

    /// The bytes of the file from `start` to `end`.
    pub(super) fn range(&self, start: u64, end: u64, progress: Option<&Progress>) -> RangeReader {
        RangeReader { file: Arc::clone(&self.file), at: start, end, progress: progress.cloned() }
    }

    /// All bytes, unpacked.
    pub(super) fn unpacked(&self, progress: Option<&Progress>) -> Box<dyn Read + Send> {
        let bytes = self.range(0, self.len, progress);
        if self.is_gzip {
            Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, bytes)))
        } else {
            Box::new(bytes)
        }
    }

    /// The whole text as UTF-8 without a byte order mark.
    pub(super) fn text(&self, progress: Option<&Progress>) -> Box<dyn Read + Send> {
        self.decoded(self.unpacked(progress))
    }

    fn decoded(&self, bytes: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        match self.charset {
            Charset::Utf8 { bom: false } => Box::new(bytes),
            Charset::Utf8 { bom: true } => Box::new(SkipBom { bytes, seen: 0 }),
            Charset::Other(encoding) => Box::new(Transcoder {
                bytes,
                decoder: encoding.new_decoder_with_bom_removal(),
                input: vec![0; 1 << 16],
                start: 0,
                end: 0,
                is_last: false,
                is_done: false,
                held: Vec::new(),
            }),
        }
    }

    pub(super) fn is_parquet_file(&self) -> Option<&File> {
        (!self.is_gzip).then_some(&*self.file)
    }

    /// What was put right to read this file as text.
    pub(super) fn repair(&self) -> Option<String> {
        match self.charset {
            Charset::Utf8 { .. } => None,
            Charset::Other(encoding) => {
                Some(format!("the text was {} and was read as UTF-8", charset_name(encoding)))
            }
        }
    }

    /// `gzip, Windows-1252` and the like; empty for plain UTF-8.
    pub(super) fn wrapping(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.is_gzip {
            words.push("gzip".to_owned());
        }
        match self.charset {
            Charset::Utf8 { bom: true } => words.push("UTF-8 with a byte order mark".to_owned()),
            Charset::Utf8 { bom: false } => {}
            Charset::Other(encoding) => words.push(charset_name(encoding).to_owned()),
        }
        words
    }

    /// The file's name as it is shown.
    pub(super) fn shown(&self) -> String {
        shown(&self.path)
    }

    /// The sentence for a failed read; a stop on request stays one.
    pub(super) fn failed(&self, error: &io::Error) -> ImportError {
        if error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<Cancelled>) {
            return ImportError::Cancelled(Cancelled);
        }
        ImportError::Unusable(format!("{} cannot be read: {}", self.shown(), plain(error)))
    }
}

/// A file's own name, without its folders.
pub(super) fn shown(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Whether the bytes ended before the packed data did.
pub(super) fn is_truncation(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

fn plain(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission is denied",
        io::ErrorKind::UnexpectedEof => "it breaks off",
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => "its packed data is damaged",
        _ => "the system reports a failure of the disk or the network",
    }
}

fn charset_name(encoding: &'static Encoding) -> &'static str {
    if encoding == WINDOWS_1252 { "Windows-1252" } else { encoding.name() }
}

/// Kinds that are known and not read.
fn not_read(raw: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| raw.starts_with(magic);
    if starts(b"PK\x03\x04") {
        Some(
            "is a zip archive (or a spreadsheet), which is not read yet; unpack it, or save it as CSV",
        )
    } else if starts(&[0x28, 0xB5, 0x2F, 0xFD]) {
        Some("is packed with zstd, which is not read yet; unpack it, or pack it with gzip")
    } else if starts(b"ARROW1") {
        Some("is an Arrow file, which is not read yet; convert it to Parquet")
    } else if starts(b"BZh") || starts(b"\xFD7zXZ") {
        Some("is packed in a way that is not read; unpack it, or pack it with gzip")
    } else {
        None
    }
}

fn charset(raw: &[u8], is_all: bool) -> Charset {
    if let Some((encoding, _)) = Encoding::for_bom(raw) {
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return Charset::Other(encoding);
        }
        return Charset::Utf8 { bom: true };
    }
    match std::str::from_utf8(raw) {
        Ok(_) => Charset::Utf8 { bom: false },
        // The head may end inside a character.
        Err(error) if error.error_len().is_none() && !is_all => Charset::Utf8 { bom: false },
        Err(_) => Charset::Other(WINDOWS_1252),
    }
}

fn looks_binary(text: &[u8]) -> bool {
    let sample = &text[..text.len().min(4096)];
    let controls = sample
        .iter()
        .filter(|c| c.is_ascii_control() && !matches!(c, b'\n' | b'\r' | b'\t' | 0x0C | 0x1B))
        .count();
    sample.contains(&0) || controls * 50 > sample.len()
}

fn text_kind(head: &[u8]) -> Result<Kind, &'static str> {
    let text = head.trim_ascii_start();
    let Some(first) = text.first() else {
        return Err("holds nothing but blanks; choose a file with events");
    };
    if *first == b'<' {
        let start = text[..text.len().min(2048)].to_ascii_lowercase();
        let has = |word: &[u8]| memchr::memmem::find(&start, word).is_some();
        if has(b"<!doctype html") || has(b"<html") {
            return Err(
                "is a web page, not an event log; download the file itself instead of the page that shows it",
            );
        }
        let has_log = memchr::memmem::find(text, b"<log").is_some();
        return if has_log {
            Ok(Kind::Xes)
        } else {
            Err("is XML but not XES; choose an XES file, or export CSV")
        };
    }
    if *first == b'[' {
        let after = text[1..].trim_ascii_start().first();
        if matches!(after, Some(b'{' | b']')) {
            return Err(
                "is a JSON list, which is not read yet; convert it to one object a line (NDJSON)",
            );
        }
    }
    let lines = || text.split(|c| *c == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let (mut objects, mut looked_at) = (0, 0);
    for line in lines().take(10) {
        looked_at += 1;
        objects +=
            usize::from(line.starts_with(b"{") && (line.ends_with(b"}") || line.len() > 200));
    }
    if objects * 2 >= looked_at {
        return Ok(Kind::Ndjson);
    }
    if *first == b'{' {
        let parsed =
            lines().next().is_some_and(|l| serde_json::from_slice::<serde_json::Value>(l).is_ok());
        if !parsed && looked_at > 1 {
            return Err(
                "is one JSON document over several lines, which is not read yet; convert it to one object a line (NDJSON)",
            );
        }
    }
    Ok(Kind::Delimited { delimiter: guess_delimiter(text) })
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
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
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

/// Drops the three bytes of a byte order mark that is known to be there.
struct SkipBom<R> {
    bytes: R,
    seen: usize,
}

impl<R: Read> Read for SkipBom<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.seen < 3 {
            let mut mark = [0; 3];
            let got = self.bytes.read(&mut mark[..3 - self.seen])?;
            if got == 0 {
                return Ok(0);
            }
            self.seen += got;
        }
        self.bytes.read(buffer)
    }
}

/// Text of another encoding, as UTF-8.
struct Transcoder<R> {
    bytes: R,
    decoder: Decoder,
    input: Vec<u8>,
    start: usize,
    end: usize,
    is_last: bool,
    is_done: bool,
    /// Text that had no room in a short buffer.
    held: Vec<u8>,
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The decoder needs room for one character, and a reader may have less.
        if self.held.is_empty() && buffer.len() >= 8 {
            return self.decode(buffer);
        }
        if self.held.is_empty() {
            let mut small = [0; 8];
            let got = self.decode(&mut small)?;
            self.held.extend_from_slice(&small[..got]);
        }
        let fits = self.held.len().min(buffer.len());
        buffer[..fits].copy_from_slice(&self.held[..fits]);
        self.held.drain(..fits);
        Ok(fits)
    }
}

impl<R: Read> Transcoder<R> {
    fn decode(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_done {
            if self.start == self.end && !self.is_last {
                self.start = 0;
                self.end = self.bytes.read(&mut self.input)?;
                self.is_last = self.end == 0;
            }
            let input = &self.input[self.start..self.end];
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(input, buffer, self.is_last);
            self.start += read;
            self.is_done = self.is_last && result == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
