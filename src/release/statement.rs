//! The privacy statement in plain words: what was read, what is shown, what is promised and what
//! is not.
//!
//! It is made of blocks, so that `statement.md` and the page say the same. *Invariant:* every word
//! comes from the published views, the policy and [`Facts`].

use super::facts::Facts;
use super::parts::Content;
use super::sheets;
use crate::draw::text::{number, plain};
use crate::draw::words;
use crate::views::{
    Policy, ProtectionBands, RiskBands, Role, TimeGrain, Uniqueness, Unit, UnknownConsent, View,
};

pub(super) enum Block {
    Heading(String),
    Paragraph(String),
    List(Vec<String>),
}

use Block::{Heading, List, Paragraph};

/// The statement about a package, without its title.
pub(super) fn blocks(content: &Content<'_>) -> Vec<Block> {
    let (views, policy) = (&content.views, content.policy);
    let number_of = match views.len() {
        1 => "one view".to_owned(),
        many => format!("{many} views"),
    };
    let mut blocks = vec![Paragraph(format!(
        "This package holds {number_of} of journeys. It holds counts only: no record about a \
             single person, no identifier and no time of day is in it."
    ))];
    if let Some(reason) = &content.facts.reason {
        blocks.push(Paragraph(format!("Whoever released it says what for: “{}”", reason.words())));
    }
    blocks.push(Heading("What is shown".to_owned()));
    for view in views {
        blocks.push(Paragraph(format!(
            "{} “{}” of {}: {}.",
            words::kind(view),
            plain(view.name()),
            words::everybody(view),
            words::title(view),
        )));
        blocks.push(List(shown(view)));
    }
    blocks.extend([
        Heading("Thresholds".to_owned()),
        List(thresholds(views, policy)),
        Heading("What was read".to_owned()),
        List(read(content.facts)),
    ]);
    if let Some(risk) = &content.facts.risk {
        blocks.push(Heading("How well people can be told apart".to_owned()));
        blocks.extend(told_apart(risk));
    }
    blocks.extend([
        Heading("What is promised".to_owned()),
        Paragraph(format!(
            "Take any numbers of this package, with the meanings that are given here; add them, subtract \
             them, form shares, consider how they were rounded. For every group of people that these \
             meanings can name, none of this gives a size from 1 to {below}, or proves that the size lies \
             there.",
            below = policy.k().saturating_sub(1)
        )),
        Paragraph(
            "Two things may be concluded: that some people were drawn as Other and, by a reader who knows \
             the method, that there probably was a small group. A name that is missing at some place means \
             that nobody was there, or too few, or that those who were are drawn as Other. Which of the \
             three it is, the package does not tell."
                .to_owned(),
        ),
        Heading("What is not promised".to_owned()),
        List(not_promised(content.history.is_some())),
        Heading("How to check it".to_owned()),
        Paragraph(
            "The command trodden verify reads the package again and checks hashes, thresholds, rounding and \
             sums. It writes tables, drawings, page and this statement again from the numbers and compares \
             every byte. It attacks all numbers together, as a reader could who looks for small groups. It \
             needs no data. It cannot tell who made the package: that takes a signature. Whether \
             there is one stands beside the manifest, and the command says which key made it."
                .to_owned(),
        ),
        Paragraph(
            "The file results.json lists every other file in the form of ACRO, so that output checkers can \
             open the unpacked package in SACRO Viewer. Its status is that of the checks named here."
                .to_owned(),
        ),
    ]);
    if content.facts.review_required {
        blocks.push(Heading("Not reviewed".to_owned()));
        blocks.push(Paragraph(
            "A policy, or what was released before, demands that somebody else looks at this package before it \
             is passed on. Until that is done its pictures say “Not reviewed”. An approval adds a signed decision, and the \
             same pictures without these words."
                .to_owned(),
        ));
    }
    if let Some(history) = content.history {
        blocks.push(Paragraph(format!(
            "The package comes from a project that keeps a history. When it was written the history had {} \
             entries; history.json holds their last hash, so that who has the history sees whether it \
             was kept as it was.",
            number(history.length)
        )));
    }
    blocks
}

/// Who is alone in the data, and who still is in what is shown.
fn told_apart(risk: &RiskBands) -> [Block; 2] {
    let bands = |[low, high]: [u8; 2]| format!("between {low} and {high} percent");
    let of_steps = |steps: usize| {
        format!(
            "Of the people in the data, {} are alone in their first {steps} steps; in what is shown, {}.",
            bands(risk.before.first_steps[steps - 1]),
            bands(risk.after.first_steps[steps - 1]),
        )
    };
    let mut said = vec![of_steps(3), of_steps(Uniqueness::STEPS)];
    said.push(format!(
        "By which steps they ever took, in whatever order, {} are alone in the data; in what is shown, {}.",
        bands(risk.before.step_set),
        bands(risk.after.step_set),
    ));
    if let Some(with_day) = risk.before.with_day {
        said.push(format!(
            "Who knows the day of each of the first 3 steps as well finds {} of them alone in the data. \
             No day of a step is shown.",
            bands(with_day[2])
        ));
    }
    [
        Paragraph(
            "Who is alone in the steps that somebody knows of them could be found again by these steps. \
             This is how many are, in the data and in the picture of their journeys, in bands of 5 percent."
                .to_owned(),
        ),
        List(said),
    ]
}

fn shown(view: &View) -> Vec<String> {
    let mut said = words::asked(view);
    if has_names(view) {
        let [low, high] = view.head().by_name_band;
        said.push(format!(
            "Of the steps that are drawn, between {low} and {high} percent stand under a name."
        ));
    }
    said.extend(sheets::notes(view));
    said
}

/// Whether steps stand under names in a view, so that some may stand under none.
fn has_names(view: &View) -> bool {
    let parts = view.parts();
    !parts.iter().any(|part| matches!(part, View::Timing(_) | View::Trend(_) | View::Funnel(_)))
}

fn thresholds(views: &[&View], policy: Policy) -> Vec<String> {
    let (k, b) = (policy.k(), policy.b());
    let rounding = if b == 1 {
        format!("Every count covers at least {k} different people.")
    } else {
        format!(
            "Every count covers at least {k} different people and is a multiple of {b}. By rounding alone \
             a count is less than {b} away from the number that was drawn, in a direction that is not told."
        )
    };
    let mut said = vec![rounding];
    if views.iter().any(|view| words::is_network(view)) {
        said.push(
            "Where a step of a flow, a path or a funnel would have fewer people, it is drawn as Other. A \
             count with a name is therefore low rather than high: read it as “about so many, or more”."
                .to_owned(),
        );
    }
    if !views.iter().all(|view| words::is_network(view)) {
        said.push(
            "In a map, over time, and in lengths of time a person can be in several counts, and each count \
             was rounded by itself. What has fewer people is left out, or counted together with what is \
             next to it."
                .to_owned(),
        );
    }
    if views.iter().any(|view| view.head().unit != Unit::People) {
        said.push(format!(
            "Of one person at most {} sessions or occurrences are in a count.",
            policy.cap()
        ));
    }
    let cut = match policy.time_grain() {
        TimeGrain::None => None,
        TimeGrain::Minute => Some("Times were cut to the minute before they were used."),
        TimeGrain::Hour => Some("Times were cut to the hour before they were used."),
        TimeGrain::Day => Some("Times were cut to the day before they were used."),
        TimeGrain::Order => Some("Times were used only to tell what came first."),
    };
    said.extend(cut.map(str::to_owned));
    said.push(
        if policy.blur() {
            "Some people may be drawn as Other although nothing required it, so that Other does not give away \
             where a small group was."
        } else {
            "Nobody is drawn as Other without need. Who knows the method may therefore conclude that at some \
             place there was a small group."
        }
        .to_owned(),
    );
    said
}

fn read(facts: &Facts) -> Vec<String> {
    let part = |role| match role {
        Role::Subject => "the person",
        Role::Session => "the session",
        Role::Event => "the step",
        Role::Time => "the time",
        Role::Attribute => "an attribute",
    };
    let mut said: Vec<String> = facts
        .columns
        .iter()
        .map(|column| match &column.name {
            Some(name) => format!("The column “{name}” was read as {}.", part(column.role)),
            None => format!("A column whose name is not told was read as {}.", part(column.role)),
        })
        .collect();
    let choose = |some: bool, yes: &str, no: &str| if some { yes } else { no }.to_owned();
    if let Some(secs) = facts.session_gap_secs {
        said.push(format!(
            "A session ends where nothing happens for longer than {}.",
            words::duration(secs)
        ));
    }
    said.extend(facts.protection.into_iter().flat_map(protection));
    said.push(if facts.names_not_read.is_empty() {
        choose(
            facts.columns_not_read.is_some(),
            "Other columns were in the files; they were not read.",
            "No other columns were in the files.",
        )
    } else {
        let names: Vec<String> =
            facts.names_not_read.iter().map(|name| format!("“{name}”")).collect();
        format!(
            "Other columns were in the files; they were not read. Among them are {}.",
            names.join(", ")
        )
    });
    said.push(choose(
        facts.refused.is_some(),
        "Some rows could not be used and were dropped. They are in no count.",
        "No row was dropped.",
    ));
    let only_if = [
        (facts.repaired.is_some(), "In some rows damaged text was put right."),
        (facts.truncated, "A file broke off in the middle. What came before was used."),
        (facts.renamed.is_some(), "Rules gave some steps another name, or merged them."),
        (facts.hidden.is_some(), "Rules hid some steps: they were skipped in every journey."),
        (
            facts.accepted.is_some(),
            "Some names that could be personal were looked at and accepted by hand.",
        ),
        (
            facts.drawn_as_other.is_some(),
            "Some names could be personal. Nobody accepted them, so they are drawn as Other.",
        ),
    ];
    said.extend(only_if.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text.to_owned()));
    said
}

/// Who was left out before anything was counted.
fn protection(bands: ProtectionBands) -> Vec<String> {
    let consent = match bands.unknown {
        UnknownConsent::Refused => {
            "Only people are counted who consented to every purpose that was asked for. Where nothing was \
             known about consent, a person is not counted."
        }
        UnknownConsent::Granted => {
            "People who did not consent to every purpose that was asked for are not counted. Where nothing \
             was known about consent, a person is counted."
        }
    };
    let erasure = "People on a list of those who asked to be erased were left out before anything was counted.";
    let kept = match bands.kept_band {
        Some([low, high]) => {
            format!("Between {low} and {high} percent of the people in the files are counted.")
        }
        None => "How many were left out is not told: of so few people a share could show somebody."
            .to_owned(),
    };
    [
        bands.consent_required.then(|| consent.to_owned()),
        bands.erasure_applied.then(|| erasure.to_owned()),
        Some(kept),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn not_promised(of_a_project: bool) -> Vec<String> {
    let others = if of_a_project {
        "Safety together with packages about the same people that were written outside its project."
    } else {
        "Safety together with other packages about the same people: this one was not compared with any."
    };
    [
        "Differential privacy.",
        "Safety against what a reader knows from elsewhere.",
        "Silence about large groups in which everybody is alike: who knows that somebody is in such a \
         group, knows what the group did.",
        "That every identifier is one person: some are machines, or devices that several people share.",
        others,
        "Anonymity in the sense of a law.",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// `statement.md`.
pub(super) fn markdown(content: &Content<'_>) -> String {
    let mut out = String::from("# Privacy statement\n");
    for block in blocks(content) {
        out.push('\n');
        let lines = match block {
            Heading(text) => vec![("## ", text)],
            Paragraph(text) => vec![("", text)],
            List(items) => items.into_iter().map(|item| ("- ", item)).collect(),
        };
        for (mark, text) in lines {
            out.push_str(mark);
            out.push_str(&escaped(&text));
            out.push('\n');
        }
    }
    out
}

/// Text without anything that Markdown would take for markup or for HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '|' | '~' | '!'
        ) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
