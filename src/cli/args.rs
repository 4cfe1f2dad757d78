//! What can be typed, as clap reads it. Nothing is checked here that one option alone cannot say.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use serde::de::value::{Error as WordError, StringDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::board::{BOARD_EXAMPLES, BoardArgs, PRESENT_EXAMPLES, PresentArgs};
use super::project::ProjectArgs;
use super::review::{REVIEW_EXAMPLES, ReviewArgs};
use super::signing::{KEY_EXAMPLES, KeyArgs, SigningArgs};
use crate::views::{DateOrder, Extent, Grain, Kind, Order, Preset, Side, TimeGrain, Unit};

const EXAMPLES: &str = "\
Examples:
  trodden                                       open the window
  trodden events.csv                            open it on a file
  trodden --sample                              open it on made-up shop journeys
  trodden --role reviewer a.trodden.zip         open it on a package, without any way to data
  trodden inspect events.csv                    what is in a file, and what is wrong with it
  trodden view events.csv --k 10                the flow as a table
  trodden view log.xes.gz --format svg > a.svg  the flow as a picture
  trodden release events.csv --out shop.trodden.zip
  trodden verify shop.trodden.zip
  trodden review shop.trodden.zip --approve --comment 'For the board' --key desk.key
  trodden present shop.trodden.zip --board board.json --out shop.trodden-show.zip
  trodden board shop.trodden-show.zip --out board.pdf --paper a3
  trodden audit table.json                      what a reader can work out from a table

Exit codes: 0 done, 1 refused by the checks, 2 the input or the options cannot be used.";

const VIEW_EXAMPLES: &str = "\
Examples:
  trodden view events.csv
  trodden view events.csv --subject user_id --event name --time at --timezone Europe/Berlin
  trodden view events.csv --start Cart --steps 8 --top 12
  trodden view events.csv --end Purchase --hide app_ping --merge '/order/*=Order status'
  trodden view events.csv --view map --activities 60 --format svg > map.svg
  trodden view events.csv --view funnel --funnel Home,Cart,Purchase --window 7d
  trodden view events.csv --view timing --timing Cart,Purchase --by country
  trodden view events.csv --view trend --grain month --where country=DE
  trodden view events.csv --k 20 --format csv > flow.csv
  trodden view events.csv --consent analytics --consent-register consents.csv
  trodden view events.csv --project shop.trodden --k 20
  trodden view --project shop.trodden --view map
  trodden view events.csv --erasure erased.csv --merge-regex '^/order/[0-9]+$=Order'

Where fewer than k people could be counted the view is empty, and one line says so.";

const RELEASE_EXAMPLES: &str = "\
Examples:
  trodden release events.csv --out shop.trodden.zip
  trodden release events.csv --spec shop.toml --out shop.trodden.zip
  trodden release events.csv --k 20 --formats csv,svg --out shop.trodden.zip
  trodden release events.csv --out shop.trodden.zip --key analyst.key
  trodden release events.csv --out shop.trodden.zip --policy firm.toml --public-key desk.key.pub
  trodden release --project shop.trodden --out shop.trodden.zip

A spec file holds what would otherwise be typed; options win over it:
  [import]
  subject = \"user_id\"
  timezone = \"Europe/Berlin\"
  [[rule]]
  kind = \"rename\"
  pattern = \"/order/*\"
  label = \"Order status\"
  [policy]
  k = 20
  [cohort]
  from = \"2026-01-01\"
  [[view]]
  view = \"flow\"
  steps = 8
  [[view]]
  view = \"funnel\"
  funnel = [\"Home\", \"Cart\", \"Purchase\"]

What [cohort] says holds for every view that says nothing else (where, did, did_not, from, to,
journey). With several views, what is asked stands in the file alone.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  trodden inspect events.csv
  trodden inspect events.csv --subject user_id --json";

const VERIFY_EXAMPLES: &str = "\
Examples:
  trodden verify shop.trodden.zip
  trodden verify *.trodden.zip --json
  trodden verify shop.trodden.zip --public-key analyst.key.pub --public-key desk.key.pub

Several packages are also attacked together, as if they were about the same people. With public
keys, every signature has to be of one of them, and there has to be one.

Exit codes: 0 every check passed, 1 something was found, 2 not a readable package.";

const HISTORY_EXAMPLES: &str = "\
Examples:
  trodden history shop.trodden
  trodden history shop.trodden spring.trodden.zip --passphrase-file secret.txt

Every entry holds the hash of the one before it, and every package of a project holds how far its
history had come. Who has the file and its passphrase can write another history that holds; but not one
that fits the packages which others already have. Name these to see whether they do.

Exit codes: 0 the chain and every package hold, 1 something does not, 2 a file cannot be read.";

const ERASE_EXAMPLES: &str = "\
Examples:
  trodden erase shop.trodden requests.csv
  trodden erase shop.trodden opendsr.json --passphrase-file secret.txt

The list is a CSV file of identifiers, or OpenDSR requests as JSON. The project keeps keyed pseudonyms
of them and no identifier, so the list can be deleted. The event files are not changed.";

const AUDIT_EXAMPLES: &str = "\
Examples:
  trodden audit table.json
  trodden audit table.json --json

A table holds cells, published or not, and how they add up:
  {\"k\": 5, \"integer\": true,
   \"cells\": {\"all\":   {\"status\": \"published\", \"value\": 50},
             \"left\":  {\"status\": \"published\", \"value\": 47},
             \"right\": {\"status\": \"suppressed\"}},
   \"constraints\": [{\"name\": \"sum\", \"terms\": {\"left\": 1, \"right\": 1, \"all\": -1}}]}

Exit codes: 0 nothing was found, 1 something was found or could not be ruled out, 2 not a table.";

const SAMPLE_EXAMPLES: &str = "\
Examples:
  trodden sample shop.csv
  trodden sample --people 500000 --seed 7 shop.parquet";

/// Journey maps that show only the paths enough people have walked.
///
/// Without a subcommand the window opens.
#[derive(Debug, Parser)]
#[command(name = "trodden", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct Cli {
    /// Open the window on these event files, or folders of them
    #[arg(value_name = "FILE", conflicts_with = "sample")]
    pub(super) files: Vec<PathBuf>,
    /// Open the window for somebody who sees no data: packages are looked at, and by a reviewer judged
    #[arg(long, value_enum, conflicts_with_all = ["sample", "out"])]
    pub(super) role: Option<WindowRole>,
    /// Open the window on made-up data; with no display, write the sample's release package
    #[arg(long)]
    pub(super) sample: bool,
    /// With --sample: write the sample's package here, without a window
    #[arg(long, requires = "sample", value_name = "PKG")]
    pub(super) out: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// For whom the window is, where it is not for an analyst.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum WindowRole {
    Reviewer,
    Presenter,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a made-up event file
    #[command(after_help = SAMPLE_EXAMPLES)]
    Sample(SampleArgs),
    /// Say what is in event files: columns, quality, labels that look personal; no values
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArgs),
    /// Print one protected view
    #[command(after_help = VIEW_EXAMPLES)]
    View(ViewArgs),
    /// Write a release package
    #[command(after_help = RELEASE_EXAMPLES)]
    Release(ReleaseArgs),
    /// Check release packages; needs no data
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Approve or reject a release package, and sign that
    #[command(after_help = REVIEW_EXAMPLES)]
    Review(ReviewArgs),
    /// Put a board and slides behind a release package, to show them in a room
    #[command(after_help = PRESENT_EXAMPLES)]
    Present(PresentArgs),
    /// Write a board as a picture, on paper or as text
    #[command(after_help = BOARD_EXAMPLES)]
    Board(BoardArgs),
    /// Make a key, or sign a policy with one
    #[command(after_help = KEY_EXAMPLES)]
    Key(KeyArgs),
    /// Say what was done in a project, whether its history holds, and whether packages are of it
    #[command(after_help = HISTORY_EXAMPLES)]
    History(HistoryArgs),
    /// Leave out who asked to be erased, from now on and in everything a project remembers
    #[command(after_help = ERASE_EXAMPLES)]
    Erase(EraseArgs),
    /// Attack a table of published and hidden numbers: what can be worked out from it
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(AuditArgs),
}

#[derive(Debug, Args)]
pub(super) struct SampleArgs {
    /// How many people; each has about 20 events
    #[arg(long, default_value_t = crate::sample::Sample::default().people, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) people: u32,
    /// The same seed gives the same file
    #[arg(long, default_value_t = crate::sample::Sample::default().seed)]
    pub(super) seed: u64,
    /// The file to write: Parquet where the name ends in .parquet, CSV otherwise
    pub(super) out: PathBuf,
}

/// As [`Preset::name`] writes them.
const PRESETS: [&str; Preset::ALL.len()] = {
    let mut names = [""; Preset::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Preset::ALL[at].name();
        at += 1;
    }
    names
};

/// How files are read.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Event files, or folders of them: CSV of any separator, JSON, Parquet, Arrow or XES, plain or
    /// as gzip, zstd or zip
    #[arg(required_unless_present = "project", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// The column with the person
    #[arg(long, value_name = "COLUMN", help_heading = "Reading")]
    pub(super) subject: Option<String>,
    /// The column with the session
    #[arg(long, value_name = "COLUMN", help_heading = "Reading")]
    pub(super) session: Option<String>,
    /// The column with the step
    #[arg(long, value_name = "COLUMN", help_heading = "Reading")]
    pub(super) event: Option<String>,
    /// The column with the time
    #[arg(long, value_name = "COLUMN", help_heading = "Reading")]
    pub(super) time: Option<String>,
    /// Read the fields as those of this export, whatever they look like
    #[arg(long, value_name = "NAME", value_parser = one_of::<Preset>(&PRESETS), help_heading = "Reading")]
    pub(super) preset: Option<Preset>,
    /// The zone of times without one, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE", help_heading = "Reading")]
    pub(super) timezone: Option<String>,
    /// How 03/04/2024 is read
    #[arg(long, value_parser = one_of::<DateOrder>(&["day-first", "month-first"]), help_heading = "Reading")]
    pub(super) date_order: Option<DateOrder>,
    /// Without a session column: a session ends after so long without an event [default: 30m]
    #[arg(long, value_name = "TIME", help_heading = "Reading")]
    pub(super) session_gap: Option<String>,
    /// Leave out rows that were sent twice: by their insert id, else where all that is read is the same
    #[arg(long, help_heading = "Reading")]
    pub(super) drop_duplicates: bool,
    /// Use the readable beginning of a file that breaks off
    #[arg(long, help_heading = "Reading")]
    pub(super) accept_truncated: bool,
    #[command(flatten)]
    pub(super) consent: ConsentArgs,
    /// Stage times as JSON on standard error
    #[arg(long)]
    pub(super) timings: bool,
}

/// Whose journeys may be counted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Consent and erasure")]
pub(super) struct ConsentArgs {
    /// Count only people who consented to this purpose. Can be repeated; then to every one
    #[arg(long = "consent", value_name = "PURPOSE")]
    pub(super) purposes: Vec<String>,
    /// A CSV file that says who agreed to what: subject, purpose, state, time; the latest counts
    #[arg(long, value_name = "FILE")]
    pub(super) consent_register: Vec<PathBuf>,
    /// Leave out who asked to be erased: a CSV file of identifiers, or OpenDSR requests as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) erasure: Vec<PathBuf>,
}

/// What is done with labels.
#[derive(Debug, Args)]
pub(super) struct LabelArgs {
    /// Give labels another name; * stands for anything. Can be repeated; the first that fits counts
    #[arg(long, value_name = "PATTERN=LABEL", help_heading = "Labels")]
    pub(super) merge: Vec<String>,
    /// The same with a regular expression, found anywhere in a label; counts after every --merge
    #[arg(long, value_name = "REGEX=LABEL", help_heading = "Labels")]
    pub(super) merge_regex: Vec<String>,
    /// Show a label although it looks personal, for this reason. Can be repeated
    #[arg(long, value_name = "LABEL=REASON", help_heading = "Labels")]
    pub(super) accept_label: Vec<String>,
}

/// What is asked, and under which thresholds. Everything is optional, so that a spec file can say it.
#[derive(Debug, Args)]
pub(super) struct QuestionArgs {
    #[command(flatten)]
    pub(super) who: WhoArgs,
    #[command(flatten)]
    pub(super) what: WhatArgs,
    #[command(flatten)]
    pub(super) protection: ProtectionArgs,
}

/// About whom.
#[derive(Debug, Args)]
#[command(next_help_heading = "People")]
pub(super) struct WhoArgs {
    /// Only people whose attribute (a column) has this value. Can be repeated
    #[arg(long = "where", value_name = "ATTRIBUTE=VALUE")]
    pub(super) filters: Vec<String>,
    /// Only people who have a step with this label. Can be repeated
    #[arg(long, value_name = "LABEL")]
    pub(super) did: Vec<String>,
    /// Only people who have no step with this label. Can be repeated
    #[arg(long, value_name = "LABEL")]
    pub(super) did_not: Vec<String>,
    /// Only what happened from this day on, such as 2026-03-01
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<Date>,
    /// Only what happened up to the end of this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) to: Option<Date>,
    /// Which part of a person's history is her journey [default: whole]
    #[arg(long, value_parser = one_of::<Extent>(&["whole", "first-session", "last-session", "longest-session"]))]
    pub(super) journey: Option<Extent>,
    /// What is counted [default: people]
    #[arg(long, value_parser = one_of::<Unit>(&["people", "sessions", "occurrences"]))]
    pub(super) unit: Option<Unit>,
    /// The same question for every value of this attribute (a column)
    #[arg(long, value_name = "ATTRIBUTE")]
    pub(super) by: Option<String>,
    /// The same question for people with this value and for the others; with --where on the same
    /// attribute, for that value and this one
    #[arg(long, value_name = "ATTRIBUTE=VALUE")]
    pub(super) compare: Option<String>,
}

/// What about them.
#[derive(Debug, Args)]
#[command(next_help_heading = "View")]
pub(super) struct WhatArgs {
    /// The kind of view [default: flow]
    #[arg(long, value_parser = one_of::<Kind>(&["flow", "map", "paths", "funnel", "timing", "trend"]))]
    pub(super) view: Option<Kind>,
    /// Flow, paths: begin at the first step with this label. With --end: from there to the next
    /// step with that one
    #[arg(long, value_name = "LABEL")]
    pub(super) start: Option<String>,
    /// Flow, paths: go backwards from the last step with this label
    #[arg(long, value_name = "LABEL")]
    pub(super) end: Option<String>,
    /// Flow, paths: from which end of a journey steps are counted [default: start]
    #[arg(long, value_parser = one_of::<Side>(&["start", "end", "between"]))]
    pub(super) anchor: Option<Side>,
    /// Flow, paths: how many steps, 2 to 12 [default: 6]
    #[arg(long)]
    pub(super) steps: Option<u8>,
    /// Flow, paths: how many labels a step may name, 1 to 50 [default: 8]
    #[arg(long)]
    pub(super) top: Option<u8>,
    /// Flow, paths, map: whether repeats in a row count as one step [default: on, in a map off]
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "on")]
    pub(super) collapse: Option<Switch>,
    /// Map: how many of its activities are shown, in percent [default: 100]
    #[arg(long, value_name = "PERCENT")]
    pub(super) activities: Option<u8>,
    /// Map: how many of its edges are shown, in percent [default: 100]
    #[arg(long, value_name = "PERCENT")]
    pub(super) paths: Option<u8>,
    /// Map: skip labels of too few people, instead of showing them as Other
    #[arg(long)]
    pub(super) skip_rare: bool,
    /// Map: how long its edges take
    #[arg(long)]
    pub(super) times: bool,
    /// Funnel: its steps in order. Given more than once, each is one label and may have a comma
    #[arg(long, value_name = "A,B,C")]
    pub(super) funnel: Vec<String>,
    /// Funnel: in this order, in any, or exactly so with nothing in between [default: this]
    #[arg(long, value_parser = one_of::<Order>(&["this", "any", "exact"]))]
    pub(super) order: Option<Order>,
    /// Funnel: a step that may be left out. Can be repeated
    #[arg(long, value_name = "LABEL")]
    pub(super) optional: Vec<String>,
    /// Funnel: a label that ends an attempt. Can be repeated
    #[arg(long, value_name = "LABEL")]
    pub(super) exclude: Vec<String>,
    /// Funnel: all steps come within this time after the first, such as 7d, 36h, 30m or 90s
    #[arg(long, value_name = "TIME")]
    pub(super) window: Option<String>,
    /// Timing: the two steps. Given twice, each is one label and may have a comma
    #[arg(long, value_name = "A,B")]
    pub(super) timing: Vec<String>,
    /// Trend: how long its intervals are [default: week]
    #[arg(long, value_parser = one_of::<Grain>(&["day", "week", "month"]))]
    pub(super) grain: Option<Grain>,
    /// Trend: count only people who take this step
    #[arg(long, value_name = "LABEL")]
    pub(super) label: Option<String>,
    /// Skip the events with this label. Can be repeated
    #[arg(long, value_name = "LABEL")]
    pub(super) hide: Vec<String>,
}

/// Under which thresholds.
#[derive(Debug, Args)]
#[command(next_help_heading = "Protection")]
pub(super) struct ProtectionArgs {
    /// The least number of different people behind any count: 5, 10, 15, 20, 30, 40, 50, 75 or 100 [default: 10]
    #[arg(long)]
    pub(super) k: Option<u32>,
    /// Publish multiples of this base [default: goes with k]
    #[arg(long, value_name = "BASE")]
    pub(super) round: Option<u32>,
    /// Blur why a step is Other [default: on]
    #[arg(long, value_enum)]
    pub(super) blur: Option<Switch>,
    /// The most sessions or occurrences that one person adds to a count [default: 5, or k - 2 where that is less]
    #[arg(long)]
    pub(super) cap: Option<u32>,
    /// How exactly times are used [default: none, as they are]
    #[arg(long, value_parser = one_of::<TimeGrain>(&["none", "minute", "hour", "day", "order"]))]
    pub(super) time_grain: Option<TimeGrain>,
    /// What an organisation demands of every release, as TOML; choices cannot go below it
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// The public key that the policy has to be signed with. Can be repeated
    #[arg(long, value_name = "KEY", requires = "policy")]
    pub(super) public_key: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    #[command(flatten)]
    pub(super) import: ImportArgs,
    #[command(flatten)]
    pub(super) labels: LabelArgs,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ViewArgs {
    #[command(flatten)]
    pub(super) import: ImportArgs,
    #[command(flatten)]
    pub(super) labels: LabelArgs,
    #[command(flatten)]
    pub(super) question: QuestionArgs,
    /// How the view is printed
    #[arg(long, value_enum, default_value_t = ViewFormat::Table)]
    pub(super) format: ViewFormat,
}

#[derive(Debug, Args)]
pub(super) struct ReleaseArgs {
    #[command(flatten)]
    pub(super) import: ImportArgs,
    #[command(flatten)]
    pub(super) labels: LabelArgs,
    #[command(flatten)]
    pub(super) question: QuestionArgs,
    /// A file with import, rules, policy, cohort and views
    #[arg(long, value_name = "SPEC.toml")]
    pub(super) spec: Option<PathBuf>,
    /// The package to write
    #[arg(long, value_name = "PKG")]
    pub(super) out: PathBuf,
    /// What the package holds besides the numbers, which are always in it
    #[arg(long, value_enum, value_delimiter = ',', default_value = "csv,svg,png,html")]
    pub(super) formats: Vec<PackageFormat>,
    #[command(flatten)]
    pub(super) signing: SigningArgs,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Release packages
    #[arg(required = true, value_name = "PKG")]
    pub(super) packages: Vec<PathBuf>,
    /// A public key that packages and decisions may be signed with. Can be repeated
    #[arg(long, value_name = "KEY")]
    pub(super) public_key: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// The project
    #[arg(value_name = "NAME.trodden")]
    pub(super) project: PathBuf,
    /// Release packages that may be of it
    #[arg(value_name = "PKG")]
    pub(super) packages: Vec<PathBuf>,
    /// A file whose first line is the passphrase, which is asked for at the terminal otherwise
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct EraseArgs {
    /// The project
    #[arg(value_name = "NAME.trodden")]
    pub(super) project: PathBuf,
    /// Who asked to be erased
    #[arg(value_name = "LIST")]
    pub(super) list: PathBuf,
    /// A file whose first line is the passphrase, which is asked for at the terminal otherwise
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    /// The table, as JSON
    #[arg(value_name = "TABLE")]
    pub(super) table: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ViewFormat {
    Table,
    Json,
    Csv,
    Svg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PackageFormat {
    Csv,
    Svg,
    Png,
    /// Vectors with text that can be selected
    Pdf,
    Html,
    /// The cells of the tables, for data tools
    Parquet,
    /// Maps and flows as flowcharts, funnels and paths as journeys, as text for documents
    Mermaid,
    /// Maps and flows for yEd, Gephi and their like
    Graphml,
    /// Maps and flows for Graphviz
    Dot,
    /// The numbers alone
    Json,
}

impl ViewFormat {
    /// As it is typed.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Svg => "svg",
        }
    }
}

impl PackageFormat {
    /// As it is typed, and as a policy says it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Parquet => "parquet",
            Self::Mermaid => "mermaid",
            Self::Graphml => "graphml",
            Self::Dot => "dot",
            Self::Json => "json",
        }
    }
}

/// One of these words. They are the words of the files, with `-` for `_`.
fn one_of<T: DeserializeOwned + Clone + Send + Sync + 'static>(
    words: &'static [&'static str],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).try_map(|word| {
        let word: StringDeserializer<WordError> = word.replace('-', "_").into_deserializer();
        T::deserialize(word)
    })
}

fn date(typed: &str) -> Result<Date, &'static str> {
    // Longer texts would be read as times, whose end would be lost.
    let date = typed.parse().ok().filter(|_| typed.len() == "2026-03-01".len());
    date.ok_or("a day is written as 2026-03-01")
}
