//! `trodden review`: the reviewer's decision into a package.

use std::io::Write;
use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::signing::{KeyFile, SigningArgs, public_keys};
use super::{Failure, run};
use crate::release::{self, Choice, Judgement, Point};

pub(super) const REVIEW_EXAMPLES: &str = "\
Examples:
  trodden review shop.trodden.zip --approve --comment 'For the board' --key desk.key
  trodden review shop.trodden.zip --reject --comment 'Merge the rare steps' --key desk.key
  trodden review shop.trodden.zip --approve --comment ok --key desk.key --out approved.trodden.zip

Who approves also says what no program can check:
  The purpose is one that people agreed to.
  No label lets somebody be recognised.
  Time and group of people are declared.
  Who was left out is no group of its own.
  Nothing known from elsewhere adds to it.
  Those who get it are those it is for.

A signature cannot be undone; a second decision takes the place of the first.

Exit codes: 0 the decision is in the package, 1 its checks found something, 2 not usable.";

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("choice").required(true).args(["approve", "reject"]))]
pub(super) struct ReviewArgs {
    /// The release package
    #[arg(value_name = "PKG")]
    package: PathBuf,
    /// It may be passed on
    #[arg(long)]
    approve: bool,
    /// It may not
    #[arg(long)]
    reject: bool,
    /// Why; it stands in the package
    #[arg(long, value_name = "TEXT")]
    comment: String,
    #[command(flatten)]
    signing: SigningArgs,
    /// The public key that the package has to be signed with. Can be repeated
    #[arg(long, value_name = "KEY")]
    public_key: Vec<PathBuf>,
    /// Write the package here [default: in place of the one that is read]
    #[arg(long, value_name = "PKG")]
    out: Option<PathBuf>,
}

/// A decision to be made.
#[derive(Debug)]
pub(super) struct Review {
    package: PathBuf,
    judgement: Judgement,
    key: KeyFile,
    public_keys: Vec<PathBuf>,
    out: PathBuf,
}

impl TryFrom<ReviewArgs> for Review {
    type Error = Failure;

    fn try_from(args: ReviewArgs) -> Result<Self, Failure> {
        let key = args.signing.chosen().ok_or_else(|| {
            Failure::Usage(
                "a decision is signed; name the key with --key, or make one with trodden key"
                    .to_owned(),
            )
        })?;
        let choice = if args.approve { Choice::Approved } else { Choice::Rejected };
        let holds = if args.approve { Point::ALL.to_vec() } else { Vec::new() };
        let judgement = Judgement { choice, holds, comment: args.comment };
        let out = args.out.unwrap_or_else(|| args.package.clone());
        Ok(Self { package: args.package, judgement, key, public_keys: args.public_key, out })
    }
}

pub(super) fn review(review: &Review) -> Result<(), Failure> {
    let package = run::read_package(&review.package)?;
    let keys = public_keys(&review.public_keys)?;
    let key = review.key.open()?;
    let decided =
        release::decide(&package, &review.judgement, &key, &keys).map_err(|error| match error {
            release::DecideError::Unreadable(why) => {
                Failure::Package { path: review.package.display().to_string(), why }
            }
            other => Failure::Decide(other),
        })?;
    release::save(&review.out, &decided)?;
    let what = match review.judgement.choice {
        Choice::Approved => "approved",
        Choice::Rejected => "rejected",
    };
    let mut out = run::output();
    writeln!(out, "{} is {what}, signed with key {}.", review.out.display(), key.id())?;
    Ok(out.flush()?)
}
