//! What is told in words, pictures and hashes rather than in numbers.

use std::fmt::Write as _;

use trodden::release::{Facts, Formats, Package as Written};
use trodden::vault::Vault;
use trodden::views::{Matching, Options, Policy, Progress, Rule, Rules};

use crate::reader::{list, number, text};
use crate::world::{
    Package, World, flow, funnel, map, owned, paths, plan_of, publish, specs, unzip,
};

/// Everything but pixels, which follow from the drawing.
fn in_full(world: &World, asked: &[Options], rules: &Rules) -> Package {
    let formats = Formats { png: false, pdf: true, ..Formats::default() };
    publish(&world.keyed(5), &specs(asked), Policy::default(), rules, formats)
        .expect("enough people")
}

/// Files in which these words stand, in whatever case.
fn holding<'p>(package: &'p Package, words: &str) -> Vec<&'p str> {
    let words = words.to_lowercase();
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(&words);
    let files = package.files.iter().filter(|(name, bytes)| name.contains(&words) || holds(bytes));
    files.map(|(name, _)| name.as_str()).collect()
}

const HOSTILE: [&str; 9] = [
    "=HYPERLINK(\"http://x.invalid\",\"y\")",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "</text></svg><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "[x](javascript:alert) | ` <b>",
    "two\nlines\rof\ttext",
    "\u{202e}gnp.exe\u{2066}",
];

fn hostile() -> Package {
    let mut world = World::new().people(30, &["A", "B"]);
    for label in HOSTILE {
        world = world.people(15, &["A", label, "B"]);
    }
    in_full(&world, &[flow("flow", 3, 20), map("map"), paths("paths", 3)], &Rules::default())
}

#[test]
fn a_label_that_is_a_formula_does_not_run_in_a_spreadsheet() {
    let package = hostile();
    let mut met = 0;
    for (name, bytes) in package.files.iter().filter(|(name, _)| name.starts_with("tables/")) {
        let mut rows =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..]);
        for row in rows.records() {
            for cell in &row.expect("CSV") {
                let first = cell.trim_start_matches([' ', '"']).chars().next();
                let is_number = cell.parse::<i64>().is_ok();
                let is_formula = matches!(first, Some('=' | '+' | '@' | '-' | '\t' | '\r'));
                assert!(!is_formula || is_number, "{name}: {cell}");
                met += usize::from(cell.contains("HYPERLINK"));
            }
        }
    }
    assert!(met > 0, "the label is in the tables");
}

#[test]
fn a_label_that_is_a_script_is_text_in_pages_and_pictures() {
    let package = hostile();
    for (name, bytes) in &package.files {
        let text = String::from_utf8_lossy(bytes);
        let is_page = name == "report.html" || name.starts_with("pictures/");
        for tag in ["<script", "<img src=x", "</text></svg><"] {
            assert!(!is_page || !text.contains(tag), "{name}: {tag}");
        }
    }
    assert!(holding(&package, "&lt;script&gt;").contains(&"report.html"));
    // A reader of Markdown meets neither a tag nor a link that a label has made.
    let statement = String::from_utf8_lossy(&package.files["statement.md"]).into_owned();
    for words in ["<script", "](javascript", "<b>"] {
        assert!(!statement.contains(words), "{words}");
    }
}

#[test]
fn a_label_with_line_breaks_or_direction_marks_stays_in_its_place() {
    let package = hostile();
    for (name, bytes) in package.files.iter().filter(|(_, bytes)| !bytes.starts_with(b"%PDF")) {
        // Rows of a table end in a return and a line feed.
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        for control in ['\u{202e}', '\u{2066}', '\r', '\u{0}'] {
            assert!(!text.contains(control), "{name}: {:?}", control.escape_unicode().to_string());
        }
        assert!(!text.contains("two\nlines"), "{name}");
    }
}

/// A label that reads like a word of the program is not taken for it, nor one for the other.
#[test]
fn a_label_that_reads_like_other_is_not_taken_for_it() {
    let world = World::new().people(20, &["Other", "B"]).people(17, &["Other (label)", "B"]);
    let world = world.people(30, &["A", "B"]).people(4, &["Rare", "B"]);
    let package = in_full(&world, &[map("map"), flow("flow", 2, 8)], &Rules::default());
    for view in &package.views {
        let mut labels: Vec<&str> =
            list(view, "nodes").iter().map(|node| text(node, "label")).collect();
        labels.sort_unstable();
        for node in list(view, "nodes") {
            let is_other = text(node, "label") == "Other";
            assert_eq!(is_other, node["kind"] == "other", "{node}");
        }
        let before = labels.len();
        if view["view"] == "map" {
            labels.dedup();
        }
        assert_eq!(labels.len(), before, "no label is there twice");
    }
}

#[test]
fn labels_that_are_people_are_not_told_however_many_share_them() {
    let labels = [
        "write to anna.schmidt@example.org",
        "call +49 170 1234567",
        "pay DE89370400440532013000",
        "card 4111 1111 1111 1111",
        "from 192.168.17.33",
        "/u/123e4567-e89b-12d3-a456-426614174000",
        "/reset?token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123456",
    ];
    let mut world = World::new().people(60, &["A", "B"]);
    for label in labels {
        world = world.people(25, &["A", label, "B"]);
    }
    let package =
        in_full(&world, &[flow("flow", 3, 20), map("map"), paths("paths", 3)], &Rules::default());
    for secret in
        ["anna.schmidt", "1234567", "DE8937", "4111 1111", "192.168.17", "123e4567", "eyJhbGci"]
    {
        assert_eq!(holding(&package, secret), [] as [&str; 0], "{secret}");
    }
}

/// What is asked is told in words; a label of three people is in none of them, whatever asks for it.
#[test]
fn the_echo_of_a_question_tells_no_rare_label_and_no_rule() {
    let world = World::new().people(40, &["A", "B", "C"]).people(3, &["A", "Zebra-step", "C"]);
    let world = world.people(20, &["B", "secret-plan", "C"]).people(15, &["A", "C"]);
    let rules = Rules {
        rules: vec![
            Rule::hide("secret-*"),
            Rule::rename("^Okapi-[0-9]+$", "Animal").with(Matching::Regex),
        ],
        ..Rules::default()
    };
    let asked = [
        Options { hide: owned(&["Zebra-step"]), ..map("map") },
        Options { exclude: owned(&["Zebra-step"]), ..funnel("funnel", &["A", "C"]) },
        flow("flow", 3, 8),
    ];
    let package = in_full(&world, &asked, &rules);
    for secret in ["Zebra-step", "secret-", "Okapi", "Animal"] {
        assert_eq!(holding(&package, secret), [] as [&str; 0], "{secret}");
    }
}

#[test]
fn columns_whose_names_are_values_are_not_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("export of anna schmidt.csv");
    let mut csv = "user,event,time,plan,anna@example.org,4111111111111111\n".to_owned();
    for person in 0..60 {
        for (minute, step) in ["A", "B"].iter().enumerate() {
            let time = 1_772_000_000 + 60 * minute;
            let half = if person % 2 == 0 { "yes" } else { "no" };
            writeln!(csv, "person-{person},{step},{time},free,{half},{half}").expect("a string");
        }
    }
    std::fs::write(&path, csv).expect("written");
    let mut plan = plan_of(path);
    plan.mapping.attributes = owned(&["anna@example.org"]);
    let inspection = Vault::inspect(&plan).expect("events");
    let vault = Vault::import(&plan, &Progress::default()).expect("events");
    let asked = [
        Options { filters: owned(&["anna@example.org=yes"]), ..map("filtered") },
        Options { by: Some("anna@example.org".to_owned()), ..map("by") },
    ];
    let asked = specs(&asked);
    let made = vault.disclose(&asked, &Rules::default(), Policy::default(), &Progress::default());
    let made = made.expect("enough");
    let facts = Facts::of(
        &inspection.mapping,
        vault.quality(),
        &Rules::default(),
        &[],
        &vault.label_findings(&Rules::default()),
    );
    let views = made.iter().map(|one| &one.view).collect();
    let formats = Formats { png: false, pdf: true, ..Formats::default() };
    let contents = trodden::release::Contents {
        views,
        policy: Policy::default(),
        facts,
        formats,
        source: None,
        history: None,
    };
    let Written { bytes, .. } = trodden::release::write(&contents).expect("publishable");
    let package = Package { files: unzip(&bytes), bytes, views: Vec::new() };
    let place = folder.path().display().to_string();
    let last = place.rsplit(['/', '\\']).next().expect("a name");
    let mut secrets = owned(&["anna", "4111", "schmidt", "person-", "events.csv", last]);
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    secrets.extend([host.trim().to_owned(), std::env::var("USER").unwrap_or_default()]);
    for secret in secrets.iter().filter(|secret| secret.len() > 3) {
        assert_eq!(holding(&package, secret), [] as [&str; 0], "{secret}");
    }
}

/// The attacker measures a picture: how thick a ribbon and how long a bar is.
#[test]
fn a_picture_measured_with_a_ruler_tells_published_numbers_only() {
    let svgs = |b: usize, key_of: u8| {
        let world = World::new().people(b, &["A", "B", "C"]).people(60 - b, &["A", "C"]);
        let world = world.people(25, &["B", "A"]);
        let formats = Formats { png: false, ..Formats::default() };
        let asked = [flow("flow", 3, 8), map("map"), funnel("funnel", &["A", "B", "C"])];
        let package = publish(
            &world.keyed(key_of),
            &specs(&asked),
            Policy::default(),
            &Rules::default(),
            formats,
        );
        package.expect("enough")
    };
    let mut equal = 0;
    for key in 0..3 {
        let made: Vec<Package> = (26..34).map(|b| svgs(b, key)).collect();
        for (at, one) in made.iter().enumerate() {
            for other in &made[at + 1..] {
                for (view, name) in one.views.iter().zip(["flow", "map", "funnel"]) {
                    let same = other.views.iter().find(|other| *other == view);
                    if same.is_some() {
                        equal += 1;
                        let picture = format!("pictures/{name}.svg");
                        assert_eq!(one.files[&picture], other.files[&picture]);
                    }
                }
            }
        }
    }
    assert!(equal > 3, "only {equal} views of different data were equal");
}

/// Bars are as long as their numbers say, to within a point, so there is nothing else in them.
#[test]
fn bars_of_a_funnel_are_in_proportion_to_what_is_published() {
    let world =
        World::new().people(61, &["A"]).people(47, &["A", "B"]).people(33, &["A", "B", "C"]);
    let package = in_full(&world, &[funnel("funnel", &["A", "B", "C"])], &Rules::default());
    let svg = String::from_utf8_lossy(&package.files["pictures/funnel.svg"]).into_owned();
    let mut lengths: Vec<f64> = Vec::new();
    for rect in svg.split("<rect ").skip(1) {
        let of = |name: &str| -> Option<f64> {
            rect.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok()
        };
        lengths.extend(of("width").into_iter().chain(of("height")));
    }
    let steps = list(&package.views[0], "steps");
    let largest = number(&package.views[0], "people") as f64;
    if lengths.is_empty() {
        // Drawn as paths: then the comparison of whole pictures above has to do.
        return;
    }
    // The bar of everybody, beside the picture's own size.
    let longest = lengths.iter().copied().filter(|l| *l < 700.0).fold(0.0, f64::max);
    for step in steps {
        let wanted = longest * number(step, "count") as f64 / largest;
        let near = lengths.iter().any(|length| (length - wanted).abs() < longest / largest);
        assert!(near, "{}: no bar is {wanted} long: {lengths:?}", text(step, "label"));
    }
}

/// Who guesses everybody, and one person wrongly, and has the key, sees no difference where the
/// views are the same: nothing else is in the bytes, no hash either.
#[test]
fn a_guess_with_one_person_changed_is_not_refuted_where_views_are_equal() {
    let data = |odd: &str| {
        let world = World::new().people(50, &["A", "B"]).people(31, &["B", "C"]);
        world.people(1, &["A", odd]).people(12, &["C"])
    };
    let truth = in_full(&data("Unicorn"), &[flow("flow", 2, 4), map("map")], &Rules::default());
    let guess = in_full(&data("Griffin"), &[flow("flow", 2, 4), map("map")], &Rules::default());
    assert_eq!(truth.views, guess.views);
    assert!(truth.bytes == guess.bytes);
}

/// Without a project the key is derived from the journeys, so that whoever guesses all of them
/// can run the program and compare: what is drawn by the key confirms the guess like a hash.
#[test]
#[ignore = "succeeds, and is told in THREAT_MODEL.md: without a project, what the derived key draws confirms a guess of all the data"]
fn a_guess_of_everybody_is_not_confirmed_without_a_project() {
    let data = |odd: &str| {
        let mut world = World::new().people(1, &["A", odd]);
        for (at, path) in [["A", "B"], ["B", "C"], ["C", "A"], ["B", "A"]].iter().enumerate() {
            world = world.people(21 + 7 * at, path);
        }
        let asked = specs(&[flow("flow", 2, 4), map("map"), paths("paths", 2)]);
        let formats = crate::world::plain();
        publish(&world.vault(), &asked, Policy::default(), &Rules::default(), formats)
            .expect("enough")
    };
    let secret = data("Griffin");
    let candidates = ["Unicorn", "Griffin", "Sphinx", "Dragon", "Phoenix"];
    let fitting: Vec<&str> =
        candidates.into_iter().filter(|odd| data(odd).bytes == secret.bytes).collect();
    assert_ne!(fitting, ["Griffin"], "the odd one out is found, whose step is in no view");
}
