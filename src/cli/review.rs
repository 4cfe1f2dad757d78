//! `trodden review`: packages laid side by side or attacked again, and the reviewer's decision into
//! one.

mod again;
mod pair;

use std::io::Write;
use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::signing::{KeyFile, SigningArgs, public_keys};
use super::{Failure, run};
use crate::release::{self, Choice, Judgement, Opened, Point};
use again::{Again, AgainArgs};

pub(super) const REVIEW_EXAMPLES: &str = "\
Examples:
  trodden review spring.trodden.zip autumn.trodden.zip          the two side by side
  trodden review spring.trodden.zip autumn.trodden.zip --json
  trodden review shop.trodden.zip --numbers                     every number, and what it can have been
  trodden review shop.trodden.zip --knows-number 'map, node 3=57' --knows-number 'map, people=503'
  trodden review shop.trodden.zip --knows-step home --knows-step cart --knows-value country=DE
  trodden review shop.trodden.zip --knows nothing --patient
  trodden review shop.trodden.zip --approve --comment 'For the board' --key desk.key
  trodden review shop.trodden.zip --reject --comment 'Merge the rare steps' --key desk.key
  trodden review shop.trodden.zip --approve --comment ok --key desk.key --out approved.trodden.zip

Of several packages, 2: before a number says that it is of the second one.

Who approves also says what no program can check:
  The purpose is one that people agreed to.
  No label lets somebody be recognised.
  Time and group of people are declared.
  Who was left out is no group of its own.
  Nothing known from elsewhere adds to it.
  Those who get it are those it is for.

A signature cannot be undone; a second decision takes the place of the first.

Exit codes: 0 done, 1 a check or an attack found something, 2 not usable.";

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("choice").args(["approve", "reject"]))]
pub(super) struct ReviewArgs {
    /// The release package; two without anything else are laid side by side
    #[arg(required = true, value_name = "PKG")]
    packages: Vec<PathBuf>,
    /// It may be passed on
    #[arg(long, help_heading = "Decision")]
    approve: bool,
    /// It may not
    #[arg(long, help_heading = "Decision")]
    reject: bool,
    /// Why; it stands in the package
    #[arg(long, value_name = "TEXT", requires = "choice", help_heading = "Decision")]
    comment: Option<String>,
    #[command(flatten)]
    signing: SigningArgs,
    /// The public key that the package has to be signed with. Can be repeated
    #[arg(long, value_name = "KEY")]
    public_key: Vec<PathBuf>,
    /// Write the package here [default: in place of the one that is read]
    #[arg(long, value_name = "PKG", requires = "choice", help_heading = "Decision")]
    out: Option<PathBuf>,
    #[command(flatten)]
    again: AgainArgs,
    /// Print JSON
    #[arg(long, conflicts_with = "choice")]
    json: bool,
}

/// What is asked of packages.
#[derive(Debug)]
pub(super) enum Review {
    Decide(Box<Deciding>),
    Look { packages: Vec<PathBuf>, public_keys: Vec<PathBuf>, what: Look, json: bool },
}

#[derive(Debug)]
pub(super) enum Look {
    /// Two packages side by side.
    Beside,
    /// Every number that they publish.
    Numbers,
    Attack(Again),
}

/// A decision to be made.
#[derive(Debug)]
pub(super) struct Deciding {
    package: PathBuf,
    judgement: Judgement,
    key: KeyFile,
    public_keys: Vec<PathBuf>,
    out: PathBuf,
}

impl TryFrom<ReviewArgs> for Review {
    type Error = Failure;

    fn try_from(args: ReviewArgs) -> Result<Self, Failure> {
        let usage = |what: &str| Err(Failure::Usage(what.to_owned()));
        let ReviewArgs { packages, public_key: public_keys, json, .. } = args;
        if !args.approve && !args.reject {
            let what = match (args.again.asked()?, &packages[..]) {
                (Some(look), _) => look,
                (None, [_, _]) => Look::Beside,
                (None, _) => {
                    return usage(
                        "say what to do: --approve or --reject, --numbers, an attack such as --knows \
                         nothing, or name two packages to see them side by side",
                    );
                }
            };
            return Ok(Self::Look { packages, public_keys, what, json });
        }
        if args.again.asked()?.is_some() {
            return usage("attack first, and decide then: leave one of the two out");
        }
        let [package] = &packages[..] else {
            return usage("a decision is about one package; name one");
        };
        let Some(comment) = args.comment else {
            return usage("a decision says why; add --comment TEXT");
        };
        let key = args.signing.chosen().ok_or_else(|| {
            Failure::Usage(
                "a decision is signed; name the key with --key, or make one with trodden key"
                    .to_owned(),
            )
        })?;
        let choice = if args.approve { Choice::Approved } else { Choice::Rejected };
        let holds = if args.approve { Point::ALL.to_vec() } else { Vec::new() };
        let judgement = Judgement { choice, holds, comment };
        let out = args.out.unwrap_or_else(|| package.clone());
        let package = package.clone();
        Ok(Self::Decide(Box::new(Deciding { package, judgement, key, public_keys, out })))
    }
}

pub(super) fn review(review: &Review) -> Result<(), Failure> {
    match review {
        Review::Decide(deciding) => decide(deciding),
        Review::Look { packages, public_keys: keys, what, json } => {
            let keys = public_keys(keys)?;
            let opened = packages
                .iter()
                .map(|path| {
                    let bytes = run::read_package(path)?;
                    let unread = |why| Failure::Package { path: path.display().to_string(), why };
                    release::open_with(&bytes, &keys).map_err(unread)
                })
                .collect::<Result<Vec<Opened>, Failure>>()?;
            match (what, &opened[..]) {
                (Look::Beside, [left, right]) => pair::print(packages, [left, right], *json),
                (Look::Beside, _) => Err(Failure::Usage("name two packages".to_owned())),
                (Look::Numbers, all) => again::print_numbers(packages, all, *json),
                (Look::Attack(again), all) => again::attack(packages, all, again, *json),
            }
        }
    }
}

fn decide(deciding: &Deciding) -> Result<(), Failure> {
    let package = run::read_package(&deciding.package)?;
    let keys = public_keys(&deciding.public_keys)?;
    let key = deciding.key.open()?;
    let decided =
        release::decide(&package, &deciding.judgement, &key, &keys).map_err(
            |error| match error {
                release::DecideError::Unreadable(why) => {
                    Failure::Package { path: deciding.package.display().to_string(), why }
                }
                other => Failure::Decide(other),
            },
        )?;
    release::save(&deciding.out, &decided)?;
    let what = match deciding.judgement.choice {
        Choice::Approved => "approved",
        Choice::Rejected => "rejected",
    };
    let mut out = run::output();
    writeln!(out, "{} is {what}, signed with key {}.", deciding.out.display(), key.id())?;
    Ok(out.flush()?)
}
