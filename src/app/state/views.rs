//! From one view to another.

use super::{Question, State};
use crate::app::command::Command;
use crate::views::{FunnelSpec, Kind, LabelKind, TimingSpec};

impl State {
    /// The question about another kind of view. One that asks about chosen steps begins with the way
    /// most people take, so that there is something to change.
    pub(super) fn about(&self, kind: Kind) -> Question {
        let question = self.question.now();
        let mut commands = Vec::new();
        if kind == Kind::Funnel && question.funnel.steps.is_empty() {
            let mut steps = self.common_way();
            steps.truncate(4);
            commands.push(Command::SetFunnel(FunnelSpec { steps, ..FunnelSpec::default() }));
        }
        if kind == Kind::Timing && question.timing.from.is_empty() {
            let mut steps = self.common_way().into_iter();
            if let (Some(from), Some(to)) = (steps.next(), steps.next()) {
                commands.push(Command::SetTiming(TimingSpec { from, to }));
            }
        }
        commands.push(Command::SetKind(kind));
        question.after(&Command::AtOnce(commands))
    }

    /// The way that most people take from the first step on, as far as it is published; else the most
    /// frequent steps.
    pub fn common_way(&self) -> Vec<String> {
        let mut way: Vec<String> = Vec::new();
        if let Some(flow) = self.last_flow() {
            let named = |id: &str| {
                flow.nodes.iter().find(|node| node.id == id && node.kind == LabelKind::Label)
            };
            let first = flow.nodes.iter().filter(|node| {
                node.kind == LabelKind::Label
                    && node.step == flow.nodes.iter().map(|n| n.step).min().unwrap_or(1)
            });
            let mut now = first.max_by_key(|node| node.count);
            while let Some(node) = now {
                if !way.contains(&node.label) {
                    way.push(node.label.clone());
                }
                let onward = flow.edges.iter().filter(|edge| edge.from == node.id);
                let widest = onward
                    .filter(|edge| named(&edge.to).is_some_and(|to| !way.contains(&to.label)))
                    .max_by_key(|edge| edge.count);
                now = widest.and_then(|edge| named(&edge.to));
            }
        }
        for name in self.names() {
            if way.len() >= 3 {
                break;
            }
            if !way.contains(&name) {
                way.push(name);
            }
        }
        way
    }
}
