//! Tables of nobody we know: other names, other languages, other ways to write a time.

use std::fmt::Write as _;

use super::{error_of, file, import_plan, plain, plan, shared};
use crate::vault::import::inspect;
use crate::views::{Mapping, Preset};

/// Rows of twelve people with three steps each, of a header and what a cell holds.
fn table(header: &str, separator: char, cell: impl Fn(&str, usize, usize) -> String) -> Vec<u8> {
    let mut text = format!("{header}\n");
    for person in 0..12 {
        for step in 0..3 {
            let cells: Vec<String> =
                header.split(separator).map(|name| cell(name, person, step)).collect();
            text += &cells.join(&separator.to_string());
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// What stands in a column of a header below: its name says it after a colon.
fn told(name: &str, person: usize, step: usize) -> String {
    let day = 13 + person;
    match name.rsplit_once(':').map_or("", |(_, kind)| kind) {
        "who" => format!("K{person}"),
        "session" => format!("S{person}"),
        "what" => ["Home", "Cart", "Pay"][step].to_owned(),
        "unique" => format!("{person}-{step}"),
        "iso" => format!("2024-03-{day}T10:0{step}:00Z"),
        "german" => format!("{day}.03.2024 10:0{step}"),
        "us" => format!("3/{day}/2024 1:0{step}:00 PM"),
        "nanos" => format!("17103240{person:02}00000000{step}"),
        "yes" => (["true", "false"][step % 2]).to_owned(),
        "few" => "35".to_owned(),
        _ => "x".to_owned(),
    }
}

/// The names of subject, session, event and time that are found in such a table.
fn found(header: &str, separator: char) -> [Option<String>; 4] {
    let whole = table(header, separator, told);
    let text = String::from_utf8(whole).unwrap();
    let (first, rows) = text.split_once('\n').unwrap();
    let names: Vec<&str> = first
        .split(separator)
        .map(|name| name.rsplit_once(':').map_or(name, |(own, _)| own))
        .collect();
    let bytes = file(format!("{}\n{rows}", names.join(&separator.to_string())).as_bytes());
    let inspection =
        inspect(&plan(bytes.path())).unwrap_or_else(|error| panic!("{header}: {error}"));
    let Mapping { subject, session, event, time, .. } = inspection.mapping;
    if subject.is_some() && event.is_some() {
        let imported = import_plan(&plan(bytes.path())).unwrap_or_else(|e| panic!("{header}: {e}"));
        assert_eq!(imported.quality.refusals, [], "{header}");
        assert_eq!(imported.quality.rows_used, 36, "{header}");
    }
    [subject, session, event, time]
}

#[test]
fn columns_are_found_by_their_names_in_many_languages() {
    // Header with what stands in it; then subject, session, event, time.
    let cases = [
        ("Benutzer:who;Aktion:what;Zeitpunkt:german;Betrag", "Benutzer||Aktion|Zeitpunkt"),
        (
            "Kunden-Nr.:who;Sitzung:session;Schritt:what;Datum/Uhrzeit:german",
            "Kunden-Nr.|Sitzung|Schritt|Datum/Uhrzeit",
        ),
        ("utilisateur:who;événement:what;horodatage:iso", "utilisateur||événement|horodatage"),
        ("usuario:who;evento:what;fecha:iso", "usuario||evento|fecha"),
        ("gebruiker:who;gebeurtenis:what;tijdstip:iso", "gebruiker||gebeurtenis|tijdstip"),
        ("utente:who;azione:what;data:iso", "utente||azione|data"),
        (
            "Case ID:who;Activity:what;Start Timestamp:iso;Complete Timestamp:iso",
            "Case ID||Activity|Complete Timestamp",
        ),
        ("case:who;event:what;startTime:iso;completeTime:iso", "case||event|completeTime"),
        ("case id:who;activity:what;start:iso;complete:iso", "case id||activity|complete"),
        (
            "_CASE_KEY:who;ACTIVITY_EN:what;EVENTTIME:iso;_SORTING:few",
            "_CASE_KEY||ACTIVITY_EN|EVENTTIME",
        ),
        (
            "Case_ID:who;Activity:what;Event_start:iso;Event_end:iso;User",
            "Case_ID||Activity|Event_end",
        ),
        (
            "event_time:iso;event_type:what;price:few;user_id:who;user_session:session",
            "user_id|user_session|event_type|event_time",
        ),
        ("timestamp:nanos;visitorid:who;event:what;itemid:unique", "visitorid||event|timestamp"),
        ("User ID:who;Event Name:what;Date & Time:us", "User ID||Event Name|Date & Time"),
        (
            "session_id:session;user_agent;transaction_id:unique;visitor_uuid:who;page_title:what;time_on_page:few;viewed_at:iso",
            "visitor_uuid|session_id|page_title|viewed_at",
        ),
        ("is_new_user:yes;user;event:what;wann:iso", "user||event|wann"),
        ("event_id:unique;user_id:who;time:iso;type:what", "user_id||type|time"),
        ("id:unique;visit_id:session;user_id:who;name:what;time:iso", "user_id|visit_id|name|time"),
        (
            "client:who;client_event_time:iso;page_id:unique;screen_shown:what",
            "client||screen_shown|client_event_time",
        ),
        // A date of birth is no time of an event, and a name that everybody keeps is no event.
        ("user_id:who;name;birth_date:iso;event:what", "user_id||event|"),
        ("user_id:who;name;timestamp:iso", "user_id|||timestamp"),
        ("user_id:who;customer_type;happened:iso", "user_id|||happened"),
    ];
    for (header, wanted) in cases {
        let separator = if header.contains(';') { ';' } else { ',' };
        let chosen = found(header, separator).map(Option::unwrap_or_default).join("|");
        assert_eq!(chosen, wanted, "{header}");
    }
}

#[test]
fn an_export_in_an_envelope_is_known() {
    let call = |id: u8| {
        format!(
            r#"{{"type":"track","event":"Open","messageId":"m{id}","anonymousId":"a{id}","timestamp":"2025-01-01T10:00:00Z","context":{{"consent":{{"categoryPreferences":{{"Ads":true}}}}}}}}"#
        )
    };
    let batch = format!(r#"{{"sentAt":"2025-01-01T10:00:09Z","batch":[{},{}]}}"#, call(1), call(2));
    let answer = r#"{"next":null,"results":[{"event":"Open","distinct_id":"d1","timestamp":"2025-01-01T10:00:00Z","properties":{"$session_id":"s","$lib":"web"}}]}"#;
    for (text, preset, people, purposes) in [
        (batch.clone(), Preset::Segment, 2, vec!["Ads".to_owned()]),
        (format!("{batch}\n{batch}\n"), Preset::Segment, 2, vec!["Ads".to_owned()]),
        (answer.to_owned(), Preset::Posthog, 1, vec![]),
    ] {
        let bytes = file(text.as_bytes());
        let inspection = inspect(&plan(bytes.path())).unwrap();
        assert_eq!(inspection.preset, Some(preset));
        let imported = import_plan(&plan(bytes.path())).unwrap();
        assert_eq!((imported.store.subjects(), imported.quality.refusals.len()), (people, 0));
        assert_eq!(imported.quality.purposes, purposes);
    }
}

#[test]
fn a_list_of_keys_and_values_may_be_written_into_a_cell_or_a_text() {
    let list = r#"[{"key":"page","value":{"string_value":"x"}},{"key":"ga_session_id","value":{"int_value":"77"}}]"#;
    let quoted = list.replace('"', "\"\"");
    let csv = format!(
        "event_name,event_timestamp,event_params,user_pseudo_id\nOpen,1735725600000000,\"{quoted}\",p1\nShut,1735725601000000,[],p1\n"
    );
    let text = serde_json::to_string(list).unwrap();
    let ndjson = format!(
        "{{\"event_name\":\"Open\",\"event_timestamp\":\"1735725600000000\",\"event_params\":{text},\"user_pseudo_id\":\"p1\"}}\n"
    );
    for text in [csv, ndjson] {
        let bytes = file(text.as_bytes());
        let inspection = inspect(&plan(bytes.path())).unwrap();
        assert_eq!(inspection.preset, Some(Preset::Ga4));
        let session = inspection.mapping.session.unwrap();
        assert_eq!(session, "event_params[ga_session_id]");
        // As an attribute it can be looked at: the value beside the key.
        let mut with = plan(bytes.path());
        with.mapping.attributes = vec![session];
        let store = import_plan(&with).unwrap().store;
        assert_eq!(plain(&store)["p1"][0].0, "Open");
        assert!(store.attributes[0].values.iter().any(|value| value == "77"));
    }
}

#[test]
fn many_ambiguous_dates_are_a_question_and_few_are_refused() {
    let mut rows = "user,event,date\n".to_owned();
    for row in 0..20 {
        writeln!(rows, "u{row},A,2024-03-01T10:00:{row:02}").unwrap();
    }
    let few = file(format!("{rows}u1,B,03/04/2024\n").as_bytes());
    assert_eq!(import_plan(&plan(few.path())).unwrap().quality.rows_used, 20);
    let many = file(format!("{rows}{}", "u1,B,03/04/2024\n".repeat(3)).as_bytes());
    let sentence = error_of(import_plan(&plan(many.path())));
    assert!(sentence.contains("day first or month first"), "{sentence}");
    let Some(path) = shared("ugly/mixed_timestamps.csv") else { return };
    assert!(import_plan(&plan(path)).is_ok(), "one of twelve");
}
