//! Boards to begin with.

use super::check::{NAME, TEXT};
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
        use LaneKind as Kind;
        match self {
            Self::Empty => &[Kind::Actions, Kind::Feeling, Kind::Opportunities],
            Self::Shop | Self::Onboarding => &[
                Kind::Actions,
                Kind::Touchpoints,
                Kind::Measured,
                Kind::Feeling,
                Kind::Quotes,
                Kind::PainPoints,
                Kind::Opportunities,
            ],
            Self::Service | Self::CarePathway => &[
                Kind::Actions,
                Kind::Touchpoints,
                Kind::Measured,
                Kind::Feeling,
                Kind::Quotes,
                Kind::PainPoints,
                Kind::Opportunities,
                Kind::Backstage,
            ],
        }
    }
}

/// Lays boards out; every number is given once.
pub(super) struct Builder<'a> {
    next: &'a mut dyn FnMut() -> u32,
}

impl<'a> Builder<'a> {
    pub(super) fn new(next: &'a mut dyn FnMut() -> u32) -> Self {
        Self { next }
    }

    fn board(&mut self, name: String, stages: &[&str], lanes: &[LaneKind]) -> Board {
        Board {
            id: BoardId((self.next)()),
            name,
            state: State::AsIs,
            stages: stages
                .iter()
                .map(|name| Stage {
                    id: StageId((self.next)()),
                    name: cut(name, NAME),
                    note: String::new(),
                })
                .collect(),
            lanes: lanes
                .iter()
                .map(|kind| Lane {
                    id: LaneId((self.next)()),
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
                let last = funnel.steps.len();
                let steps = (1..).zip(&funnel.steps);
                let step = |(at, step): (i32, &crate::views::FunnelStep)| Step {
                    name: step.label.clone(),
                    touchpoints: vec![step.label.clone()],
                    quantity: Quantity::Reached { step: at },
                    lost: (at as usize != last).then_some(Quantity::Lost { step: at }),
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
                    let card = Card::new(CardId((self.next)()), stage, lane);
                    board.cards.push(Card { text: cut(&label, TEXT), ..card });
                }
            }
            let Some(lane) = lane(&board, LaneKind::Measured) else { continue };
            let numbers =
                [Some((step.quantity, "got here")), step.lost.map(|it| (it, "left here"))];
            for (quantity, words) in numbers.into_iter().flatten() {
                let card = Card::new(CardId((self.next)()), stage, lane);
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
