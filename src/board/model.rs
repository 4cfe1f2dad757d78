//! What a workshop is made of, as plain data, and the JSON it is written as.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{BoardId, CardId, LaneId, Measure, PersonaId, SlideId, StageId, Voting};

/// Everything that is prepared for a room: boards, and slides in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Workshop {
    pub boards: Vec<Board>,
    pub slides: Vec<Slide>,
    /// The last number that was given to anything; none is given twice.
    pub(super) last_id: u32,
}

/// A grid of stages and lanes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    pub id: BoardId,
    pub name: String,
    #[serde(default)]
    pub state: State,
    /// Columns, from left to right.
    pub stages: Vec<Stage>,
    /// Rows, from top to bottom.
    pub lanes: Vec<Lane>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personas: Vec<Persona>,
    /// In every cell in the order in which they stand here, from top to bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Card>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voting: Option<Voting>,
}

/// Whether a board shows how it is or how it ought to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    AsIs,
    /// Drawn below the board that it was made from.
    ToBe { of: BoardId },
}

/// A column of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    pub id: StageId,
    pub name: String,
    /// Small words beside the name, such as `steps 1 – 4`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A row of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    pub id: LaneId,
    pub name: String,
    pub kind: LaneKind,
}

/// What the cards of a lane are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneKind {
    Actions,
    Touchpoints,
    /// Published numbers.
    Measured,
    /// No cards: a curve for every persona.
    Feeling,
    Quotes,
    PainPoints,
    Opportunities,
    Backstage,
    Free,
}

impl LaneKind {
    pub const ALL: [Self; 9] = [
        Self::Actions,
        Self::Touchpoints,
        Self::Measured,
        Self::Feeling,
        Self::Quotes,
        Self::PainPoints,
        Self::Opportunities,
        Self::Backstage,
        Self::Free,
    ];

    /// The name that a lane of this kind has until somebody gives it another.
    pub fn name(self) -> &'static str {
        match self {
            Self::Actions => "Actions",
            Self::Touchpoints => "Touchpoints",
            Self::Measured => "People",
            Self::Feeling => "Feeling",
            Self::Quotes => "Quotes",
            Self::PainPoints => "Pain points",
            Self::Opportunities => "Ideas",
            Self::Backstage => "Backstage",
            Self::Free => "Notes",
        }
    }

    /// What one card of it is called.
    pub fn card(self) -> &'static str {
        match self {
            Self::Actions => "Action",
            Self::Touchpoints => "Touchpoint",
            Self::Measured => "Number",
            Self::Feeling => "Feeling",
            Self::Quotes => "Quote",
            Self::PainPoints => "Pain point",
            Self::Opportunities => "Idea",
            Self::Backstage => "Backstage step",
            Self::Free => "Note",
        }
    }
}

/// One card in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    pub id: CardId,
    pub stage: StageId,
    pub lane: LaneId,
    pub text: String,
    /// Small words under the text: who said it, where it is known from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(default, skip_serializing_if = "Evidence::is_none")]
    pub evidence: Evidence,
    /// Of a pain point, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<u8>,
    /// Of a pain point, how often it is met, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<u8>,
    /// Of an opportunity.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// What the group guesses the number to be, before it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guess: Option<Guess>,
}

impl Card {
    /// What severity and frequency are told in.
    pub const GRADES: std::ops::RangeInclusive<u8> = 1..=5;

    /// An empty card in a cell.
    pub fn new(id: CardId, stage: StageId, lane: LaneId) -> Self {
        Self {
            id,
            stage,
            lane,
            text: String::new(),
            note: String::new(),
            evidence: Evidence::None,
            severity: None,
            frequency: None,
            owner: String::new(),
            effort: None,
            picture: None,
            guess: None,
        }
    }

    /// Severity × frequency, 1 to 25, where both are told.
    pub fn weight(&self) -> Option<u8> {
        Some(self.severity? * self.frequency?)
    }
}

/// How well what a card says is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Nobody said.
    #[default]
    None,
    /// Somebody thinks so.
    Assumed,
    /// A view answers: measured, or withheld.
    Measured(Measure),
}

impl Evidence {
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// What it takes to do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    Small,
    Medium,
    Large,
}

impl Effort {
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// Guesses of the group, in the unit of the number that they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guess {
    pub guesses: Vec<u64>,
    /// The number is shown; until then the card keeps it back.
    pub revealed: bool,
}

/// Somebody the journey is told of, and how they feel on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    pub id: PersonaId,
    pub name: String,
    /// From left to right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<Point>,
}

/// A point of a curve of feeling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// In thousandths of a stage from the left edge of the first: 2500 is the middle of the third.
    pub at: u32,
    /// In tenths: −20 to 20.
    pub feeling: i8,
    /// Words beside it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Point {
    /// How wide a stage is.
    pub const STAGE: u32 = 1000;
    pub const BEST: i8 = 20;
    pub const WORST: i8 = -20;

    /// Whether it lies on a board of so many stages.
    pub fn is_on(&self, stages: usize) -> bool {
        self.at <= stages as u32 * Self::STAGE && (Self::WORST..=Self::BEST).contains(&self.feeling)
    }
}

/// A picture on a card: the bytes of a PNG file, no larger than [`Picture::LARGEST_BYTES`].
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    png: Arc<[u8]>,
    size: [u32; 2],
}

impl Picture {
    pub const LARGEST_BYTES: usize = 2 << 20;
    pub const LONGEST_SIDE: u32 = 1024;

    /// Takes a PNG file that has nothing but a picture in it: no words, places or times, and nothing after
    /// its end. Whether it can be drawn shows when it is.
    ///
    /// # Errors
    /// Where it is no such file or is larger than a card holds.
    pub fn from_png(bytes: Vec<u8>) -> Result<Self, &'static str> {
        const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
        const NONE: &str = "The picture of a card is no PNG file";
        if bytes.len() > Self::LARGEST_BYTES {
            return Err("The picture of a card is larger than a card holds");
        }
        let header = bytes.strip_prefix(SIGNATURE).and_then(|rest| rest.get(..16)).ok_or(NONE)?;
        let (name, sides) = (&header[4..8], &header[8..16]);
        let [width, height] = [&sides[..4], &sides[4..]]
            .map(|side| side.iter().fold(0, |sum: u32, byte| sum << 8 | u32::from(*byte)));
        let fits = |side: u32| (1..=Self::LONGEST_SIDE).contains(&side);
        if name != b"IHDR" || !fits(width) || !fits(height) {
            return Err(NONE);
        }
        if !is_picture_alone(&bytes[SIGNATURE.len()..]) {
            return Err(
                "The picture of a card holds more than a picture; take it from its file again",
            );
        }
        Ok(Self { png: bytes.into(), size: [width, height] })
    }

    pub fn png(&self) -> &Arc<[u8]> {
        &self.png
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }
}

/// Whether the chunks of a PNG file are those that draw it, up to its end and no further.
fn is_picture_alone(mut chunks: &[u8]) -> bool {
    const LENGTH_NAME_AND_SUM: usize = 12;
    while let Some((length, rest)) = chunks.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some(after) = chunks.get(LENGTH_NAME_AND_SUM.saturating_add(length)..) else {
            return false;
        };
        match &rest[..4] {
            b"IEND" => return length == 0 && after.is_empty(),
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" => chunks = after,
            _ => return false,
        }
    }
    false
}

impl fmt::Debug for Picture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Picture({} × {})", self.size[0], self.size[1])
    }
}

impl Serialize for Picture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(&self.png))
    }
}

impl<'de> Deserialize<'de> for Picture {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine as _;
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text.as_bytes())
            .map_err(|_| de::Error::custom("a picture is no base64"))?;
        Self::from_png(bytes).map_err(de::Error::custom)
    }
}

/// One thing shown to the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slide {
    pub id: SlideId,
    /// The sentence over the picture.
    pub title: String,
    /// What the presenter alone sees.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    pub shows: Shows,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// A published view, by its name.
    View(String),
    Board(BoardId),
    /// The sentence alone.
    Title,
}

impl Workshop {
    pub fn is_empty(&self) -> bool {
        self.boards.is_empty() && self.slides.is_empty()
    }

    pub fn board(&self, id: BoardId) -> Option<&Board> {
        self.boards.iter().find(|board| board.id == id)
    }

    pub fn slide(&self, id: SlideId) -> Option<&Slide> {
        self.slides.iter().find(|slide| slide.id == id)
    }

    /// The board that shows how this one ought to be.
    pub fn to_be(&self, id: BoardId) -> Option<&Board> {
        self.boards.iter().find(|board| board.state == State::ToBe { of: id })
    }

    pub(super) fn next_id(&mut self) -> u32 {
        super::ids::next_id(&mut self.last_id)
    }
}

impl Board {
    pub fn card(&self, id: CardId) -> Option<&Card> {
        self.cards.iter().find(|card| card.id == id)
    }

    pub fn stage(&self, id: StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    pub fn lane(&self, id: LaneId) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    pub fn persona(&self, id: PersonaId) -> Option<&Persona> {
        self.personas.iter().find(|persona| persona.id == id)
    }

    /// The cards of a cell, from top to bottom.
    pub fn cell(&self, stage: StageId, lane: LaneId) -> impl Iterator<Item = &Card> {
        self.cards.iter().filter(move |card| card.stage == stage && card.lane == lane)
    }

    /// What kind of lane a card stands in.
    pub fn kind_of(&self, card: &Card) -> Option<LaneKind> {
        self.lane(card.lane).map(|lane| lane.kind)
    }

    /// The names of the views that its cards look into, each once, in order.
    pub fn views(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .cards
            .iter()
            .filter_map(|card| match &card.evidence {
                Evidence::Measured(measure) => Some(measure.view.as_str()),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Ideas by votes, where they are shown, then by effort, then as they stand.
    pub fn opportunities(&self) -> Vec<&Card> {
        let votes = |card: &Card| {
            let shown = self.voting.as_ref().filter(|voting| voting.revealed);
            shown.map_or(0, |voting| voting.of(card.id))
        };
        let mut ideas: Vec<&Card> = self
            .cards
            .iter()
            .filter(|card| self.kind_of(card) == Some(LaneKind::Opportunities))
            .collect();
        ideas.sort_by_key(|card| (std::cmp::Reverse(votes(card)), card.effort));
        ideas
    }
}
