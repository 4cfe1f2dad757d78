//! What is typed becomes a job, or one line that says what is wrong.

use clap::{CommandFactory, Parser};
use jiff::civil::Date;

use super::args::Cli;
use super::job::{Job, Question};
use super::spec_file::SpecFile;
use super::{Failure, table};
use crate::draw::testing;
use crate::project::policy_file;
use crate::release::Formats;
use crate::views::{
    Ask, DateOrder, Extent, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, Grain, LabelKind,
    MapSpec, Matching, Order, Preset, ProtectionPlan, PublishedCohort, PublishedSpec, RuleKind,
    Side, Spec, Split, TimeGrain, TrendSpec, Unit, UnknownConsent, View,
};

fn job(args: &[&str]) -> Result<Job, Failure> {
    let args = std::iter::once("trodden").chain(args.iter().copied());
    Cli::try_parse_from(args).map_err(|error| super::usage(&error)).and_then(Job::new)
}

fn question(args: &[&str]) -> Question {
    let args: Vec<&str> = ["view", "a.csv"].into_iter().chain(args.iter().copied()).collect();
    match job(&args) {
        Ok(Job::View { question, .. }) => question,
        other => panic!("{other:?}"),
    }
}

fn only(specs: Vec<Spec>) -> Spec {
    let [spec] = <[Spec; 1]>::try_from(specs).expect("one view");
    spec
}

#[test]
fn the_options_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn wrong_use_is_one_line_that_says_what_to_do() {
    let cases: [(&[&str], &str); 31] = [
        (&["audit"], "required"),
        (&["view"], "required"),
        (&["view", "a.csv", "--cohort", "x"], "--cohort"),
        (&["view", "a.csv", "--k", "7"], "choose one of 5"),
        (&["view", "a.csv", "--k", "20", "--round", "5"], "leave --round out"),
        (&["view", "a.csv", "--steps", "40"], "2 to 12"),
        (&["view", "a.csv", "--view", "pie"], "flow"),
        (&["view", "a.csv", "--unit", "events"], "people"),
        (&["view", "a.csv", "--unit", "occurrences"], "only a map"),
        (&["view", "a.csv", "--start", "A", "--end", "A"], "two different"),
        (&["view", "a.csv", "--start", "A", "--anchor", "end"], "--anchor between"),
        (&["view", "a.csv", "--steps", "0"], "2 to 12"),
        (&["view", "a.csv", "--k", "10", "--round", "3"], "must divide k"),
        (&["view", "a.csv", "--view", "funnel"], "--funnel A,B,C"),
        (&["view", "a.csv", "--view", "funnel", "--funnel", "A"], "--funnel A,B,C"),
        (&["view", "a.csv", "--view", "funnel", "--funnel", "A,B", "--window", "7w"], "7d"),
        (&["view", "a.csv", "--view", "timing", "--timing", "A"], "--timing FROM,TO"),
        (&["view", "a.csv", "--view", "trend", "--grain", "year"], "month"),
        (&["view", "a.csv", "--view", "map", "--steps", "4"], "--steps"),
        (&["view", "a.csv", "--where", "country"], "attribute=value"),
        (&["view", "a.csv", "--by", "country", "--compare", "plan=free"], "not both"),
        (&["view", "a.csv", "--from", "1.3.2026"], "2026-03-01"),
        (&["view", "a.csv", "--from", "2026-03-01T10:00"], "2026-03-01"),
        (&["view", "a.csv", "--from", "2026-03-02", "--to", "2026-03-01"], "exchange"),
        (&["view", "a.csv", "--session-gap", "half an hour"], "7d"),
        (&["view", "a.csv", "--cap", "0"], "--cap"),
        (&["view", "a.csv", "--policy", "/nowhere.toml"], "/nowhere.toml"),
        (&["view", "a.csv", "--merge", "x"], "PATTERN=LABEL"),
        (&["release", "a.csv"], "--out"),
        (&["--out", "x"], "--sample"),
        (&["verfy", "x"], "no command and no file called verfy"),
    ];
    for (args, expected) in cases {
        let failure = job(args).expect_err(&args.join(" "));
        let text = failure.to_string();
        assert_eq!(failure.exit(), 2, "{text}");
        assert!(text.contains(expected), "{args:?}: {text}");
        assert!(!text.contains('\n'), "{text}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    for args in [&["--help"][..], &["--version"], &["view", "--help"], &["help", "release"]] {
        assert_eq!(job(args).expect_err("help is printed").exit(), 0);
    }
}

#[test]
fn options_become_a_question() {
    let asked = question(&["--end", "Buy", "--steps", "4", "--collapse=off", "--blur", "off"]);
    let Spec { collapse, ask, .. } = only(asked.specs);
    let Ask::Flow(flow) = ask else { panic!("a flow was asked") };
    assert_eq!((flow.anchor.side, flow.anchor.label.as_deref()), (Side::End, Some("Buy")));
    assert_eq!((flow.steps, collapse, asked.policy.blur()), (4, false, false));

    let asked = question(&["--collapse", "--hide", "a", "--hide", "b", "--k", "20"]);
    assert_eq!((asked.policy.k(), asked.policy.b()), (20, 10));
    assert_eq!(asked.hidden(), ["a", "b"]);
}

#[test]
fn labels_come_in_one_text_or_each_in_its_own() {
    let steps = |args: &[&str]| {
        let args: Vec<&str> = ["--view", "funnel"].iter().chain(args).copied().collect();
        match only(question(&args).specs).ask {
            Ask::Funnel(funnel) => funnel.steps,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(steps(&["--funnel", "A, B,C"]), ["A", "B", "C"]);
    assert_eq!(steps(&["--funnel", "A, really", "--funnel", "B"]), ["A, really", "B"]);
}

#[test]
fn every_option_of_a_view_reaches_its_question() {
    let spec = |args: &[&str]| only(question(args).specs);
    let people = ["--where", "country=DE", "--did", "A", "--did-not", "B", "--from", "2026-03-01"];
    let rest = ["--to", "2026-03-31", "--journey", "longest-session", "--by", "plan"];
    let asked = spec(&[&people[..], &rest[..]].concat());
    assert_eq!(asked.cohort.filters[0].value, "DE");
    assert_eq!((asked.cohort.did, asked.cohort.did_not), (owned(&["A"]), owned(&["B"])));
    assert_eq!(asked.cohort.from.map(Date::day), Some(1));
    assert_eq!(asked.cohort.to.map(Date::day), Some(31));
    assert_eq!(asked.cohort.journey, Extent::LongestSession);
    assert_eq!(asked.split, Some(Split::By("plan".to_owned())));

    let between = spec(&["--view", "paths", "--start", "A", "--end", "B", "--unit", "sessions"]);
    let Ask::Paths(paths) = between.ask else { panic!("paths were asked") };
    assert_eq!(paths.flow.anchor.side, Side::Between);
    assert_eq!((between.unit, between.name.as_str()), (Unit::Sessions, "paths"));

    let map = ["--view", "map", "--activities", "60", "--paths", "30", "--skip-rare", "--times"];
    let wanted = MapSpec { activities: 60, paths: 30, skip_rare: true, times: true };
    assert_eq!(spec(&map).ask, Ask::Map(wanted));
    assert!(!spec(&map).collapse);

    let funnel = ["--view", "funnel", "--funnel", "A,B,C", "--order", "exact", "--optional", "B"];
    let Ask::Funnel(funnel) =
        spec(&[&funnel[..], &["--exclude", "X,Y", "--window", "36h"]].concat()).ask
    else {
        panic!("a funnel was asked")
    };
    assert_eq!((funnel.order, funnel.window_secs), (Order::Exact, Some(129_600)));
    assert_eq!((funnel.optional, funnel.exclude), (owned(&["B"]), owned(&["X,Y"])));

    let Ask::Timing(timing) = spec(&["--view", "timing", "--timing", "A,B"]).ask else {
        panic!("a timing was asked")
    };
    assert_eq!((timing.from.as_str(), timing.to.as_str()), ("A", "B"));
    let trend = spec(&["--view", "trend", "--grain", "month", "--label", "A"]);
    let wanted = TrendSpec { grain: Grain::Month, label: Some("A".to_owned()) };
    assert_eq!(trend.ask, Ask::Trend(wanted));

    let policy = question(&["--cap", "2", "--time-grain", "hour"]).policy;
    assert_eq!((policy.cap(), policy.time_grain()), (2, TimeGrain::Hour));
}

fn owned(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

#[test]
fn the_columns_of_a_question_are_read_and_so_is_the_pause_that_ends_a_session() {
    let args = ["view", "a.csv", "--where", "country=DE", "--where", "plan=free", "--by", "plan"];
    let args = [&args[..], &["--session-gap", "45m"]].concat();
    let Ok(Job::View { reading, .. }) = job(&args) else { panic!() };
    assert_eq!(reading.plan.mapping.attributes, ["country", "plan"]);
    assert_eq!(reading.plan.session_gap_secs, Some(2_700));
}

const POLICY: &str = "\
k = 20
cap = 3
blur = true
time_grain = \"hour\"
forbidden_labels = [\"hiv*\"]
formats = [\"csv\", \"svg\"]
review_required = true
";

#[test]
fn a_choice_does_not_go_below_what_a_policy_demands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.trodden-policy.toml");
    std::fs::write(&path, POLICY).unwrap();
    let path = path.display().to_string();
    let asked = |more: &[&str]| {
        let args = ["release", "a.csv", "--out", "p.zip", "--policy", &path, "--formats", "csv"];
        job(&[&args[..], &["--reason", "for the board"], more].concat())
    };
    let Ok(Job::Release { reading, question, review, .. }) = asked(&[]) else { panic!() };
    let policy = question.policy;
    assert_eq!((policy.k(), policy.b(), policy.cap()), (20, 10, 3));
    assert_eq!((policy.time_grain(), policy.blur(), review), (TimeGrain::Hour, true, true));
    assert_eq!(reading.rules.forbidden, ["hiv*"]);
    let Ok(Job::Release { question, .. }) = asked(&["--k", "50", "--time-grain", "day"]) else {
        panic!()
    };
    assert_eq!((question.policy.k(), question.policy.b(), question.policy.cap()), (50, 25, 3));
    for (more, expected) in [
        (&["--k", "10"][..], "at least 20"),
        (&["--blur", "off"], "demands the blur"),
        (&["--cap", "4"], "at most 3"),
        (&["--time-grain", "minute"], "coarser times"),
        (&["--formats", "csv,png"], "no png"),
    ] {
        let failure = if more[0] == "--formats" {
            job(&["release", "a.csv", "--out", "p.zip", "--policy", &path, more[0], more[1]])
        } else {
            asked(more)
        };
        let failure = failure.expect_err(&more.join(" "));
        assert!(failure.to_string().contains(expected), "{more:?}: {failure}");
        assert_eq!(failure.exit(), 2);
    }
}

#[test]
fn consent_and_erasure_reach_the_plan_and_a_policy_adds_its_purposes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.trodden-policy.toml");
    let demanded = "purposes = [\"ads\", \"analytics\"]\nunknown_consent = \"granted\"";
    std::fs::write(&path, demanded).expect("written");
    let path = path.display().to_string();
    let typed = ["view", "a.csv", "--consent", "analytics", "--consent-register", "c.csv"];
    let more = ["--erasure", "e.csv", "--erasure", "f.json", "--policy", &path];
    let Ok(Job::View { reading, .. }) = job(&[&typed[..], &more[..]].concat()) else {
        panic!("a view")
    };
    let expected = ProtectionPlan {
        purposes: owned(&["analytics", "ads"]),
        registers: vec!["c.csv".into()],
        erasures: vec!["e.csv".into(), "f.json".into()],
        unknown: UnknownConsent::Granted,
    };
    assert_eq!(reading.protection, expected);
    let Ok(Job::View { reading, .. }) = job(&["view", "a.csv"]) else { panic!("a view") };
    assert!(reading.protection.is_empty());
}

#[test]
fn a_regular_expression_is_a_rule_and_a_wrong_one_is_one_sentence() {
    let Ok(Job::View { reading, .. }) =
        job(&["view", "a.csv", "--merge-regex", "^/o/[0-9]+$=Order", "--merge", "a*=A"])
    else {
        panic!("a view")
    };
    let matching: Vec<Matching> = reading.rules.rules.iter().map(|rule| rule.matching).collect();
    assert_eq!(matching, [Matching::Wildcard, Matching::Regex]);
    let failure = job(&["view", "a.csv", "--merge-regex", "(secret=Order"]).expect_err("unclosed");
    assert_eq!(failure.exit(), 2);
    let text = failure.to_string();
    assert!(text.contains("a bracket ( is not closed") && !text.contains("secret"), "{text}");
}

#[test]
fn a_policy_that_cannot_be_kept_is_refused() {
    for (text, expected) in
        [("k = 3", "k = 3"), ("k = 20\nb = 5", "unsafe"), ("k = 20\nhope = 1", "line 2")]
    {
        let why = policy_file::parse(text).expect_err(text);
        assert!(why.contains(expected), "{text}: {why}");
    }
}

const VIEWS: &str = "\
[import]
session_gap = \"1h\"
[cohort]
where = [\"country=DE\"]
from = \"2026-01-01\"
[policy]
cap = 2
time_grain = \"day\"
[[view]]
view = \"map\"
[[view]]
view = \"map\"
from = \"2026-02-01\"
[[view]]
view = \"funnel\"
name = \"map-2\"
funnel = [\"A\", \"B\"]
where = [\"plan=free\"]
";

#[test]
fn a_spec_file_holds_several_views_with_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spec.toml");
    std::fs::write(&path, VIEWS).unwrap();
    let path = path.display().to_string();
    let args = ["release", "a.csv", "--out", "p.zip", "--spec", &path];
    let Ok(Job::Release { reading, question, .. }) = job(&args) else { panic!() };
    let names: Vec<&str> = question.specs.iter().map(|spec| spec.name.as_str()).collect();
    assert_eq!(names, ["map", "map-3", "map-2"]);
    let from = |at: usize| question.specs[at].cohort.from.map(Date::month);
    assert_eq!([from(0), from(1), from(2)], [Some(1), Some(2), Some(1)]);
    assert_eq!(question.specs[0].cohort.filters[0].attribute, "country");
    assert_eq!(question.specs[2].cohort.filters[0].attribute, "plan");
    assert_eq!(reading.plan.mapping.attributes, ["country", "plan"]);
    assert_eq!(reading.plan.session_gap_secs, Some(3_600));
    assert_eq!((question.policy.cap(), question.policy.time_grain()), (2, TimeGrain::Day));

    let typed = [&args[..], &["--k", "20"]].concat();
    assert!(job(&typed).is_ok(), "thresholds may be typed");
    let typed = [&args[..], &["--hide", "A"]].concat();
    assert!(job(&typed).expect_err("which view").to_string().contains("has 3 views"));
    std::fs::write(&path, format!("{VIEWS}[[view]]\nname = \"map-2\"\n")).unwrap();
    assert!(job(&args).expect_err("a name twice").to_string().contains("same name"));
}

#[test]
fn a_pattern_may_hold_the_sign_that_ends_it() {
    let args = ["inspect", "a.csv", "--merge", "search?q=*=Search", "--accept-label", "a=b=c"];
    let Ok(Job::Inspect { reading, .. }) = job(&args) else { panic!() };
    let rule = &reading.rules.rules[0];
    assert_eq!((rule.pattern.as_str(), rule.label.as_deref()), ("search?q=*", Some("Search")));
    assert_eq!(reading.rules.accepted[0].label, "a=b");
}

const SPEC: &str = "\
[import]
subject = \"user\"
date_order = \"day_first\"
[[rule]]
kind = \"hide\"
pattern = \"ping*\"
[policy]
k = 30
b = 15
[[view]]
view = \"flow\"
steps = 9
anchor = \"end\"
";

#[test]
fn options_win_over_the_spec_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spec.toml");
    std::fs::write(&path, SPEC).unwrap();
    let path = path.display().to_string();
    let release = |more: &[&str]| {
        let mut args = vec!["release", "a.csv", "--out", "p.zip", "--spec", &path];
        args.extend(more);
        match job(&args) {
            Ok(Job::Release { reading, question, formats, .. }) => (reading, question, formats),
            other => panic!("{other:?}"),
        }
    };
    let (reading, asked, formats) = release(&[]);
    let Ask::Flow(flow) = only(asked.specs).ask else { panic!("a flow was asked") };
    assert_eq!((asked.policy.k(), asked.policy.b(), flow.steps), (30, 15, 9));
    assert_eq!((flow.anchor.side, flow.top), (Side::End, 8));
    assert_eq!(reading.plan.mapping.subject.as_deref(), Some("user"));
    assert_eq!(reading.plan.date_order, Some(DateOrder::DayFirst));
    assert_eq!(reading.rules.rules[0].kind, RuleKind::Hide);
    assert_eq!(formats, Formats::default());

    let typed = [
        "--k",
        "20",
        "--steps",
        "3",
        "--subject",
        "id",
        "--merge",
        "a=b",
        "--formats",
        "csv,png,pdf",
    ];
    let (reading, asked, formats) = release(&typed);
    let Ask::Flow(flow) = only(asked.specs).ask else { panic!("a flow was asked") };
    assert_eq!((asked.policy.k(), asked.policy.b(), flow.steps), (20, 10, 3));
    assert_eq!(reading.plan.mapping.subject.as_deref(), Some("id"));
    assert_eq!(reading.rules.rules[0].pattern, "a");
    assert_eq!(formats, Formats { tables: true, png: true, pdf: true, ..Formats::NONE });
}

#[test]
fn a_wrong_spec_file_says_the_line() {
    let cases = [
        ("[policy]\nk = 10\nkk = 3\n", "line 3"),
        ("[import]\nsubject = 4\n", "line 2"),
        ("[[rule]]\nkind = \"rename\"\npattern = \"a\"\n", "rule 1"),
        ("[[rule]]\nkind = \"hide\"\npattern = \"a\"\nlabel = \"b\"\n", "rule 1"),
        ("[[view]]\nview = \"pie\"\n", "flow"),
        ("[[view]]\nview = \"flow\"\n[[view]]\nview = \"flow\"\nslices = 3\n", "line 5"),
        ("[cohort]\nsteps = 3\n", "line 2"),
        ("[policy]\ntime_grain = \"year\"\n", "line 2"),
    ];
    for (text, expected) in cases {
        let why = SpecFile::parse(text).expect_err(text);
        assert!(why.contains(expected), "{text}: {why}");
    }
}

#[test]
fn the_table_aligns_counts_and_cannot_steer_a_terminal() {
    let node = |step, label: &str, kind, count| FlowNode {
        id: format!("{step}:{label}"),
        step,
        label: label.to_owned(),
        kind,
        count,
    };
    let flow = Flow {
        unit: Unit::People,
        k: 10,
        b: 5,
        people: 1_215,
        by_name_band: [95, 100],
        spec: PublishedSpec {
            name: "flow".to_owned(),
            asked: FlowAsked {
                anchor: Side::Start,
                anchor_label: None,
                until_label: None,
                steps: 2,
                top: 8,
                drawn_for: None,
            },
            collapse: true,
            blur: true,
            rules: Vec::new(),
            cohort: PublishedCohort::default(),
        },
        nodes: vec![
            node(1, "Ho\u{1b}[31mme", LabelKind::Label, 1_215),
            node(2, "Other", LabelKind::Other, 1_200),
        ],
        edges: vec![FlowEdge {
            from: "1:Ho\u{1b}[31mme".to_owned(),
            to: "2:Other".to_owned(),
            count: 1_200,
        }],
        exits: vec![FlowExit { from: "1:Ho\u{1b}[31mme".to_owned(), count: 15 }],
    };
    let text = table::text(&View::Flow(flow));
    assert!(!text.contains('\u{1b}'));
    let lines: Vec<&str> = text.lines().skip(3).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 6, "{text}");
    let width = lines[0].chars().count();
    assert!(lines.iter().all(|line| line.chars().count() == width), "{text}");
    assert!(text.contains("at least 10 people (k) and is a multiple of 5 (b)"), "{text}");
    assert!(text.contains("95 to 100 % of steps by name"), "{text}");
}

#[test]
fn every_kind_of_view_is_a_table_of_aligned_counts() {
    let all = &PublishedCohort::default();
    for view in testing::every_kind() {
        let text = table::text(&view);
        assert!(text.lines().count() > 5, "{text}");
        assert!(text.contains("at least 10 people (k) and is a multiple of 5 (b)"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 130), "{text}");
    }
    for (view, expected) in [
        (testing::map(Unit::People, true, all), "  Home → Search, half within 20 min   70\n"),
        (testing::paths(all), "  Home → Search → (left)  30  20\u{202f}%\n"),
        (testing::funnel(all), "                            845   24\u{202f}%\n"),
        (testing::timing(all), "Half of them take at most about 5–60 min.\n"),
        (testing::trend(all), "  2026-03-09 – 2026-03-15  180\n"),
        (testing::breakdown(testing::paths), "\nOther segments: 150 people\n"),
        (testing::comparison(testing::trend), "\nnot DE: 400 people\n"),
    ] {
        let text = table::text(&view);
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
}

#[test]
fn a_panic_is_one_line_without_its_message() {
    let failure = super::guarded(|| panic!("alice@example.org")).expect_err("it panicked");
    assert!(failure.to_string().starts_with("the program made a mistake"), "{failure}");
    assert!(!failure.to_string().contains("alice"), "{failure}");
    assert_eq!(failure.exit(), 2);
}

#[test]
fn an_export_is_named_and_copies_are_left_out() {
    let Ok(Job::Inspect { reading, .. }) =
        job(&["inspect", "a", "--preset", "posthog", "--drop-duplicates"])
    else {
        panic!("these are options of inspect");
    };
    assert_eq!(reading.plan.preset, Some(Preset::Posthog));
    assert!(reading.plan.drop_duplicates);
    for preset in Preset::ALL {
        assert!(job(&["inspect", "a", "--preset", preset.name()]).is_ok(), "{}", preset.name());
    }
    let wrong = job(&["inspect", "a", "--preset", "adobe"]);
    assert!(wrong.is_err_and(|error| error.to_string().contains("mparticle")));
    let file = SpecFile::parse("[import]\npreset = \"ga4\"\ndrop_duplicates = true\n").unwrap();
    assert_eq!((file.import.preset, file.import.drop_duplicates), (Some(Preset::Ga4), true));
}
