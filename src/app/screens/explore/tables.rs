//! The numbers of a view as tables: for screen readers, for reading them all, and for taking them
//! along. Sorted by any column; Ctrl C copies them as text with tabs.

use std::cmp::Ordering;

use egui::{Align, Event, Frame, Layout, Margin, Response, Role, Sense, Ui, WidgetInfo, vec2};
use egui_extras::{Column, TableBuilder};
use egui_material_icons::icons::{ICON_ARROW_DOWNWARD, ICON_ARROW_UPWARD, ICON_CONTENT_COPY};

use super::facts;
use crate::app::command::Command;
use crate::app::state::{Sorting, State};
use crate::app::theme::{self, Look};
use crate::app::widgets::{Button, text};
use crate::draw::text::{NARROW_SPACE, number, percent, step as step_words};
use crate::draw::{Weight, words};
use crate::release::{OF_BEFORE, Sheet, no_formula, notes, sheets};
use crate::views::{Flow, LabelKind, Side, Unit, View};

/// One table: a heading, the names of the columns, the rows.
struct Table {
    /// Over the first table of a part: what the part is.
    part: Option<String>,
    heading: String,
    columns: Vec<Head>,
    rows: Vec<Vec<Cell>>,
}

struct Head {
    words: String,
    /// Figures stand at the right.
    is_figure: bool,
    width: f32,
}

struct Cell {
    words: String,
    /// What it is sorted by where it is a figure, or has an order of its own.
    figure: Option<u64>,
}

impl Cell {
    fn text(words: impl Into<String>) -> Self {
        Self { words: words.into(), figure: None }
    }

    fn figure(words: String, figure: u64) -> Self {
        Self { words, figure: Some(figure) }
    }
}

pub fn ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(shown) = &state.shown else { return };
    let view = shown.view.view();
    let width = ui.available_width() - 48.0;
    let mut tables = match view {
        View::Flow(flow) => vec![of_flow(flow, width)],
        _ => of_sheets(view, width),
    };
    if let Some(sorting) = state.sorting
        && let Some(table) = tables.get_mut(sorting.table)
    {
        table.sort(sorting);
    }
    let mut copies = ui.input(|input| input.events.contains(&Event::Copy))
        && ui.memory(egui::Memory::focused).is_none_or(|id| !is_typing(ui, id));
    egui::ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(24, 12)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.horizontal(|ui| {
                let copy = Button::new("Copy").small().icon(ICON_CONTENT_COPY).hint("Ctrl C");
                copies |= copy.named("Copy the tables").ui(ui).clicked();
                text::small(ui, unit_words(view));
            });
            for (at, table) in tables.iter().enumerate() {
                if let Some(part) = &table.part {
                    ui.add_space(12.0);
                    text::title(ui, part);
                }
                if table.rows.is_empty() {
                    text::body(ui, "Nothing is shown here: too few people, or nobody.");
                    continue;
                }
                ui.push_id(at, |ui| table_ui(ui, at, table, state.sorting, commands));
            }
            for part in view.parts() {
                for note in notes(part) {
                    ui.add_space(4.0);
                    text::body(ui, note);
                }
            }
        });
    });
    if copies {
        let text: Vec<String> = tables.iter().map(Table::tabbed).collect();
        commands.push(Command::Copy(text.join("\n")));
    }
}

/// Whether what has the keyboard is a field whose own words would be copied.
fn is_typing(ui: &Ui, id: egui::Id) -> bool {
    egui::TextEdit::load_state(ui.ctx(), id).is_some()
}

/// What one unit is, and what the shares are of.
fn unit_words(view: &View) -> &'static str {
    match view.parts().first().copied().unwrap_or(view) {
        View::Flow(_) => {
            "One unit is a person. Counts beside names read “about this many or more”. Shares are of \
             everybody at the step."
        }
        View::Paths(paths) if paths.unit == Unit::Sessions => {
            "One unit is a session. Counts beside names read “about this many or more”. Shares are \
             of all sessions."
        }
        View::Paths(_) => {
            "One unit is a person. Counts beside names read “about this many or more”. Shares are \
             of everybody."
        }
        View::Funnel(_) => {
            "One unit is a person. Counts read “about this many or more”. Shares of steps are of \
             everyone; of times, of everyone who came to the last step."
        }
        View::Timing(_) => "One unit is a person. Shares are of everybody who took both steps.",
        View::Trend(_) => {
            "One unit is a person, once in each interval. Somebody may be in several."
        }
        View::Map(_) | View::Breakdown(_) | View::Comparison(_) => {
            "Every count is about this many, and covers enough different people."
        }
    }
}

impl Table {
    fn sort(&mut self, Sorting { column, down, .. }: Sorting) {
        let by = |a: &Vec<Cell>, b: &Vec<Cell>| {
            let (Some(a), Some(b)) = (a.get(column), b.get(column)) else { return Ordering::Equal };
            let order = match (a.figure, b.figure) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => a.words.to_lowercase().cmp(&b.words.to_lowercase()),
            };
            if down { order.reverse() } else { order }
        };
        // Equal ones stay in the order they are published in.
        self.rows.sort_by(by);
    }

    /// The rows as lines of cells with tabs between, the numbers without their spaces.
    fn tabbed(&self) -> String {
        let line =
            |cells: &mut dyn Iterator<Item = String>| cells.collect::<Vec<_>>().join("\t") + "\n";
        let mut text = String::new();
        if let Some(part) = &self.part {
            text += &line(&mut std::iter::once(no_formula(part)));
        }
        text += &line(&mut self.columns.iter().map(|head| head.words.clone()));
        for row in &self.rows {
            let cells = row.iter().zip(&self.columns).map(|(cell, head)| match cell.figure {
                Some(figure) if head.is_figure && !cell.words.contains('%') => figure.to_string(),
                _ if head.is_figure => cell.words.replace('\u{202F}', ""),
                _ => no_formula(&cell.words),
            });
            text += &line(&mut cells.into_iter());
        }
        text
    }
}

/// Behind a count that may be low.
const OR_MORE: &str = " or more";

fn table_ui(
    ui: &mut Ui,
    at: usize,
    table: &Table,
    sorting: Option<Sorting>,
    commands: &mut Vec<Command>,
) {
    let look = Look::of(ui);
    if !table.heading.is_empty() {
        ui.add_space(8.0);
        text::heading(ui, &table.heading);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let sorting = sorting.filter(|sorting| sorting.table == at);
    // Digits stand under digits, whether or not words stand behind them.
    let is_open = |row: &Vec<Cell>, column: usize| row[column].words.ends_with(OR_MORE);
    let behind: Vec<f32> = (0..table.columns.len())
        .map(|column| {
            let font = theme::small(Weight::Medium);
            let wide = || ui.painter().layout_no_wrap(OR_MORE.to_owned(), font, look.text).size().x;
            if table.rows.iter().any(|row| is_open(row, column)) { wide() } else { 0.0 }
        })
        .collect();
    let mut builder = TableBuilder::new(ui)
        .striped(false)
        .vscroll(false)
        .cell_layout(Layout::left_to_right(Align::Center));
    for head in &table.columns {
        builder = builder.column(Column::exact(head.width).clip(true));
    }
    let header = builder.header(32.0, |mut header| {
        for (column, head) in table.columns.iter().enumerate() {
            header.col(|ui| {
                let down = sorting.filter(|sorting| sorting.column == column).map(|s| s.down);
                if head_ui(ui, head, down).clicked() {
                    // Up, down, and then as it is published; figures begin with the greatest.
                    let first = head.is_figure;
                    let next = match down {
                        None => Some(first),
                        Some(down) if down == first => Some(!first),
                        Some(_) => None,
                    };
                    let next = next.map(|down| Sorting { table: at, column, down });
                    commands.push(Command::SortTable(next));
                }
            });
        }
    });
    header.body(|body| {
        body.rows(look.tokens.control.row_dense, table.rows.len(), |mut line| {
            let row = &table.rows[line.index()];
            for (column, (cell, head)) in row.iter().zip(&table.columns).enumerate() {
                line.col(|ui| {
                    if head.is_figure {
                        right(ui, |ui| {
                            if !is_open(row, column) {
                                ui.add_space(behind[column]);
                            }
                            text::small_in(ui, &cell.words, look.text_strong);
                        });
                    } else {
                        let words = egui::RichText::new(&cell.words)
                            .font(theme::small(Weight::Medium))
                            .color(look.text_strong);
                        let label = egui::Label::new(words).selectable(false).truncate();
                        ui.add(label);
                    }
                });
            }
        });
    });
}

/// The name of a column, which sorts by it.
fn head_ui(ui: &mut Ui, head: &Head, down: Option<bool>) -> Response {
    let look = Look::of(ui);
    let size = vec2(ui.available_width(), ui.available_height());
    let response = ui.allocate_response(size, Sense::click());
    let order = match down {
        None => "",
        Some(true) => ", greatest first",
        Some(false) => ", least first",
    };
    let name = format!("Sort by {}{order}", head.words);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let rect = response.rect;
    let font = theme::small(Weight::SemiBold);
    let galley = ui.painter().layout_no_wrap(head.words.clone(), font, look.text_strong);
    let icon = if down == Some(false) { ICON_ARROW_UPWARD } else { ICON_ARROW_DOWNWARD };
    let ink = if down.is_some() {
        look.text_strong
    } else if response.hovered() || response.has_focus() {
        look.line_strong
    } else {
        egui::Color32::TRANSPARENT
    };
    let wide = galley.size().x;
    let middle = rect.center().y;
    let text_left = if head.is_figure { rect.right() - wide } else { rect.left() };
    let icon_x = if head.is_figure { text_left - 10.0 } else { text_left + wide + 10.0 };
    ui.painter().galley(
        egui::pos2(text_left, middle - galley.size().y / 2.0),
        galley,
        look.text_strong,
    );
    let font = egui::FontId::new(14.0, icon.font_family());
    let place = egui::pos2(icon_x, middle);
    ui.painter().text(place, egui::Align2::CENTER_CENTER, icon.codepoint, font, ink);
    if response.has_focus() {
        let stroke = egui::Stroke::new(look.tokens.stroke.focus, look.focus_ring);
        let ring = rect.shrink2(vec2(0.0, 4.0));
        ui.painter().rect_stroke(ring, look.corners_small(), stroke, egui::StrokeKind::Inside);
    }
    response
}

fn right(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), add);
}

fn words_head(words: &str, width: f32) -> Head {
    Head { words: words.to_owned(), is_figure: false, width }
}

fn figure_head(words: &str, width: f32) -> Head {
    Head { words: words.to_owned(), is_figure: true, width }
}

/// Any view: its lists, part by part.
fn of_sheets(view: &View, width: f32) -> Vec<Table> {
    let names = words::part_names(view);
    let mut tables = Vec::new();
    for (at, part) in view.parts().into_iter().enumerate() {
        let mut heading = names.get(at).map(|name| format!("{name}: {}", words::everybody(part)));
        let sheets = sheets(part);
        if sheets.is_empty() {
            let empty = Table {
                part: heading.take(),
                heading: String::new(),
                columns: Vec::new(),
                rows: Vec::new(),
            };
            tables.push(empty);
        }
        for sheet in sheets {
            tables.push(of_sheet(sheet, heading.take(), words::is_network(part), width));
        }
    }
    tables
}

/// A share as it is read beside its count: some people are never nobody.
fn share_words(count: u64, share: String) -> String {
    if count > 0 && share == percent(0, 1) { format!("< 1{NARROW_SPACE}%") } else { share }
}

/// `is_low` where a count beside a name may be lower than what it counts, as pictures say it.
fn of_sheet(sheet: Sheet, part: Option<String>, is_low: bool, width: f32) -> Table {
    let has_share = sheet.rows.iter().any(|row| row.share.is_some());
    let has_before = sheet.rows.iter().any(|row| row.of_before.is_some());
    let room = width - 170.0 - if has_share { 96.0 } else { 0.0 };
    let room = room - if has_before { 156.0 } else { 0.0 };
    let each = (room / sheet.columns.len().max(1) as f32 - 16.0).clamp(140.0, 520.0);
    let mut columns: Vec<Head> =
        sheet.columns.iter().map(|words| words_head(words, each)).collect();
    columns.push(figure_head(sheet.counted, 150.0));
    if has_share {
        columns.push(figure_head("Share", 80.0));
    }
    if has_before {
        columns.push(figure_head(OF_BEFORE, 140.0));
    }
    // Times and days have an order of their own, in which they are published.
    let ordered = |words: &str| ["Time", "Days"].contains(&words);
    let rows = sheet.rows.into_iter().enumerate().map(|(place, row)| {
        let mut cells: Vec<Cell> = row
            .words
            .into_iter()
            .zip(&sheet.columns)
            .map(|(words, column)| Cell { words, figure: ordered(column).then_some(place as u64) })
            .collect();
        let more = if is_low && row.kind == LabelKind::Label { OR_MORE } else { "" };
        cells.push(Cell::figure(format!("about {}{more}", number(row.count)), row.count));
        if has_share {
            let share = share_words(row.count, row.share.unwrap_or_default());
            cells.push(Cell::figure(share, row.count));
        }
        if has_before {
            let share = row.of_before.unwrap_or_default();
            let digits = share.chars().filter(char::is_ascii_digit).collect::<String>();
            let order = digits.parse().unwrap_or(0);
            cells.push(Cell::figure(share_words(row.count, share), order));
        }
        cells
    });
    Table { part, heading: sheet.heading, rows: rows.collect(), columns }
}

/// Nodes, then ribbons in the order of time, then those who left or began.
fn of_flow(flow: &Flow, width: f32) -> Table {
    let node = |id: &str| flow.nodes.iter().find(|node| node.id == id);
    let named = |id: &str| node(id).is_some_and(|node| node.kind == LabelKind::Label);
    let label = |id: &str| node(id).map_or("", |node| node.label.as_str());
    let step = |id: &str| node(id).map_or(0, |node| node.step);
    let row = |kind: &str, step: i32, [from, to]: [&str; 2], count: u64, more: bool| {
        let whole = facts::at_step(flow, step);
        let more = if more { OR_MORE } else { "" };
        vec![
            Cell::text(kind),
            // Steps before an anchor are negative, and come first.
            Cell::figure(step_words(step), u64::from(step.unsigned_abs())),
            Cell::text(from),
            Cell::text(to),
            Cell::figure(format!("about {}{more}", number(count)), count),
            Cell::figure(
                share_words(count, percent(count, whole)),
                count.saturating_mul(1_000_000) / whole.max(1),
            ),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = flow
        .nodes
        .iter()
        .map(|node| {
            let more = node.kind == LabelKind::Label;
            row("Step", node.step, [&node.label, ""], node.count, more)
        })
        .collect();
    for edge in &flow.edges {
        let (from, to) = match flow.spec.asked.anchor {
            Side::Start | Side::Between => (&edge.from, &edge.to),
            Side::End => (&edge.to, &edge.from),
        };
        let more = named(from) && named(to);
        rows.push(row("Went on", step(from), [label(from), label(to)], edge.count, more));
    }
    for exit in &flow.exits {
        let kind = if flow.spec.asked.anchor == Side::End { "Began" } else { "Left" };
        let from = label(&exit.from);
        rows.push(row(kind, step(&exit.from), [from, ""], exit.count, named(&exit.from)));
    }
    let each = ((width - 96.0 - 56.0 - 150.0 - 72.0 - 60.0) / 2.0).clamp(120.0, 420.0);
    let columns = vec![
        words_head("What", 96.0),
        words_head("Step", 56.0),
        words_head("At or from", each),
        words_head("To", each),
        figure_head("People", 150.0),
        figure_head("Share", 72.0),
    ];
    Table { part: None, heading: String::new(), columns, rows }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table, figure_head, share_words, words_head};
    use crate::app::state::Sorting;

    fn table() -> Table {
        let row = |label: &str, count: u64| {
            vec![
                Cell::text(label),
                Cell::figure(format!("about {count}"), count),
                Cell::figure(format!("{count}\u{202F}%"), count),
            ]
        };
        Table {
            part: Some("=part".to_owned()),
            heading: "Steps".to_owned(),
            columns: vec![
                words_head("Step", 100.0),
                figure_head("People", 100.0),
                figure_head("Share", 80.0),
            ],
            rows: vec![row("b", 20), row("=A", 1_000), row("c", 20)],
        }
    }

    fn first_words(table: &Table) -> Vec<&str> {
        table.rows.iter().map(|row| row[0].words.as_str()).collect()
    }

    #[test]
    fn a_table_is_sorted_by_numbers_as_numbers_and_equal_rows_keep_their_order() {
        let mut table = table();
        table.sort(Sorting { table: 0, column: 1, down: true });
        assert_eq!(first_words(&table), ["=A", "b", "c"]);
        table.sort(Sorting { table: 0, column: 1, down: false });
        assert_eq!(first_words(&table), ["b", "c", "=A"]);
        table.sort(Sorting { table: 0, column: 0, down: false });
        assert_eq!(first_words(&table), ["=A", "b", "c"]);
        table.sort(Sorting { table: 0, column: 9, down: true });
        assert_eq!(table.rows.len(), 3);
    }

    #[test]
    fn a_share_of_few_among_many_is_not_nothing() {
        let share = |count, whole| share_words(count, crate::draw::text::percent(count, whole));
        assert_eq!(share(40, 13_000), "< 1\u{202F}%");
        assert_eq!(share(400, 13_000), "3\u{202F}%");
        assert_eq!(share(0, 13_000), "0\u{202F}%");
    }

    #[test]
    fn what_is_copied_is_plain_numbers_between_tabs_and_no_formula() {
        let text = table().tabbed();
        assert_eq!(text, "'=part\nStep\tPeople\tShare\nb\t20\t20%\n'=A\t1000\t1000%\nc\t20\t20%\n");
    }
}
