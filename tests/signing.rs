//! Keys, signatures and decisions as they are typed: what is written, what is refused, and how the
//! program ends.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PASSPHRASE: &str = "correct horse battery";

fn trodden(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trodden"))
        .args(args)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// What was printed, where the program ends with this code.
fn ends(code: i32, args: &[&str]) -> (String, String) {
    let output = trodden(args);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text is UTF-8");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{args:?}: {out}{err}");
    if code == 2 {
        // One sentence, beside what is said of a policy that was read before.
        let said = err.lines().filter(|line| !line.ends_with("is not signed"));
        assert_eq!(said.count(), 1, "{args:?}: {err}");
    }
    assert!(!out.contains(PASSPHRASE) && !err.contains(PASSPHRASE));
    (out, err)
}

/// A folder with keys of an analyst and of a reviewer, and the way to the fixture.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(desk.path("words"), format!("{PASSPHRASE}\n")).expect("it is written");
        for key in ["analyst.key", "desk.key"] {
            let (out, _) =
                ends(0, &["key", &desk.place(key), "--passphrase-file", &desk.place("words")]);
            assert!(out.starts_with("Key ") && out.contains(".key.pub"), "{out}");
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn place(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Runs with the reviewer's or the analyst's key.
    fn with_key(&self, code: i32, key: &str, args: &[&str]) -> (String, String) {
        let (key, words) = (self.place(key), self.place("words"));
        let mut all = args.to_vec();
        all.extend(["--key", &key, "--key-passphrase-file", &words]);
        ends(code, &all)
    }
}

fn fixture() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-small.csv").display().to_string()
}

#[test]
fn a_package_is_signed_reviewed_and_checked() {
    let desk = Desk::new();
    let (package, fixture) = (desk.place("shop.trodden.zip"), fixture());
    let (policy, analyst) = (desk.place("firm.toml"), desk.place("analyst.key.pub"));
    let reviewer = desk.place("desk.key.pub");
    std::fs::write(&policy, "k = 10\nreview_required = true\n").expect("it is written");
    let release = ["release", &fixture, "--out", &package, "--formats", "svg", "--policy", &policy];
    let (_, err) = desk.with_key(2, "analyst.key", &release);
    assert!(err.contains("say it with --reason"), "{err}");
    let personal = ["--reason", "for anna.smith@example.org"];
    let (_, err) = desk.with_key(2, "analyst.key", &[&release[..], &personal].concat());
    assert!(err.contains("looks personal") && !err.contains("anna"), "{err}");
    let reason = ["--reason", "For the shop team's planning week in May"];
    let (_, err) = desk.with_key(0, "analyst.key", &[&release[..], &reason].concat());
    assert!(err.contains("firm.toml is not signed"), "{err}");
    assert!(err.contains("signed with key"), "{err}");

    let (out, _) = ends(1, &["verify", &package]);
    assert!(out.contains("that was not checked"), "{out}");
    assert!(out.contains("no decision is in it"), "{out}");
    let both = ["--public-key", &analyst, "--public-key", &reviewer];
    let verify = ["verify", &package, both[0], both[1], both[2], both[3]];
    let (out, _) = ends(1, &verify);
    assert!(out.contains("and the signature holds"), "{out}");

    let review = ["review", &package, "--reject", "--comment", "Too fine"];
    let (out, _) = desk.with_key(0, "desk.key", &review);
    assert!(out.contains("is rejected"), "{out}");
    let (out, _) = ends(1, &verify);
    assert!(out.contains("A reviewer rejects it: Too fine"), "{out}");

    let other = desk.place("approved.trodden.zip");
    let comment = "For the board\u{202E}\nand nobody else";
    let review = ["review", &package, "--approve", "--comment", comment, "--out", &other];
    desk.with_key(0, "desk.key", &review);
    let verify = ["verify", &other, both[0], both[1], both[2], both[3]];
    let (out, _) = ends(0, &verify);
    assert!(out.contains("A reviewer approves it: For the board and nobody else"), "{out}");
    let (out, _) =
        ends(0, &["verify", &other, "--json", "--public-key", &analyst, both[2], both[3]]);
    let told: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(told[0]["signature"]["signed"], "good");
    assert_eq!(told[0]["decision"]["decision"], "approved");
    // The reviewer's key alone does not vouch for the analyst's signature.
    let (out, _) = ends(1, &["verify", &other, "--public-key", &reviewer]);
    assert!(out.contains("none of the public keys given"), "{out}");
}

#[test]
fn what_its_checks_object_to_is_not_approved() {
    let desk = Desk::new();
    let (package, fixture) = (desk.place("shop.trodden.zip"), fixture());
    let release = ["release", &fixture, "--out", &package, "--formats", "svg"];
    desk.with_key(0, "analyst.key", &release);
    let mut bytes = std::fs::read(&package).expect("it was written");
    let at = bytes.windows(6).position(|word| word == b"</svg>").expect("a picture");
    bytes[at + 2] ^= 1;
    std::fs::write(&package, &bytes).expect("it is written");
    let review = ["review", &package, "--approve", "--comment", "ok"];
    let (_, err) = desk.with_key(1, "desk.key", &review);
    assert!(err.contains("cannot be approved"), "{err}");
    assert!(std::fs::read(&package).expect("it is there") == bytes, "it was not touched");
    desk.with_key(0, "desk.key", &["review", &package, "--reject", "--comment", "changed"]);
}

#[test]
fn a_key_is_not_written_over_and_not_opened_by_another_passphrase() {
    let desk = Desk::new();
    let (key, words) = (desk.place("desk.key"), desk.place("words"));
    let before = std::fs::read(&key).expect("a key");
    let (_, err) = ends(2, &["key", &key, "--passphrase-file", &words]);
    assert!(err.contains("is there already"), "{err}");
    assert!(std::fs::read(&key).expect("a key") == before);
    std::fs::write(desk.path("other"), "incorrect horse\n").expect("it is written");
    let sign = ["key", &key, "--sign", &words, "--passphrase-file", &desk.place("other")];
    let (_, err) = ends(2, &sign);
    assert!(err.contains("does not open"), "{err}");
    assert!(!desk.path("words.minisig").exists());
    // Nobody is asked where nobody could answer.
    let (_, err) = ends(2, &["key", &desk.place("new.key")]);
    assert!(err.contains("--passphrase-file"), "{err}");
    assert!(!desk.path("new.key").exists());
}

#[test]
fn a_review_needs_a_choice_a_key_and_a_package() {
    let desk = Desk::new();
    let nothing = desk.place("nothing.zip");
    std::fs::write(&nothing, "no package").expect("it is written");
    ends(2, &["review", &nothing, "--comment", "ok", "--key", &desk.place("desk.key")]);
    ends(2, &["review", &nothing, "--approve", "--reject", "--comment", "ok"]);
    let (_, err) = ends(2, &["review", &nothing, "--approve", "--comment", "ok"]);
    assert!(err.contains("--key"), "{err}");
    let review = ["review", &nothing, "--approve", "--comment", "ok"];
    let (_, err) = desk.with_key(2, "desk.key", &review);
    assert!(err.contains("not a release package"), "{err}");
    let (_, err) = ends(2, &["verify", &nothing, "--public-key", &desk.place("desk.key")]);
    assert!(err.contains("no public key"), "{err}");
}

#[test]
fn a_policy_is_believed_by_its_signature_where_a_key_is_given() {
    let desk = Desk::new();
    let (policy, fixture) = (desk.place("firm.toml"), fixture());
    let (key, words) = (desk.place("desk.key"), desk.place("words"));
    std::fs::write(&policy, "k = 20\n").expect("it is written");
    let view = ["view", fixture.as_str(), "--policy", &policy];
    let with = |more: &[&'static str]| {
        let mut args: Vec<String> = view.iter().map(|arg| (*arg).to_owned()).collect();
        for name in more {
            args.extend(["--public-key".to_owned(), desk.place(name)]);
        }
        args
    };
    let run = |code, more: &[&'static str]| {
        let args = with(more);
        ends(code, &args.iter().map(String::as_str).collect::<Vec<_>>()).1
    };
    assert!(run(0, &[]).contains("firm.toml is not signed"));
    assert!(run(2, &["desk.key.pub"]).contains("is not signed, and there is a public key"));
    ends(0, &["key", &key, "--sign", &policy, "--passphrase-file", &words]);
    assert!(run(0, &[]).contains("which was not checked"));
    assert!(!run(0, &["analyst.key.pub", "desk.key.pub"]).contains("firm.toml"));
    assert!(run(2, &["analyst.key.pub"]).contains("not signed by any public key"));
    std::fs::write(&policy, "k = 10\n").expect("it is written");
    assert!(run(2, &["desk.key.pub"]).contains("was changed since"));
    std::fs::write(desk.path("firm.toml.minisig"), "no signature").expect("it is written");
    assert!(run(2, &[]).contains("is no signature of minisign"));
    assert!(run(2, &["desk.key.pub"]).contains("is no signature of minisign"));
}
