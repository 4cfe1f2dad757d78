//! Packings, encodings and folders, and files that are made to do harm.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use polars::prelude::{DataFrame, NamedFrom, Series};
use polars_io::SerWriter;
use polars_io::ipc::{IpcCompression, IpcStreamWriter, IpcWriter};
use polars_io::parquet::write::ParquetWriter;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::{Plain, error_of, file, gzip, import_bytes, import_plan, plain, plan, refused};
use crate::vault::import::{Gathered, ImportError, Looked, container, inspect};
use crate::views::{DateOrder, ImportPlan, Progress, RefusalReason};

const CSV: &str =
    "user_id,event,timestamp\nu1,Käse,2024-03-01T10:00:00Z\nu1,B,2024-03-01T10:01:00Z\n";
const TEN: i64 = 1_709_287_200_000;

fn two_events() -> Plain {
    let events = vec![("Käse".to_owned(), Some(TEN)), ("B".to_owned(), Some(TEN + 60_000))];
    [("u1".to_owned(), events)].into()
}

fn zstd_of(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).unwrap()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
}

fn frame() -> DataFrame {
    let columns = [
        Series::new("user_id".into(), ["u1", "u1"]),
        Series::new("not read".into(), [1.5, 2.5]),
        Series::new("event".into(), ["Käse", "B"]),
        Series::new("timestamp".into(), [TEN, TEN + 60_000]),
    ];
    DataFrame::new(2, columns.map(Into::into).to_vec()).unwrap()
}

fn arrow(compression: Option<IpcCompression>) -> Vec<u8> {
    let mut bytes = Vec::new();
    IpcWriter::new(&mut bytes).with_compression(compression).finish(&mut frame()).unwrap();
    bytes
}

fn parquet() -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(1)).finish(&mut frame()).unwrap();
    bytes
}

fn arrow_stream() -> Vec<u8> {
    let mut bytes = Vec::new();
    IpcStreamWriter::new(&mut bytes).finish(&mut frame()).unwrap();
    bytes
}

#[test]
fn one_journey_in_every_container() {
    let latin: Vec<u8> = CSV.chars().map(|c| c as u8).collect();
    let row = |event: &str, minute: u8| {
        format!(r#"{{"user_id":"u1","event":"{event}","timestamp":"2024-03-01T10:0{minute}:00Z"}}"#)
    };
    let (first, second) = (row("Käse", 0), row("B", 1));
    let list = format!("[{first},\n{second}]");
    let pretty = list.replace(',', ",\n  ").replace('{', "{\n  ");
    let half = CSV.len() - 24;
    let header = "user_id,event,timestamp\n";
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("zstd", zstd_of(CSV.as_bytes())),
        (
            "two frames of zstd",
            [zstd_of(&CSV.as_bytes()[..half]), zstd_of(&CSV.as_bytes()[half..])].concat(),
        ),
        (
            "two members of gzip",
            [gzip(&CSV.as_bytes()[..half]), gzip(&CSV.as_bytes()[half..])].concat(),
        ),
        ("zip", zip_of(&[("a.csv", CSV.as_bytes())])),
        ("zip of zstd of gzip", zip_of(&[("a", &zstd_of(&gzip(CSV.as_bytes())))])),
        (
            "zip of several and other things",
            zip_of(&[
                ("b/2.csv", format!("{header}u1,B,2024-03-01T10:01:00Z\n").as_bytes()),
                ("b/1.json", first.as_bytes()),
                ("__MACOSX/b/._1.json", b"\0\0"),
                ("b/README.md", b"# about"),
                ("b/.DS_Store", b"\0\0"),
            ]),
        ),
        ("UTF-8 with a mark", [b"\xEF\xBB\xBF", CSV.as_bytes()].concat()),
        ("UTF-16 LE", utf16(CSV, u16::to_le_bytes, true)),
        ("UTF-16 BE", utf16(CSV, u16::to_be_bytes, true)),
        ("UTF-16 LE without a mark", utf16(CSV, u16::to_le_bytes, false)),
        ("UTF-16 BE without a mark", utf16(CSV, u16::to_be_bytes, false)),
        ("UTF-16 in gzip", gzip(&utf16(CSV, u16::to_le_bytes, true))),
        ("Windows-1252", latin),
        (
            "a spreadsheet's own separator",
            format!("sep=;\r\n{}", CSV.replace(',', ";")).into_bytes(),
        ),
        ("bars", CSV.replace(',', "|").into_bytes()),
        ("quoted", CSV.replace("Käse", "\"Käse\"").replace("event,", "\"event\",").into_bytes()),
        ("JSON list", list.clone().into_bytes()),
        ("JSON list over many lines", pretty.clone().into_bytes()),
        (
            "JSON objects over many lines",
            pretty.replace(['[', ']'], "").replace("},", "}\n").into_bytes(),
        ),
        ("JSON list in zstd", zstd_of(list.as_bytes())),
        ("JSON with a mark", [b"\xEF\xBB\xBF", list.as_bytes()].concat()),
        ("an object with the list", format!(r#"{{"data":{list},"next":null}}"#).into_bytes()),
        ("Parquet", parquet()),
        ("Parquet in gzip", gzip(&parquet())),
        ("Arrow", arrow(None)),
        ("Arrow with LZ4", arrow(Some(IpcCompression::LZ4))),
        ("Arrow in gzip", gzip(&arrow(None))),
        ("Arrow stream", arrow_stream()),
    ];
    for (name, bytes) in cases {
        let imported = import_bytes(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(plain(&imported.store), two_events(), "{name}");
        assert_eq!(imported.quality.refusals, [], "{name}");
    }
}

#[test]
fn a_folder_is_one_import_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    fs::create_dir(folder.path().join("day=2")).unwrap();
    // Equal times: the order of the names is the order of the events.
    write("day=2/part-0", b"user_id,event,timestamp\nu1,C,5\n");
    write("b.csv", b"user_id,event,timestamp\nu1,B,5\n");
    write("a.csv.gz", &gzip(b"user_id,event,timestamp\nu1,A,5\n"));
    write("SOURCE.txt", b"where it is from");
    write("_SUCCESS", b"");
    let inspection = inspect(&plan(folder.path())).unwrap();
    assert_eq!(inspection.files, 3);
    let imported = import_plan(&plan(folder.path())).unwrap();
    let labels: Vec<String> = plain(&imported.store)["u1"].iter().map(|e| e.0.clone()).collect();
    assert_eq!(labels, ["A", "B", "C"]);
    assert_eq!(imported.quality.repairs[0].rows, 2, "what was left out is said");
}

#[test]
fn a_folder_called_like_a_file_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let named = folder.path().join("x.csv");
    fs::create_dir(&named).unwrap();
    assert!(
        error_of(import_plan(&plan(&named))).starts_with("x.csv is a folder with no event file")
    );
}

#[test]
fn an_archive_that_inflates_beyond_reason_is_refused() {
    let mut text = b"user_id,event,timestamp\n".to_vec();
    text.resize(68 << 20, b'\n');
    for bytes in [zstd_of(&text), gzip(&zstd_of(&text)), zip_of(&[("a.csv", &text)])] {
        assert!(error_of(import_bytes(&bytes)).contains("inflates to more than 250 times"));
    }
}

#[test]
fn damaged_and_locked_archives_are_refused_in_one_sentence() {
    let whole = zip_of(&[("a.csv", CSV.as_bytes())]);
    let mut broken = whole.clone();
    broken[45] ^= 0xFF;
    let nested = zip_of(&[("inner.zip", &whole)]);
    let sheet = zip_of(&[("[Content_Types].xml", b"<a/>"), ("xl/a.xml", b"<a/>")]);
    let nothing = zip_of(&[("read.me/", b""), ("notes.txt", b"x")]);
    let mut cut_zstd = zstd_of(CSV.repeat(50).as_bytes());
    cut_zstd.truncate(cut_zstd.len() - 8);
    for (bytes, words) in [
        (whole[..whole.len() - 30].to_vec(), "breaks off"),
        (broken, "damaged"),
        (nested, "another zip"),
        (sheet, "spreadsheet"),
        (nothing, "no event file"),
        (gzip(&whole), "zip archive within"),
        (cut_zstd, "breaks off"),
        (gzip(b""), "holds nothing"),
    ] {
        let sentence = error_of(import_bytes(&bytes));
        assert!(sentence.contains(words), "{words}: {sentence}");
        assert!(!sentence.contains("u1") && !sentence.contains("Käse"), "{sentence}");
    }
}

#[test]
fn a_list_that_breaks_off_needs_a_yes() {
    let cut = file(br#"[{"user":"u1","event":"A","time":5},{"user":"u2","event":"B","ti"#);
    let mut plan = plan(cut.path());
    assert!(error_of(import_plan(&plan)).contains("breaks off after 1 usable rows"));
    plan.accept_truncated = true;
    let imported = import_plan(&plan).unwrap();
    assert_eq!(plain(&imported.store).into_keys().collect::<Vec<_>>(), ["u1"]);
}

#[test]
fn what_is_no_object_in_a_list_is_refused_with_its_line() {
    let list = b"[{\"user\":\"u1\",\"event\":\"A\",\"time\":5},\n 7, [\"x\"],\n {\"user\":\"u1\",\"event\":}]";
    let imported = import_bytes(list).unwrap();
    assert_eq!(refused(&imported), [(RefusalReason::NotJson, 3, vec![2, 2, 3])]);
}

#[test]
fn ten_thousand_columns_are_read() {
    let names: Vec<String> = (0..10_000).map(|column| format!("column_{column}")).collect();
    let mut csv = format!("user_id,event,timestamp,{}\n", names.join(","));
    let mut json = String::new();
    for row in 0..20 {
        writeln!(csv, "u{row},A,5{}", ",1".repeat(10_000)).unwrap();
        let cells: Vec<String> = names.iter().map(|name| format!("\"{name}\":1")).collect();
        writeln!(json, r#"{{"user_id":"u{row}","event":"A","timestamp":5,{}}}"#, cells.join(","))
            .unwrap();
    }
    for text in [csv, json] {
        let bytes = file(text.as_bytes());
        assert_eq!(inspect(&plan(bytes.path())).unwrap().columns.len(), 10_003);
        let imported = import_plan(&plan(bytes.path())).unwrap();
        assert_eq!((imported.quality.rows_used, imported.store.subjects()), (20, 20));
        assert_eq!(imported.quality.columns_not_read.len(), 10_000);
    }
}

#[test]
fn a_line_without_end_is_refused() {
    let long = "x".repeat(100 << 20);
    for text in [
        long.clone(),
        format!("user_id,event,timestamp\nu1,{long},5\n"),
        format!("user_id,event,timestamp\nu1,\"{long},5\n"),
        format!("{{\"user_id\":\"{long}\"}}"),
        format!("[{{\"user_id\":\"{long}\"}}]"),
        format!("[{{\"user\":\"u1\",\"event\":\"A\",\"time\":5}},{{\"user_id\":\"{long}\"}}]"),
    ] {
        let sentence = error_of(import_bytes(text.as_bytes()));
        let is_plain = sentence.contains("line") && sentence.len() < 400;
        assert!(is_plain, "{}", &sentence[..sentence.len().min(400)]);
    }
}

/// Looks at a file, changes it, and reads it.
fn read_after(bytes: &[u8], change: impl FnOnce(&Path)) -> Result<u64, ImportError> {
    let file = file(bytes);
    let plan = plan(file.path());
    let packed = container::open(file.path())?.files.remove(0);
    let looked = Looked::at(packed, &plan, true)?.expect("it has rows");
    change(file.path());
    let mut gathered = Gathered::default();
    gathered.add(looked, &plan, None, &Progress::default())?;
    Ok(gathered.quality.rows_used)
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_half_imported() {
    let line =
        |row: usize| format!(r#"{{"user_id":"u{row}","event":"A","timestamp":{}}}"#, row + 9);
    let lines: Vec<String> = (0..20_000).map(line).collect();
    let mut csv = "user_id,event,timestamp\n".to_owned();
    (0..20_000).for_each(|row| writeln!(csv, "u{row},A,{}", row + 9).unwrap());
    let open = |path: &Path| fs::OpenOptions::new().write(true).open(path).unwrap();
    let kinds = [
        csv.clone().into_bytes(),
        gzip(csv.as_bytes()),
        zip_of(&[("a.csv", csv.as_bytes())]),
        lines.join("\n").into_bytes(),
        format!("[{}]", lines.join(",")).into_bytes(),
        parquet(),
        arrow(None),
        arrow_stream(),
    ];
    for (kind, bytes) in kinds.iter().enumerate() {
        let half = bytes.len() as u64 / 2;
        assert!(read_after(bytes, |_| {}).is_ok_and(|rows| rows > 0), "{kind}");
        let shrinks = read_after(bytes, |path| open(path).set_len(half).unwrap());
        let empties = read_after(bytes, |path| open(path).set_len(0).unwrap());
        let grows = read_after(bytes, |path| open(path).set_len(half * 4).unwrap());
        for result in [shrinks, empties, grows] {
            let sentence = result.unwrap_err().to_string();
            assert!(sentence.contains("changed while it was read"), "{kind}: {sentence}");
        }
        // Another file of that name is another file: the one that was looked at is read.
        let replaced = read_after(bytes, |path| {
            let other = path.with_extension("other");
            fs::write(&other, b"something else").unwrap();
            fs::rename(&other, path).unwrap();
        });
        assert!(replaced.is_ok_and(|rows| rows > 0), "{kind}");
    }
}

#[test]
fn many_files_are_opened_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2_000 {
        let row = format!("user_id,event,timestamp\nu{number},A,5\n");
        fs::write(folder.path().join(format!("{number}.csv")), row).unwrap();
    }
    assert_eq!(import_plan(&plan(folder.path())).unwrap().store.subjects(), 2_000);
}

#[test]
fn members_that_share_their_bytes_are_refused() {
    // The directory's second entry is made to point at the first member.
    let mut bytes = zip_of(&[("a.csv", CSV.as_bytes()), ("b.csv", CSV.as_bytes())]);
    let entry = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    bytes[entry + 42..entry + 46].copy_from_slice(&[0; 4]);
    assert!(error_of(import_bytes(&bytes)).contains("damaged"));
}

/// A footer that lies about its rows: the decoder would ask for that much memory.
#[test]
fn sizes_that_cannot_be_are_not_believed() {
    let bytes = parquet();
    let footer = bytes.len()
        - 8
        - u32::from_le_bytes(*bytes[bytes.len() - 8..].first_chunk().unwrap()) as usize;
    let mut refused = 0;
    for at in footer..bytes.len() - 8 {
        for lie in [0x7F, 0x80, 0xFE, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] = lie;
            refused += usize::from(import_bytes(&damaged).is_err());
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn no_permission_is_said() {
    let bytes = file(CSV.as_bytes());
    let mut permissions = fs::metadata(bytes.path()).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0);
    fs::set_permissions(bytes.path(), permissions).unwrap();
    match container::open(bytes.path()) {
        Err(error) => assert!(error.to_string().contains("permission is denied"), "{error}"),
        Ok(_) => println!("not run: this user may read everything"),
    }
}

#[test]
fn files_in_several_zones_and_orders_keep_their_own() {
    let first = file(b"user,event,ts\nu1,A,28/03/2024\nu1,B,03/04/2024\n");
    let second = file(b"user,event,ts\nu2,A,03/28/2024\nu2,B,03/04/2024\n");
    let files = vec![first.path().to_owned(), second.path().to_owned()];
    let both = ImportPlan { files, ..ImportPlan::default() };
    let journeys = plain(&import_plan(&both).unwrap().store);
    assert!(journeys["u1"][0].0 == "A" && journeys["u2"][0].0 == "B");
    let said = ImportPlan { date_order: Some(DateOrder::DayFirst), ..both };
    assert_eq!(import_plan(&said).unwrap().quality.rows_used, 3);
}

#[test]
fn an_hour_without_events_does_not_stop_the_others() {
    let row = br#"{"user":"u1","event":"A","time":5}"#;
    let hours =
        zip_of(&[("1.json.gz", &gzip(b"")), ("2.json", b"[]"), ("3.json", row), ("4.json", b"\n")]);
    let imported = import_bytes(&hours).unwrap();
    assert_eq!(imported.quality.rows_used, 1);
    assert_eq!(imported.quality.repairs[0].rows, 3);
    assert!(error_of(import_bytes(b"[]")).contains("holds no record"));
}

#[test]
fn a_first_line_of_values_is_not_told() {
    let rows = b"4711007,jo@example.org,Canary Buy,2024-03-01 10:00:00\n4711008,al@example.org,B,2024-03-02\n";
    let sentence = error_of(import_bytes(rows));
    assert!(sentence.contains("values in its first line"), "{sentence}");
    let bytes = file(rows);
    let mut plan = plan(bytes.path());
    plan.mapping.subject = Some("who".to_owned());
    let sentence = error_of(import_plan(&plan));
    assert!(sentence.contains("values in its first line"), "{sentence}");
}

/// Files of every kind, to be damaged.
fn specimens() -> Vec<Vec<u8>> {
    let fixture = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/vendors/");
        fs::read(format!("{folder}{name}")).unwrap()
    };
    let names = [
        "mparticle.json",
        "matomo.json",
        "ga4.ndjson",
        "posthog-text.ndjson",
        "posthog.csv",
        "snowplow.tsv",
    ];
    let plain = names.map(fixture);
    let packed = [
        zip_of(&[("a.json.gz", &gzip(&plain[0])), ("b.json", &plain[1])]),
        zstd_of(&plain[5]),
        parquet(),
        fixture("ga4.parquet"),
        arrow(None),
        arrow(Some(IpcCompression::LZ4)),
        arrow_stream(),
    ];
    plain.into_iter().chain(packed).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is done to a file, it is read or refused in one sentence.
    #[test]
    fn damage_is_refused_in_one_sentence_or_survived(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut specimens = specimens();
        let at = which.index(specimens.len());
        let mut bytes = specimens.swap_remove(at);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let bytes = file(&bytes);
        for accept_truncated in [false, true] {
            let plan = ImportPlan { accept_truncated, ..plan(bytes.path()) };
            let _ = inspect(&plan);
            if let Err(error) = import_plan(&plan) {
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }
}
