//! What is typed becomes a job, or one line that says what is wrong.

use clap::{CommandFactory, Parser};

use super::args::Cli;
use super::job::{Job, Question};
use super::spec_file::SpecFile;
use super::{Failure, table};
use crate::release::Formats;
use crate::views::{
    Ask, DateOrder, Flow, FlowAsked, FlowEdge, FlowExit, FlowNode, LabelKind, PublishedCohort,
    PublishedSpec, RuleKind, Side, Spec, Unit, View,
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

#[test]
fn the_options_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn wrong_use_is_one_line_that_says_what_to_do() {
    let cases: [(&[&str], &str); 13] = [
        (&["audit"], "required"),
        (&["view"], "required"),
        (&["view", "a.csv", "--cohort", "x"], "--cohort"),
        (&["view", "a.csv", "--k", "7"], "choose one of 5"),
        (&["view", "a.csv", "--k", "20", "--round", "5"], "leave --round out"),
        (&["view", "a.csv", "--steps", "40"], "2 to 12"),
        (&["view", "a.csv", "--view", "map"], "flow"),
        (&["view", "a.csv", "--unit", "sessions"], "people"),
        (&["view", "a.csv", "--start", "A", "--end", "B"], "--end"),
        (&["view", "a.csv", "--merge", "x"], "PATTERN=LABEL"),
        (&["release", "a.csv"], "--out"),
        (&["--out", "x"], "--sample"),
        (&["verfy", "x"], "verify"),
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
    let Spec { collapse, ask, .. } = asked.spec;
    let Ask::Flow(flow) = ask else { panic!("a flow was asked") };
    let _ = collapse;
    assert_eq!((flow.anchor.side, flow.anchor.label.as_deref()), (Side::End, Some("Buy")));
    assert_eq!((flow.steps, collapse, asked.policy.blur()), (4, false, false));

    let asked = question(&["--collapse", "--hide", "a", "--hide", "b", "--k", "20"]);
    assert_eq!((asked.policy.k(), asked.policy.b()), (20, 10));
    assert_eq!(asked.hidden(), ["a", "b"]);
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
    let Spec { collapse, ask, .. } = asked.spec;
    let Ask::Flow(flow) = ask else { panic!("a flow was asked") };
    let _ = collapse;
    assert_eq!((asked.policy.k(), asked.policy.b(), flow.steps), (30, 15, 9));
    assert_eq!((flow.anchor.side, flow.top), (Side::End, 8));
    assert_eq!(reading.plan.mapping.subject.as_deref(), Some("user"));
    assert_eq!(reading.plan.date_order, Some(DateOrder::DayFirst));
    assert_eq!(reading.rules.rules[0].kind, RuleKind::Hide);
    assert_eq!(formats, Formats::default());

    let typed =
        ["--k", "20", "--steps", "3", "--subject", "id", "--merge", "a=b", "--formats", "csv,png"];
    let (reading, asked, formats) = release(&typed);
    let Spec { collapse, ask, .. } = asked.spec;
    let Ask::Flow(flow) = ask else { panic!("a flow was asked") };
    let _ = collapse;
    assert_eq!((asked.policy.k(), asked.policy.b(), flow.steps), (20, 10, 3));
    assert_eq!(reading.plan.mapping.subject.as_deref(), Some("id"));
    assert_eq!(reading.rules.rules[0].pattern, "a");
    assert_eq!(formats, Formats { tables: true, svg: false, png: true, page: false });
}

#[test]
fn a_wrong_spec_file_says_the_line() {
    let cases = [
        ("[policy]\nk = 10\nkk = 3\n", "line 3"),
        ("[import]\nsubject = 4\n", "line 2"),
        ("[[rule]]\nkind = \"rename\"\npattern = \"a\"\n", "rule 1"),
        ("[[rule]]\nkind = \"hide\"\npattern = \"a\"\nlabel = \"b\"\n", "rule 1"),
        ("[[view]]\nview = \"map\"\n", "flow"),
        ("[[view]]\nview = \"flow\"\n[[view]]\nview = \"flow\"\n", "one view for now"),
        ("[cohort]\n", "line 1"),
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
fn a_panic_is_one_line_without_its_message() {
    let failure = super::guarded(|| panic!("alice@example.org")).expect_err("it panicked");
    assert!(failure.to_string().starts_with("the program made a mistake"), "{failure}");
    assert!(!failure.to_string().contains("alice"), "{failure}");
    assert_eq!(failure.exit(), 2);
}
