//! Paths as rows: the steps with their colours, a bar, the people, their share, and the share of
//! all rows so far. What has no row of its own is one row together, so that shares reach everybody.

use std::cmp::Reverse;

use super::{Board, MOST_ROWS_OF_PART, Sign, fit, left, percent};
use crate::draw::layout::bars::{self, Columns};
use crate::draw::text::{HALF_CAPITAL, measure, number};
use crate::draw::tokens::tokens;
use crate::draw::words;
use crate::draw::{TextAlign, Weight};
use crate::views::{LabelKind, Path, Paths, Side, View};

/// In which order paths are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathOrder {
    /// Most people first.
    #[default]
    People,
    /// Fewest steps first.
    Length,
    /// By the names of the steps.
    Name,
}

/// Which of the published paths are listed, and in which order. A matter of drawing: nothing is
/// counted again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub order: PathOrder,
    /// Only paths with a step in whose name these letters are.
    pub contains: String,
    /// Only journeys that are told to their end.
    pub whole: bool,
}

impl Listing {
    /// The places of the listed paths among all, in the order of the list.
    fn places(&self, paths: &Paths) -> Vec<usize> {
        let sought = self.contains.trim().to_lowercase();
        let is_listed = |path: &Path| {
            (path.ends || !self.whole)
                && (sought.is_empty()
                    || path
                        .steps
                        .iter()
                        .any(|step| words::name(&step.label).to_lowercase().contains(&sought)))
        };
        let listed = paths.paths.iter().enumerate().filter(|(_, path)| is_listed(path));
        let mut places: Vec<usize> = listed.map(|(at, _)| at).collect();
        let path = |at: &usize| &paths.paths[*at];
        match self.order {
            PathOrder::People => places.sort_by_key(|at| Reverse(path(at).count)),
            PathOrder::Length => places.sort_by_key(|at| path(at).steps.len()),
            PathOrder::Name => places.sort_by_cached_key(|at| {
                let names = path(at).steps.iter().map(|step| words::name(&step.label));
                names.map(|name| name.to_lowercase()).collect::<Vec<_>>()
            }),
        }
        places
    }

    /// What the paths that have no row of their own have in common.
    fn others(&self) -> &'static str {
        match (self.contains.trim().is_empty(), self.whole) {
            (true, false) => "All other paths, together",
            (true, true) => "All other paths and longer journeys, together",
            (false, _) => "All paths without such a step, together",
        }
    }
}

/// Rows with a colour before their steps.
const CHIP: f32 = 10.0;
const CHIP_GAP: f32 = 5.0;
/// Between the pieces of a path.
const PIECE_GAP: f32 = 8.0;
const ROW: f32 = 32.0;
const BAR: f32 = 12.0;
/// How much of a row its path may take.
const MOST_NAME: f32 = 0.54;
const LEAST: f32 = 1.0;
/// A selected row reaches this far beyond its words.
const REACH: f32 = 12.0;

struct Row {
    id: String,
    /// With the labels in full, for a pointer and a screen reader.
    name: String,
    chips: Vec<Chip>,
    colour: Option<(LabelKind, String)>,
    count: u64,
    so_far: u64,
    whole: u64,
}

/// A piece of a path: a label with its colour, or a word between labels.
struct Chip {
    text: String,
    label: Option<(LabelKind, String)>,
}

/// The rows of one part.
struct List {
    rows: Vec<Row>,
    /// What has no row: how many paths, and their people.
    rest: Option<(u64, u64)>,
    whole: u64,
}

impl Board<'_> {
    pub(super) fn paths(&mut self, view: &View) {
        let names = words::part_names(view);
        let parts = view.parts();
        let most = if names.is_empty() { self.picture.most_rows } else { MOST_ROWS_OF_PART };
        let lists: Vec<Option<List>> = parts
            .iter()
            .map(|part| match part {
                View::Paths(paths) => Some(list(part, paths, &self.picture.listing, most)),
                _ => None,
            })
            .collect();
        let rows = || lists.iter().flatten().flat_map(|list| &list.rows);
        let place = self.place(&lists);
        // Bars mean the same in all lists of a picture.
        let longest = rows().map(|row| row.count).max().unwrap_or(0);
        for (at, list) in lists.iter().enumerate() {
            if let Some(name) = names.get(at) {
                self.part_head(name, parts[at], [0.0, self.scene.width]);
                self.prefix = format!("{at}/");
            }
            let Some(list) = list else { continue };
            self.y += 8.0;
            self.row_heads(parts[at], place);
            for row in &list.rows {
                self.row(row, place, longest);
            }
            if list.rows.is_empty() {
                self.y += 8.0;
                self.small("No published path is like this.");
            }
            self.rest_row(list, place, longest);
        }
        let any_other = rows()
            .flat_map(|row| &row.chips)
            .any(|chip| chip.label.as_ref().is_some_and(|(kind, _)| *kind == LabelKind::Other));
        if any_other {
            self.y += 8.0;
            let words = "Other: steps that are not shown by name inside these paths.";
            self.legend(&[(Sign::Square(self.colours.other), words)]);
        }
    }

    /// Names, bars and figures stand in the same place in all lists.
    fn place(&self, lists: &[Option<List>]) -> Columns {
        let small = tokens().text.small;
        let rows = || lists.iter().flatten().flat_map(|list| &list.rows);
        let name = rows().map(|row| {
            let chips = self.chips(row);
            let widths = chips.iter().map(|(chip, text)| chip_width(chip, text));
            widths.sum::<f32>() + PIECE_GAP * chips.len().saturating_sub(1) as f32
        });
        let others = measure(self.picture.listing.others(), small.size, Weight::Regular);
        let name = name.fold(others, f32::max);
        let width = |text: &str| measure(text, small.size, Weight::Medium);
        let rests = lists.iter().flatten().filter_map(|list| list.rest);
        let counts = rows().map(|row| row.count).chain(rests.map(|(_, people)| people));
        let count = counts.map(|count| width(&number(count))).fold(0.0, f32::max);
        let whole = width("100\u{202F}%");
        let figures = [count, whole.max(width("share")), whole.max(width("so far"))];
        bars::columns([left(), self.right()], name, MOST_NAME, figures)
    }

    fn row_heads(&mut self, view: &View, place: Columns) {
        let small = tokens().text.small;
        let baseline = self.y + small.line / 2.0 + small.size * HALF_CAPITAL;
        let style = (Weight::Regular, self.colours.text_weak);
        let unit = words::unit(view.head().unit);
        let mut capital = unit.to_owned();
        capital[..1].make_ascii_uppercase();
        for (x, align, text) in [
            (place.name, TextAlign::Left, "Steps".to_owned()),
            (place.bar, TextAlign::Left, capital),
            (place.figures[1], TextAlign::Right, "share".to_owned()),
            (place.figures[2], TextAlign::Right, "so far".to_owned()),
        ] {
            self.note([x, baseline], align, text, style, None);
        }
        self.y += small.line + 6.0;
        self.row_rule();
    }

    fn row_rule(&mut self) {
        let (from, to) = (left() - REACH, self.right() + REACH);
        self.rule([from, self.y], [to, self.y], self.colours.line);
    }

    /// The pieces of a path as they are shown: none is wider than a line.
    fn chips<'b>(&self, row: &'b Row) -> Vec<(&'b Chip, String)> {
        let size = tokens().text.small.size;
        // With the arrow behind it a piece still fits into a line.
        let room = (self.right() - left()) * MOST_NAME - CHIP - CHIP_GAP - 3.0 * PIECE_GAP;
        let letters = if row.chips.len() > 1 { tokens().flow.label_letters } else { 60 };
        let shown = |chip: &'b Chip| (chip, fit(&chip.text, letters, size, Weight::Medium, room));
        row.chips.iter().map(shown).collect()
    }

    fn row(&mut self, row: &Row, place: Columns, longest: u64) {
        let small = tokens().text.small;
        let chips = self.chips(row);
        let places = lines_of(&chips, place.name_room);
        let lines = places.last().map_or(1, |(line, _)| line + 1);
        let height = ROW + (small.line + 2.0) * (lines - 1) as f32;
        let top = self.y;
        let wide = [left() - REACH, top, self.right() - left() + 2.0 * REACH, height];
        let length = bars::length(row.count, longest, place.bar_room, LEAST);
        let bar = [place.bar, top + (height - BAR) / 2.0, length, BAR];
        let target = self.target(&row.id, bar, wide, row.name.clone());
        let is_selected = self.picture.selected.as_ref() == Some(&self.scene.targets[target].id);
        let target = Some(target);
        if is_selected {
            self.block(wide, self.colours.selection, target);
            let edge = [wide[0], top, tokens().stroke.selected, height];
            self.block(edge, self.colours.accent, target);
        }
        let first = top + ROW / 2.0 + small.size * HALF_CAPITAL;
        for ((chip, text), (line, x)) in chips.into_iter().zip(places) {
            let baseline = first + (small.line + 2.0) * line as f32;
            let mut x = place.name + x;
            if let Some((kind, label)) = &chip.label {
                let colour = self.label_colours.colour(self.picture.theme, *kind, label);
                let top = baseline - small.size * HALF_CAPITAL - CHIP / 2.0;
                self.rect([x, top, CHIP, CHIP], colour, target);
                x += CHIP + CHIP_GAP;
            }
            let style = match &chip.label {
                Some((LabelKind::Label, _)) => (Weight::Medium, self.colours.text_strong),
                Some((LabelKind::Other, _)) => (Weight::Regular, self.colours.text),
                None => (Weight::Regular, self.colours.text_weak),
            };
            self.note([x, baseline], TextAlign::Left, text, style, target);
        }
        let colour = match &row.colour {
            Some((kind, label)) => self.label_colours.colour(self.picture.theme, *kind, label),
            None => self.colours.categorical[0],
        };
        if length > 0.0 {
            self.rect(bar, colour, target);
        }
        self.figures(top + height / 2.0, place, [row.count, row.so_far, row.whole], target);
        self.y += height;
        self.row_rule();
    }

    /// A count, its share, and the share of everybody in the list so far.
    fn figures(
        &mut self,
        middle: f32,
        place: Columns,
        [count, so_far, whole]: [u64; 3],
        target: Option<usize>,
    ) {
        let baseline = middle + tokens().text.small.size * HALF_CAPITAL;
        let strong = (Weight::Medium, self.colours.text_strong);
        let weak = (Weight::Regular, self.colours.text_weak);
        let [of_count, of_share, of_all] = place.figures;
        self.note([of_count, baseline], TextAlign::Right, number(count), strong, target);
        for (x, part) in [(of_share, count), (of_all, so_far)] {
            if let Some(share) = percent(part, whole) {
                self.note([x, baseline], TextAlign::Right, share, weak, target);
            }
        }
    }

    /// Everybody whose path has no row of its own.
    fn rest_row(&mut self, list: &List, place: Columns, longest: u64) {
        let Some((paths, people)) = list.rest else { return };
        let small = tokens().text.small;
        let top = self.y;
        let baseline = top + ROW / 2.0 + small.size * HALF_CAPITAL;
        let others = self.picture.listing.others();
        let name = format!("{others}, {} paths, about {}", number(paths), number(people));
        let wide = [left() - REACH, top, self.right() - left() + 2.0 * REACH, ROW];
        let target = Some(self.target("rest", wide, wide, name));
        let weak = (Weight::Regular, self.colours.text_weak);
        let words = fit(others, usize::MAX, small.size, Weight::Regular, place.name_room);
        self.note([place.name, baseline], TextAlign::Left, words, weak, target);
        if people > longest && longest > 0 {
            let words = "longer than this scale";
            let words = fit(words, usize::MAX, small.size, Weight::Regular, place.bar_room);
            self.note([place.bar, baseline], TextAlign::Left, words, weak, target);
        } else {
            let length = bars::length(people, longest, place.bar_room, LEAST);
            if length > 0.0 {
                let bar = [place.bar, top + (ROW - BAR) / 2.0, length, BAR];
                self.rect(bar, self.colours.other, target);
            }
        }
        self.figures(top + ROW / 2.0, place, [people, list.whole, list.whole], target);
        self.y += ROW;
        self.row_rule();
    }
}

/// Where each piece stands; an arrow stays on the line of the step before it.
fn lines_of(chips: &[(&Chip, String)], room: f32) -> Vec<(usize, f32)> {
    let width = |(chip, text): &(&Chip, String)| chip_width(chip, text);
    let groups: Vec<&[(&Chip, String)]> =
        chips.chunk_by(|before, here| before.0.label.is_some() && here.0.label.is_none()).collect();
    let gaps = |group: &[(&Chip, String)]| PIECE_GAP * group.len().saturating_sub(1) as f32;
    let widths: Vec<f32> =
        groups.iter().map(|group| group.iter().map(width).sum::<f32>() + gaps(group)).collect();
    let mut places = Vec::with_capacity(chips.len());
    for (group, (line, x)) in groups.into_iter().zip(bars::wrap(&widths, PIECE_GAP, room)) {
        let mut x = x;
        for piece in group {
            places.push((line, x));
            x += width(piece) + PIECE_GAP;
        }
    }
    places
}

fn chip_width(chip: &Chip, text: &str) -> f32 {
    let colour = if chip.label.is_some() { CHIP + CHIP_GAP } else { 0.0 };
    colour + measure(text, tokens().text.small.size, Weight::Medium)
}

fn list(view: &View, paths: &Paths, listing: &Listing, most: usize) -> List {
    let places = listing.places(paths);
    let mut so_far = 0_u64;
    let mut rows = Vec::new();
    for at in places.into_iter().take(most) {
        let path = &paths.paths[at];
        so_far = so_far.saturating_add(path.count);
        let chips = chips(paths, path);
        let names: Vec<&str> = chips.iter().map(|chip| chip.text.as_str()).collect();
        rows.push(Row {
            id: format!("path-{at}"),
            name: format!("{}, {}", names.join(" "), words::about(view, path.count)),
            colour: path.steps.first().map(|step| (step.kind, step.label.clone())),
            chips,
            count: path.count,
            so_far,
            whole: paths.people,
        });
    }
    let without = paths.paths.len() - rows.len();
    let rest = (without > 0).then(|| (without as u64, paths.people.saturating_sub(so_far)));
    List { rows, rest, whole: paths.people }
}

/// Steps that are not shown by name and follow each other are one piece.
fn chips(paths: &Paths, path: &Path) -> Vec<Chip> {
    let word = |text: &str| Chip { text: text.to_owned(), label: None };
    let backwards = paths.spec.asked.anchor == Side::End;
    let (arrow, over) = if backwards { ("‹", "began here") } else { ("›", "left") };
    let mut chips = Vec::new();
    let alike = |a: &crate::views::PathStep, b: &crate::views::PathStep| {
        a.kind == LabelKind::Other && b.kind == LabelKind::Other
    };
    for steps in path.steps.chunk_by(alike) {
        let Some(first) = steps.first() else { continue };
        if !chips.is_empty() {
            chips.push(word(arrow));
        }
        let name = words::name(&first.label);
        let text = if steps.len() > 1 { format!("{name} × {}", steps.len()) } else { name };
        chips.push(Chip { text, label: Some((first.kind, first.label.clone())) });
    }
    if path.ends {
        chips.extend([word(arrow), word(over)]);
    }
    chips
}
