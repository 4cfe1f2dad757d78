//! What is said of a path or a step of a funnel that is selected, and where one can go from it.
//! Everything here is read off the published view; where it leads is another published view.

use crate::app::command::Command;
use crate::draw::text::{number, percent};
use crate::draw::words;
use crate::views::{Cohort, Funnel, Kind, LabelKind, Paths, Side, TimingSpec, View};

pub struct Chosen {
    pub what: String,
    pub said: String,
    /// Words, and what they do. The first is what Enter does.
    pub ways: Vec<(String, Command)>,
}

/// What can be said of the target with this id.
pub fn of(view: &View, id: &str, cohort: &Cohort) -> Option<Chosen> {
    let (part, id) = match id.split_once('/') {
        Some((part, id)) => (part.parse().ok()?, id),
        None => (0, id),
    };
    let part: &View = view.parts().get(part).copied()?;
    match part {
        View::Paths(paths) => of_path(part, paths, id.strip_prefix("path-")?.parse().ok()?),
        View::Funnel(funnel) => of_step(part, funnel, id, cohort),
        _ => None,
    }
}

fn of_path(view: &View, paths: &Paths, at: usize) -> Option<Chosen> {
    let path = paths.paths.get(at)?;
    let mut names: Vec<String> = path.steps.iter().map(|step| words::name(&step.label)).collect();
    let from_end = paths.spec.asked.anchor == Side::End;
    let (arrow, over) = if from_end { (" ‹ ", "began here") } else { (" › ", "left") };
    if path.ends {
        names.push(over.to_owned());
    }
    let about = words::about(view, path.count);
    let said = match (path.ends, from_end) {
        (true, _) => format!("is the whole journey of {about}."),
        (false, true) => format!("is how the journeys of {about} end."),
        (false, false) => format!("is how the journeys of {about} begin."),
    };
    let named = path.steps.iter().find(|step| step.kind == LabelKind::Label);
    let ways = named.map(|step| {
        let start = if from_end {
            Command::EndAt(step.label.clone())
        } else {
            Command::StartAt(step.label.clone())
        };
        let follow = Command::AtOnce(vec![Command::SetKind(Kind::Flow), start]);
        ("Follow".to_owned(), follow)
    });
    let said = match named {
        Some(step) => format!(
            "{said} Press Enter to see {} {} step by step in Flow.",
            if from_end { "everybody up to" } else { "everybody from" },
            words::quoted(&step.label)
        ),
        None => format!("{said} None of its steps is shown by name."),
    };
    Some(Chosen { what: names.join(arrow), said, ways: ways.into_iter().collect() })
}

fn of_step(view: &View, funnel: &Funnel, id: &str, cohort: &Cohort) -> Option<Chosen> {
    let at: usize = id.strip_prefix("step-")?.parse().ok()?;
    let step = funnel.steps.get(at)?;
    let name = words::quoted(&step.label);
    let optional = &funnel.spec.asked.optional;
    let before = funnel.steps[..at].iter().rev().find(|step| !optional.contains(&step.label));
    let from = before.map_or(funnel.people, |step| step.count);
    let lost = from.saturating_sub(step.count);
    let mut said = vec![format!(
        "was reached by {}, {} of all.",
        words::about(view, step.count),
        percent(step.count, funnel.people)
    )];
    if lost > 0 {
        said.push(match before {
            Some(before) => {
                let before = words::quoted(&before.label);
                format!("About {} came to {before} and no further.", number(lost))
            }
            None => format!("About {} never came to it.", number(lost)),
        });
    }
    let start = Command::StartAt(step.label.clone());
    let mut ways = vec![(
        "Follow from here".to_owned(),
        Command::AtOnce(vec![Command::SetKind(Kind::Flow), start]),
    )];
    if lost > 0 {
        // Who did the one and never the other is a cohort of its own, with its own protection.
        let mut who = cohort.clone();
        let add = |list: &mut Vec<String>, label: &String| {
            if !list.contains(label) {
                list.push(label.clone());
            }
        };
        add(&mut who.did_not, &step.label);
        let (words, start) = match before {
            Some(before) => {
                add(&mut who.did, &before.label);
                let words = format!("Who did {} and never {name}", words::quoted(&before.label));
                (words, Command::StartAt(before.label.clone()))
            }
            None => (format!("Who never did {name}"), Command::ClearAnchor),
        };
        let to = vec![Command::SetCohort(who), Command::SetKind(Kind::Flow), start];
        ways.push((words, Command::AtOnce(to)));
    }
    if let Some(first) = funnel.steps.first().filter(|_| at > 0) {
        let timing = TimingSpec { from: first.label.clone(), to: step.label.clone() };
        let to = vec![Command::SetTiming(timing), Command::SetKind(Kind::Timing)];
        ways.push(("Time from the first step".to_owned(), Command::AtOnce(to)));
    }
    Some(Chosen { what: words::name(&step.label), said: said.join(" "), ways })
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::app::command::Command;
    use crate::app::state::Question;
    use crate::views::{
        Cohort, Funnel, FunnelAsked, FunnelStep, Kind, LabelKind, Order, Path, PathStep, Paths,
        PublishedCohort, PublishedSpec, Side, Unit, View,
    };

    fn spec<A>(asked: A) -> PublishedSpec<A> {
        PublishedSpec {
            name: "view".to_owned(),
            asked,
            collapse: true,
            blur: false,
            rules: Vec::new(),
            cohort: PublishedCohort::default(),
        }
    }

    fn funnel() -> View {
        let step = |(label, count): (&str, u64)| FunnelStep { label: label.to_owned(), count };
        View::Funnel(Funnel {
            unit: Unit::People,
            k: 10,
            b: 5,
            people: 400,
            by_name_band: [95, 100],
            spec: spec(FunnelAsked {
                order: Order::This,
                optional: vec!["b".to_owned()],
                exclude: Vec::new(),
                window_secs: None,
            }),
            steps: [("a", 300), ("b", 20), ("c", 100)].map(step).to_vec(),
            time_to_convert: Vec::new(),
        })
    }

    #[test]
    fn who_went_no_further_is_a_cohort_and_a_start() {
        let view = funnel();
        let chosen = of(&view, "step-2", &Cohort::default()).expect("a step");
        assert!(chosen.said.contains("About 200 came to “a” and no further"), "{}", chosen.said);
        let (words, command) = &chosen.ways[1];
        assert_eq!(words, "Who did “a” and never “c”");
        let next = Question::default().after(command);
        assert_eq!((next.kind, next.cohort.did.as_slice()), (Kind::Flow, &["a".to_owned()][..]));
        assert_eq!(next.cohort.did_not, ["c"]);
        assert_eq!(next.spec.anchor.label.as_deref(), Some("a"));
        assert!(matches!(&chosen.ways[2].1, Command::AtOnce(list) if list.len() == 2));
        assert!(of(&view, "everyone", &Cohort::default()).is_none());
        assert!(of(&view, "step-9", &Cohort::default()).is_none());
        assert!(of(&view, "3/step-0", &Cohort::default()).is_none());
    }

    #[test]
    fn a_path_is_followed_from_its_first_step_with_a_name() {
        let step = |label: &str, kind| PathStep { label: label.to_owned(), kind };
        let path = |steps| Path { steps, ends: false, count: 50 };
        let view = View::Paths(Paths {
            unit: Unit::People,
            k: 10,
            b: 5,
            people: 100,
            by_name_band: [95, 100],
            spec: spec(crate::views::FlowAsked {
                anchor: Side::Start,
                anchor_label: None,
                until_label: None,
                steps: 2,
                top: 8,
                drawn_for: None,
            }),
            paths: vec![
                path(vec![step("Other", LabelKind::Other), step("a", LabelKind::Label)]),
                path(vec![step("Other", LabelKind::Other)]),
            ],
        });
        let chosen = of(&view, "path-0", &Cohort::default()).expect("a path");
        let next = Question::default().after(&chosen.ways[0].1);
        assert_eq!((next.kind, next.spec.anchor.label.as_deref()), (Kind::Flow, Some("a")));
        let chosen = of(&view, "path-1", &Cohort::default()).expect("a path");
        assert!(chosen.ways.is_empty() && chosen.said.contains("None of its steps"));
    }
}
