//! What can be typed, as clap reads it. Nothing is checked here that one option alone cannot say.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  trodden                                       open the window
  trodden --sample                              open it on made-up shop journeys
  trodden inspect events.csv                    what is in a file, and what is wrong with it
  trodden view events.csv --k 10                the flow as a table
  trodden view log.xes.gz --format svg > a.svg  the flow as a picture
  trodden release events.csv --out shop.trodden.zip
  trodden verify shop.trodden.zip
  trodden audit table.json                      what a reader can work out from a table

Exit codes: 0 done, 1 refused by the checks, 2 the input or the options cannot be used.";

const VIEW_EXAMPLES: &str = "\
Examples:
  trodden view events.csv
  trodden view events.csv --subject user_id --event name --time at --timezone Europe/Berlin
  trodden view events.csv --start Cart --steps 8 --top 12
  trodden view events.csv --end Purchase --hide app_ping --merge '/order/*=Order status'
  trodden view events.csv --k 20 --format csv > flow.csv";

const RELEASE_EXAMPLES: &str = "\
Examples:
  trodden release events.csv --out shop.trodden.zip
  trodden release events.csv --spec shop.toml --out shop.trodden.zip
  trodden release events.csv --k 20 --formats csv,svg --out shop.trodden.zip

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
  [[view]]
  view = \"flow\"
  steps = 8";

const INSPECT_EXAMPLES: &str = "\
Examples:
  trodden inspect events.csv
  trodden inspect events.csv --subject user_id --json";

const VERIFY_EXAMPLES: &str = "\
Examples:
  trodden verify shop.trodden.zip
  trodden verify *.trodden.zip --json

Exit codes: 0 every check passed, 1 something was found, 2 not a readable package.";

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
    /// Open the window on made-up data; with no display, write the sample's release package
    #[arg(long)]
    pub(super) sample: bool,
    /// With --sample: write the sample's package here, without a window
    #[arg(long, requires = "sample", value_name = "PKG")]
    pub(super) out: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
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

/// How files are read.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Event files: CSV of any separator, NDJSON, Parquet or XES, plain or gzip
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
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
    /// The zone of times without one, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE", help_heading = "Reading")]
    pub(super) timezone: Option<String>,
    /// How 03/04/2024 is read
    #[arg(long, value_enum, help_heading = "Reading")]
    pub(super) date_order: Option<Order>,
    /// Use the readable beginning of a file that breaks off
    #[arg(long, help_heading = "Reading")]
    pub(super) accept_truncated: bool,
    /// Stage times as JSON on standard error
    #[arg(long)]
    pub(super) timings: bool,
}

/// What is done with labels.
#[derive(Debug, Args)]
pub(super) struct LabelArgs {
    /// Give labels another name; * stands for anything. Can be repeated; the first that fits counts
    #[arg(long, value_name = "PATTERN=LABEL", help_heading = "Labels")]
    pub(super) merge: Vec<String>,
    /// Show a label although it looks personal, for this reason. Can be repeated
    #[arg(long, value_name = "LABEL=REASON", help_heading = "Labels")]
    pub(super) accept_label: Vec<String>,
}

/// What is asked, and under which thresholds. Everything is optional, so that a spec file can say it.
#[derive(Debug, Args)]
pub(super) struct QuestionArgs {
    /// The kind of view
    #[arg(long, value_enum, default_value_t = ViewKind::Flow, help_heading = "View")]
    pub(super) view: ViewKind,
    /// Begin at the first step with this label
    #[arg(long, value_name = "LABEL", conflicts_with_all = ["end", "anchor"], help_heading = "View")]
    pub(super) start: Option<String>,
    /// Go backwards from the last step with this label
    #[arg(long, value_name = "LABEL", conflicts_with = "anchor", help_heading = "View")]
    pub(super) end: Option<String>,
    /// From which end of a journey steps are counted [default: start]
    #[arg(long, value_enum, help_heading = "View")]
    pub(super) anchor: Option<AnchorSide>,
    /// How many steps, 2 to 12 [default: 6]
    #[arg(long, help_heading = "View")]
    pub(super) steps: Option<u8>,
    /// How many labels a step may name, 1 to 50 [default: 8]
    #[arg(long, help_heading = "View")]
    pub(super) top: Option<u8>,
    /// Whether repeats in a row count as one step [default: on]
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "on", help_heading = "View")]
    pub(super) collapse: Option<Switch>,
    /// Skip the events with this label. Can be repeated
    #[arg(long, value_name = "LABEL", help_heading = "View")]
    pub(super) hide: Vec<String>,
    /// The least number of different people behind any count: 5, 10, 15, 20, 30, 40, 50, 75 or 100 [default: 10]
    #[arg(long, help_heading = "Protection")]
    pub(super) k: Option<u32>,
    /// Publish multiples of this base [default: goes with k]
    #[arg(long, value_name = "BASE", help_heading = "Protection")]
    pub(super) round: Option<u32>,
    /// Blur why a step is Other [default: on]
    #[arg(long, value_enum, help_heading = "Protection")]
    pub(super) blur: Option<Switch>,
    /// What is counted
    #[arg(long, value_enum, default_value_t = CountedUnit::People, help_heading = "Protection")]
    pub(super) unit: CountedUnit,
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
    /// A file with import, rules, policy and view
    #[arg(long, value_name = "SPEC.toml")]
    pub(super) spec: Option<PathBuf>,
    /// The package to write
    #[arg(long, value_name = "PKG")]
    pub(super) out: PathBuf,
    /// What the package holds besides the numbers, which are always in it
    #[arg(long, value_enum, value_delimiter = ',', default_value = "csv,svg,png,html")]
    pub(super) formats: Vec<PackageFormat>,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Release packages
    #[arg(required = true, value_name = "PKG")]
    pub(super) packages: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
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
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum AnchorSide {
    Start,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ViewKind {
    Flow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CountedUnit {
    People,
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
    Html,
    /// The numbers alone
    Json,
}
