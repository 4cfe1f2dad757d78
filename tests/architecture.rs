//! The plan of the house, checked against its sources: which room may name which other, and who
//! may seal a view.
//!
//! The sources are read as words, without comments, text in quotes and test code, so that a name
//! in a sentence does not count. That is enough for `crate::room::…` and `use crate::{…}`, which
//! is how rooms name each other here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may import. `app`, `cli` and `main` may import every door.
const MAY_IMPORT: [(&str, &[&str]); 12] = [
    ("views", &[]),
    ("vault", &["views", "audit"]),
    ("audit", &["views"]),
    ("draw", &["views", "board"]),
    ("keys", &[]),
    ("board", &["views"]),
    ("sample", &[]),
    ("release", &["views", "audit", "draw", "board", "keys"]),
    ("project", &["views", "board", "keys"]),
    ("app", EVERY_DOOR),
    ("cli", EVERY_DOOR),
    ("main", EVERY_DOOR),
];

const EVERY_DOOR: &[&str] = &[
    "views", "vault", "audit", "draw", "keys", "board", "sample", "release", "project", "app",
    "cli",
];

/// Rooms that know nothing of windows.
const WITHOUT_PIXELS: [&str; 8] =
    ["views", "vault", "audit", "keys", "board", "sample", "release", "project"];

/// One word or mark of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    line: usize,
}

/// Words and marks of a source text; comments and the inside of quotes are left out.
fn words(source: &str) -> Vec<Word> {
    let chars: Vec<char> = source.chars().collect();
    let mut words = Vec::new();
    let (mut at, mut line) = (0, 1);
    let count = |from: usize, to: usize| chars[from..to].iter().filter(|c| **c == '\n').count();
    while at < chars.len() {
        let start = at;
        let rest = &chars[at..];
        if rest.starts_with(&['/', '/']) {
            at += rest.iter().take_while(|c| **c != '\n').count();
        } else if rest.starts_with(&['/', '*']) {
            at = end_of_block_comment(&chars, at);
        } else if let Some(end) = end_of_text(&chars, at) {
            at = end;
        } else if chars[at] == '\'' {
            at = end_of_char_or_lifetime(&chars, at);
        } else if chars[at].is_alphabetic() || chars[at] == '_' {
            at += rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            words.push(Word { text: chars[start..at].iter().collect(), line });
        } else {
            at += 1;
            if !chars[start].is_whitespace() {
                words.push(Word { text: chars[start].to_string(), line });
            }
        }
        line += count(start, at);
    }
    words
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The end of a text in quotes that starts here (`"…"`, `b"…"`, `r#"…"#`), if one does.
fn end_of_text(chars: &[char], start: usize) -> Option<usize> {
    let prefix = chars[start..].iter().take_while(|c| "bcr".contains(**c)).count();
    let raw = chars[start..start + prefix].contains(&'r');
    let mut at = start + prefix;
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    if prefix > 2 || (hashes > 0 && !raw) || chars.get(at + hashes) != Some(&'"') {
        return None;
    }
    at += hashes + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' if !raw => at += 2,
            '"' if chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes => {
                return Some(at + 1 + hashes);
            }
            _ => at += 1,
        }
    }
    Some(chars.len())
}

fn end_of_char_or_lifetime(chars: &[char], start: usize) -> usize {
    match (chars.get(start + 1), chars.get(start + 2)) {
        (Some('\\'), _) => {
            let rest = chars.get(start + 3..).unwrap_or_default();
            start + 4 + rest.iter().take_while(|c| **c != '\'').count()
        }
        (Some(_), Some('\'')) => start + 3,
        _ => start + 1,
    }
}

/// The words without items under `#[cfg(test)]`, also where the fuzzer has them too, and the names of
/// the modules left out by it.
fn without_tests(words: &[Word]) -> (Vec<Word>, Vec<String>) {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    const FUZZING: [&str; 12] =
        ["#", "[", "cfg", "(", "any", "(", "fuzzing", ",", "test", ")", ")", "]"];
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    // The length of the attribute, where one is here.
    let is_test = |at: usize| {
        let stands = |attribute: &&[&str]| {
            attribute.iter().enumerate().all(|(offset, word)| text(at + offset) == *word)
        };
        [&TEST[..], &FUZZING[..]].into_iter().find(stands).map(<[&str]>::len)
    };
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < words.len() {
        let Some(length) = is_test(at) else {
            kept.push(words[at].clone());
            at += 1;
            continue;
        };
        at += length;
        // The item ends at its semicolon or with its braces.
        let mut depth = 0;
        while at < words.len() {
            match text(at) {
                "mod" if depth == 0 && text(at + 2) == ";" => modules.push(text(at + 1).to_owned()),
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 && matches!(text(at - 1), ";" | "}") {
                break;
            }
        }
    }
    (kept, modules)
}

/// The names that a file reaches from the root of the crate: `crate::NAME`, `crate::{NAME, …}`,
/// `trodden::NAME`, and `super::super::NAME` where that climbs to the root. `depth` is how deep
/// the module lies: 1 for a room's `mod.rs`.
fn rooms_named(words: &[Word], depth: usize) -> Vec<Word> {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    let path = |at: usize| text(at) == ":" && text(at + 1) == ":";
    let mut named = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mut after = at + 1;
        let from_root = match text(at) {
            "crate" | "trodden" => path(after),
            "super" if at < 2 || !path(at - 2) => {
                let mut climbed = 1;
                while path(after) && text(after + 2) == "super" {
                    after += 3;
                    climbed += 1;
                }
                climbed >= depth && path(after)
            }
            _ => false,
        };
        if from_root {
            after += 2;
            if text(after) == "{" {
                named.extend(first_names_in_braces(words, after));
            } else if let Some(word) = words.get(after) {
                named.push(word.clone());
            }
        }
        at += 1;
    }
    named
}

/// `a` and `b` of `{a::x, b::{y, z}}`.
fn first_names_in_braces(words: &[Word], open: usize) -> Vec<Word> {
    let mut names = Vec::new();
    let (mut depth, mut expects_name) = (0, false);
    for word in &words[open..] {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if expects_name && depth == 1 => names.push(word.clone()),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        expects_name = depth == 1 && matches!(word.text.as_str(), "{" | ",");
    }
    names
}

/// A source file of the crate: where it is, and its words outside test code.
struct Source {
    /// Relative to `src`.
    path: PathBuf,
    words: Vec<Word>,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: PathBuf::from(path), words: without_tests(&words(text)).0 }
    }

    /// The room that the file belongs to: its folder or, at the root, its own name.
    fn room(&self) -> &str {
        let first = self.path.iter().next().and_then(|name| name.to_str()).unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// How many modules deep the file lies: `vault/mod.rs` is 1, `vault/protect/key.rs` is 3.
    fn depth(&self) -> usize {
        let names = self.path.iter().count();
        if self.path.ends_with("mod.rs") { names - 1 } else { names }
    }

    fn complain(&self, word: &Word, what: &str) -> String {
        format!("src/{}:{}: {what}", self.path.display(), word.line)
    }

    /// Paths to rooms that the plan does not permit.
    fn trespasses(&self) -> Vec<String> {
        let room = self.room();
        if room == "lib" {
            return Vec::new();
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            return vec![format!("src/{}: a room that is not in the plan", self.path.display())];
        };
        rooms_named(&self.words, self.depth())
            .iter()
            .filter(|word| word.text != room && !allowed.contains(&word.text.as_str()))
            .map(|word| self.complain(word, &format!("{room} may not name {}", word.text)))
            .collect()
    }

    /// Uses of the seal's constructor where it may not be used.
    fn forgeries(&self) -> Vec<String> {
        let may = ["views/disclosed.rs", "vault/disclose", "release/open", "release/open.rs"]
            .iter()
            .any(|place| self.path.starts_with(place));
        let uses = self.words.iter().filter(|word| word.text == "after_control" && !may);
        uses.map(|word| self.complain(word, "only disclosure control seals a view")).collect()
    }

    /// Words that may not be used in the file's room.
    fn slips(&self) -> Vec<String> {
        let room = self.room();
        let prints: &[&str] = &["println", "eprintln", "print", "eprint", "dbg"];
        let pixels: &[&str] = &["egui", "eframe", "rfd"];
        let complaint = |word: &Word| {
            let text = word.text.as_str();
            if room == "vault" && prints.contains(&text) {
                Some(self.complain(word, "the vault prints nothing"))
            } else if WITHOUT_PIXELS.contains(&room) && pixels.contains(&text) {
                Some(self.complain(word, &format!("{room} knows nothing of windows")))
            } else {
                None
            }
        };
        self.words.iter().filter_map(complaint).collect()
    }
}

/// All sources of the crate but test code.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut tests: BTreeSet<PathBuf> = BTreeSet::new();
    let mut sources = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source is text");
        let (words, test_modules) = without_tests(&words(&text));
        let is_root_of_folder = file.ends_with("mod.rs") || file.ends_with("lib.rs");
        let folder = if is_root_of_folder {
            file.parent().expect("a file has a folder").to_owned()
        } else {
            file.with_extension("")
        };
        for module in test_modules {
            tests.insert(folder.join(&module));
            tests.insert(folder.join(module).with_extension("rs"));
        }
        let path = file.strip_prefix(&root).expect("it lies under src").to_owned();
        sources.push((file, Source { path, words }));
    }
    sources.retain(|(file, _)| !tests.iter().any(|test| file.starts_with(test)));
    sources.into_iter().map(|(_, source)| source).collect()
}

fn all(complaints: fn(&Source) -> Vec<String>) -> Vec<String> {
    let sources = sources();
    assert!(sources.len() > 20, "the sources were found");
    sources.iter().flat_map(complaints).collect()
}

#[test]
fn rooms_import_only_what_the_plan_permits() {
    assert_eq!(all(Source::trespasses), [] as [String; 0]);
}

#[test]
fn only_disclosure_control_and_the_opened_package_seal_a_view() {
    assert_eq!(all(Source::forgeries), [] as [String; 0]);
    let definitions = sources()
        .iter()
        .flat_map(|source| source.words.windows(2).map(|pair| (source.path.clone(), pair.to_vec())))
        .filter(|(_, pair)| pair[0].text == "fn" && pair[1].text == "after_control")
        .map(|(path, _)| path)
        .collect::<Vec<_>>();
    assert_eq!(definitions, [PathBuf::from("views/disclosed.rs")]);
}

#[test]
fn the_vault_prints_nothing_and_inner_rooms_know_no_window() {
    assert_eq!(all(Source::slips), [] as [String; 0]);
}

#[test]
fn the_rooms_inside_the_vault_are_private() {
    let sources = sources();
    let door =
        sources.iter().find(|source| source.path.ends_with("vault/mod.rs")).expect("the door");
    let words: Vec<&str> = door.words.iter().map(|word| word.text.as_str()).collect();
    let modules: Vec<usize> =
        (0..words.len()).filter(|at| words[*at] == "mod" && words[at + 2] == ";").collect();
    assert!(modules.len() >= 5, "the vault has its rooms");
    for at in modules {
        let before = if at == 0 { ";" } else { words[at - 1] };
        assert!(matches!(before, ";" | "}" | "]"), "mod {} is not private", words[at + 1]);
    }
}

#[test]
fn unsafe_code_stays_in_one_file() {
    let sources = sources();
    let files: Vec<_> = sources
        .iter()
        .filter(|source| source.words.iter().any(|word| word.text == "unsafe"))
        .map(|source| &source.path)
        .collect();
    assert!(files.len() <= 1, "unsafe code in {files:?}");
}

/// The checks above would be worth nothing if they could not fail.
#[test]
fn each_way_around_the_plan_is_noticed() {
    let trespasses = [
        ("draw/svg.rs", "use crate::vault::Vault;"),
        ("draw/mod.rs", "fn f(v: &crate::vault::Vault) {}"),
        ("draw/mod.rs", "use crate::{views::Flow, vault::{Vault, Key}};"),
        ("draw/layout/sankey.rs", "use super::super::super::vault::Vault;"),
        ("draw/mod.rs", "use super::vault::Vault;"),
        ("draw/mod.rs", "use trodden::vault::Vault;"),
        ("draw/mod.rs", "const T: &str = \"a \\\" b\"; use crate::vault::Vault;"),
        ("draw/mod.rs", "const C: char = '\"'; use crate::vault::Vault; const D: char = '\\'';"),
        ("draw/mod.rs", "#[cfg(test)] mod tests { fn f() {} } use crate::vault::Vault;"),
        ("draw/mod.rs", "fn f<'a>(t: &'a str) { crate::vault::Vault::go('a') }"),
        ("views/flow.rs", "use crate::draw::Scene;"),
        ("vault/measure/mod.rs", "use crate::release::Package;"),
        ("sample/mod.rs", "use crate::views::Flow;"),
        ("attic/mod.rs", ""),
    ];
    for (path, text) in trespasses {
        assert_eq!(Source::new(path, text).trespasses().len(), 1, "{path}: {text}");
    }
    let visits = [
        ("draw/mod.rs", "use crate::views::Flow; use super::views::View;"),
        ("draw/layout/sankey.rs", "use super::super::Scene; use crate::draw::Scene;"),
        ("draw/mod.rs", "// crate::vault::Vault\n/* crate::vault /* x */ ::Vault */ fn f() {}"),
        ("draw/mod.rs", "const T: &str = r#\"use \"crate::vault\" here\"#;"),
        ("draw/mod.rs", "#[cfg(test)]\nmod tests { use crate::vault::Vault; }"),
        ("vault/disclose/mod.rs", "use super::journeys::Store; use crate::vault::Vault;"),
        ("app/worker.rs", "use crate::{release, vault::Vault};"),
        ("main.rs", "fn main() { trodden::cli::run() }"),
    ];
    for (path, text) in visits {
        assert_eq!(Source::new(path, text).trespasses(), [] as [String; 0], "{path}: {text}");
    }
    let forged = Source::new("release/write.rs", "fn f() { Disclosed::after_control(1) }");
    assert_eq!(forged.forgeries().len(), 1);
    let sealed = Source::new("release/open.rs", "fn f() { Disclosed::after_control(1) }");
    assert_eq!(sealed.forgeries(), [] as [String; 0]);
    let printed = Source::new("vault/import/csv.rs", "fn f() { println!(\"{}\", 1) }");
    assert_eq!(printed.slips().len(), 1);
    let painted = Source::new("views/flow.rs", "use egui::Color32;");
    assert_eq!(painted.slips().len(), 1);
}
