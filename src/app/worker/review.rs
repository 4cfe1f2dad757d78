//! What the reviewer's thread can be asked for: packages read and checked, attacked, drawn, decided
//! about.
//!
//! *Invariant:* sees packages and keys, never the vault; a package is decided about as it was read,
//! whatever has become of its file since.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Failure;
use super::inbox::Work;
use super::vault::because;
use crate::draw::tokens::Theme;
use crate::draw::{Scene, beside_scenes, view_scene};
use crate::keys::{KeyId, Passphrase, PublicKey, SecretKey};
use crate::project::manifest_hash;
use crate::release::{self, Attack, Attacker, Beside, Judgement, Opened, Published, Sheet};
use crate::views::{Filter, Progress, View};

/// A package as it was read.
pub struct Examined {
    pub bytes: Vec<u8>,
    /// By which the history of a project knows it.
    pub manifest: Option<String>,
    pub opened: Opened,
    /// Where its own checks found something: what an attacker finds, with the numbers that prove it.
    pub attack: Attack,
    /// How many numbers are published in it.
    pub numbers: usize,
    /// Each of them, and what somebody else can know of people: labels and values of attributes.
    pub published: Vec<Published>,
    pub labels: Vec<String>,
    pub values: Vec<Filter>,
    /// Of each view.
    pub tables: Vec<Tables>,
}

/// The numbers of a view for people to read, of a long table its beginning.
pub struct Tables {
    pub sheets: Vec<(Sheet, usize)>,
    pub notes: Vec<String>,
}

/// Rows of a table that are shown; the rest is in the package's own tables.
const ROWS: usize = 60;

impl Tables {
    /// Each table with the number of rows that it has in full.
    fn of(view: &View) -> Self {
        let parts = view.parts();
        let sheets = parts.iter().flat_map(|part| release::sheets(part)).map(|mut sheet| {
            let rows = sheet.rows.len();
            sheet.rows.truncate(ROWS);
            (sheet, rows)
        });
        let notes = parts.iter().flat_map(|part| release::notes(part)).collect();
        Self { sheets: sheets.collect(), notes }
    }
}

/// One piece of work.
#[derive(Clone)]
pub enum ReviewJob {
    /// Read a package and check it, with the public keys it may be signed with.
    Examine { path: PathBuf, keys: Vec<PublicKey> },
    /// Attack the views of packages, each under its number.
    Attack { which: Attacks, packages: Vec<(usize, Arc<Examined>)>, attacker: Attacker },
    /// Lay two packages beside each other.
    Beside { packages: [Arc<Examined>; 2] },
    /// Lay a view of the one and a view of the other out alike.
    DrawPair { packages: [Arc<Examined>; 2], views: [usize; 2], theme: Theme },
    /// Lay a view of a package out.
    Draw { package: Arc<Examined>, view: usize, theme: Theme },
    /// Read a public key.
    ReadKey(PathBuf),
    /// Make a key.
    MakeKey { path: PathBuf, passphrase: Arc<Passphrase> },
    /// Sign a decision and write the package that has it.
    Decide(Box<Deciding>),
}

/// Which attack it is; a newer one of the same kind takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attacks {
    /// On all that are compared.
    Together,
    /// Asked for by hand.
    Again,
    /// On two that lie beside each other.
    Pair,
}

/// A decision on its way.
#[derive(Clone)]
pub struct Deciding {
    pub package: Arc<Examined>,
    pub judgement: Judgement,
    pub key: PathBuf,
    pub passphrase: Arc<Passphrase>,
    /// Public keys that the package may be signed with.
    pub keys: Vec<PublicKey>,
    pub out: PathBuf,
}

/// What came of it.
pub enum ReviewOutcome {
    Examined(Arc<Examined>),
    Attacked(Attack),
    Beside(Arc<Beside>),
    Drawn(Arc<Scene>),
    DrawnPair([Arc<Scene>; 2]),
    Key(PathBuf, PublicKey),
    Made(PathBuf, KeyId),
    /// The written package, read back and checked with the key that signed.
    Decided(PathBuf, Arc<Examined>),
}

impl Work for ReviewJob {
    fn name(&self) -> String {
        match self {
            Self::Examine { path, .. } => {
                format!("Checking {}", super::file_names(std::slice::from_ref(path)))
            }
            Self::Attack { .. } => "Attacking the packages".to_owned(),
            Self::Beside { .. } => "Comparing the packages".to_owned(),
            Self::Draw { .. } => "Drawing the view".to_owned(),
            Self::DrawPair { .. } => "Drawing the views".to_owned(),
            Self::ReadKey(_) => "Reading the key".to_owned(),
            Self::MakeKey { .. } => "Making the key".to_owned(),
            Self::Decide(_) => "Signing the decision".to_owned(),
        }
    }

    fn replaces(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Draw { .. }, Self::Draw { .. })
                | (Self::DrawPair { .. }, Self::DrawPair { .. })
                | (Self::Beside { .. }, Self::Beside { .. })
        ) || matches!(
            (self, other),
            (Self::Attack { which: own, .. }, Self::Attack { which, .. }) if own == which
        )
    }
}

pub fn work(job: ReviewJob, progress: &Progress) -> Result<ReviewOutcome, Failure> {
    match job {
        ReviewJob::Examine { path, keys } => {
            Ok(ReviewOutcome::Examined(Arc::new(examine(read(&path)?, &keys)?)))
        }
        ReviewJob::Attack { packages, attacker, .. } => {
            let views: Vec<_> = packages
                .iter()
                .map(|(number, package)| (*number, package.opened.views.as_slice()))
                .filter(|(_, views)| !views.is_empty())
                .collect();
            let attack = if views.is_empty() {
                Attack::default()
            } else {
                release::attack(&views, &attacker, progress).map_err(|error| because(&error))?
            };
            // Stopped on the way, it has found nothing and shown nothing.
            progress.check().map_err(|_| Failure::Stopped)?;
            Ok(ReviewOutcome::Attacked(attack))
        }
        ReviewJob::Draw { package, view, theme } => {
            let view = package.opened.views.get(view).ok_or(Failure::Stopped)?;
            Ok(ReviewOutcome::Drawn(Arc::new(view_scene(view, theme))))
        }
        ReviewJob::Beside { packages: [left, right] } => {
            Ok(ReviewOutcome::Beside(Arc::new(release::beside(&left.opened, &right.opened))))
        }
        ReviewJob::DrawPair { packages: [left, right], views, theme } => {
            let left = left.opened.views.get(views[0]).ok_or(Failure::Stopped)?;
            let right = right.opened.views.get(views[1]).ok_or(Failure::Stopped)?;
            Ok(ReviewOutcome::DrawnPair(beside_scenes([left, right], theme).map(Arc::new)))
        }
        ReviewJob::ReadKey(path) => {
            let key = PublicKey::read(&path).map_err(|error| because(&error))?;
            Ok(ReviewOutcome::Key(path, key))
        }
        ReviewJob::MakeKey { path, passphrase } => {
            let key = SecretKey::create(&path, &passphrase).map_err(|error| because(&error))?;
            Ok(ReviewOutcome::Made(path, key.id()))
        }
        ReviewJob::Decide(deciding) => decide(&deciding),
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::Because(format!(
            "{} cannot be read: {}. Check the name and the permissions.",
            path.display(),
            error.kind()
        ))
    };
    let mut bytes = Vec::new();
    // One byte more than a package may have is enough to refuse it.
    let most = release::LARGEST_PACKAGE as u64 + 1;
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

pub(super) fn examine(bytes: Vec<u8>, keys: &[PublicKey]) -> Result<Examined, Failure> {
    let opened = release::open_with(&bytes, keys).map_err(|error| because(&error))?;
    let attack = if opened.verdict.passed() || opened.views.is_empty() {
        Attack::default()
    } else {
        let attacker = Attacker::default();
        release::attack(&[(1, &opened.views)], &attacker, &Progress::default())
            .map_err(|error| because(&error))?
    };
    let rows = |view: &View| release::table(view).lines().count().saturating_sub(1);
    let numbers = opened.views.iter().map(|view| rows(view.view())).sum();
    let tables = opened.views.iter().map(|view| Tables::of(view.view())).collect();
    let manifest = manifest_hash(&bytes);
    let published = release::published(&opened.views);
    let labels = release::labels(&opened.views);
    let values = release::values(&opened.views);
    Ok(Examined { bytes, manifest, opened, attack, numbers, published, labels, values, tables })
}

fn decide(deciding: &Deciding) -> Result<ReviewOutcome, Failure> {
    let Deciding { package, judgement, key, passphrase, keys, out } = deciding;
    let key = SecretKey::read(key, passphrase).map_err(|error| because(&error))?;
    let decided =
        release::decide(&package.bytes, judgement, &key, keys).map_err(|error| because(&error))?;
    release::save(out, &decided).map_err(|error| because(&error))?;
    let mut all = keys.clone();
    if !all.is_empty() {
        all.push(key.public().clone());
    }
    let written = read(out)?;
    if written != decided {
        return Err(Failure::Because(format!(
            "{} was written, but reads back with other bytes. Write it to another place.",
            out.display()
        )));
    }
    Ok(ReviewOutcome::Decided(out.clone(), Arc::new(examine(written, &all)?)))
}
