//! The reviewer's desk: packages that are open, what is thought of each, and the key that signs.
//!
//! *Invariant:* knows nothing of the source that is open at the other places. The passphrase is no
//! part of any command; it is taken from here when a decision is signed, and gone then.

mod pair;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::{Zeroize, Zeroizing};

use super::{Presenting, State};
use crate::app::command::{Command, Place};
use crate::app::toast::Toast;
use crate::app::worker::{
    Attacks, Deciding, Examined, Failure, ReviewJob, ReviewOutcome, Worker, file_names,
};
use crate::draw::Scene;
use crate::draw::tokens::Theme;
use crate::keys::{Passphrase, PublicKey};
use crate::release::{
    Attack, Attacker, Choice, Decided, Finding, Found, Judgement, Knows, Person, Point, Spot,
};
pub use pair::Pairing;

/// What is looked at in a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReviewTab {
    #[default]
    Findings,
    Contents,
    Statement,
    History,
    /// Beside another package.
    Beside,
}

/// What an attacker knows besides the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assumes {
    Nothing,
    #[default]
    OneGroup,
    Person,
    Numbers,
}

/// An attacker as a reviewer puts one together. What is not assumed at the moment is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumed {
    pub assumes: Assumes,
    pub person: Person,
    pub numbers: Vec<(Spot, u64)>,
    pub patient: bool,
}

impl Assumed {
    /// The attacker of these packages: nobody knows a number of another one.
    fn attacker(&self, of: &[usize]) -> Attacker {
        let known = || self.numbers.iter().filter(|(spot, _)| of.contains(&spot.package));
        let knows = match self.assumes {
            Assumes::Nothing => Knows::Nothing,
            Assumes::OneGroup => Knows::OneGroup,
            Assumes::Person => Knows::Person(self.person.clone()),
            Assumes::Numbers => Knows::Numbers(known().copied().collect()),
        };
        Attacker { knows, patient: self.patient }
    }

    /// What is missing before anybody can attack like that.
    pub fn lacks(&self) -> Option<&'static str> {
        match self.assumes {
            Assumes::Person if self.person.path.is_empty() => {
                Some("Choose at least one step of that person.")
            }
            Assumes::Numbers if self.numbers.is_empty() => {
                Some("Choose a number, and say how many it was before it was rounded.")
            }
            _ => None,
        }
    }
}

/// Which file somebody is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Packages,
    PublicKey,
    SecretKey,
    Out,
}

/// One thing a reviewer can do. Packages have numbers, from 1 on, that stay theirs.
#[derive(Clone, Debug, PartialEq)]
pub enum Reviewing {
    /// By a dialog of the system.
    Choose(Asked),
    Open(Vec<PathBuf>),
    Close(usize),
    Show(usize),
    Look(ReviewTab),
    /// One of the views of the package.
    LookAt(usize),
    /// Attack this package together with the one that is shown, or not.
    Compare(usize, bool),
    /// Show or hide the way to attack again.
    AskAttack(bool),
    Assume(Box<Assumed>),
    Attack,
    /// Lay the package that is shown beside this one.
    LayBeside(usize),
    /// One of the pairs of views that lie beside each other.
    LookAtPair(usize),
    AddKey(PathBuf),
    RemoveKey(usize),
    Answer(Point, bool),
    Comment(String),
    SetSecretKey(String),
    SetOut(String),
    MakeKey,
    Decide(Choice),
}

/// A package that was opened.
pub struct Received {
    pub number: usize,
    pub path: PathBuf,
    /// Absent while it is read.
    pub examined: Option<Result<Arc<Examined>, String>>,
    pub holds: BTreeSet<Point>,
    pub comment: String,
    pub out: String,
    pub error: Option<String>,
    /// What was decided here, and where it was written.
    pub written: Option<(Choice, PathBuf)>,
}

impl Received {
    fn new(number: usize, path: PathBuf) -> Self {
        let out = beside(&path).display().to_string();
        Self {
            number,
            path,
            examined: None,
            holds: BTreeSet::new(),
            comment: String::new(),
            out,
            error: None,
            written: None,
        }
    }

    /// `shop` of `shop.trodden.zip`.
    pub fn name(&self) -> String {
        let name = file_names(std::slice::from_ref(&self.path));
        stem(&name).to_owned()
    }

    pub fn ready(&self) -> Option<&Arc<Examined>> {
        self.examined.as_ref()?.as_ref().ok()
    }

    pub fn decision(&self) -> Option<&Decided> {
        self.ready()?.opened.verdict.decision.as_ref()
    }

    /// What of its own checks is in the way of an approval. A decision that is missing, or says no,
    /// is what is about to be made.
    pub fn blocking(&self) -> usize {
        let Some(examined) = self.ready() else { return 0 };
        let verdict = &examined.opened.verdict;
        verdict.findings.iter().filter(|found| !is_of_decision(found)).count()
    }
}

/// An attack that was asked for, and what came of it.
#[derive(Default)]
pub struct Attacking {
    /// The numbers of the packages.
    pub of: Vec<usize>,
    pub attacker: Attacker,
    pub answer: Option<Result<Attack, String>>,
}

/// Everything at the place Review.
#[derive(Default)]
pub struct Review {
    pub packages: Vec<Received>,
    last: usize,
    pub shown: Option<usize>,
    pub tab: ReviewTab,
    pub view: usize,
    /// Packages that are not attacked together with others.
    pub apart: BTreeSet<usize>,
    /// Of all that are compared, as soon as there are two; asked for by itself.
    pub joint: Attacking,
    /// Asked for by hand.
    pub again: Attacking,
    /// Whether it is being said who attacks.
    pub asks: bool,
    pub assumed: Assumed,
    pub pair: Pairing,
    pub keys: Vec<(PathBuf, PublicKey)>,
    pub secret: String,
    /// Typed, and never part of a command.
    pub passphrase: Zeroizing<String>,
    /// About keys.
    pub key_error: Option<String>,
    picture: Option<(Arc<Examined>, usize, Theme)>,
    pub scene: Option<Arc<Scene>>,
    pub is_signing: bool,
    /// Reports that are waited for, and what they are about.
    awaited: BTreeMap<u64, About>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Package(usize),
    Joint,
    Again,
    Pair,
    Beside,
    PairPicture,
    Picture,
    Key,
    Decision(usize),
}

/// Whether a finding is about a decision, whose place the next one takes.
pub fn is_of_decision(finding: &Finding) -> bool {
    finding.place.starts_with("decision.json") || finding.place.starts_with("reviewed/")
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".trodden.zip").or_else(|| name.strip_suffix(".zip")).unwrap_or(name)
}

/// `shop.reviewed.trodden.zip` beside `shop.trodden.zip`.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map_or_else(String::new, |name| name.display().to_string());
    path.with_file_name(format!("{}.reviewed.trodden.zip", stem(&name)))
}

/// Whether a file is called like a package.
/// Whether a path names a presenter file, by its ending.
pub fn is_show(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.to_lowercase().ends_with(".trodden-show.zip"))
}

/// Whether a board can do something with a file, by its ending.
fn is_for_board(path: &Path) -> bool {
    const ENDINGS: [&str; 6] = ["mmd", "mermaid", "png", "jpg", "jpeg", "zip"];
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn is_package(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.to_lowercase().ends_with(".trodden.zip"))
}

impl Review {
    pub fn received(&self) -> Option<&Received> {
        let shown = self.shown?;
        self.packages.iter().find(|package| package.number == shown)
    }

    fn package(&mut self, number: usize) -> Option<&mut Received> {
        self.packages.iter_mut().find(|package| package.number == number)
    }

    fn now(&mut self) -> Option<&mut Received> {
        let shown = self.shown?;
        self.package(shown)
    }

    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.keys.iter().map(|(_, key)| key.clone()).collect()
    }

    /// The packages that can be attacked together with others.
    fn with_views(&self) -> impl Iterator<Item = (usize, &Arc<Examined>)> {
        let ready = self.packages.iter().filter_map(|it| Some((it.number, it.ready()?)));
        ready.filter(|(_, examined)| !examined.opened.views.is_empty())
    }

    /// Those that are attacked together, the one that is shown first.
    pub fn compared(&self) -> Vec<usize> {
        let together = self.with_views().map(|(number, _)| number);
        let mut compared: Vec<usize> =
            together.filter(|it| !self.apart.contains(it) || Some(*it) == self.shown).collect();
        // What several others give away as well is told of the first.
        compared.sort_by_key(|it| Some(*it) != self.shown);
        compared
    }

    /// What the package that is shown gives away together with those it is compared with.
    pub fn overlap(&self) -> Vec<&Found> {
        let compared = self.compared();
        let Some(shown) = self.shown.filter(|shown| compared.contains(shown)) else {
            return Vec::new();
        };
        let Some(Ok(attack)) = self.joint.answer.as_ref().filter(|_| self.joint.of == compared)
        else {
            return Vec::new();
        };
        // What two others give away is said where one of them is looked at.
        let is_own = |found: &&Found| found.packages.is_empty() || found.packages.contains(&shown);
        attack.found.iter().filter(is_own).collect()
    }

    /// Why the package that is shown cannot be approved, in a sentence.
    pub fn blocked(&self) -> Option<String> {
        if let Some(why) = self.not_signable() {
            return Some(why.to_owned());
        }
        let package = self.received()?;
        let holds = package.holds.len();
        let found = package.blocking();
        if found > 0 {
            let what = if found == 1 { "a finding" } else { "findings" };
            return Some(format!("Its own checks have {what}; it can only be rejected."));
        }
        if !self.overlap().is_empty() {
            return Some(
                "Together with the packages it is compared with it gives a group away. Reject it, or \
                 take away those that are about others."
                    .to_owned(),
            );
        }
        match Point::ALL.len() - holds {
            0 => None,
            1 => Some("Approve waits for one check.".to_owned()),
            left => Some(format!("Approve waits for {left} checks.")),
        }
    }

    /// Why nothing can be signed at all.
    pub fn not_signable(&self) -> Option<&'static str> {
        let package = self.received()?;
        if package.ready().is_none() {
            Some("There is no package to decide about.")
        } else if self.is_signing {
            Some("The decision is being signed.")
        } else if self.secret.trim().is_empty() {
            Some("Choose the key that signs.")
        } else if self.passphrase.is_empty() {
            Some("Type the passphrase of the key.")
        } else if package.out.trim().is_empty() {
            Some("Say where the package shall be written.")
        } else {
            None
        }
    }

    fn ask(&mut self, about: About, job: ReviewJob, worker: &Worker) {
        self.awaited
            .retain(|_, known| *known != about || matches!(about, About::Package(_) | About::Key));
        let number = worker.review(job);
        self.awaited.insert(number, about);
    }

    fn open(&mut self, paths: Vec<PathBuf>, worker: &Worker) {
        for path in paths {
            let known = self.packages.iter().find(|package| package.path == path);
            let number = if let Some(known) = known {
                known.number
            } else {
                self.last += 1;
                self.packages.push(Received::new(self.last, path.clone()));
                self.last
            };
            self.shown = Some(number);
            self.view = 0;
            self.examine(number, path, worker);
        }
    }

    fn examine(&mut self, number: usize, path: PathBuf, worker: &Worker) {
        if let Some(package) = self.package(number) {
            package.examined = None;
        }
        let keys = self.public_keys();
        self.ask(About::Package(number), ReviewJob::Examine { path, keys }, worker);
    }

    /// Another set of public keys is another question about every package.
    fn examine_all(&mut self, worker: &Worker) {
        let all: Vec<_> = self.packages.iter().map(|it| (it.number, it.path.clone())).collect();
        for (number, path) in all {
            self.examine(number, path, worker);
        }
    }

    fn close(&mut self, number: usize) {
        self.packages.retain(|package| package.number != number);
        self.apart.remove(&number);
        // Nobody can know a number of a package that is gone.
        self.assumed.numbers.retain(|(spot, _)| spot.package != number);
        if self.shown == Some(number) {
            self.shown = self.packages.last().map(|package| package.number);
            self.view = 0;
        }
    }

    fn attack(&mut self, about: About, of: Vec<usize>, attacker: Attacker, worker: &Worker) {
        let known: BTreeMap<usize, &Arc<Examined>> = self.with_views().collect();
        let packages = of.iter().filter_map(|it| Some((*it, Arc::clone(known.get(it)?)))).collect();
        let attacking = Attacking { of, attacker: attacker.clone(), answer: None };
        let which = match about {
            About::Joint => Attacks::Together,
            About::Pair => Attacks::Pair,
            _ => Attacks::Again,
        };
        match which {
            Attacks::Together => self.joint = attacking,
            Attacks::Again => self.again = attacking,
            Attacks::Pair => self.pair.attack = attacking,
        }
        self.ask(about, ReviewJob::Attack { which, packages, attacker }, worker);
    }

    /// What is typed, taken out of the field. The field is empty afterwards.
    fn take_passphrase(&mut self) -> Option<Arc<Passphrase>> {
        let taken = Passphrase::new(&self.passphrase);
        self.passphrase.zeroize();
        match taken {
            Ok(passphrase) => Some(Arc::new(passphrase)),
            Err(error) => {
                self.key_error = Some(crate::app::worker::sentence(&error.to_string()));
                None
            }
        }
    }

    fn decide(&mut self, choice: Choice, worker: &Worker) {
        let is_blocked = match choice {
            Choice::Approved => self.blocked().is_some(),
            Choice::Rejected => self.not_signable().is_some(),
        };
        if is_blocked {
            return;
        }
        let keys = self.public_keys();
        let key = PathBuf::from(self.secret.trim());
        let Some(passphrase) = self.take_passphrase() else { return };
        let Some(received) = self.now() else { return };
        let Some(package) = received.ready().cloned() else { return };
        received.error = None;
        received.written = None;
        let judgement = Judgement {
            choice,
            holds: received.holds.iter().copied().collect(),
            comment: received.comment.clone(),
        };
        let out = PathBuf::from(received.out.trim());
        let number = received.number;
        self.is_signing = true;
        let deciding = Deciding { package, judgement, key, passphrase, keys, out };
        self.ask(About::Decision(number), ReviewJob::Decide(Box::new(deciding)), worker);
    }

    /// Asks for the picture of a view unless it is there or on its way.
    pub fn want(&mut self, theme: Theme, worker: &Worker) {
        let Some(package) = self.received().and_then(|it| it.ready()).cloned() else { return };
        let view = self.view;
        let same = |(of, at, in_theme): &(Arc<Examined>, usize, Theme)| {
            Arc::ptr_eq(of, &package) && *at == view && *in_theme == theme
        };
        if self.picture.as_ref().is_some_and(same) || view >= package.opened.views.len() {
            return;
        }
        self.picture = Some((Arc::clone(&package), view, theme));
        self.scene = None;
        self.ask(About::Picture, ReviewJob::Draw { package, view, theme }, worker);
    }

    /// Leaves the work that nobody asks for by hand: the attack on all that are compared.
    pub(super) fn prepare(&mut self, worker: &Worker) {
        let reading = self.packages.iter().any(|package| package.examined.is_none());
        let of = self.compared();
        if !reading && of.len() > 1 && self.joint.of != of {
            self.attack(About::Joint, of, Attacker::default(), worker);
        }
        if !reading {
            self.prepare_pair(worker);
        }
    }

    /// What was stopped: packages that were not read are not there.
    pub(super) fn stopped(&mut self) {
        self.packages.retain(|package| package.examined.is_some());
        if self.received().is_none() {
            self.shown = self.packages.last().map(|package| package.number);
        }
        self.awaited.clear();
        self.is_signing = false;
        self.picture = None;
        self.stop_pair();
        for attacking in [&mut self.joint, &mut self.again, &mut self.pair.attack] {
            if attacking.answer.is_none() && !attacking.of.is_empty() {
                attacking.answer = Some(Err("Stopped as asked.".to_owned()));
            }
        }
    }
}

impl State {
    /// What is to be done with files that were let fall on the window: packages go to the reviewer's
    /// desk, and there public keys as well; everything else is events.
    pub fn dropped(&self, paths: Vec<PathBuf>) -> Vec<Command> {
        let is_key = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "pub");
        let at_desk = self.place == Place::Review;
        // What is to be shown opens where it is shown, unless somebody reviews.
        let at_board = self.place == Place::Present;
        let (shows, paths): (Vec<_>, Vec<_>) = paths
            .into_iter()
            .partition(|path| !at_desk && (is_show(path) || at_board && is_for_board(path)));
        let (packages, others): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| is_package(path) || (at_desk && !is_key(path)));
        let (keys, events): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|path| at_desk && is_key(path));
        let mut commands: Vec<Command> =
            keys.into_iter().map(|key| Reviewing::AddKey(key).into()).collect();
        commands.extend(shows.into_iter().map(|show| Presenting::Drop(show).into()));
        if !events.is_empty() {
            commands.push(Command::OpenFiles(events));
        }
        if !packages.is_empty() {
            commands.push(Reviewing::Open(packages).into());
        }
        commands
    }

    pub(super) fn apply_review(&mut self, command: Reviewing, worker: &Worker) {
        let review = &mut self.review;
        match command {
            // Dialogs need the window itself.
            Reviewing::Choose(_) => {}
            Reviewing::Open(paths) => {
                review.open(paths, worker);
                self.place = Place::Review;
            }
            Reviewing::Close(number) => review.close(number),
            Reviewing::Show(number) => {
                review.shown = Some(number);
                review.view = 0;
                review.again = Attacking::default();
            }
            Reviewing::Look(tab) => review.tab = tab,
            Reviewing::LookAt(view) => review.view = view,
            Reviewing::Compare(number, together) => {
                if together {
                    review.apart.remove(&number);
                } else {
                    review.apart.insert(number);
                }
            }
            Reviewing::AskAttack(asks) => {
                review.asks = asks;
                review.tab = ReviewTab::Findings;
            }
            Reviewing::Assume(assumed) => review.assumed = *assumed,
            Reviewing::LayBeside(other) => review.lay_beside(other),
            Reviewing::LookAtPair(at) => review.pair.at = at,
            Reviewing::Attack => {
                let of = review.compared();
                let attacker = review.assumed.attacker(&of);
                review.tab = ReviewTab::Findings;
                review.attack(About::Again, of, attacker, worker);
            }
            Reviewing::AddKey(path) => {
                review.key_error = None;
                review.ask(About::Key, ReviewJob::ReadKey(path), worker);
            }
            Reviewing::RemoveKey(at) => {
                if at < review.keys.len() {
                    review.keys.remove(at);
                    review.examine_all(worker);
                }
            }
            Reviewing::Answer(point, holds) => {
                if let Some(package) = review.now() {
                    if holds {
                        package.holds.insert(point);
                    } else {
                        package.holds.remove(&point);
                    }
                }
            }
            Reviewing::Comment(words) => {
                if let Some(package) = review.now() {
                    package.comment = words;
                }
            }
            Reviewing::SetSecretKey(path) => {
                review.secret = path;
                review.key_error = None;
            }
            Reviewing::SetOut(path) => {
                if let Some(package) = review.now() {
                    package.out = path;
                    package.error = None;
                }
            }
            Reviewing::MakeKey => {
                let path = PathBuf::from(review.secret.trim());
                review.key_error = None;
                if let Some(passphrase) = review.take_passphrase() {
                    review.ask(About::Key, ReviewJob::MakeKey { path, passphrase }, worker);
                }
            }
            Reviewing::Decide(choice) => review.decide(choice, worker),
        }
    }

    pub(super) fn take_review(
        &mut self,
        number: u64,
        outcome: Result<ReviewOutcome, Failure>,
        worker: &Worker,
    ) {
        let review = &mut self.review;
        let Some(about) = review.awaited.remove(&number) else { return };
        let outcome = outcome.map_err(|failure| match failure {
            Failure::Because(why) | Failure::Truncated(why) => why,
            Failure::Stopped => "Stopped.".to_owned(),
        });
        if let About::Decision(_) = about {
            review.is_signing = false;
        }
        match (about, outcome) {
            (About::Package(number), Ok(ReviewOutcome::Examined(examined))) => {
                // Other bytes have other numbers, so what was attacked is attacked again.
                review.joint.of.clear();
                if let Some(package) = review.package(number) {
                    package.examined = Some(Ok(Arc::clone(&examined)));
                    let path = package.path.clone();
                    self.see_decision(&examined, &path);
                }
            }
            (About::Package(number), Err(why)) => {
                if let Some(package) = review.package(number) {
                    package.examined = Some(Err(why));
                }
            }
            (About::Joint, Ok(ReviewOutcome::Attacked(attack))) => {
                review.joint.answer = Some(Ok(attack));
            }
            (About::Pair, Ok(ReviewOutcome::Attacked(attack))) => {
                review.pair.attack.answer = Some(Ok(attack));
            }
            (About::Pair, Err(why)) => review.pair.attack.answer = Some(Err(why)),
            (About::Beside, Ok(ReviewOutcome::Beside(beside))) => {
                review.pair.answer = Some(Ok(beside));
            }
            (About::Beside, Err(why)) => review.pair.answer = Some(Err(why)),
            (About::PairPicture, Ok(ReviewOutcome::DrawnPair(scenes))) => {
                review.pair.scenes = Some(scenes);
            }
            (About::Joint, Err(why)) => review.joint.answer = Some(Err(why)),
            (About::Again, Ok(ReviewOutcome::Attacked(attack))) => {
                review.again.answer = Some(Ok(attack));
            }
            (About::Again, Err(why)) => review.again.answer = Some(Err(why)),
            (About::Picture, Ok(ReviewOutcome::Drawn(scene))) => review.scene = Some(scene),
            (About::Picture | About::PairPicture, Err(why)) => {
                self.tell(why, "The table holds the same numbers.");
            }
            (About::Key, Ok(ReviewOutcome::Key(path, key))) => {
                review.keys.retain(|(_, known)| known.id() != key.id());
                review.keys.push((path, key));
                review.examine_all(worker);
            }
            (About::Key, Ok(ReviewOutcome::Made(path, id))) => {
                let name = file_names(&[PublicKey::place_beside(&path)]);
                self.toast =
                    Some(Toast::new(format!("Key {id} is made. {name} is for everybody.")));
            }
            (About::Key, Err(why)) => review.key_error = Some(why),
            (About::Decision(number), Ok(ReviewOutcome::Decided(path, examined))) => {
                let decision = examined.opened.verdict.decision.as_ref();
                let choice = decision.map_or(Choice::Rejected, |it| it.decision.decision);
                if let Some(package) = review.package(number) {
                    package.examined = Some(Ok(Arc::clone(&examined)));
                    package.written = Some((choice, path.clone()));
                }
                review.joint.of.clear();
                self.see_decision(&examined, &path);
            }
            (About::Decision(number), Err(why)) => {
                if let Some(package) = review.package(number) {
                    package.error = Some(why);
                }
            }
            _ => {}
        }
    }
}

impl From<Reviewing> for Command {
    fn from(reviewing: Reviewing) -> Self {
        Self::Review(reviewing)
    }
}
