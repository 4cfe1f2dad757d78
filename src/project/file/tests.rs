use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Holder;
use crate::keys::Passphrase;
use crate::project::testing::{FAST, kept, passphrase, project};
use crate::project::{Project, ProjectError};

fn create(path: &Path, project: &Project) -> Holder {
    Holder::create_with(path, passphrase().into(), project, FAST).ok().unwrap()
}

fn open(path: &Path) -> Result<(Holder, Project), ProjectError> {
    Holder::open_with(path, passphrase().into(), FAST)
}

#[test]
fn a_saved_project_comes_back_and_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden");
    let mut project = project();
    let holder = create(&path, &project);
    "Spring".clone_into(&mut project.setup.name);
    holder.save(&project).unwrap();
    assert!(matches!(open(&path).err().unwrap(), ProjectError::InUse));
    drop(holder);
    let (holder, opened) = open(&path).ok().unwrap();
    assert_eq!(opened.setup.name, "Spring");
    assert_eq!(opened.history.text(), project.history.text());
    drop(holder);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn another_passphrase_opens_a_project_from_the_moment_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden");
    let mut holder = create(&path, &project());
    let other = || Passphrase::new("another one").unwrap();
    assert!(holder.is_opened_by(&passphrase()) && !holder.is_opened_by(&other()));
    let before = fs::read(&path).unwrap();
    // Where it cannot be written, the old one still opens it, and is what it is saved with.
    let away = folder.path().join("away");
    fs::create_dir(&away).unwrap();
    let elsewhere = away.join("shop.trodden");
    let mut lost = create(&elsewhere, &project());
    fs::remove_dir_all(&away).unwrap();
    assert!(lost.change_passphrase(other(), &project()).is_err());
    assert!(lost.is_opened_by(&passphrase()));
    holder.change_passphrase(other(), &project()).unwrap();
    assert!(fs::read(&path).unwrap() != before);
    holder.save(&project()).unwrap();
    drop(holder);
    assert!(matches!(open(&path).err().unwrap(), ProjectError::WrongPassphrase));
    assert!(Holder::open_with(&path, other().into(), FAST).is_ok());
}

#[test]
fn a_new_project_takes_no_others_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden");
    fs::write(&path, "a letter").unwrap();
    let refused = Holder::create_with(&path, passphrase().into(), &project(), FAST).err().unwrap();
    assert!(matches!(refused, ProjectError::Exists));
    assert_eq!(fs::read(&path).unwrap(), b"a letter");
    assert!(matches!(open(&path).err().unwrap(), ProjectError::NoProject));
    assert!(matches!(
        open(&folder.path().join("missing.trodden")).err().unwrap(),
        ProjectError::Read(_)
    ));
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden");
    let holder = create(&path, &project());
    for _ in 0..2 {
        for entry in fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
        }
        holder.save(&project()).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden");
    drop(create(&path, &project()));
    let link = folder.path().join("link.trodden");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let (holder, opened) = open(&link).ok().unwrap();
    holder.save(&opened).unwrap();
    assert!(link.symlink_metadata().unwrap().file_type().is_symlink());
}

#[test]
fn what_a_crash_left_is_removed_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden");
    drop(create(&path, &project()));
    for name in [".shop.trodden.Ab12Cd.new", ".shop.trodden.lock", "my.shop.trodden.x.new"] {
        fs::write(folder.path().join(name), "half").unwrap();
    }
    let (holder, opened) = open(&path).ok().unwrap();
    assert!(opened.history.text().ends_with("\"what\":\"opened_after_interrupted_save\"}\n"));
    assert_eq!(opened.history.verify(), Ok(()));
    drop(holder);
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["my.shop.trodden.x.new", "shop.trodden"], "nobody else's file is touched");
}

/// The folder in which this program, started again, saves until it is killed.
const CRASH_FOLDER: &str = "TRODDEN_TEST_CRASH_FOLDER";

/// How often the program is killed while it saves.
const KILLS: usize = 300;

#[test]
fn a_program_killed_while_it_saves_leaves_the_old_project_or_the_new_one() {
    if let Some(folder) = std::env::var_os(CRASH_FOLDER) {
        save_for_ever(&Path::new(&folder).join("shop.trodden"));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.trodden");
    let mut project = project();
    fill(&mut project, 0);
    drop(create(&path, &project));
    let (mut last, mut interrupted) = (0, 0);
    // Where the program is killed has to differ from time to time, not to be secret.
    let mut pause_micros: u64 = 1;
    for kill in 0..KILLS {
        pause_micros = pause_micros.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "project::file::tests::a_program_killed_while_it_saves_leaves_the_old_project_or_the_new_one"])
            .env(CRASH_FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From its first save on it does nothing else.
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        while fs::metadata(&path).unwrap().modified().unwrap() == before {
            assert!(child.try_wait().unwrap().is_none(), "the child saves");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(pause_micros >> 32 & 0x3fff));
        child.kill().unwrap();
        child.wait().unwrap();
        let (holder, opened) = open(&path).unwrap_or_else(|why| panic!("kill {kill}: {why}"));
        let now = filling(&opened);
        assert!(now >= last, "kill {kill}: what had been saved is gone");
        last = now;
        interrupted += usize::from(opened.history.text().contains("opened_after_interrupted_save"));
        drop(holder);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "kill {kill}");
    }
    assert!(last > 0 && interrupted > 0, "it was killed in the middle of it");
}

/// Every part of the project says the same number.
fn fill(project: &mut Project, number: u32) {
    project.setup.name = number.to_string();
    project.ledger = kept(number.to_le_bytes().repeat(2_000));
}

fn filling(project: &Project) -> u32 {
    let number: u32 = project.setup.name.parse().unwrap();
    let expected = number.to_le_bytes().repeat(2_000);
    assert!(project.ledger.as_slice() == expected.as_slice(), "one project, not two halves");
    number
}

fn save_for_ever(path: &Path) -> ! {
    let (holder, mut project) = open(path).ok().unwrap();
    loop {
        let next = filling(&project) + 1;
        fill(&mut project, next);
        holder.save(&project).unwrap();
    }
}
