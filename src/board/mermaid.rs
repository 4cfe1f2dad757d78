//! A board as a Mermaid `journey`, and a board from one: sections are stages, tasks are actions,
//! scores from 1 to 5 are feelings from −2 to +2, and names behind a score are personas.
//!
//! An action has the width of its share of the stage; the score of a persona at it is a point in its
//! middle. A task with nobody behind it and a score of 3, the face that says nothing, is an action that
//! nobody felt anything at. What a journey has no words for (other lanes, notes at points) is not
//! written.
//!
//! *Invariant:* what a text says never ends it: everything but letters, digits and a few harmless
//! marks is written as a number between `#` and `;`. What is read is data; nothing in it is followed.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use thiserror::Error;

use super::check::{CARDS, NAME, PERSONAS, POINTS, STAGES, TEXT};
use super::{
    Board, BoardId, Card, CardId, Lane, LaneId, LaneKind, Persona, PersonaId, Point, Stage,
    StageId, State,
};

/// A longer text is no journey that anybody wrote.
const LARGEST: usize = 1 << 20;
/// The score that says nothing.
const NEUTRAL: u8 = 3;

/// Why a text is no journey. Lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MermaidError {
    #[error("The journey is larger than 1 MB; leave something out")]
    TooLarge,
    #[error("The journey is no UTF-8 text; save it as such")]
    NoText,
    #[error("Line {line}: a Mermaid journey begins with the word “journey”; this is another text")]
    NoJourney { line: usize },
    #[error("Line {line} is no task of a journey; write it as “Task: 3: Name, Name”")]
    NoTask { line: usize },
    #[error("Line {line}: a score is a whole number from 1 to 5; change it")]
    NoScore { line: usize },
    #[error("Line {line}: a text is longer than a card or a name can be; shorten it")]
    TooLong { line: usize },
    #[error("Line {line}: a board has at most {most} {of}; leave some out")]
    TooMany { line: usize, most: usize, of: &'static str },
}

/// What a line of a journey can begin with, besides a task.
const WORDS: [&str; 5] = ["journey", "title", "section", "acctitle", "accdescr"];

/// A text that stands between two marks of Mermaid.
struct Safe<'a>(&'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A text that begins with a word of Mermaid's would be read as that word.
        let lower = self.0.trim_start().get(..12).unwrap_or(self.0.trim_start()).to_lowercase();
        let mut is_word = WORDS.iter().any(|word| lower.starts_with(word));
        let mut blank = true;
        for letter in self.0.trim().chars() {
            if letter.is_whitespace() {
                if !blank {
                    out.write_char(' ')?;
                }
                blank = true;
                continue;
            }
            blank = false;
            let stands = letter.is_alphanumeric() || "-.'!?/()’“”…–".contains(letter);
            if stands && !is_word {
                out.write_char(letter)?;
            } else if !letter.is_control() {
                write!(out, "#{};", letter as u32)?;
            }
            is_word = false;
        }
        Ok(())
    }
}

/// Numbers between `#` and `;` as the letters that they are, and the names that Mermaid's own
/// documentation uses.
fn plain(text: &str) -> String {
    const NAMED: [(&str, char); 8] = [
        ("quot", '"'),
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("colon", ':'),
        ("semi", ';'),
        ("comma", ','),
        ("num", '#'),
    ];
    let mut out = String::new();
    let mut rest = text.trim();
    while let Some(at) = rest.find('#') {
        let (before, code) = rest.split_at(at);
        out.push_str(before);
        // A code is short; looking for its end does not go further.
        let end = code.char_indices().take(10).find(|(_, letter)| *letter == ';');
        let letter = end.and_then(|(end, _)| {
            let code = &code[1..end];
            let named = NAMED.iter().find(|(name, _)| *name == code).map(|(_, letter)| *letter);
            named.or_else(|| char::from_u32(code.parse().ok()?)).map(|letter| (letter, code.len()))
        });
        let mut length = 1;
        if let Some((letter, digits)) = letter {
            out.extend(Some(letter).filter(|letter| !letter.is_control()));
            length = digits + 2;
        } else {
            out.push('#');
        }
        rest = &code[length..];
    }
    out.push_str(rest);
    out.retain(|letter| letter.is_whitespace() || !letter.is_control());
    let words: Vec<&str> = out.split_whitespace().collect();
    words.join(" ")
}

fn score(feeling: i8) -> u8 {
    // −20, −10, 0, 10, 20 are 1 to 5.
    ((i16::from(feeling) + 25) / 10 + 1).clamp(1, 5) as u8
}

fn feeling(score: u8) -> i8 {
    (score as i8 - NEUTRAL as i8) * 10
}

/// From where to where on the curves an action goes: the how-manieth of how many in which stage.
fn slot(stage: usize, at: usize, of: usize) -> [u32; 2] {
    let left = stage as u32 * Point::STAGE;
    [at, at + 1].map(|edge| left + (edge as u32 * Point::STAGE).div_ceil(of.max(1) as u32))
}

impl Board {
    /// The board as a Mermaid `journey`.
    pub fn to_mermaid(&self) -> String {
        let mut out = "journey\n".to_owned();
        // Writing to a String never fails.
        let _ = writeln!(out, "  title {}", Safe(or(&self.name, "Journey")));
        for (at, stage) in self.stages.iter().enumerate() {
            let name = or(&stage.name, "Stage");
            let _ = writeln!(out, "  section {}", Safe(name));
            let is_action = |card: &&Card| self.kind_of(card) == Some(LaneKind::Actions);
            let of_stage = self.cards.iter().filter(|card| card.stage == stage.id);
            let actions: Vec<&str> =
                of_stage.filter(is_action).map(|card| or(&card.text, "Action")).collect();
            let felt = self.personas.iter().flat_map(|persona| &persona.curve);
            let [left, right] = slot(at, 0, 1);
            let is_felt = felt.into_iter().any(|point| (left..right).contains(&point.at));
            // Feelings need something to stand at.
            let actions = if actions.is_empty() && is_felt { vec![name] } else { actions };
            let mut last = Written::default();
            for (place, action) in actions.iter().enumerate() {
                last = self.task(&mut out, action, slot(at, place, actions.len()), &last);
            }
        }
        out
    }

    /// One line for every score that somebody gives. A line that names nobody of the task before belongs
    /// to that task where both have the same words, so the first line here is none such.
    fn task(
        &self,
        out: &mut String,
        text: &str,
        [left, right]: [u32; 2],
        before: &Written,
    ) -> Written {
        let last = self.stages.len() as u32 * Point::STAGE;
        let mut scores: BTreeMap<u8, Vec<String>> = BTreeMap::new();
        for persona in &self.personas {
            let is_here = |at: u32| (left..right).contains(&at) || (at == last && right == last);
            let here: Vec<i32> = persona
                .curve
                .iter()
                .filter(|point| is_here(point.at))
                .map(|point| i32::from(point.feeling))
                .collect();
            if !here.is_empty() {
                let mean = here.iter().sum::<i32>() / here.len() as i32;
                let name = Safe(or(&persona.name, "Somebody")).to_string();
                scores.entry(score(mean as i8)).or_default().push(name);
            }
        }
        let text = Safe(text).to_string();
        let mut lines: Vec<(u8, Vec<String>)> = scores.into_iter().rev().collect();
        if text == before.text && !lines.is_empty() {
            let is_shared =
                |(_, names): &(u8, Vec<String>)| names.iter().any(|it| before.names.contains(it));
            match lines.iter().position(is_shared) {
                Some(shared) => lines[..=shared].rotate_right(1),
                None => lines.insert(0, (NEUTRAL, Vec::new())),
            }
        }
        if lines.is_empty() {
            lines.push((NEUTRAL, Vec::new()));
        }
        let mut written = Written { text, names: Vec::new() };
        for (score, mut names) in lines {
            // In an order that does not depend on who was first in the board.
            names.sort_unstable();
            let _ = write!(out, "    {}: {score}", written.text);
            let _ = match names.as_slice() {
                [] => writeln!(out),
                names => writeln!(out, ": {}", names.join(", ")),
            };
            written.names.extend(names);
        }
        written
    }

    /// Reads a Mermaid `journey`. What the board is known by is to be given anew
    /// ([`super::Edit::Take`]).
    ///
    /// # Errors
    /// Where the text is no journey, or has more than a board holds.
    pub fn from_mermaid(bytes: &[u8]) -> Result<Self, MermaidError> {
        if bytes.len() > LARGEST {
            return Err(MermaidError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| MermaidError::NoText)?;
        let mut reader = Reader::default();
        let mut lines = text.trim_start_matches('\u{FEFF}').lines().enumerate().peekable();
        // A head between two lines of dashes, as documents have it, is about how it is drawn.
        while lines.next_if(|(_, line)| line.trim().is_empty()).is_some() {}
        if lines.next_if(|(_, line)| line.trim() == "---").is_some() {
            lines.by_ref().find(|(_, line)| line.trim() == "---");
        }
        let mut begun = false;
        let mut described = false;
        for (at, line) in lines {
            let (number, line) = (at + 1, line.trim());
            if described {
                described = !line.ends_with('}');
                continue;
            }
            if line.is_empty() || line.starts_with("%%") {
                continue;
            }
            if !begun {
                if !line.eq_ignore_ascii_case("journey") {
                    return Err(MermaidError::NoJourney { line: number });
                }
                begun = true;
                continue;
            }
            described = line.to_lowercase().starts_with("accdescr")
                && line.contains('{')
                && !line.ends_with('}');
            reader.line(number, line)?;
        }
        if !begun {
            return Err(MermaidError::NoJourney { line: 1 });
        }
        Ok(reader.board())
    }
}

/// A task as it was written: its words, and who feels something at it.
#[derive(Default)]
struct Written {
    text: String,
    names: Vec<String>,
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    let is_seen = |letter: char| !letter.is_whitespace() && !letter.is_control();
    if text.chars().any(is_seen) { text } else { otherwise }
}

/// A task as it was read: what is done, and who feels how.
struct Task {
    text: String,
    felt: Vec<(usize, i8)>,
}

#[derive(Default)]
struct Reader {
    title: String,
    stages: Vec<(String, Vec<Task>)>,
    /// Names, and how many points each has.
    personas: Vec<(String, usize)>,
    tasks: usize,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), MermaidError> {
        let lower = line.to_lowercase();
        // The words of Mermaid's grammar are read in either case.
        let after = |word: &str| {
            let rest = lower.starts_with(word).then(|| line.get(word.len()..))??;
            (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| plain(rest))
        };
        if lower.starts_with("acctitle") || lower.starts_with("accdescr") {
            return Ok(());
        }
        if let Some(title) = after("title") {
            self.title = within(title, NAME, number)?;
            return Ok(());
        }
        if let Some(section) = after("section") {
            if self.stages.len() == STAGES {
                return Err(MermaidError::TooMany { line: number, most: STAGES, of: "stages" });
            }
            self.stages.push((within(section, NAME, number)?, Vec::new()));
            return Ok(());
        }
        self.task(number, line)
    }

    fn task(&mut self, number: usize, line: &str) -> Result<(), MermaidError> {
        let no_task = MermaidError::NoTask { line: number };
        let mut parts = line.splitn(3, ':');
        let text = within(plain(parts.next().unwrap_or_default()), TEXT, number)?;
        let score = parts.next().ok_or(no_task)?.trim();
        let score = score.parse::<u8>().ok().filter(|score| (1..=5).contains(score));
        let score = score.ok_or(MermaidError::NoScore { line: number })?;
        if text.is_empty() {
            return Err(no_task);
        }
        let names = parts.next().unwrap_or_default().split(',');
        let mut felt = Vec::new();
        for name in names.map(plain).filter(|name| !name.is_empty()) {
            let who = self.persona(within(name, NAME, number)?, number)?;
            if felt.iter().all(|(known, _)| *known != who) {
                felt.push((who, feeling(score)));
            }
        }
        if felt.is_empty() && score != NEUTRAL {
            felt.push((self.persona("Everybody".to_owned(), number)?, feeling(score)));
        }
        if self.stages.is_empty() {
            self.stages.push(("Journey".to_owned(), Vec::new()));
        }
        let Some((_, tasks)) = self.stages.last_mut() else { return Ok(()) };
        // The same once more is what others feel at it.
        if let Some(last) = tasks.last_mut()
            && last.text == text
            && !felt.is_empty()
            && felt.iter().all(|(who, _)| last.felt.iter().all(|(known, _)| known != who))
        {
            last.felt.extend(felt.iter().copied());
            return self.count(&felt, number);
        }
        self.tasks += 1;
        if self.tasks > CARDS {
            return Err(MermaidError::TooMany { line: number, most: CARDS, of: "cards" });
        }
        if tasks.len() == POINTS {
            return Err(MermaidError::TooMany {
                line: number,
                most: POINTS,
                of: "tasks in a stage",
            });
        }
        tasks.push(Task { text, felt: felt.clone() });
        self.count(&felt, number)
    }

    fn count(&mut self, felt: &[(usize, i8)], line: usize) -> Result<(), MermaidError> {
        for (who, _) in felt {
            let (_, points) = &mut self.personas[*who];
            *points += 1;
            if *points > POINTS {
                return Err(MermaidError::TooMany {
                    line,
                    most: POINTS,
                    of: "points of a persona",
                });
            }
        }
        Ok(())
    }

    fn persona(&mut self, name: String, line: usize) -> Result<usize, MermaidError> {
        if let Some(at) = self.personas.iter().position(|(known, _)| *known == name) {
            return Ok(at);
        }
        if self.personas.len() == PERSONAS {
            return Err(MermaidError::TooMany { line, most: PERSONAS, of: "personas" });
        }
        self.personas.push((name, 0));
        Ok(self.personas.len() - 1)
    }

    fn board(self) -> Board {
        let mut last_id = 0;
        let mut next = || {
            last_id += 1;
            last_id
        };
        let id = BoardId(next());
        let lanes = [LaneKind::Actions, LaneKind::Feeling].map(|kind| Lane {
            id: LaneId(next()),
            name: kind.name().to_owned(),
            kind,
        });
        let mut personas: Vec<Persona> = self
            .personas
            .into_iter()
            .map(|(name, _)| Persona { id: PersonaId(next()), name, curve: Vec::new() })
            .collect();
        let (mut stages, mut cards) = (Vec::new(), Vec::new());
        for (at, (name, tasks)) in self.stages.into_iter().enumerate() {
            let stage = StageId(next());
            let many = tasks.len();
            for (place, task) in tasks.into_iter().enumerate() {
                let [left, right] = slot(at, place, many);
                for (who, feeling) in task.felt {
                    let at = left.midpoint(right);
                    personas[who].curve.push(Point { at, feeling, note: String::new() });
                }
                let card = Card::new(CardId(next()), stage, lanes[0].id);
                cards.push(Card { text: task.text, ..card });
            }
            stages.push(Stage { id: stage, name, note: String::new() });
        }
        Board {
            id,
            name: if self.title.is_empty() { "Journey".to_owned() } else { self.title },
            state: State::AsIs,
            stages,
            lanes: lanes.to_vec(),
            personas,
            cards,
            voting: None,
        }
    }
}

fn within(text: String, letters: usize, line: usize) -> Result<String, MermaidError> {
    if text.chars().nth(letters).is_none() { Ok(text) } else { Err(MermaidError::TooLong { line }) }
}

#[cfg(test)]
mod tests {
    use super::{MermaidError, score};
    use crate::board::{Board, Edit, LaneKind, Made, Template, Workshop};

    fn read(text: &str) -> Result<Board, MermaidError> {
        Board::from_mermaid(text.as_bytes())
    }

    const JOURNEY: &str = "journey
    title My working day
    section Go to work
      Make tea: 5: Me
      Go upstairs: 3: Me
      Do work: 1: Me, Cat
    section Go home
      Go downstairs: 5: Me
      Sit down: 2
";

    #[test]
    fn sections_tasks_scores_and_names_are_stages_actions_points_and_personas() {
        let board = read(JOURNEY).unwrap();
        assert_eq!(board.name, "My working day");
        let names: Vec<&str> = board.stages.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Go to work", "Go home"]);
        let texts: Vec<&str> = board.cards.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["Make tea", "Go upstairs", "Do work", "Go downstairs", "Sit down"]);
        let curves: Vec<(&str, Vec<(u32, i8)>)> = board
            .personas
            .iter()
            .map(|it| (it.name.as_str(), it.curve.iter().map(|at| (at.at, at.feeling)).collect()))
            .collect();
        let of_me = vec![(167, 20), (500, 0), (833, -20), (1250, 20)];
        let expected = [("Me", of_me), ("Cat", vec![(833, -20)]), ("Everybody", vec![(1750, -10)])];
        for ((name, curve), (known, points)) in curves.iter().zip(&expected) {
            assert_eq!(name, known);
            let near = curve.iter().zip(points).all(|(a, b)| a.0.abs_diff(b.0) <= 1 && a.1 == b.1);
            assert!(near && curve.len() == points.len(), "{curve:?}");
        }
        let taken = Workshop::default().edited(Edit::Take(Box::new(board))).unwrap();
        let board = &taken.workshop.boards[0];
        for card in &board.cards {
            assert_eq!(board.kind_of(card), Some(LaneKind::Actions), "{}", card.text);
        }
    }

    #[test]
    fn what_is_written_is_read_again_as_the_same() {
        let text = "journey\n  title A: #1; \n  section Ü%%b\n    x: 5: Me, a#44;b\n    x: 2: You\n    \
                    section#58; title: 3\n  section title#44; two\n";
        let board = read(text).unwrap();
        let written = board.to_mermaid();
        let again = read(&written).unwrap();
        assert_eq!(again, board, "{written}");
        assert_eq!(again.to_mermaid(), written);
        assert_eq!(board.personas[1].name, "a,b");
        for template in Template::ALL {
            let edited = Workshop::default().edited(Edit::NewBoard(template)).unwrap();
            let Some(Made::Board(id)) = edited.made else { panic!() };
            let board = edited.workshop.board(id).unwrap();
            let again = read(&board.to_mermaid()).unwrap();
            let names = |board: &Board| {
                board.stages.iter().map(|stage| stage.name.clone()).collect::<Vec<_>>()
            };
            assert_eq!(names(&again), names(board));
        }
    }

    #[test]
    fn tasks_with_the_same_words_stay_apart() {
        for text in [
            "journey\n x: 2: A\n x: 1: A\n x: 2: B\n",
            "journey\n x: 2: A\n x: 3\n x: 2: B\n",
            "journey\n x: 3\n x: 3\n x: 4: B\n",
        ] {
            let board = read(text).unwrap();
            assert_eq!(board.cards.len(), 2, "{text}");
            let again = read(&board.to_mermaid()).unwrap();
            let mut names = board.personas.iter().map(|it| (&it.name, &it.curve));
            assert!(names.all(|own| again.personas.iter().any(|it| (&it.name, &it.curve) == own)));
            assert_eq!(again.cards.len(), 2, "{}", board.to_mermaid());
            assert_eq!(again.to_mermaid(), board.to_mermaid());
        }
    }

    #[test]
    fn no_text_of_a_card_ends_it_or_begins_something_else() {
        for hostile in [
            "a: 5: b",
            "x\n  section y",
            "section",
            "SECTION z",
            "title",
            "titlepage",
            "journey",
            "accDescr { a",
            "%%{init: {}}%%",
            "--- a",
            "#59; ;#x",
            "<script>",
            "地図 : ünï",
        ] {
            let mut board = read(JOURNEY).unwrap();
            board.cards[0].text = hostile.to_owned();
            board.stages[1].name = hostile.to_owned();
            board.personas[0].name = hostile.to_owned();
            let again = read(&board.to_mermaid()).unwrap();
            let flat = hostile.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(again.cards[0].text, flat, "{}", board.to_mermaid());
            assert_eq!(again.stages[1].name, flat);
            assert_eq!(again.personas[0].name, flat);
            assert_eq!(again.cards.len(), board.cards.len());
            assert_eq!(again.stages.len(), board.stages.len());
        }
    }

    #[test]
    fn a_text_that_is_no_journey_is_said_with_its_line() {
        let many = |line: &str, count: usize| {
            let lines: String = (0..count).map(|at| line.replace('N', &at.to_string())).collect();
            format!("journey\n{lines}")
        };
        let cases: [(String, &str); 9] = [
            (String::new(), "Line 1: a Mermaid journey begins"),
            ("\n\ngraph TD".into(), "Line 3: a Mermaid journey begins"),
            ("journey\n a b".into(), "Line 2 is no task"),
            ("journey\n : 5: b".into(), "Line 2 is no task"),
            ("journey\n\n a: 6: b".into(), "Line 3: a score"),
            ("journey\n a: b: 5".into(), "Line 2: a score"),
            (format!("journey\n {}: 5", "a".repeat(5_000)), "Line 2: a text is longer"),
            (many("section N\n", 41), "Line 42: a board has at most 40 stages"),
            (many("a: 5: N\n", 7), "Line 8: a board has at most 6 personas"),
        ];
        for (text, sentence) in cases {
            let why = read(&text).unwrap_err().to_string();
            assert!(why.starts_with(sentence), "{why}");
        }
        assert_eq!(read(&"a".repeat(2 << 20)), Err(MermaidError::TooLarge));
        assert_eq!(Board::from_mermaid(b"journey\n \xff: 5"), Err(MermaidError::NoText));
        let tasks = many("N: 5: Me\n", 401);
        assert_eq!(
            read(&tasks).unwrap_err().to_string(),
            "Line 402: a board has at most 400 tasks in a stage; leave some out"
        );
    }

    #[test]
    fn heads_comments_and_descriptions_are_passed_over() {
        let text = "---\ntitle: x\n---\n%% about\n%%{init: {}}%%\njourney\n accTitle: a\n accDescr {\n b: 9\n }\n a: 4: Me\n";
        let board = read(text).unwrap();
        assert_eq!(board.cards.len(), 1);
        assert_eq!(board.lanes[0].kind, LaneKind::Actions);
    }

    #[test]
    fn feelings_and_scores_are_the_same_five() {
        for (feeling, expected) in
            [(-20, 1), (-16, 1), (-14, 2), (-4, 3), (0, 3), (4, 3), (6, 4), (20, 5)]
        {
            assert_eq!(score(feeling), expected, "{feeling}");
        }
    }
}
