//! Vendors' exports, written for these tests after their documented schemas, imported without flags.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{error_of, file, gzip, import_plan, plan, shared};
use crate::vault::import::{Imported, inspect};
use crate::vault::journeys::Store;
use crate::views::{ConsentState, ImportPlan, Mapping, Otherwise, Preset};

/// 2025-01-01 10:00 UTC, from which the fixtures count.
const TEN_MILLIS: i64 = 1_735_725_600_000;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vendors").join(name)
}

fn whole(plan: &ImportPlan) -> Imported {
    import_plan(plan).unwrap_or_else(|error| panic!("{error}"))
}

/// `Home 0, Play 9 | Home 4003`: labels with seconds since ten, a bar between sessions.
fn told(store: &Store) -> BTreeMap<String, String> {
    let event = |event: usize| {
        let label = &store.dictionary()[store.label(event) as usize];
        let millis = store.time_millis.as_ref().expect("all have times")[event] - TEN_MILLIS;
        format!("{label} {}", millis.div_euclid(1000))
    };
    let journey = |subject: usize| {
        let sessions = store.sessions(store.events_of(subject), 1).into_iter();
        let sessions = sessions.map(|events| events.map(event).collect::<Vec<_>>().join(", "));
        sessions.collect::<Vec<_>>().join(" | ")
    };
    let id = |subject: usize| String::from_utf8(store.subject_id(subject).to_vec()).unwrap();
    (0..store.subjects()).map(|subject| (id(subject), journey(subject))).collect()
}

/// Whether everybody said this: `(subject, purpose, state)`.
fn consents(store: &Store, wanted: &[(&str, &str, ConsentState)]) {
    for (id, purpose, state) in wanted {
        let is_it = |subject: &usize| store.subject_id(*subject) == id.as_bytes();
        let subject = (0..store.subjects()).find(is_it).expect("listed");
        assert_eq!(store.consent(subject, purpose), *state, "{id} about {purpose}");
    }
}

/// Recognised as this, with these journeys and so many rows that were sent twice.
fn check(plan: &ImportPlan, preset: Preset, journeys: &[(&str, &str)], twice: u64) -> Imported {
    let inspection = inspect(plan).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(inspection.preset, Some(preset));
    assert!(inspection.questions.is_empty());
    let imported = whole(plan);
    let wanted: BTreeMap<String, String> =
        journeys.iter().map(|(id, journey)| ((*id).to_owned(), (*journey).to_owned())).collect();
    assert_eq!(told(&imported.store), wanted);
    assert_eq!(imported.quality.refusals, []);
    assert_eq!(imported.quality.duplicates.rows, twice);
    let dropping = ImportPlan { drop_duplicates: true, ..plan.clone() };
    let dropped = whole(&dropping).quality;
    assert_eq!(dropped.rows_used + twice, imported.quality.rows_used);
    assert_eq!(dropped.duplicates.dropped, twice > 0);
    // What was found can be handed back as it stands.
    let again = ImportPlan { mapping: inspection.mapping, mapping_is_whole: true, ..plan.clone() };
    assert_eq!(told(&whole(&again).store), wanted);
    imported
}

#[test]
fn mparticle_batches_give_a_row_for_each_of_their_events() {
    use ConsentState::{Granted, Refused, Unknown};
    let imported = check(
        &plan(fixture("mparticle.json")),
        Preset::Mparticle,
        &[
            (
                "9007199254740993",
                "session_start 0, Home 5, Play 9, eCommerce - Purchase 12 | session_start 4000, Home 4003, Home 4003",
            ),
            ("9007199254740992", "session_start 3, Home 8, opt_out 20"),
            ("-7636538281262557183", "session_start 1, Play 2"),
            ("dev-7f", "Home 50"),
        ],
        1,
    );
    assert_eq!(imported.quality.purposes, ["ads", "analytics", "data_sale", "measurement"]);
    consents(
        &imported.store,
        &[
            // She agreed, and an hour later no more.
            ("9007199254740993", "analytics", Refused),
            ("9007199254740993", "ads", Refused),
            // To have opted out is not to agree.
            ("9007199254740993", "data_sale", Refused),
            ("9007199254740992", "data_sale", Granted),
            ("9007199254740992", "measurement", Refused),
            ("9007199254740992", "ads", Unknown),
            ("dev-7f", "analytics", Unknown),
        ],
    );
}

#[test]
fn amplitude_serves_a_zip_of_gzips() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for number in [2, 1] {
        let name = format!("218028/218028_2025-01-01_{number}#0.json.gz");
        archive.start_file(name, options).unwrap();
        let lines = std::fs::read(fixture(&format!("amplitude-{number}.json"))).unwrap();
        archive.write_all(&gzip(&lines)).unwrap();
    }
    let zipped = file(&archive.finish().unwrap().into_inner());
    let journeys = [
        ("ann", "Open 0, Search 30, Push received 40, Buy 60, Buy 60"),
        ("d2", "Open 10, Buy 20 | Open 9000"),
    ];
    let imported = check(&plan(zipped.path()), Preset::Amplitude, &journeys, 1);
    assert!(imported.quality.duplicates.by_insert_id);
    assert_eq!(imported.store.time_millis.as_ref().unwrap()[0], TEN_MILLIS + 123);
    let inspection = inspect(&plan(zipped.path())).unwrap();
    assert_eq!(inspection.files, 2);
    assert_eq!(inspection.format.detail, "zip, gzip");
    let says =
        |note: &String| note.contains("known by \"user_id\"; where that is empty, \"device_id\"");
    assert!(inspection.notes.iter().any(says), "{:?}", inspection.notes);
}

#[test]
fn mixpanel_times_are_in_seconds_or_milliseconds() {
    let imported = check(
        &plan(fixture("mixpanel.ndjson")),
        Preset::Mixpanel,
        &[
            ("u1", "Sign up 0, Invite 60, Invite 60"),
            ("u2", "Sign up 5 | Leave 9000"),
            ("18446744073709551615", "Sign up 7"),
        ],
        1,
    );
    assert_eq!(imported.store.time_millis.as_ref().unwrap()[1], TEN_MILLIS + 60_500);
}

#[test]
fn segment_calls_are_steps_by_event_name_or_kind() {
    use ConsentState::{Granted, Refused, Unknown};
    let imported = check(
        &plan(fixture("segment.ndjson")),
        Preset::Segment,
        &[
            ("anon-1", "Home 0, Signed Up 5"),
            ("u-1", "identify 6, Order Completed 9, Order Completed 9"),
            ("u-2", "Home 3, Order Completed 4"),
        ],
        1,
    );
    consents(
        &imported.store,
        &[
            ("anon-1", "Advertising", Granted),
            ("u-1", "Advertising", Refused),
            ("u-1", "Analytics", Granted),
            ("u-2", "Analytics", Unknown),
        ],
    );
}

#[test]
fn ga4_from_json_and_parquet_is_the_same() {
    use ConsentState::{Refused, Unknown};
    for name in ["ga4.ndjson", "ga4.parquet"] {
        let imported = check(
            &plan(fixture(name)),
            Preset::Ga4,
            &[
                (
                    "1026454.4271112504",
                    "session_start 0, page_view 0, purchase 60 | session_start 9000",
                ),
                // An event without a session is of the one before.
                ("kim", "session_start 2, page_view 4, page_view 8"),
            ],
            0,
        );
        consents(
            &imported.store,
            &[
                // `Unset` after `Yes` is unknown again.
                ("1026454.4271112504", "analytics_storage", Unknown),
                ("1026454.4271112504", "ads_storage", Refused),
                ("kim", "analytics_storage", Refused),
            ],
        );
        let unread = &imported.quality.columns_not_read;
        assert!(unread.iter().any(|column| column.starts_with("items")), "{unread:?}");
        assert!(!unread.iter().any(|column| column == "event_params[ga_session_id]"));
    }
}

#[test]
fn snowplow_text_has_no_header_and_no_quotes() {
    let imported = check(
        &plan(fixture("snowplow.tsv")),
        Preset::Snowplow,
        &[
            ("dom-1", "page_view 0, add_to_cart 5 | page_view 9000"),
            ("kim", "page_view 1, add_to_cart 7, add_to_cart 7"),
            // Without a derived time, that of the collector.
            ("net-3", "ping 99"),
        ],
        1,
    );
    assert!(imported.quality.columns_not_read.contains(&"user_ipaddress".to_owned()));
    assert_eq!(imported.quality.columns_not_read.len(), 131 - 9);
}

#[test]
fn posthog_properties_may_be_an_object_or_a_text() {
    for name in ["posthog.ndjson", "posthog-text.ndjson", "posthog.csv"] {
        check(
            &plan(fixture(name)),
            Preset::Posthog,
            &[
                ("p-1", "$pageview 0, bought \"it\" 4 | $pageview 9000"),
                ("p-2", "$pageview 1, $pageview 1"),
                ("d-4", "$pageview 2"),
            ],
            1,
        );
    }
}

#[test]
fn matomo_visits_give_a_row_for_each_of_their_actions() {
    check(
        &plan(fixture("matomo.json")),
        Preset::Matomo,
        &[
            (
                "a1b2c3d4e5f60718",
                "Home 0, Play 6, https://shop.example/a.pdf 9 | Home 9000, search 9004",
            ),
            ("kim", "Cart 3, Order 5, ecommerceOrder 5"),
        ],
        0,
    );
}

#[test]
fn a_preset_can_be_forced_and_a_column_named_over_it() {
    let mut forced = plan(fixture("posthog.ndjson"));
    forced.preset = Some(Preset::Generic);
    let found = inspect(&forced).unwrap();
    assert!(found.mapping.otherwise.event.is_empty() && found.mapping.insert_id.is_none());
    let mut named = plan(fixture("posthog.ndjson"));
    named.mapping.subject = Some("distinct_id".to_owned());
    let found = inspect(&named).unwrap().mapping;
    assert_eq!(found.subject.as_deref(), Some("distinct_id"));
    assert_eq!(found.otherwise.subject, Vec::<String>::new());
    assert!(told(&whole(&named).store).contains_key("d-2"));
    // Fewer columns than today's are told by nothing but somebody's word.
    let old = std::fs::read_to_string(fixture("snowplow.tsv")).unwrap();
    let cut = |line: &str| line.split('\t').take(125).collect::<Vec<_>>().join("\t") + "\n";
    let old = file(old.lines().take(3).map(cut).collect::<String>().as_bytes());
    let mut plan = plan(old.path());
    plan.preset = Some(Preset::Snowplow);
    assert_eq!(told(&whole(&plan).store)["dom-1"], "page_view 0, unstruct 5 | page_view 9000");
}

#[test]
fn a_device_stands_in_for_a_person_who_is_not_signed_in() {
    let rows = b"user_id,device_id,event,timestamp\n,d1,A,1\nu1,d1,B,2\n,d2,A,3\n";
    let rows = file(rows);
    let found = inspect(&plan(rows.path())).unwrap();
    assert_eq!(found.mapping.subject.as_deref(), Some("user_id"));
    assert_eq!(found.mapping.otherwise.subject, ["device_id"]);
    let ids: Vec<String> = told(&whole(&plan(rows.path())).store).into_keys().collect();
    assert_eq!(ids, ["d1", "d2", "u1"]);
}

#[test]
fn consent_in_columns_is_found_by_name_and_words() {
    use ConsentState::{Granted, Refused, Unknown};
    let rows = b"user_id,event,timestamp,consent_analytics,marketing_opt_out,consent_text\n\
        u1,A,20,denied,1,I agree\nu1,B,10,granted,0,\nu2,A,5,,no,x\nu2,,6,granted,,\n";
    let rows = file(rows);
    let imported = whole(&plan(rows.path()));
    assert_eq!(imported.quality.purposes, ["analytics", "marketing"]);
    let wanted = [
        // The latest in time counts, wherever it stands.
        ("u1", "analytics", Refused),
        ("u1", "marketing", Refused),
        // A row that is refused says nothing.
        ("u2", "analytics", Unknown),
        ("u2", "marketing", Granted),
    ];
    consents(&imported.store, &wanted);
}

#[test]
fn equal_rows_are_counted_and_dropped_on_request() {
    let mut rows = "user_id,session_id,event,timestamp\n".to_owned();
    for row in ["u1,a,A,1", "u2,a,A,1", "u1,a,A,1", "u1,b,A,1", "u1,a,B,1", "u1,a,A,1", "u1,a,A,2"]
    {
        rows += row;
        rows.push('\n');
    }
    let rows = file(rows.as_bytes());
    let mut plan = plan(rows.path());
    let kept = whole(&plan).quality;
    assert_eq!((kept.rows_used, kept.duplicates.rows, kept.duplicates.dropped), (7, 2, false));
    plan.drop_duplicates = true;
    let dropped = whole(&plan);
    assert_eq!(dropped.quality.duplicates.rows, 2);
    assert_eq!(*dropped.store.subject_start.last().unwrap(), 5);
    // Without times, a step that comes again is no copy.
    let untimed = file(b"case_id,activity\n1,A\n1,A\n");
    let mut plan = super::plan(untimed.path());
    plan.drop_duplicates = true;
    assert_eq!(whole(&plan).quality.rows_used, 2);
}

#[test]
fn fields_of_two_lists_are_no_row() {
    let records = br#"[{"u":"1","a":[{"event":"A"}],"b":[{"time":"2024-01-01"}]}]"#;
    let records = file(records);
    let mut plan = plan(records.path());
    plan.mapping = Mapping {
        subject: Some("u".into()),
        event: Some("a[].event".into()),
        otherwise: Otherwise { event: vec!["b[].time".into()], ..Otherwise::default() },
        ..Mapping::default()
    };
    plan.mapping_is_whole = true;
    assert!(
        error_of(import_plan(&plan)).contains("two lists")
            || error_of(import_plan(&plan)).contains("no column")
    );
}

#[test]
fn lists_of_events_are_found_where_no_vendor_is_known() {
    let records = br#"{"customer":{"id":7},"plan":"pro","history":[
        {"name":"Open","at":"x","timestamp":"2025-01-01T10:00:00Z"},
        {"name":"Close","timestamp":"2025-01-01T10:00:05Z"}]}
        {"customer":{"id":8},"history":[]}"#;
    let records = file(records);
    let journeys = told(&whole(&plan(records.path())).store);
    assert_eq!(journeys, [("7".to_owned(), "Open 0, Close 5".to_owned())].into());
}

#[test]
fn the_shared_exports_need_no_flags() {
    let cases = [
        ("vendor_amplitude_fivetran/amplitude_event_data.csv", Preset::Amplitude, 10),
        ("vendor_ga4_public_sample/ga4_public_dataset.csv", Preset::Ga4, 100),
        ("vendor_mparticle/mparticle.inbound.eventsapi.sample.json", Preset::Mparticle, 14),
    ];
    for (name, preset, rows) in cases {
        let Some(path) = shared(name) else { return };
        let inspection = inspect(&plan(&path)).unwrap();
        assert_eq!(inspection.preset, Some(preset), "{name}");
        assert!(inspection.questions.is_empty(), "{name}");
        let imported = whole(&plan(&path));
        assert_eq!(imported.quality.rows_used, rows, "{name}");
        assert_eq!(imported.quality.refusals, [], "{name}");
        match preset {
            Preset::Mparticle => {
                assert_eq!(imported.store.subject_id(0), b"-7636538281262557000");
                assert_eq!(imported.store.subjects(), 1);
                let labels = imported.store.dictionary();
                assert!(labels.contains(&"Example screen event".to_owned()), "{labels:?}");
                assert_eq!(imported.store.sessions(0..14, 1).len(), 2);
            }
            Preset::Ga4 => assert_eq!(imported.store.subjects(), 15),
            _ => {
                let mapping = inspection.mapping;
                assert_eq!(mapping.subject.as_deref(), Some("user_id"));
                assert_eq!(mapping.otherwise.subject, ["device_id", "amplitude_id"]);
                assert_eq!(mapping.time.as_deref(), Some("event_time"));
                assert_eq!(mapping.insert_id.as_deref(), Some("uuid"));
            }
        }
    }
}

#[test]
fn the_shared_logs_need_no_flags() {
    let cases: [(&str, &str, &str, &str, u64); 8] = [
        (
            "bpic2012/bpic2012.xes.gz",
            "case:concept:name",
            "concept:name",
            "time:timestamp",
            262_200,
        ),
        ("sepsis/sepsis.csv", "Case ID", "Activity", "Complete Timestamp", 15_214),
        ("traffic_fines/traffic_fines.csv", "", "", "", 34_724),
        ("retentioneering_ecom/ecom.csv.gz", "user_id", "event", "timestamp", 31_106),
        (
            "running_example/running-example.csv",
            "case:concept:name",
            "concept:name",
            "time:timestamp",
            42,
        ),
        (
            "running_example/running-example.parquet",
            "case:concept:name",
            "concept:name",
            "time:timestamp",
            42,
        ),
        (
            "running_example/running-example.xes",
            "case:concept:name",
            "concept:name",
            "time:timestamp",
            42,
        ),
        (
            "ugly/shuffled_running_example.csv",
            "case:concept:name",
            "concept:name",
            "time:timestamp",
            42,
        ),
    ];
    for (name, subject, event, time, rows) in cases {
        let Some(path) = shared(name) else { return };
        let inspection = inspect(&plan(&path)).unwrap();
        let Mapping { subject: s, event: e, time: t, consent, insert_id, .. } = inspection.mapping;
        assert!(inspection.preset.is_none() && consent.is_empty() && insert_id.is_none(), "{name}");
        if !subject.is_empty() {
            let found = (s.as_deref(), e.as_deref(), t.as_deref());
            assert_eq!(found, (Some(subject), Some(event), Some(time)), "{name}");
        }
        let quality = whole(&plan(&path)).quality;
        assert_eq!((quality.rows_used, quality.refusals.len()), (rows, 0), "{name}");
    }
}
