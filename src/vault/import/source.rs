//! Says what a file holds, by its content and never by its name, and gives its text as UTF-8.
//!
//! *Invariant:* knows bytes and encodings, nothing of events.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::ImportError;
use super::container::{Packed, RangeReader, SeekReader, is_truncation, unusable};
use super::delimited::guess_delimiter;
use super::json::object_len;
use super::presets;
use super::shares::{self, Share};
use crate::views::{Preset, Progress};

/// How much of the text is looked at before the rest is read.
const HEAD: usize = 1 << 20;
/// Files smaller than this are read in one range.
const SMALL_FILE: u64 = 4 << 20;
/// A thread without work takes over from one that has so many bytes left: every range has a table of
/// its own of all who are in it.
const LEAST_LEFT: u64 = 16 << 20;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Delimited(Dialect),
    /// One object a line.
    Ndjson,
    /// Objects in a list, or one after the other over several lines.
    Json,
    Parquet,
    ArrowFile,
    ArrowStream,
    Xes,
}

/// How a table of text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Fields may stand in quotes.
    pub(super) has_quotes: bool,
    /// The first line names the columns. Without one, a preset names them.
    pub(super) has_header: bool,
    /// Records before all that (`sep=;`, which spreadsheets write and read).
    pub(super) skip: usize,
}

impl Dialect {
    fn usual(delimiter: u8) -> Self {
        Self { delimiter, has_quotes: true, has_header: true, skip: 0 }
    }
}

/// How bytes are to be read as text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8 { bom: bool },
    Other(&'static Encoding),
}

/// An open file of a known kind.
pub(super) struct Source {
    packed: Packed,
    pub(super) kind: Kind,
    charset: Charset,
    /// Packed bytes.
    pub(super) len: u64,
    /// The beginning, decoded; all of it where `head_is_all`.
    pub(super) head: Vec<u8>,
    pub(super) head_is_all: bool,
    /// The file breaks off within the beginning.
    pub(super) head_is_cut: bool,
}

impl Source {
    /// `preset` is what somebody says the file is, whatever it looks like.
    ///
    /// # Errors
    /// One sentence where the file cannot be read or is of no kind that is read.
    pub(super) fn open(packed: Packed, preset: Option<Preset>) -> Result<Self, ImportError> {
        let len = packed.len;
        let mut source = Self {
            packed,
            kind: Kind::Ndjson,
            charset: Charset::Utf8 { bom: false },
            len,
            head: Vec::new(),
            head_is_all: false,
            head_is_cut: false,
        };
        let name = source.shown();
        let unusable = |what: &str| Err(unusable(&name, what));
        let (raw, is_cut) = source.read_head(source.packed.unpacked(None))?;
        source.head_is_cut = is_cut;
        if raw.is_empty() {
            return unusable("holds nothing once it is unpacked; choose a file with events");
        }
        source.head_is_all = raw.len() < HEAD;
        if let Some(what) = not_read(&raw) {
            return unusable(what);
        }
        let binary = [
            (&b"PAR1"[..], Kind::Parquet),
            (b"ARROW1", Kind::ArrowFile),
            (b"\xFF\xFF\xFF\xFF", Kind::ArrowStream),
        ];
        if let Some((_, kind)) = binary.into_iter().find(|(magic, _)| raw.starts_with(magic)) {
            source.kind = kind;
            return Ok(source);
        }
        source.charset = charset(&raw, source.head_is_all);
        let mut head = Vec::new();
        let mut decoded = source.decoded(io::Cursor::new(raw));
        if decoded.read_to_end(&mut head).is_err() || looks_binary(&head) {
            return unusable(
                "is neither text nor a table that is read; choose a CSV, JSON, XES, Parquet or Arrow file",
            );
        }
        let kind = match text_kind(&head, preset) {
            Ok(kind) => kind,
            Err(what) => return unusable(what),
        };
        Ok(Self { kind, head, ..source })
    }

    /// The beginning, and whether the file breaks off within it.
    fn read_head(&self, reader: impl Read) -> Result<(Vec<u8>, bool), ImportError> {
        let mut head = Vec::new();
        match reader.take(HEAD as u64).read_to_end(&mut head) {
            Ok(_) => Ok((head, false)),
            // A file that breaks off still has a beginning to look at.
            Err(error) if is_truncation(&error) && !head.is_empty() => Ok((head, true)),
            Err(error) => Err(self.packed.failed(&error)),
        }
    }

    /// Whether the text can be read from the middle: it is neither packed nor decoded.
    pub(super) fn is_seekable_text(&self) -> bool {
        self.packed.is_plain() && matches!(self.charset, Charset::Utf8 { .. })
    }

    /// Where the text begins in a file that can be read from the middle.
    pub(super) fn text_start(&self) -> u64 {
        if self.charset == (Charset::Utf8 { bom: true }) { 3 } else { 0 }
    }

    /// Where up to `wanted` ranges of about the same size begin, each after a newline.
    fn line_starts(&self, wanted: usize, newline: u8) -> io::Result<Vec<u64>> {
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

    /// The bytes of the file from `start` to `end`, in a file that can be read from the middle.
    pub(super) fn range(&self, start: u64, end: u64, progress: Option<&Progress>) -> RangeReader {
        self.packed.raw(start, end, progress)
    }

    /// Reads a text of lines in several ranges at once, as many as there are threads, or `ranges`. `read`
    /// gets the bytes of whole lines, and whether they are the first. `None` where that does not pay, or
    /// the file can only be read from its beginning.
    pub(super) fn in_ranges<T: Send>(
        &self,
        ranges: Option<usize>,
        newline: u8,
        progress: &Progress,
        read: impl Fn(ShareReader<'_>, bool) -> Result<T, ImportError> + Sync,
    ) -> Result<Option<Vec<T>>, ImportError> {
        let threads = if self.len < SMALL_FILE { 1 } else { rayon::current_num_threads() };
        let ranges = ranges.unwrap_or(threads);
        if ranges < 2 || !self.is_seekable_text() {
            return Ok(None);
        }
        let failed = |error| self.failed(&error);
        let starts = self.line_starts(ranges, newline).map_err(failed)?;
        if starts.len() < 2 {
            return Ok(None);
        }
        let cut = |from| self.after_newline(from, newline).map_err(failed);
        let all = shares::work(&starts, self.len, LEAST_LEFT, cut, |share| {
            let bytes = self.range(share.start(), self.len, Some(progress));
            read(ShareReader { share, bytes, taken: 0 }, share.start() == self.text_start())
        })?;
        Ok(Some(all))
    }

    /// All bytes, unpacked.
    pub(super) fn unpacked(&self, progress: Option<&Progress>) -> Box<dyn Read + Send> {
        self.packed.unpacked(progress)
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

    pub(super) fn is_plain(&self) -> bool {
        self.packed.is_plain()
    }

    /// The file itself with a position of its own, where it is not packed.
    pub(super) fn seekable(&self) -> SeekReader {
        self.packed.seekable()
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
        let mut words = self.packed.wrapping();
        match self.charset {
            Charset::Utf8 { bom: true } => words.push("UTF-8 with a byte order mark".to_owned()),
            Charset::Utf8 { bom: false } => {}
            Charset::Other(encoding) => words.push(charset_name(encoding).to_owned()),
        }
        words
    }

    /// The file's name as it is shown.
    pub(super) fn shown(&self) -> String {
        self.packed.shown()
    }

    pub(super) fn failed(&self, error: &io::Error) -> ImportError {
        self.packed.failed(error)
    }

    pub(super) fn unchanged(&self) -> Result<(), ImportError> {
        self.packed.unchanged()
    }
}

fn charset_name(encoding: &'static Encoding) -> &'static str {
    if encoding == WINDOWS_1252 { "Windows-1252" } else { encoding.name() }
}

/// Kinds that are known and not read.
fn not_read(raw: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| raw.starts_with(magic);
    if starts(b"BZh") || starts(b"\xFD7zXZ") {
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
    if let Some(encoding) = unmarked_utf_16(raw) {
        return Charset::Other(encoding);
    }
    match std::str::from_utf8(raw) {
        Ok(_) => Charset::Utf8 { bom: false },
        // The head may end inside a character.
        Err(error) if error.error_len().is_none() && !is_all => Charset::Utf8 { bom: false },
        Err(_) => Charset::Other(WINDOWS_1252),
    }
}

/// UTF-16 without a byte order mark: in text of any European language every other byte is zero.
fn unmarked_utf_16(raw: &[u8]) -> Option<&'static Encoding> {
    let sample = &raw[..raw.len().min(4096)];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|c| **c == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let half = sample.len() / 2;
    match (even, odd) {
        _ if half < 4 => None,
        (0, odd) if odd * 10 >= half * 6 => Some(UTF_16LE),
        (even, 0) if even * 10 >= half * 6 => Some(UTF_16BE),
        _ => None,
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

fn text_kind(head: &[u8], preset: Option<Preset>) -> Result<Kind, &'static str> {
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
        if matches!(after, None | Some(b'{' | b']' | b'[')) {
            return Ok(Kind::Json);
        }
    }
    let lines = || text.split(|c| *c == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let (mut objects, mut looked_at) = (0, 0);
    for line in lines().take(10) {
        looked_at += 1;
        objects +=
            usize::from(line.starts_with(b"{") && (line.ends_with(b"}") || line.len() > 200));
    }
    let is_json = |line: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    if *first == b'{' && looked_at > 1 && !lines().next().is_some_and(is_json) {
        let goes_on = match object_len(text) {
            Some(len) => is_json(&text[..len]),
            None => !lines().take(10).any(is_json),
        };
        if goes_on {
            return Ok(Kind::Json);
        }
    }
    if objects * 2 >= looked_at {
        return Ok(Kind::Ndjson);
    }
    if presets::snowplow::is_headerless(text, preset) {
        return Ok(Kind::Delimited(Dialect {
            has_quotes: false,
            has_header: false,
            ..Dialect::usual(b'\t')
        }));
    }
    if let [b's', b'e', b'p', b'=', delimiter, b'\r' | b'\n', ..] = text
        && (delimiter.is_ascii_punctuation() || *delimiter == b'\t')
    {
        return Ok(Kind::Delimited(Dialect { skip: 1, ..Dialect::usual(*delimiter) }));
    }
    Ok(Kind::Delimited(Dialect::usual(guess_delimiter(text))))
}

/// Reads no byte of a share before it is taken.
pub(super) struct ShareReader<'a> {
    share: &'a Share,
    bytes: RangeReader,
    /// Taken, but not read yet.
    taken: u64,
}

impl Read for ShareReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == 0 {
            let next = self.share.take(buffer.len() as u64);
            self.taken = next.end - next.start;
        }
        let wanted = buffer.len().min(usize::try_from(self.taken).unwrap_or(usize::MAX));
        let got = self.bytes.read(&mut buffer[..wanted])?;
        self.taken -= got as u64;
        Ok(got)
    }
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
