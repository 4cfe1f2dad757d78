//! What is asked and how the data are read and protected, as one value that can be undone, and what
//! each command changes in it.

use std::sync::Arc;

use crate::app::command::{Command, List};
use crate::app::worker::{Ask, Reading};
use crate::board::Workshop;
use crate::draw::TimeScale;
use crate::project::Remembered;
use crate::views::{
    Anchor, Ask as Asked, Cohort, FlowSpec, FunnelSpec, ImportPlan, Kind, MapSpec, Mapping,
    PathsSpec, Policy, ProtectionPlan, Role, Rules, Side, Spec, Split, TimingSpec, TrendSpec, Unit,
};

/// Everything that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which view is on the screen. What is asked of the others is kept.
    pub kind: Kind,
    /// Steps of a flow, and of paths.
    pub spec: FlowSpec,
    pub map: MapSpec,
    pub funnel: FunnelSpec,
    pub timing: TimingSpec,
    pub trend: TrendSpec,
    pub cohort: Cohort,
    pub unit: Unit,
    pub split: Option<Split>,
    /// Whether two groups are drawn as their difference.
    pub difference: bool,
    /// Whether the flows of several groups are drawn as one.
    pub together: bool,
    pub collapse: bool,
    /// Labels whose events are skipped.
    pub hide: Vec<String>,
    pub policy: Policy,
    pub rules: Rules,
    /// The views of the release, each under its name; what is on the screen where there are none.
    pub release: Vec<Spec>,
    /// A matter of drawing: nothing is counted again.
    pub drop_off: bool,
    /// How much of a map is sliders, in percent; a matter of drawing too.
    pub sliders: Sliders,
    /// How times are laid out, where somebody chose; a matter of drawing too.
    pub time_scale: Option<TimeScale>,
    pub map_look: MapLook,
    /// How the files are read. Once they have been looked at, its mapping is whole.
    pub plan: ImportPlan,
    /// Who is left out.
    pub protection: ProtectionPlan,
    /// The boards and slides; nothing is counted by them.
    pub workshop: Arc<Workshop>,
}

/// What is sliders of a map, of all that is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sliders {
    pub activities: u8,
    pub paths: u8,
    /// One activity with those before and after it, and nothing else.
    pub around: Option<String>,
}

impl Default for Sliders {
    fn default() -> Self {
        // All paths at once are a thicket; a fifth of them shows the ways that matter.
        Self { activities: 100, paths: 20, around: None }
    }
}

/// What is drawn of a map; nothing is counted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapLook {
    /// What follows itself.
    pub loops: bool,
    /// Where people begin and end.
    pub ends: bool,
    /// The whole map in small, with what is in sight.
    pub mini_map: bool,
}

impl Default for MapLook {
    fn default() -> Self {
        Self { loops: true, ends: true, mini_map: true }
    }
}

impl Default for Question {
    fn default() -> Self {
        Self {
            kind: Kind::default(),
            spec: FlowSpec::default(),
            map: MapSpec { times: true, ..MapSpec::default() },
            funnel: FunnelSpec::default(),
            timing: TimingSpec::default(),
            trend: TrendSpec::default(),
            cohort: Cohort::default(),
            unit: Unit::default(),
            split: None,
            difference: false,
            together: false,
            collapse: true,
            hide: Vec::new(),
            policy: Policy::default(),
            rules: Rules::default(),
            release: Vec::new(),
            drop_off: true,
            sliders: Sliders::default(),
            time_scale: None,
            map_look: MapLook::default(),
            plan: ImportPlan::default(),
            protection: ProtectionPlan::default(),
            workshop: Arc::default(),
        }
    }
}

impl Question {
    /// The question in full, or what has to be chosen before it can be asked.
    ///
    /// # Errors
    /// In a sentence, where something is missing or does not go together.
    pub fn ask(&self) -> Result<Ask, String> {
        self.ask_for(self.kind)
    }

    /// The same about the steps, whatever is on the screen: what figures on protection are about.
    pub fn ask_steps(&self) -> Result<Ask, String> {
        self.ask_for(Kind::Flow)
    }

    fn ask_for(&self, kind: Kind) -> Result<Ask, String> {
        let asked = match kind {
            Kind::Flow => Asked::Flow(self.spec.clone()),
            Kind::Paths => Asked::Paths(PathsSpec { flow: self.spec.clone() }),
            // How long a path takes is told of people alone.
            Kind::Map => {
                let times = self.map.times && self.unit == Unit::People;
                Asked::Map(MapSpec { times, ..self.map.clone() })
            }
            Kind::Funnel if self.funnel.steps.len() < 2 => {
                return Err(
                    "A funnel needs at least two steps. Choose them at the right.".to_owned()
                );
            }
            Kind::Funnel => Asked::Funnel(self.funnel.clone()),
            Kind::Timing if self.timing.from.is_empty() || self.timing.to.is_empty() => {
                return Err(
                    "Choose at the right from which step to which the time is taken.".to_owned()
                );
            }
            Kind::Timing => Asked::Timing(self.timing.clone()),
            Kind::Trend => Asked::Trend(self.trend.clone()),
        };
        let unit = match (self.unit, kind) {
            (Unit::Occurrences, kind) if kind != Kind::Map => Unit::People,
            (Unit::Sessions, Kind::Timing | Kind::Trend | Kind::Funnel) => Unit::People,
            (unit, _) => unit,
        };
        let spec = Spec {
            name: kind.name().to_owned(),
            cohort: self.cohort.clone(),
            unit,
            split: self.split.clone(),
            hide: self.hide.clone(),
            // A map shows repeats as loops.
            collapse: self.collapse && kind != Kind::Map,
            ask: asked,
        };
        if matches!(&self.split, Some(Split::Compare(filter)) if filter.value.is_empty()) {
            return Err("Choose at the right who is compared with all others.".to_owned());
        }
        spec.check().map_err(|error| error.to_string())?;
        Ok(Ask { spec, policy: self.policy, rules: self.rules.clone() })
    }

    pub fn reading(&self) -> Reading {
        Reading { plan: self.plan.clone(), protection: self.protection.clone() }
    }

    /// The same with what was decided about files like these before.
    pub fn with_remembered(&self, remembered: &Remembered) -> Self {
        let mut next = self.clone();
        remembered.put_over(&mut next.plan);
        next.rules.rules.clone_from(&remembered.rules.rules);
        next
    }

    /// The same after a command; no other where the command is about something else.
    pub fn after(&self, command: &Command) -> Self {
        if let Command::AtOnce(commands) = command {
            return commands.iter().fold(self.clone(), |now, command| now.after(command));
        }
        let mut next = self.clone();
        next.change_flow(command);
        next.change_view(command);
        next.change_rules(command);
        next.change_release(command);
        next.change_reading(command);
        next
    }

    fn change_flow(&mut self, command: &Command) {
        let spec = &mut self.spec;
        match command {
            Command::SetAnchor(anchor) => spec.anchor.clone_from(anchor),
            Command::StartAt(label) => {
                spec.anchor = Anchor { label: Some(label.clone()), ..Anchor::default() };
            }
            Command::EndAt(label) => {
                let label = Some(label.clone());
                spec.anchor = Anchor { side: Side::End, label, until: None };
            }
            Command::ClearAnchor => spec.anchor = without_labels(&spec.anchor),
            Command::SetSteps(steps) => spec.steps = *steps,
            Command::SetTop(top) => spec.top = *top,
            Command::SetCollapse(collapse) => self.collapse = *collapse,
            Command::SetDropOff(drop_off) => self.drop_off = *drop_off,
            Command::SetThreshold(k) => {
                if let Ok(policy) = Policy::new(*k, None) {
                    let now = self.policy;
                    self.policy = policy.with_blur(now.blur()).with_time_grain(now.time_grain());
                }
            }
            Command::SetTimeGrain(grain) => self.policy = self.policy.with_time_grain(*grain),
            Command::Hide(label) => {
                if !self.hide.contains(label) {
                    self.hide.push(label.clone());
                }
                let Anchor { label: from, until, .. } = &spec.anchor;
                if [from, until].iter().any(|named| named.as_ref() == Some(label)) {
                    spec.anchor = without_labels(&spec.anchor);
                }
            }
            Command::Show(label) => self.hide.retain(|hidden| hidden != label),
            _ => {}
        }
    }

    fn change_view(&mut self, command: &Command) {
        match command {
            Command::SetKind(kind) => self.kind = *kind,
            Command::SetMap(map) => self.map.clone_from(map),
            Command::SetFunnel(funnel) => self.funnel.clone_from(funnel),
            Command::SetTiming(timing) => self.timing.clone_from(timing),
            Command::SetTrend(trend) => self.trend.clone_from(trend),
            Command::SetCohort(cohort) => self.cohort.clone_from(cohort),
            Command::SetUnit(unit) => self.unit = *unit,
            Command::SetSplit(split) => self.split.clone_from(split),
            Command::SetDifference(difference) => self.difference = *difference,
            Command::SetTogether(together) => self.together = *together,
            Command::SetSliders(sliders) => self.sliders.clone_from(sliders),
            Command::SetTimeScale(scale) => self.time_scale = Some(*scale),
            Command::SetMapLook(look) => self.map_look = *look,
            _ => {}
        }
    }

    fn change_release(&mut self, command: &Command) {
        let release = &mut self.release;
        match command {
            Command::ChangeReleased(at, spec) => {
                if let Some(old) = release.get_mut(*at) {
                    old.clone_from(spec);
                }
            }
            Command::MoveReleased(from, to) if *from < release.len() => {
                let spec = release.remove(*from);
                release.insert((*to).min(release.len()), spec);
            }
            Command::RemoveReleased(at) if *at < release.len() => {
                release.remove(*at);
            }
            _ => {}
        }
    }

    /// The question of a view of the release, on the screen again.
    pub fn showing(&self, spec: &Spec) -> Self {
        let mut next = self.clone();
        match &spec.ask {
            Asked::Flow(flow) => (next.kind, next.spec) = (Kind::Flow, flow.clone()),
            Asked::Paths(PathsSpec { flow }) => {
                (next.kind, next.spec) = (Kind::Paths, flow.clone());
            }
            Asked::Map(map) => (next.kind, next.map) = (Kind::Map, map.clone()),
            Asked::Funnel(funnel) => (next.kind, next.funnel) = (Kind::Funnel, funnel.clone()),
            Asked::Timing(timing) => (next.kind, next.timing) = (Kind::Timing, timing.clone()),
            Asked::Trend(trend) => (next.kind, next.trend) = (Kind::Trend, trend.clone()),
        }
        next.cohort.clone_from(&spec.cohort);
        next.unit = spec.unit;
        next.split.clone_from(&spec.split);
        next.hide.clone_from(&spec.hide);
        if next.kind != Kind::Map {
            next.collapse = spec.collapse;
        }
        next
    }

    fn change_rules(&mut self, command: &Command) {
        let Rules { rules, settled, .. } = &mut self.rules;
        match command {
            Command::InsertRule(at, rule) => rules.insert((*at).min(rules.len()), rule.clone()),
            Command::ChangeRule(at, rule) => {
                if let Some(old) = rules.get_mut(*at) {
                    old.clone_from(rule);
                }
            }
            Command::MoveRule(from, to) if *from < rules.len() => {
                let rule = rules.remove(*from);
                rules.insert((*to).min(rules.len()), rule);
            }
            Command::RemoveRule(at) if *at < rules.len() => {
                rules.remove(*at);
            }
            Command::Settle(decisions) => {
                for new in decisions {
                    settled.retain(|old| {
                        (&old.attribute, old.kind, &old.shape)
                            != (&new.attribute, new.kind, &new.shape)
                    });
                    settled.push(new.clone());
                }
            }
            Command::Unsettle(at) if *at < settled.len() => {
                settled.remove(*at);
            }
            _ => {}
        }
    }

    fn change_reading(&mut self, command: &Command) {
        let Self { plan, protection, .. } = self;
        let mapping = &mut plan.mapping;
        match command {
            Command::SetRole(column, role) => {
                free(mapping, column);
                match role {
                    None => {}
                    Some(Role::Attribute) => mapping.attributes.push(column.clone()),
                    Some(part) => {
                        // What stood in for the column before does not stand in for this one.
                        if let Some((slot, others)) = slot(mapping, *part) {
                            *slot = Some(column.clone());
                            others.clear();
                        }
                    }
                }
                if *role == Some(Role::Time) {
                    // Another column of times may have other questions.
                    plan.date_order = None;
                }
            }
            Command::StandIn(column, part) => {
                free(mapping, column);
                if let Some((slot, others)) = slot(mapping, *part) {
                    match slot {
                        None => *slot = Some(column.clone()),
                        Some(_) => others.push(column.clone()),
                    }
                }
            }
            Command::SetConsent(field) => {
                free(mapping, &field.column);
                mapping.consent.push(field.clone());
            }
            Command::SetInsertId(column) => {
                free(mapping, column);
                mapping.insert_id = Some(column.clone());
            }
            Command::SetPreset(preset) => {
                plan.preset = *preset;
                // Another export has other columns: they are guessed anew.
                plan.mapping = Mapping::default();
                plan.mapping_is_whole = false;
            }
            Command::SetDateOrder(order) => plan.date_order = Some(*order),
            Command::SetTimezone(zone) => {
                let zone = zone.trim();
                plan.timezone = (!zone.is_empty()).then(|| zone.to_owned());
            }
            Command::SetSessionGap(secs) => {
                plan.session_gap_secs = (*secs != ImportPlan::SESSION_GAP_SECS).then_some(*secs);
            }
            Command::DropDuplicates(drop) => plan.drop_duplicates = *drop,
            Command::UseFiles(files) => plan.files.clone_from(files),
            Command::AcceptTruncated => plan.accept_truncated = true,
            Command::AddList(list, path) => {
                let files = files(protection, *list);
                if !files.contains(path) {
                    files.push(path.clone());
                }
            }
            Command::RemoveList(list, path) => {
                files(protection, *list).retain(|other| other != path);
            }
            Command::RequirePurpose(purpose, needed) => {
                protection.purposes.retain(|other| other != purpose);
                if *needed {
                    protection.purposes.push(purpose.clone());
                }
            }
            Command::SetUnknownConsent(unknown) => protection.unknown = *unknown,
            _ => {}
        }
    }
}

/// The same end of the journey for everybody; nothing lies between two labels that are not there.
fn without_labels(anchor: &Anchor) -> Anchor {
    let side = if anchor.side == Side::End { Side::End } else { Side::Start };
    Anchor { side, ..Anchor::default() }
}

fn files(protection: &mut ProtectionPlan, list: List) -> &mut Vec<std::path::PathBuf> {
    match list {
        List::Register => &mut protection.registers,
        List::Erasure => &mut protection.erasures,
    }
}

/// Where the column of a part is kept, and those that stand in for it.
fn slot(mapping: &mut Mapping, part: Role) -> Option<(&mut Option<String>, &mut Vec<String>)> {
    let Mapping { subject, session, event, time, otherwise, .. } = mapping;
    Some(match part {
        Role::Subject => (subject, &mut otherwise.subject),
        Role::Session => (session, &mut otherwise.session),
        Role::Event => (event, &mut otherwise.event),
        Role::Time => (time, &mut otherwise.time),
        Role::Attribute => return None,
    })
}

/// A column plays no part any more. What stood in for it takes its place.
fn free(mapping: &mut Mapping, column: &str) {
    for part in PARTS {
        if let Some((slot, others)) = slot(mapping, part) {
            others.retain(|other| other != column);
            if slot.as_deref() == Some(column) {
                *slot = (!others.is_empty()).then(|| others.remove(0));
            }
        }
    }
    mapping.attributes.retain(|other| other != column);
    mapping.consent.retain(|field| field.column != column);
    mapping.insert_id.take_if(|other| other == column);
}

/// The parts that one column plays, in the order they are offered.
pub const PARTS: [Role; 4] = [Role::Subject, Role::Session, Role::Event, Role::Time];

#[cfg(test)]
mod tests {
    use super::Question;
    use crate::app::command::Command;
    use crate::views::{Ask, ConsentField, Kind, Polarity, Role, Rule, Unit};

    fn column(name: &str) -> String {
        name.to_owned()
    }

    #[test]
    fn a_column_plays_one_part_and_what_stood_in_for_it_takes_its_place() {
        let question = Question::default()
            .after(&Command::SetRole(column("user"), Some(Role::Subject)))
            .after(&Command::StandIn(column("device"), Role::Subject));
        let mapping = &question.plan.mapping;
        assert_eq!(mapping.subject.as_deref(), Some("user"));
        assert_eq!(mapping.otherwise.subject, ["device"]);
        let consent = ConsentField {
            purpose: column("ads"),
            column: column("user"),
            polarity: Polarity::default(),
        };
        let question = question.after(&Command::SetConsent(consent));
        let mapping = &question.plan.mapping;
        assert_eq!(mapping.subject.as_deref(), Some("device"));
        assert!(mapping.otherwise.is_empty() && mapping.consent.len() == 1);
        let question = question.after(&Command::SetRole(column("user"), Some(Role::Attribute)));
        assert_eq!(question.plan.mapping.attributes, ["user"]);
        assert!(question.plan.mapping.consent.is_empty());
        let question = question.after(&Command::SetInsertId(column("user")));
        assert!(question.plan.mapping.attributes.is_empty());
        let question = question.after(&Command::SetRole(column("user"), None));
        assert_eq!(question.plan.mapping.insert_id, None);
    }

    #[test]
    fn a_map_can_be_asked_for_in_every_unit_and_has_times_where_people_are_counted() {
        for (unit, has_times) in
            [(Unit::People, true), (Unit::Sessions, false), (Unit::Occurrences, false)]
        {
            let question = Question::default().after(&Command::SetKind(Kind::Map));
            let ask = question.after(&Command::SetUnit(unit)).ask().expect("a question");
            assert_eq!(ask.spec.unit, unit);
            assert!(matches!(ask.spec.ask, Ask::Map(map) if map.times == has_times), "{unit:?}");
        }
    }

    #[test]
    fn rules_are_put_in_moved_changed_and_taken_away() {
        let names = |question: &Question| -> Vec<String> {
            question.rules.rules.iter().map(|rule| rule.pattern.clone()).collect()
        };
        let question = Question::default()
            .after(&Command::InsertRule(0, Rule::hide("a")))
            .after(&Command::InsertRule(9, Rule::hide("b")))
            .after(&Command::InsertRule(1, Rule::hide("c")));
        assert_eq!(names(&question), ["a", "c", "b"]);
        let question = question.after(&Command::MoveRule(0, 2));
        assert_eq!(names(&question), ["c", "b", "a"]);
        let question = question.after(&Command::ChangeRule(1, Rule::hide("d")));
        let question = question.after(&Command::RemoveRule(0)).after(&Command::RemoveRule(7));
        assert_eq!(names(&question), ["d", "a"]);
    }
}
