//! Who is counted and who is not, whatever the lists look like, and that no list is ever repeated.

use std::fmt::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::apply;
use crate::vault::disclose::tests::store_of;
use crate::vault::journeys::{Consent, Store};
use crate::vault::protect::key::Key;
use crate::vault::{ErasedPeople, ProtectError};
use crate::views::{ConsentState, Progress, Protection, ProtectionPlan, UnknownConsent};

/// One person for each identifier, each with the same journey.
fn people(ids: &[&str]) -> Store {
    let mut store = store_of(&vec![vec!["a", "b"]; ids.len()]);
    store.id_bytes = ids.concat().into_bytes();
    store.id_start = vec![0];
    for id in ids {
        let last = store.id_start.last().copied().unwrap_or_default();
        store.id_start.push(last + id.len() as u64);
    }
    store
}

/// The identifiers of a store.
fn ids(store: &Store) -> Vec<String> {
    (0..store.subjects())
        .map(|subject| String::from_utf8_lossy(store.subject_id(subject)).into_owned())
        .collect()
}

/// A folder with these lists.
struct Lists(tempfile::TempDir);

impl Lists {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn add(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    }
}

fn protect(store: Store, plan: &ProtectionPlan) -> Result<(Store, Protection), ProtectError> {
    apply(store, &Key::from_bytes([3; 32]), plan, &ErasedPeople::default(), &Progress::default())
}

/// Who is left of some people after an erasure list.
fn erased(people_: &[&str], list: impl AsRef<[u8]>) -> Result<Vec<String>, String> {
    let lists = Lists::new();
    let plan =
        ProtectionPlan { erasures: vec![lists.add("list", list)], ..ProtectionPlan::default() };
    let done = protect(people(people_), &plan).map_err(|error| error.to_string())?;
    Ok(ids(&done.0))
}

fn asking_for(purposes: &[&str], register: Option<PathBuf>) -> ProtectionPlan {
    ProtectionPlan {
        purposes: purposes.iter().map(|purpose| (*purpose).to_owned()).collect(),
        registers: register.into_iter().collect(),
        ..ProtectionPlan::default()
    }
}

/// Who is left of some people with consent to `analytics` by a register.
fn consenting(people_: &[&str], register: impl AsRef<[u8]>) -> Result<Vec<String>, String> {
    let lists = Lists::new();
    let plan = asking_for(&["analytics"], Some(lists.add("register", register)));
    let done = protect(people(people_), &plan).map_err(|error| error.to_string())?;
    Ok(ids(&done.0))
}

const PEOPLE: [&str; 6] = ["u1", "007", "NA", "-5402123456789012345", "Jo@Example.com", "ü x"];

#[test]
fn erasure_lists_of_every_form_are_matched() {
    let hash: String =
        Sha256::digest("jo@example.com").iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02X}");
            hex
        });
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("user_id\r\nu1\r\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let request = |identities: &str| {
        format!(
            r#"{{"regulation": "gdpr", "subject_request_type": "erasure", "subject_identities": {identities}}}"#
        )
    };
    let old = |value: &str| {
        format!(
            r#"[{{"identity_type": "x", "identity_value": {value}, "identity_format": "raw"}}]"#
        )
    };
    let cases: Vec<(Vec<u8>, &[&str])> = vec![
        (b"u1".to_vec(), &["u1"]),
        (b"u1\n007\r\n\n  NA  \n".to_vec(), &["u1", "007", "NA"]),
        (b"user_id\nu1\n".to_vec(), &["u1"]),
        (b"\xef\xbb\xbfsubject\nu1\n".to_vec(), &["u1"]),
        (utf16[2..].to_vec(), &["u1"]),
        (utf16, &["u1"]),
        // No name of a column is known: any cell may be an identifier.
        (b"Betroffene;Nummer\nJane;007\n".to_vec(), &["007"]),
        (b"Kundennummer,Name\n007,NA\n".to_vec(), &["007"]),
        (b"name;e-mail;user id\nx;JO@example.COM ;007\n".to_vec(), &["Jo@Example.com", "007"]),
        (b"id\tasked\n\"NA\"\t2026-01-01\n".to_vec(), &["NA"]),
        (b"id\n\xfc x\n".to_vec(), &["ü x"]),
        (b"id\n7\n na\n".to_vec(), &[]),
        (request(&old("\"u1\"")).into_bytes(), &["u1"]),
        (request(&old("-5402123456789012345")).into_bytes(), &["-5402123456789012345"]),
        (format!("[{}, {}]", request(&old("\"u1\"")), request(&old("\"NA\""))).into_bytes(), &["u1", "NA"]),
        (format!("{}\n{}\n", request(&old("\"u1\"")), request(&old("\"NA\""))).into_bytes(), &["u1", "NA"]),
        (request(r#"{"email": {"value": "jo@example.com", "encoding": "raw"}}"#).into_bytes(), &["Jo@Example.com"]),
        (request(&format!(r#"{{"email": {{"value": "{hash}", "encoding": "sha256"}}}}"#)).into_bytes(), &["Jo@Example.com"]),
        (
            br#"{"subject_request_type": "erasure", "extensions": {"opendsr.mparticle.com":
                {"mpids": [-5402123456789012345], "identities": [{"identity_type": "other", "identity_value": "007"}]}}}"#.to_vec(),
            &["-5402123456789012345", "007"],
        ),
        (
            format!(r#"[{{"subject_request_type": "access", "subject_identities": {}}}, {}]"#, old("\"NA\""), request(&old("\"u1\""))).into_bytes(),
            &["u1"],
        ),
    ];
    for (list, gone) in cases {
        let expected: Vec<&str> = PEOPLE.into_iter().filter(|id| !gone.contains(id)).collect();
        let shown = String::from_utf8_lossy(&list).into_owned();
        assert_eq!(erased(&PEOPLE, &list).expect(&shown), expected, "{shown}");
    }
}

#[test]
fn what_is_no_erasure_list_is_refused_in_one_sentence() {
    let cases: [(&[u8], &str); 9] = [
        (b"", "names nobody"),
        (b"user_id\n", "names nobody"),
        (b"{\"canary\": 1}", "request 1: it has no subject_request_type"),
        (b"[1]", "request 1: it has no"),
        (b"{\"subject_request_type\": \"access\"}", "names nobody"),
        (b"{\n\"canary", "line 2: this is no JSON"),
        (b"\x1f\x8b\x08canary", "is compressed"),
        (b"a\0canary", "is no text"),
        (
            br#"{"subject_request_type": "erasure", "subject_identities":
                [{"identity_value": "canary", "identity_format": "md5"}]}"#,
            "names nobody",
        ),
    ];
    for (list, expected) in cases {
        let error = erased(&PEOPLE, list).expect_err(expected);
        assert!(error.starts_with("list") && error.contains(expected), "{error}");
        assert!(!error.contains("canary") && !error.contains('\n'), "{error}");
    }
    let nowhere = ProtectionPlan {
        erasures: vec![PathBuf::from("/nowhere/canary-list.csv"), std::env::temp_dir()],
        ..ProtectionPlan::default()
    };
    let Err(error) = protect(people(&PEOPLE), &nowhere) else { panic!("there is no such file") };
    assert!(error.to_string().contains("cannot be read"), "{error}");
}

#[test]
fn the_latest_entry_of_a_register_counts() {
    let register = "\
subject,purpose,state,time
u1,analytics,granted,2026-03-01T12:00:00Z
u1,analytics,refused,2026-02-01
007,Analytics ,yes,2026-03-01 12:00:00
007,analytics,withdrawn,2026-03-01T13:00:01+01:00
NA,ads,granted,2026-03-01
-5402123456789012345,analytics,0,1772366400
-5402123456789012345,analytics,true,1772366400001
jo@EXAMPLE.com,analytics,granted,2026-03-01
jo@example.com,analytics,unknown,2026-03-01
";
    assert_eq!(consenting(&PEOPLE, register).expect("fine"), ["u1", "-5402123456789012345"]);
    // Other names, another order, another separator; without times the row further down counts.
    let register =
        "Status;User ID;Purpose\nopt-in;NA;analytics\nopt out;NA;analytics\nallowed;u1;analytics\n";
    assert_eq!(consenting(&PEOPLE, register).expect("fine"), ["u1"]);
    // Without a header.
    let register = "u1,analytics,granted,2026-03-01\n007,analytics,no,2026-03-01\n";
    assert_eq!(consenting(&PEOPLE, register).expect("fine"), ["u1"]);
}

#[test]
fn what_is_no_register_is_refused_in_one_sentence() {
    let cases = [
        ("", "has no entry"),
        ("subject,purpose,state,time\n", "has no entry"),
        (
            "subject,state,time\ncanary,granted,2026-01-01\n",
            "line 1: there is no column with the purpose",
        ),
        ("purpose,state\nanalytics,granted\n", "line 1: there is no column with the subject"),
        (
            "subject,purpose,state,time\ncanary,analytics,perhaps canary,2026-01-01\n",
            "line 2: the state is none",
        ),
        (
            "subject,purpose,state,time\ncanary,analytics,granted,01/02/2026\n",
            "line 2: the time cannot be read",
        ),
        (
            "subject,purpose,state,time\ncanary,analytics,granted,\n",
            "line 2: the time cannot be read",
        ),
        (
            "subject,purpose,state,time\n\n,analytics,granted,2026-01-01\n",
            "line 3: there is no subject",
        ),
        (
            "subject,purpose,state\ncanary,ads,granted\n",
            "nothing is known about consent to purpose 1",
        ),
    ];
    for (register, expected) in cases {
        let error = consenting(&PEOPLE, register).expect_err(expected);
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("canary") && !error.contains('\n'), "{error}");
    }
    let lists = Lists::new();
    let aimless = asking_for(&[], Some(lists.add("register", "u1,analytics,granted\n")));
    let Err(error) = protect(people(&PEOPLE), &aimless) else { panic!("no purpose") };
    assert!(error.to_string().contains("--consent"), "{error}");
}

/// A column may say the opposite of consent, purposes may have a column each, and headers are written
/// in other languages.
#[test]
fn what_yes_means_depends_on_the_column() {
    let cases: [(&str, &[&str]); 12] = [
        ("user_id,purpose,opt_out\nu1,analytics,true\n007,analytics,false\n", &["007"]),
        ("user_id,purpose,opted_out\nu1,analytics,yes\n007,analytics,no\n", &["007"]),
        ("user_id,purpose,withdrawn\nu1,analytics,1\n007,analytics,0\n", &[]),
        ("user_id,purpose,opt_in\nu1,analytics,true\n007,analytics,false\n", &["u1"]),
        ("user_id,purpose,opt_out\nu1,analytics,granted\n007,analytics,refused\n", &["u1"]),
        ("user_id,analytics,ads\nu1,yes,no\n007,no,yes\nNA,,yes\n", &["u1"]),
        (
            "user_id;ads;consent_analytics;date\nu1;x;true;2026-01-01\nu1;x;false;2025-01-01\n",
            &["u1"],
        ),
        ("user_id,analytics_opt_out\nu1,true\n007,false\n", &["007"]),
        (
            "Kundennummer;Zweck;Einwilligung;Datum\nu1;Analytics;Ja;2026-01-01\n007;Analytics;Nein;2026-01-01\n",
            &["u1"],
        ),
        (
            "\u{feff}\"id client\"\t\"finalité\"\t\"consentement\"\nu1\tanalytics\toui\n007\tanalytics\tnon\n",
            &["u1"],
        ),
        ("usuario|finalidad|status\nu1|analytics|sí\n007|analytics|no\n", &["u1"]),
        ("user,analytics,granted\nu1,analytics,granted\n", &["u1"]),
    ];
    for (register, stay) in cases {
        assert_eq!(consenting(&PEOPLE, register).expect(register), stay, "{register}");
    }
    let no_state = "user_id,purpose,color\nu1,analytics,red\n";
    let error = consenting(&PEOPLE, no_state).expect_err("no state");
    assert!(error.contains("no column with the state"), "{error}");
}

/// The device of somebody who is signed in is hers, and what was done on it before she signed in, too.
#[test]
fn people_are_known_by_their_devices_as_well() {
    use crate::vault::Vault;
    use crate::views::{ImportPlan, Quality};
    let rows = "user_id,device_id,event,time,consent_ads\n\
        jane,phone-1,a,1767225600,yes\n\
        ,phone-1,b,1767225601,\n\
        jane,tablet-1,b,1767225602,\n\
        paul,tablet-1,a,1767225603,yes\n\
        paul,phone-2,a,1767225604,\n\
        ,phone-3,a,1767225605,yes\n";
    let folder = Lists::new();
    let files = vec![folder.add("events.csv", rows)];
    let left = |list: Option<&str>, register: Option<&str>| -> (Vec<String>, Protection) {
        let plan = ImportPlan { files: files.clone(), ..ImportPlan::default() };
        let Ok(vault) = Vault::import(&plan, &Progress::default()) else { panic!("it imports") };
        let Quality { rows_used, .. } = vault.quality();
        assert_eq!(*rows_used, 6);
        let protection = ProtectionPlan {
            purposes: register.iter().map(|_| "ads".to_owned()).collect(),
            registers: register.iter().map(|text| folder.add("register", text)).collect(),
            erasures: list.iter().map(|text| folder.add("list", text)).collect(),
            ..ProtectionPlan::default()
        };
        let Ok((vault, report)) =
            vault.protect(&protection, &ErasedPeople::default(), &Progress::default())
        else {
            panic!("it is applied")
        };
        (ids(&vault.store), report)
    };
    let cases: [(&str, &[&str], u64); 7] = [
        ("somebody", &["jane", "phone-1", "paul", "phone-3"], 1),
        // Her anonymous steps on her phone go with her; those of the other one on the tablet stay.
        ("jane", &["paul", "phone-3"], 0),
        ("paul", &["jane", "phone-1", "phone-3"], 0),
        ("phone-3", &["jane", "phone-1", "paul"], 0),
        ("phone-1", &["paul", "phone-3"], 0),
        ("phone-2", &["jane", "phone-1", "phone-3"], 0),
        // A device that two people share is named: both are.
        ("tablet-1", &["phone-3"], 0),
    ];
    for (list, stay, unmatched) in cases {
        let (ids, report) = left(Some(list), None);
        assert_eq!(
            (ids, report.erasures_unmatched),
            (stay.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(), unmatched),
            "{list}"
        );
    }
    let request = r#"{"subject_request_type": "erasure", "subject_identities": [
        {"identity_type": "email", "identity_value": "x@example.com", "identity_format": "raw"},
        {"identity_type": "device", "identity_value": "6f8ed8e1ac03d3aaf81a8ce2bb5fdd5d9ff9dff9ba8f7ae8c55a13e6ac8fd5b5", "identity_format": "sha256"}]}"#;
    let hash = Sha256::digest("phone-2").iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let request =
        request.replace("6f8ed8e1ac03d3aaf81a8ce2bb5fdd5d9ff9dff9ba8f7ae8c55a13e6ac8fd5b5", &hash);
    let (ids, report) = left(Some(&request), None);
    assert_eq!(ids, ["jane", "phone-1", "phone-3"]);
    assert_eq!((report.erased, report.erasures_unmatched), (1, 0));
    // A refusal on a device is one of the person.
    let (ids, _) =
        left(None, Some("user_id,purpose,state\nphone-2,ads,refused\nphone-1,ads,granted\n"));
    assert_eq!(ids, ["jane", "phone-1", "phone-3"]);
}

/// What the files say and what the register says: the more careful one, and of nothing, refused.
#[test]
fn files_and_register_meet() {
    use ConsentState::{Granted, Refused, Unknown};
    let cases: [(ConsentState, &str, bool, bool); 9] = [
        (Granted, "", true, true),
        (Granted, "granted", true, true),
        (Granted, "refused", false, false),
        (Granted, "unknown", false, true),
        (Refused, "", false, false),
        (Refused, "granted", false, false),
        (Unknown, "", false, true),
        (Unknown, "granted", true, true),
        (Unknown, "refused", false, false),
    ];
    for (own, entry, stays, stays_if_unknown_is_granted) in cases {
        let lists = Lists::new();
        let mut register = "someone,Ads,granted\n".to_owned();
        if !entry.is_empty() {
            let _ = writeln!(register, "u1,Ads,{entry}");
        }
        let mut plan = asking_for(&["ads"], Some(lists.add("register", register)));
        for (unknown, expected) in [
            (UnknownConsent::Refused, stays),
            (UnknownConsent::Granted, stays_if_unknown_is_granted),
        ] {
            plan.unknown = unknown;
            let mut store = people(&["u1", "u2"]);
            store.consent =
                vec![Consent { purpose: "Ads".to_owned(), of_subject: vec![own, Granted] }];
            let Ok((store, _)) = protect(store, &plan) else { panic!("fine") };
            let expected: &[&str] = if expected { &["u1", "u2"] } else { &["u2"] };
            assert_eq!(ids(&store), expected, "{own:?} and {entry:?}");
        }
    }
}

#[test]
fn the_report_counts_everybody_once_and_tells_in_bands() {
    let lists = Lists::new();
    let register = "u1,analytics,granted\n007,analytics,refused\nNA,analytics,granted\nghost,analytics,granted\n";
    let mut plan = asking_for(&["analytics"], Some(lists.add("register", register)));
    plan.erasures = vec![lists.add("list", "NA\nphantom\nNA\n")];
    let Ok((store, report)) = protect(people(&PEOPLE), &plan) else { panic!("fine") };
    assert_eq!(ids(&store), ["u1"]);
    assert_eq!((report.people, report.kept, report.erased), (6, 1, 1));
    let analytics = &report.purposes[0];
    assert_eq!((analytics.granted, analytics.refused, analytics.unknown), (1, 1, 3));
    assert_eq!((report.erasures_unmatched, report.entries_unmatched), (1, 1));
    let bands = report.bands(&plan);
    assert_eq!(bands.kept_band, Some([15, 20]));
    assert!(bands.consent_required && bands.erasure_applied);
}

/// What a file gives without some people is what it gives where they never were in it, to the byte.
#[test]
fn an_import_without_somebody_is_the_import_of_the_others() {
    use crate::vault::Vault;
    use crate::views::{FlowSpec, ImportPlan, Policy, Rules, Spec};
    let folder = Lists::new();
    let mut all = "user,event,time\n".to_owned();
    let (mut others, mut list) = (all.clone(), "user_id\n".to_owned());
    for n in 0..90 {
        let leaves = n % 3 == 0;
        // Who is erased takes a step that nobody else takes.
        let steps = if leaves { ["start", "secret"] } else { ["start", ["cart", "help"][n % 2]] };
        for (minute, step) in steps.into_iter().enumerate() {
            let row = format!("u{n},{step},2026-03-01T12:{minute:02}:00Z\n");
            all.push_str(&row);
            if !leaves {
                others.push_str(&row);
            }
        }
        if leaves {
            let _ = writeln!(list, "u{n}");
        }
    }
    let import = |name: &str, text: &str| {
        let files = vec![folder.add(name, text)];
        let plan = ImportPlan { files, ..ImportPlan::default() };
        let Ok(vault) = Vault::import(&plan, &Progress::default()) else { panic!("a table") };
        vault
    };
    let plan =
        ProtectionPlan { erasures: vec![folder.add("list", &list)], ..ProtectionPlan::default() };
    let done =
        import("all.csv", &all).protect(&plan, &ErasedPeople::default(), &Progress::default());
    let Ok((left, report)) = done else { panic!("a list") };
    assert_eq!((report.people, report.kept, report.erased), (90, 60, 30));
    let never = import("others.csv", &others);
    let view = |vault: &Vault| {
        let spec = Spec::flow("flow", FlowSpec::default());
        let views =
            vault.disclose(&[spec], &Rules::default(), Policy::default(), &Progress::default());
        let Ok(views) = views else { panic!("enough people") };
        serde_json::to_string(views[0].view.view()).expect("JSON")
    };
    assert_eq!(view(&left), view(&never));
    assert!(!view(&left).contains("secret"));
    assert_eq!(
        left.label_report(&Rules::default(), Policy::default()),
        never.label_report(&Rules::default(), Policy::default())
    );
}

/// Reads a file with some text in it as both kinds of list.
fn both(text: &[u8]) -> [Result<Vec<String>, String>; 2] {
    [erased(&PEOPLE, text), consenting(&PEOPLE, text)]
}

/// A list from pieces that lists are made of, each with a word that must never come out.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("QCANARYQ".to_owned()),
        Just("subject,purpose,state,time\n".to_owned()),
        Just("QCANARYQ,analytics,granted,2026-01-01\n".to_owned()),
        Just("QCANARYQ,analytics,".to_owned()),
        Just("{\"subject_request_type\": \"erasure\", ".to_owned()),
        Just("\"subject_identities\": [{\"identity_value\": \"QCANARYQ\"}]".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        "[\\[\\]{}\",;\\t\\n\\r|: ]{1,3}",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_list_makes_a_panic_or_is_repeated(text in pieces()) {
        for result in both(text.as_bytes()) {
            if let Err(error) = result {
                prop_assert!(!error.contains("CANARY") && !error.contains('\n'), "{}", error);
            }
        }
    }

    #[test]
    fn no_bytes_make_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = both(&bytes);
    }

    /// A list of identifiers removes these people and nobody else, however it is written.
    #[test]
    fn an_erasure_list_removes_who_is_on_it(
        asked in prop::collection::btree_set("[a-zA-Z0-9 \"é;@.-]{1,8}", 1..8),
        others in prop::collection::btree_set("[a-z0-9]{9,12}", 1..8),
        has_header in any::<bool>(),
        as_json in any::<bool>(),
    ) {
        let asked: Vec<&str> = asked.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).collect();
        prop_assume!(!asked.is_empty());
        prop_assume!(asked.iter().all(|id| !super::super::lists::names_a_subject(&id.to_lowercase())));
        let list = if as_json {
            let identities: Vec<serde_json::Value> = asked
                .iter()
                .map(|id| serde_json::json!({ "identity_value": id, "identity_type": "other" }))
                .collect();
            serde_json::json!({
                "subject_request_type": "erasure", "subject_identities": identities,
            }).to_string()
        } else {
            let rows = asked.iter().map(|id| format!("\"{}\"\n", id.replace('"', "\"\"")));
            let header = if has_header { "user_id\n" } else { "" };
            format!("{header}{}", rows.collect::<String>())
        };
        let everybody: Vec<&str> =
            asked.iter().copied().chain(others.iter().map(String::as_str)).collect();
        let left = erased(&everybody, &list).expect("a list");
        prop_assert_eq!(left, others.into_iter().collect::<Vec<_>>(), "{}", list);
    }
}

#[test]
fn a_long_list_is_read_in_no_time() {
    let start = std::time::Instant::now();
    let mut register = "subject,purpose,state,time\n".to_owned();
    for n in 0..100_000 {
        let _ = writeln!(register, "u{n},analytics,granted,2026-03-01T12:00:00Z");
    }
    assert_eq!(consenting(&["u1", "x"], &register).expect("fine"), ["u1"]);
    assert!(erased(&["u1"], "[".repeat(200_000)).is_err(), "nesting has an end");
    assert!(start.elapsed().as_secs() < 60);
}
