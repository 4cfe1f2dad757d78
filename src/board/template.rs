//! Boards to begin with.

use super::check::{NAME, TEXT};
use super::ids::next_id;
use super::{
    Board, BoardId, Card, CardId, Evidence, Lane, LaneId, LaneKind, Measure, Quantity, Stage,
    StageId, State,
};
use crate::views::{LabelKind, View};

/// Stages and lanes that many journeys of a kind have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    Empty,
    Service,
    Shop,
    Onboarding,
    CarePathway,
}

/// How many labels of a step are named as its touchpoints.
const TOUCHPOINTS: usize = 3;

/// Of a board that tells everything.
const LANES: [LaneKind; 8] = [
    LaneKind::Actions,
    LaneKind::Touchpoints,
    LaneKind::Measured,
    LaneKind::Feeling,
    LaneKind::Quotes,
    LaneKind::PainPoints,
    LaneKind::Opportunities,
    LaneKind::Backstage,
];

impl Template {
    pub const ALL: [Self; 5] =
        [Self::Empty, Self::Service, Self::Shop, Self::Onboarding, Self::CarePathway];

    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty board",
            Self::Service => "Service",
            Self::Shop => "Shop",
            Self::Onboarding => "Onboarding",
            Self::CarePathway => "Care pathway",
        }
    }

    pub fn stages(self) -> &'static [&'static str] {
        match self {
            Self::Empty => &["First", "Then", "At last"],
            Self::Service => &["Need", "Find", "Ask", "Get it done", "Look back"],
            Self::Shop => &["Arrive", "Look around", "Choose", "Pay", "Afterwards"],
            Self::Onboarding => &["Sign up", "Set up", "First success", "Habit", "Tell others"],
            Self::CarePathway => {
                &["First signs", "Referral", "Diagnosis", "Treatment", "Recovery", "Follow-up"]
            }
        }
    }

    pub fn lanes(self) -> &'static [LaneKind] {
        match self {
            Self::Empty => &[LaneKind::Actions, LaneKind::Feeling, LaneKind::Opportunities],
            // What happens behind the counter comes last, where there is one.
            Self::Shop | Self::Onboarding => &LANES[..LANES.len() - 1],
            Self::Service | Self::CarePathway => &LANES,
        }
    }
}

/// Lays boards out; every number is given once.
pub(super) struct Builder<'a> {
    last_id: &'a mut u32,
}

impl<'a> Builder<'a> {
    pub(super) fn new(last_id: &'a mut u32) -> Self {
        Self { last_id }
    }

    fn board(&mut self, name: String, stages: &[&str], lanes: &[LaneKind]) -> Board {
        Board {
            id: BoardId(next_id(self.last_id)),
            name,
            state: State::AsIs,
            stages: stages
                .iter()
                .map(|name| Stage {
                    id: StageId(next_id(self.last_id)),
                    name: cut(name, NAME),
                    note: String::new(),
                })
                .collect(),
            lanes: lanes
                .iter()
                .map(|kind| Lane {
                    id: LaneId(next_id(self.last_id)),
                    name: kind.name().to_owned(),
                    kind: *kind,
                })
                .collect(),
            personas: Vec::new(),
            cards: Vec::new(),
            voting: None,
        }
    }

    pub(super) fn template(&mut self, template: Template) -> Board {
        let name = match template {
            Template::Empty => "New board".to_owned(),
            other => format!("{} journey", other.name()),
        };
        self.board(name, template.stages(), template.lanes())
    }

    /// A stage for every step of a flow or funnel, with what the view says about it. Other views have
    /// no order of steps.
    pub(super) fn of_view(&mut self, view: &View) -> Option<Board> {
        let steps: Vec<Step> = match view {
            View::Flow(flow) => {
                // Outward from the anchor is backwards in time where journeys are told from their end.
                let mut steps: Vec<i32> = flow.nodes.iter().map(|node| node.step).collect();
                steps.sort_unstable();
                steps.dedup();
                let step = |step: i32| Step {
                    name: format!("Step {step}").replace('-', "−"),
                    touchpoints: flow
                        .nodes
                        .iter()
                        .filter(|node| node.step == step && node.kind == LabelKind::Label)
                        .take(TOUCHPOINTS)
                        .map(|node| node.label.clone())
                        .collect(),
                    quantity: Quantity::Reached { step },
                    // What ends at the last step is not lost, and backwards nobody is.
                    lost: (step > 0 && Some(&step) != steps.last())
                        .then_some(Quantity::Lost { step }),
                };
                steps.iter().copied().map(step).collect()
            }
            View::Funnel(funnel) => {
                let told = Quantity::all(view);
                let steps = (1..).zip(&funnel.steps);
                let step = |(at, step): (i32, &crate::views::FunnelStep)| Step {
                    name: step.label.clone(),
                    touchpoints: vec![step.label.clone()],
                    quantity: Quantity::Reached { step: at },
                    lost: Some(Quantity::Lost { step: at }).filter(|lost| told.contains(lost)),
                };
                steps.map(step).collect()
            }
            _ => return None,
        };
        let stages: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
        let mut board = self.board(name_of(&stages, view), &stages, Template::Shop.lanes());
        let lane =
            |board: &Board, kind| board.lanes.iter().find(|it| it.kind == kind).map(|it| it.id);
        for (at, step) in steps.into_iter().enumerate() {
            let stage = board.stages[at].id;
            if let Some(lane) = lane(&board, LaneKind::Touchpoints) {
                for label in step.touchpoints {
                    let card = Card::new(CardId(next_id(self.last_id)), stage, lane);
                    board.cards.push(Card { text: cut(&label, TEXT), ..card });
                }
            }
            let Some(lane) = lane(&board, LaneKind::Measured) else { continue };
            let numbers =
                [Some((step.quantity, "got here")), step.lost.map(|it| (it, "left here"))];
            for (quantity, words) in numbers.into_iter().flatten() {
                let card = Card::new(CardId(next_id(self.last_id)), stage, lane);
                let measure = Measure { view: view.name().to_owned(), quantity };
                let evidence = Evidence::Measured(measure);
                board.cards.push(Card { text: words.to_owned(), evidence, ..card });
            }
        }
        Some(board)
    }
}

/// A name to begin with, cut where labels are long.
fn name_of(stages: &[&str], view: &View) -> String {
    let name = match (view, stages) {
        (View::Funnel(_), [first, .., last]) => format!("{first} to {last}"),
        _ => format!("A journey in {} steps", stages.len()),
    };
    cut(&name, NAME)
}

/// The beginning of a label that is longer than what it becomes may be.
fn cut(label: &str, letters: usize) -> String {
    label.chars().take(letters).collect()
}

/// What a view says about one stage.
struct Step {
    name: String,
    touchpoints: Vec<String>,
    quantity: Quantity,
    lost: Option<Quantity>,
}
