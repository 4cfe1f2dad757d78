//! Tables of text, in any number of ranges and in pieces of any size, held against csv-core alone.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::super::container;
use super::super::fuzzing::{Contents, Event};
use super::super::mapping::Sample;
use super::super::quality::Refusals;
use super::super::roles::Roles;
use super::super::sink::{Layout, Sink};
use super::super::source::{Dialect, Kind, Source};
use super::super::time::Clock;
use super::super::{Job, Part};
use super::{finish, line_byte, one_range, read};
use crate::fuzzing::{Dribble, TempFile};
use crate::views::{Mapping, Progress, RefusalReason};

/// What csv-core makes of a text: each record with the line it begins in.
struct Records {
    all: Vec<(u64, Vec<Vec<u8>>)>,
    /// The line of a record whose quotes stay open.
    open_since: Option<u64>,
    lines: u64,
}

fn by_csv_core(text: &[u8], delimiter: u8, has_quotes: bool, line_byte: u8) -> Records {
    // A quote that is the delimiter as well can be one of them only.
    let has_quotes = has_quotes && delimiter != b'"';
    let mut reader = ReaderBuilder::new().delimiter(delimiter).quoting(has_quotes).build();
    let (mut out, mut ends) = (vec![0; text.len() + 16], vec![0; text.len() + 16]);
    // It takes a byte order mark off the first record it sees.
    reader.read_record(b"-\n", &mut out, &mut ends);
    let closed = [text, b"\n"].concat();
    let lines_before = |at: usize| memchr::memchr_iter(line_byte, &text[..at]).count() as u64;
    let mut found = Records { all: Vec::new(), open_since: None, lines: lines_before(text.len()) };
    let mut at = 0;
    loop {
        at += text[at..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        if at >= text.len() {
            return found;
        }
        let line = lines_before(at) + 1;
        let (result, taken, _, fields) = reader.read_record(&closed[at..], &mut out, &mut ends);
        if !matches!(result, ReadRecordResult::Record) {
            found.open_since = Some(line);
            return found;
        }
        at = (at + taken).min(text.len());
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let spans = starts.zip(&ends).take(fields);
        found.all.push((line, spans.map(|(start, end)| out[start..*end].to_vec()).collect()));
    }
}

/// Two bytes choose the dialect and what is mapped; the rest is the file.
pub(crate) fn delimited(data: &[u8]) {
    let Some(([delimiter, choices], bytes)) = data.split_first_chunk() else { return };
    let is = |bit: u8| choices & bit != 0;
    let dialect = Dialect {
        delimiter: b",;\t|\"= :"[usize::from(*delimiter) % 8],
        has_quotes: !is(1),
        has_header: !is(2),
        skip: usize::from(is(4)),
    };
    let file = TempFile::with(bytes);
    let Ok(mut found) = container::open(file.path()) else { return };
    if found.files.len() != 1 {
        return;
    }
    let Ok(source) = Source::open(found.files.remove(0), None) else { return };
    if matches!(source.kind, Kind::Parquet | Kind::ArrowFile | Kind::ArrowStream) {
        return;
    }
    let mut text = Vec::new();
    if source.text(None).read_to_end(&mut text).is_err() {
        return;
    }
    let line_byte = line_byte(&source);
    let by_core = by_csv_core(&text, dialect.delimiter, dialect.has_quotes, line_byte);
    let width = by_core.all.get(dialect.skip).map_or(2, |(_, record)| record.len().max(2));
    let columns: Vec<String> = (0..width).map(|at| format!("c{at}")).collect();
    let column = |at: usize| columns.get(at).cloned();
    let has_more = is(8);
    let mapping = Mapping {
        subject: column(0),
        event: column(1),
        time: column(2),
        session: if has_more { column(3) } else { None },
        attributes: if has_more { columns[width - 1..].to_vec() } else { Vec::new() },
        insert_id: if has_more { column(1) } else { None },
        ..Mapping::default()
    };
    let layout = Layout {
        has_session: mapping.session.is_some(),
        has_time: mapping.time.is_some(),
        has_insert_id: mapping.insert_id.is_some(),
    };
    let sample = Sample { columns: columns.clone(), ..Sample::default() };
    let Ok(roles) = Roles::new(mapping, &sample, "a file") else {
        panic!("columns without a list")
    };
    let progress = Progress::default();
    let job = Job {
        layout,
        roles,
        clock: Clock::new(None, None),
        progress: &progress,
        accept_truncated: true,
    };
    let expected = expected(&by_core, dialect, width);
    let compare = |part: Part, how: &str| {
        assert!(part.truncated.is_none(), "a whole file is no truncated one");
        assert_eq!(part.repairs.len(), usize::from(by_core.open_since.is_some()), "{how}");
        let contents = Contents::of(layout, &job.roles.attributes, part.sinks);
        assert!(contents.events == expected.0, "other rows than csv-core, {how}");
        assert_eq!(contents.refusals, expected.1, "{how}");
        assert_eq!(contents.lines, by_core.lines, "{how}");
        contents
    };
    let in_ranges = |ranges: usize| {
        let Ok(part) = read(&source, dialect, &columns, &job, Some(ranges)) else {
            panic!("a text cannot be read");
        };
        compare(part, "in ranges")
    };
    let whole = in_ranges(1);
    assert!([2, 3, 8].iter().all(|ranges| in_ranges(*ranges) == whole), "ranges make a difference");
    let one_by_one = one_by_one(&by_core, dialect, width, &job);
    let one_by_one = Contents::of(layout, &job.roles.attributes, vec![one_by_one]);
    assert!(whole == one_by_one, "many rows at once are other rows");
    let pieces = Dribble::new(&text, *choices);
    let Ok(part) = one_range(&source, dialect, &columns, &job, pieces, true)
        .and_then(|part| finish(&source, &job, vec![part]))
    else {
        panic!("a text cannot be read in pieces");
    };
    let contents = compare(part, "in pieces");
    assert!(whole == contents, "pieces make a difference");
}

/// The records as rows that come one after the other.
fn one_by_one(found: &Records, dialect: Dialect, width: usize, job: &Job<'_>) -> Sink {
    let mut sink = job.sink();
    let to_skip = dialect.skip + usize::from(dialect.has_header);
    for (line, record) in found.all.iter().skip(to_skip) {
        if record.len() != width {
            sink.refuse(*line, RefusalReason::WrongFieldCount);
            continue;
        }
        job.put(&mut sink, *line, &[], |slot| {
            let name = &job.roles.slots.names[slot];
            let column = name.strip_prefix('c').and_then(|column| column.parse::<usize>().ok());
            column.and_then(|at| record.get(at)).map_or(&[][..], Vec::as_slice)
        });
    }
    if let Some(line) = found.open_since {
        sink.refuse(line, RefusalReason::WrongFieldCount);
    }
    sink.lines = found.lines;
    sink.flush();
    sink
}

/// What must become of the records.
fn expected(
    found: &Records,
    dialect: Dialect,
    width: usize,
) -> (Vec<Event>, Vec<crate::views::Refusal>) {
    let mut clock = Clock::new(None, None);
    let mut events = Vec::new();
    let mut refusals = Refusals::default();
    let to_skip = dialect.skip + usize::from(dialect.has_header);
    for (line, record) in found.all.iter().skip(to_skip) {
        if record.len() != width {
            refusals.add(RefusalReason::WrongFieldCount, *line);
        } else if record[0].is_empty() {
            refusals.add(RefusalReason::NoSubject, *line);
        } else if record[1].is_empty() {
            refusals.add(RefusalReason::NoEvent, *line);
        } else {
            match record.get(2).map_or(Ok(0), |time| clock.read(time)) {
                Ok(millis) => events.push((record[0].clone(), record[1].clone(), millis)),
                Err(reason) => refusals.add(reason, *line),
            }
        }
    }
    if let Some(line) = found.open_since {
        refusals.add(RefusalReason::WrongFieldCount, line);
    }
    (events, refusals.into_list())
}
