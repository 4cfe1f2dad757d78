//! One card: what is on it by the kind of its lane, and how high that makes it.
//!
//! *Invariant:* what is kept back is a hatch of a fixed size with words, never a number; a number that
//! is yet to be guessed is not there.

use super::pen::{Ink, Pen, TAG, fit, outline, wrap};
use super::words::{Figure, Known, Share, grades, known, revealed_guess};
use crate::board::{Board, Card, LaneKind};
use crate::draw::scene::{Mark, Stroke, TextAlign, Weight};
use crate::draw::text::{NARROW_SPACE, measure, number, plain};
use crate::draw::tokens::{Theme, tokens};
use crate::views::View;

/// Between the edge of a card and what is on it.
const PADDING: f32 = 12.0;
const ABOVE: f32 = 10.0;
/// More lines than this end with "…".
const LINES: usize = 4;
const NOTE_LINES: usize = 2;
const HIGHEST_PICTURE: f32 = 120.0;
/// A card without words.
const LOWEST: f32 = 36.0;
const BAR: f32 = 6.0;
const DOT: f32 = 8.0;
/// More dots than this are a number only.
const MOST_DOTS: usize = 12;

/// What is on a card, from its top left corner.
pub(in crate::draw) struct Drawn {
    pub(in crate::draw) height: f32,
    pub(in crate::draw) marks: Vec<Mark>,
    /// Where its dots are.
    pub(in crate::draw) votes: Option<[f32; 4]>,
}

impl Drawn {
    pub(in crate::draw) fn new(
        board: &Board,
        card: &Card,
        kind: LaneKind,
        views: &[&View],
        theme: Theme,
        width: f32,
    ) -> Self {
        let pen = Pen {
            colours: theme.colours(),
            left: PADDING,
            room: (width - 2.0 * PADDING).max(1.0),
            y: ABOVE,
            marks: Vec::new(),
        };
        let mut writer = Writer { pen, votes: None };
        writer.picture(card);
        let known = known(card, kind, views);
        match kind {
            LaneKind::Measured => writer.measured(card, &known),
            LaneKind::PainPoints => writer.pain_point(card, &known),
            LaneKind::Opportunities => writer.idea(board, card, &known),
            LaneKind::Quotes => writer.quote(card, &known),
            _ => writer.note(card, &known),
        }
        let height = (writer.pen.y + ABOVE).max(LOWEST).ceil();
        Self { height, marks: writer.pen.marks, votes: writer.votes }
    }
}

/// The paper of a card, and what tells its kind.
pub(in crate::draw) fn frame(
    kind: LaneKind,
    [x, y, width, height]: [f32; 4],
    theme: Theme,
) -> Vec<Mark> {
    let colours = theme.colours();
    let stroke = Stroke { width: tokens().stroke.line, colour: colours.line };
    let paper = Mark::Rect {
        rect: [x + 0.5, y + 0.5, width - 1.0, height - 1.0],
        radius: tokens().radius.small,
        fill: Some(colours.raised),
        stroke: Some(stroke),
    };
    let edge = |rect, fill| Mark::Rect { rect, radius: 1.0, fill: Some(fill), stroke: None };
    let mut marks = vec![paper];
    match kind {
        LaneKind::Quotes => marks.push(edge([x, y, 3.0, height], colours.line_strong)),
        LaneKind::PainPoints => marks.push(edge([x, y, width, 2.0], colours.danger)),
        LaneKind::Backstage => {
            let path = outline([x + 3.5, y + 3.5, width - 7.0, height - 7.0]);
            let stroke = Stroke { width: tokens().stroke.line, colour: colours.line };
            marks.push(Mark::Dashes { path, stroke, dash: [2.0, 3.0] });
        }
        _ => {}
    }
    marks
}

struct Writer {
    pen: Pen,
    votes: Option<[f32; 4]>,
}

impl Writer {
    fn picture(&mut self, card: &Card) {
        let Some(picture) = &card.picture else { return };
        let [width, height] = picture.size().map(|side| side as f32);
        let scale = (self.pen.room / width).min(HIGHEST_PICTURE / height).min(1.0);
        let [width, height] = [width * scale, height * scale];
        let rect = [self.pen.left, self.pen.y, width, height];
        self.pen.marks.push(Mark::Image { rect, png: picture.png().clone() });
        self.pen.y += height + 8.0;
    }

    /// The number in large, its badge, what it counts, its share of the view.
    fn measured(&mut self, card: &Card, known: &Known) {
        let right = self.pen.left + self.pen.room;
        let top = self.pen.y;
        let badge = badge_width(known);
        self.badge_at([right - badge, top], known);
        let style = tokens().text.title;
        let large = Ink { style, weight: Weight::SemiBold, colour: self.pen.colours.text_strong };
        let room = self.pen.room - badge - 8.0;
        match known {
            Known::Measured(Figure { written, .. }) => {
                let figure = fit(written, style.size, Weight::SemiBold, room);
                self.pen.write([self.pen.left, top + TAG / 2.0], &figure, large, TextAlign::Left);
            }
            Known::Withheld => {
                self.pen.hatch([self.pen.left, top + (TAG - 14.0) / 2.0]);
            }
            Known::Guessing(guesses) => self.guess_first(top, *guesses),
            Known::Nothing | Known::Assumed | Known::Unanswered => {
                // Beside the badge, or below it in as many lines as it takes.
                let ink = self.pen.strong();
                let wide = measure(&plain(&card.text), ink.style.size, ink.weight);
                self.pen.y = if wide > room { top + TAG + 4.0 } else { top + 1.0 };
                self.pen.lines(&card.text, ink, LINES);
            }
        }
        self.pen.y = self.pen.y.max(top + TAG + 4.0);
        let is_a_number =
            matches!(known, Known::Measured(_) | Known::Withheld | Known::Guessing(_));
        let of = match known {
            Known::Measured(figure) => figure.unit,
            Known::Withheld => "too few or none",
            _ => "",
        };
        let text = if plain(&card.text).is_empty() { of } else { card.text.as_str() };
        if is_a_number {
            let ink = self.pen.plain();
            self.pen.lines(text, ink, LINES);
        }
        if matches!(known, Known::Withheld) && text != of {
            let ink = self.pen.weak();
            self.pen.lines(of, ink, 1);
        }
        let share = match known {
            Known::Measured(figure) => figure.share,
            _ => None,
        };
        if let Some(Share { part, .. }) = share {
            let [left, room, y] = [self.pen.left, self.pen.room, self.pen.y + 4.0];
            let (track, fill) = (self.pen.colours.sunken, self.pen.colours.accent);
            let radius = tokens().radius.bar;
            self.pen.fill([left, y, room, BAR], radius, track);
            self.pen.fill([left, y, (room * part.min(1.0)).max(2.0), BAR], radius, fill);
            self.pen.y = y + BAR + 6.0;
        }
        let said =
            share.map(|Share { percent, of, .. }| format!("{percent}{NARROW_SPACE}% of {of}"));
        self.note_and(&card.note, said);
        self.group_guess(card);
    }

    /// Small words at the left, and others at the right where both have room in one line.
    fn note_and(&mut self, note: &str, right: Option<String>) {
        let ink = self.pen.weak();
        let Some(right) = right else { return self.pen.lines(note, ink, NOTE_LINES) };
        let wide = |text: &str| measure(text, ink.style.size, ink.weight);
        let beside = wide(&plain(note)) + 12.0 + wide(&right) <= self.pen.room;
        if !beside {
            self.pen.lines(note, ink, NOTE_LINES);
        }
        let y = self.pen.y + ink.style.line / 2.0;
        if beside {
            self.pen.write([self.pen.left, y], &plain(note), ink, TextAlign::Left);
        }
        self.pen.write([self.pen.left + self.pen.room, y], &right, ink, TextAlign::Right);
        self.pen.y += ink.style.line;
    }

    fn guess_first(&mut self, top: f32, guesses: usize) {
        let ink = Ink::small(Weight::SemiBold, self.pen.colours.accent);
        let words = match guesses {
            0 => "guess first".to_owned(),
            1 => "guess first · 1 guess".to_owned(),
            more => format!("guess first · {} guesses", number(more as u64)),
        };
        self.pen.write([self.pen.left, top + TAG / 2.0], &words, ink, TextAlign::Left);
    }

    fn group_guess(&mut self, card: &Card) {
        if let Some(words) = revealed_guess(card) {
            let ink = self.pen.weak();
            self.pen.lines(&words, ink, 1);
        }
    }

    fn pain_point(&mut self, card: &Card, known: &Known) {
        let ink = self.pen.strong();
        self.pen.lines(&card.text, ink, LINES);
        let weak = self.pen.weak();
        self.pen.lines(&card.note, weak, NOTE_LINES);
        if let Some(grades) = grades(card) {
            let y = self.pen.y + 3.0;
            let mut x = self.pen.left;
            if let Some(weight) = card.weight() {
                let (soft, ink) = (self.pen.colours.danger_soft, self.pen.colours.danger);
                x = self.pen.tag([x, y], &weight.to_string(), soft, ink) + 8.0;
            }
            let room = self.pen.room - (x - self.pen.left);
            let fits = measure(&grades, weak.style.size, weak.weight) <= room;
            let brief = card.severity.zip(card.frequency).filter(|_| !fits);
            let words = match brief {
                Some((severity, frequency)) => format!("{severity} × {frequency}"),
                None => fit(&grades, weak.style.size, weak.weight, room),
            };
            self.pen.write([x, y + TAG / 2.0], &words, weak, TextAlign::Left);
            self.pen.y = y + TAG + 2.0;
        }
        self.evidence(card, known);
    }

    fn quote(&mut self, card: &Card, known: &Known) {
        let text = plain(&card.text);
        let is_quoted = text.starts_with(['“', '"', '„', '«', '‘', '\'']);
        let quote = if text.is_empty() || is_quoted { text } else { format!("“{text}”") };
        let ink = Ink::small(Weight::Regular, self.pen.colours.text_strong);
        self.pen.lines(&quote, ink, LINES);
        let weak = self.pen.weak();
        self.pen.lines(&card.note, weak, NOTE_LINES);
        self.evidence(card, known);
    }

    fn note(&mut self, card: &Card, known: &Known) {
        let ink = self.pen.plain();
        self.pen.lines(&card.text, ink, LINES);
        let weak = self.pen.weak();
        self.pen.lines(&card.note, weak, NOTE_LINES);
        self.evidence(card, known);
    }

    fn idea(&mut self, board: &Board, card: &Card, known: &Known) {
        let ink = self.pen.strong();
        self.pen.lines(&card.text, ink, LINES);
        let weak = self.pen.weak();
        self.pen.lines(&card.note, weak, NOTE_LINES);
        if card.effort.is_some() || !card.owner.is_empty() {
            let y = self.pen.y + 6.0;
            let mut x = self.pen.left;
            if let Some(effort) = card.effort {
                let (fill, ink) = (self.pen.colours.sunken, self.pen.colours.text);
                x = self.pen.tag([x, y], effort.name(), fill, ink) + 6.0;
            }
            let room = self.pen.room - (x - self.pen.left);
            let owner = fit(&card.owner, weak.style.size, weak.weight, room);
            self.pen.write([x, y + TAG / 2.0], &owner, weak, TextAlign::Left);
            self.pen.y = y + TAG + 2.0;
        }
        self.evidence(card, known);
        self.dots(board, card);
    }

    /// Dots of everybody where they are shown, and before that those of whoever votes now.
    fn dots(&mut self, board: &Board, card: &Card) {
        let Some(voting) = &board.voting else { return };
        let y = self.pen.y + 6.0;
        let [left, room] = [self.pen.left, self.pen.room];
        let accent = self.pen.colours.accent;
        let count =
            if voting.revealed { voting.of(card.id) as usize } else { voting.mine(card.id) };
        let mut x = left;
        let step = DOT + 3.0;
        if count <= MOST_DOTS && step * count as f32 + 60.0 <= room {
            for _ in 0..count {
                self.pen.fill([x, y + (TAG - DOT) / 2.0, DOT, DOT], DOT / 2.0, accent);
                x += step;
            }
        } else {
            self.pen.fill([x, y + (TAG - DOT) / 2.0, DOT, DOT], DOT / 2.0, accent);
            x += step;
        }
        let ink = self.pen.strong();
        if voting.revealed {
            let total = number(count as u64);
            self.pen.write([x + 3.0, y + TAG / 2.0], &total, ink, TextAlign::Left);
            let most = board.cards.iter().map(|other| voting.of(other.id)).max().unwrap_or(0);
            let width = Pen::tag_width("most votes", false);
            if count > 0 && count as u32 == most && x + 40.0 + width < left + room {
                let (fill, ink) = (self.pen.colours.selection, accent);
                self.pen.tag([left + room - width, y], "most votes", fill, ink);
            }
        } else if count == 0 {
            let weak = self.pen.weak();
            self.pen.write([left, y + TAG / 2.0], "no dot of yours yet", weak, TextAlign::Left);
        }
        self.votes = Some([left, y, room, TAG]);
        self.pen.y = y + TAG;
    }

    /// The badge under the words of a card, with its number where one is published.
    fn evidence(&mut self, card: &Card, known: &Known) {
        if matches!(known, Known::Nothing) {
            return;
        }
        let weak = self.pen.weak();
        match known {
            Known::Measured(figure) => self.pen.lines(&figure.said, weak, 2),
            Known::Withheld => {
                let y = self.pen.y + 1.0;
                let x = self.pen.hatch([self.pen.left, y]) + 8.0;
                let room = self.pen.room - (x - self.pen.left);
                let words = fit("too few or none", weak.style.size, weak.weight, room);
                self.pen.write([x, y + 7.0], &words, weak, TextAlign::Left);
                self.pen.y = y + 15.0;
            }
            Known::Guessing(guesses) => {
                self.guess_first(self.pen.y, *guesses);
                self.pen.y += TAG;
            }
            _ => {}
        }
        self.group_guess(card);
        if badge_width(known) > 0.0 {
            let y = self.pen.y + 5.0;
            self.badge_at([self.pen.left, y], known);
            self.pen.y = y + TAG + 1.0;
        }
    }

    fn badge_at(&mut self, at: [f32; 2], known: &Known) {
        let colours = self.pen.colours;
        match known {
            Known::Nothing | Known::Guessing(_) => {}
            Known::Measured(_) => self.pen.ticked(at, "measured"),
            Known::Withheld => {
                self.pen.tag(at, "withheld", colours.sunken, colours.text);
            }
            Known::Assumed => self.pen.dashed(at, "assumed"),
            Known::Unanswered => {
                self.pen.tag(at, "no answer", colours.warning_soft, colours.warning);
            }
        }
    }
}

fn badge_width(known: &Known) -> f32 {
    match known {
        Known::Nothing | Known::Guessing(_) => 0.0,
        Known::Measured(_) => Pen::tag_width("measured", true),
        Known::Withheld => Pen::tag_width("withheld", false),
        Known::Assumed => Pen::tag_width("assumed", false),
        Known::Unanswered => Pen::tag_width("no answer", false),
    }
}

/// A touchpoint: where it stands in its cell, and what is drawn of it.
pub(super) type Word = ([f32; 4], Vec<Mark>);

/// The words of touchpoints in one cell, one after the other with a point in front of each: rectangles
/// in the order of the cards, and marks for each.
pub(super) fn touchpoints<'a>(
    cards: impl Iterator<Item = &'a Card>,
    theme: Theme,
    width: f32,
) -> (Vec<Word>, f32) {
    const ROW: f32 = 24.0;
    const POINT: f32 = 6.0;
    let mut pen =
        Pen { colours: theme.colours(), left: 0.0, room: width, y: 0.0, marks: Vec::new() };
    let ink = pen.plain();
    let accent = pen.colours.accent;
    let weak = pen.colours.text_weak;
    let (mut x, mut y) = (PADDING, 6.0);
    let mut placed = Vec::new();
    for card in cards {
        let room = width - 2.0 * PADDING - POINT - 8.0;
        let text = wrap(&card.text, ink.style.size, ink.weight, room, 1).pop().unwrap_or_default();
        let long = (measure(&text, ink.style.size, ink.weight)).max(16.0);
        let is_first = x <= PADDING;
        let lead = if is_first { POINT + 8.0 } else { 14.0 };
        if !is_first && x + lead + long > width - PADDING {
            (x, y) = (PADDING, y + ROW);
        }
        let is_first = x <= PADDING;
        let lead = if is_first { POINT + 8.0 } else { 14.0 };
        let middle = y + ROW / 2.0;
        let (size, colour) = if is_first { (POINT, accent) } else { (3.0, weak) };
        let at = if is_first { x } else { x + 5.5 };
        pen.fill([at, middle - size / 2.0, size, size], size / 2.0, colour);
        pen.write([x + lead, middle], &text, ink, TextAlign::Left);
        placed.push(([x + lead - 4.0, y, long + 8.0, ROW], std::mem::take(&mut pen.marks)));
        x += lead + long;
    }
    (placed, y + ROW + 6.0)
}
