//! What each rule catches, and what becomes of each label.
//!
//! *Invariant:* labels of fewer than k people, and labels that look personal, are told by their
//! shape only, and only where the labels of a shape have k people together; every number is under
//! control.

use std::cmp::Reverse;

use super::census::Census;
use super::pii;
use crate::vault::measure::crowd::NOWHERE;
use crate::views::{LabelRow, RuleCatch, RulePreview, ShapeRow};

pub(super) fn preview(census: &Census<'_>) -> RulePreview {
    RulePreview { rules: rules(census), labels: labels(census), shapes: shapes(census) }
}

pub(super) fn rules(census: &Census<'_>) -> Vec<RuleCatch> {
    let number = census.rules.rules.len();
    let rule_of = |unit: usize| census.units[unit].rule.map_or(NOWHERE, |rule| rule as u32);
    let people = census.people(number, rule_of);
    let others = census
        .people(number, |unit| if census.units[unit].is_told { NOWHERE } else { rule_of(unit) });
    let mut units: Vec<Vec<usize>> = vec![Vec::new(); number];
    for (at, unit) in census.units.iter().enumerate() {
        if let Some(rule) = unit.rule {
            units[rule].push(at);
        }
    }
    let catches = people.iter().zip(&others).zip(&units).map(|((people, others), units)| {
        let sizes = census.sizes(people, others, units);
        RuleCatch { named: sizes.named, rarer: sizes.rarer, people: sizes.people }
    });
    catches.collect()
}

fn labels(census: &Census<'_>) -> Vec<LabelRow> {
    let told = census.units.iter().filter(|unit| unit.is_told);
    let mut rows: Vec<LabelRow> = told
        .filter_map(|unit| {
            Some(LabelRow {
                label: unit.own_name.clone(),
                people: census.told(&unit.people)?,
                caught_by: unit.rule,
                becomes: unit.becomes(),
            })
        })
        .collect();
    rows.sort_by(|one, other| {
        (Reverse(one.people), &one.label).cmp(&(Reverse(other.people), &other.label))
    });
    rows
}

fn shapes(census: &Census<'_>) -> Vec<ShapeRow> {
    let groups = census.grouped(|unit| (!unit.is_told).then(|| pii::mask(&unit.own_name)));
    let people = census.people_of(groups.iter().map(|(_, units)| units.as_slice()));
    let told = groups
        .into_iter()
        .zip(people)
        .filter_map(|((shape, _), people)| Some(ShapeRow { shape, people: census.told(&people)? }));
    let mut rows: Vec<ShapeRow> = told.collect();
    rows.sort_by(|one, other| {
        (Reverse(one.people), &one.shape).cmp(&(Reverse(other.people), &other.shape))
    });
    rows
}
