//! Keys, signatures and packages in the hands of somebody else's programs: minisign, unzip and
//! pdftotext. Where one is missing, a test says so and passes over it, unless
//! `TRODDEN_REQUIRE_TOOLS` is set.

#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use trodden::keys::{Passphrase, PublicKey, SecretKey, Signature};

const WORDS: &str = "correct horse battery";

/// Whether the tools are there.
fn have(tools: &[&str]) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let is_there =
        |tool: &&str| std::env::split_paths(&folders).any(|path| path.join(tool).is_file());
    let missing: Vec<&&str> = tools.iter().filter(|tool| !is_there(tool)).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("TRODDEN_REQUIRE_TOOLS").is_none(), "{missing:?} are missing");
    println!("not run: {missing:?} are not on this machine");
    false
}

/// Runs a program in a folder, with these lines as what is typed.
fn run(folder: &Path, program: &str, args: &[&str], typed: &str) -> Output {
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // One that asks nothing has closed its end by now.
    let _ = child.stdin.take().expect("it is piped").write_all(typed.as_bytes());
    child.wait_with_output().expect("the program ends")
}

fn succeeds(folder: &Path, program: &str, args: &[&str], typed: &str) -> String {
    let output = run(folder, program, args, typed);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{program} {args:?}: {out}{err}");
    out
}

fn trodden(folder: &Path, args: &[&str]) -> String {
    succeeds(folder, env!("CARGO_BIN_EXE_trodden"), args, "")
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-small.csv")
}

#[test]
fn the_stock_minisign_checks_what_we_sign_with_a_key_of_ours() {
    if !have(&["minisign"]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let words = Passphrase::new(WORDS).expect("words");
    SecretKey::create(&at.join("our.key"), &words).expect("a key");
    let key = SecretKey::read(&at.join("our.key"), &words).expect("our key");
    std::fs::write(at.join("a.txt"), "some bytes").expect("it is written");
    let signature = key.sign(b"some bytes").expect("a signature");
    std::fs::write(at.join("a.txt.minisig"), signature.text()).expect("it is written");
    let said = succeeds(at, "minisign", &["-Q", "-Vm", "a.txt", "-p", "our.key.pub"], "");
    assert_eq!(said.trim(), "trodden");
    std::fs::write(at.join("a.txt"), "some Bytes").expect("it is written");
    assert!(!run(at, "minisign", &["-Vm", "a.txt", "-p", "our.key.pub"], "").status.success());
    // And the stock tool opens our secret key.
    let typed = format!("{WORDS}\n");
    succeeds(at, "minisign", &["-S", "-s", "our.key", "-m", "a.txt"], &typed);
    let text = std::fs::read(at.join("a.txt.minisig")).expect("it is written");
    let signature = Signature::parse(&text).expect("a signature");
    assert!(key.public().holds(b"some Bytes", &signature));
    assert!(!signature.is_plain(), "its comment has a clock in it");
}

#[test]
fn a_key_of_the_stock_minisign_signs_and_checks_here() {
    if !have(&["minisign"]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let typed = format!("{WORDS}\n{WORDS}\n");
    succeeds(at, "minisign", &["-G", "-p", "stock.pub", "-s", "stock.key"], &typed);
    let words = Passphrase::new(WORDS).expect("words");
    let key = SecretKey::read(&at.join("stock.key"), &words).expect("a key of the stock tool");
    let public = PublicKey::read(&at.join("stock.pub")).expect("a public key of the stock tool");
    assert_eq!(key.id(), public.id());
    let signature = key.sign(b"some bytes").expect("a signature");
    assert!(public.holds(b"some bytes", &signature));
    std::fs::write(at.join("a.txt"), "some bytes").expect("it is written");
    std::fs::write(at.join("a.txt.minisig"), signature.text()).expect("it is written");
    succeeds(at, "minisign", &["-Vm", "a.txt", "-p", "stock.pub"], "");
    // What the stock tool signs with our words is what we would have written.
    let args = ["-S", "-s", "stock.key", "-m", "a.txt", "-t", "trodden", "-c", "signature"];
    succeeds(at, "minisign", &args, &typed);
    let text = std::fs::read(at.join("a.txt.minisig")).expect("it is written");
    let signature = Signature::parse(&text).expect("a signature");
    assert!(signature.is_plain() && public.holds(b"some bytes", &signature));
    // One without a passphrase is refused, with the way out.
    succeeds(at, "minisign", &["-G", "-W", "-p", "open.pub", "-s", "open.key"], "");
    let open = SecretKey::read(&at.join("open.key"), &words);
    assert!(open.err().expect("refused").to_string().contains("without a passphrase"));
}

#[test]
fn stock_tools_read_a_signed_and_reviewed_package() {
    if !have(&["minisign", "unzip", "pdftotext"]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    std::fs::write(at.join("words"), WORDS).expect("it is written");
    std::fs::write(at.join("firm.toml"), "review_required = true\n").expect("it is written");
    for key in ["analyst.key", "desk.key"] {
        trodden(at, &["key", key, "--passphrase-file", "words"]);
    }
    trodden(at, &["key", "desk.key", "--sign", "firm.toml", "--passphrase-file", "words"]);
    succeeds(at, "minisign", &["-Vm", "firm.toml", "-p", "desk.key.pub"], "");
    let fixture = fixture().display().to_string();
    let signed = ["--key", "analyst.key", "--key-passphrase-file", "words"];
    let policy = ["--policy", "firm.toml", "--public-key", "desk.key.pub"];
    let mut release = vec!["release", &fixture, "--out", "a.zip", "--formats", "svg,pdf,html"];
    release.extend(["--reason", "For the board"]);
    release.extend(signed.iter().chain(&policy));
    trodden(at, &release);
    let review = ["review", "a.zip", "--approve", "--comment", "ok", "--key", "desk.key"];
    trodden(at, &[&review[..], &["--key-passphrase-file", "words"]].concat());

    succeeds(at, "unzip", &["-t", "a.zip"], "");
    succeeds(at, "unzip", &["-q", "a.zip", "-d", "inside"], "");
    let inside = at.join("inside");
    for (file, key) in [("manifest.json", "analyst"), ("decision.json", "desk")] {
        let key = format!("../{key}.key.pub");
        let said = succeeds(&inside, "minisign", &["-Q", "-Vm", file, "-p", &key], "");
        assert_eq!(said.trim(), "trodden", "{file}");
    }
    let text = |pdf: &str| succeeds(&inside, "pdftotext", &["-layout", pdf, "-"], "");
    let before = text("pictures/flow.pdf");
    assert!(before.contains("Not reviewed"), "{before}");
    let after = text("reviewed/pictures/flow.pdf");
    assert!(!after.contains("Not reviewed") && after.contains("Other"), "{after}");
}
