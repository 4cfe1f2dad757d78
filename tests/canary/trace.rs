//! Runs a program under strace, and gives back every byte and every name that it handed to the system.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// System calls by which bytes or names leave a process. A question mark before a name: on some
/// machines there is no such call.
const CALLS: &str = "?write,?writev,?pwrite64,?pwritev,?pwritev2,?sendto,?sendmsg,?sendmmsg,\
?open,?openat,?openat2,?creat,?rename,?renameat,?renameat2,?link,?linkat,?symlink,?symlinkat,?mkdir,\
?mkdirat,?mknod,?mknodat,?memfd_create,?setxattr,?lsetxattr,?fsetxattr,?prctl,?mmap,?socket,?connect,\
?bind,?execve,?execveat,?sendfile,?splice,?copy_file_range";

/// Bytes of one call that are kept. A longer write would be cut short, and is refused below.
const LONGEST_WRITE: usize = 1 << 23;

/// Empty folders that a program takes for those of the person who runs it.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    const PLACES: [(&str, &str); 7] = [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "runtime"),
        ("TMPDIR", "tmp"),
    ];

    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (_, place) in Self::PLACES {
            fs::create_dir(folder.path().join(place)).expect("a folder");
        }
        Self { folder }
    }

    pub fn variables(&self) -> impl Iterator<Item = (&'static str, PathBuf)> {
        Self::PLACES.into_iter().map(|(name, place)| (name, self.folder.path().join(place)))
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Every file that was left behind.
    pub fn files(&self) -> Vec<PathBuf> {
        files_below(self.folder.path())
    }
}

/// Every file below a folder, in order.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry"))
        {
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    files
}

/// What a program did.
#[derive(Default)]
pub struct Traced {
    pub code: Option<i32>,
    /// Everything that was written, end to end, by file descriptor.
    pub written: BTreeMap<String, Vec<u8>>,
    /// Names of files that were opened, made or renamed, of threads, and of addresses, a line each.
    pub names: Vec<u8>,
    /// Every call that made a socket for the internet.
    pub internet: Vec<String>,
    /// Files that were mapped so that what is written to memory ends up in them.
    pub mapped_for_writing: Vec<String>,
    pub programs: usize,
}

/// Whether programs can be traced here. A test that needs it says in one line that it did not run;
/// where `TRODDEN_REQUIRE_STRACE` is set, that is a failure.
pub fn is_possible(test: &str) -> bool {
    let works = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    if works.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let required = std::env::var_os("TRODDEN_REQUIRE_STRACE").is_some();
    assert!(!required, "{test}: strace is not here, or may not trace");
    eprintln!("{test} did not run: strace is not here, or may not trace");
    false
}

/// strace with a program behind it, with the environment of `home` and nothing else but `more`.
pub fn command(home: &Home, trace: &Path, program: &OsStr, more: &[(&str, &str)]) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-xx", "-s", &LONGEST_WRITE.to_string(), "-e", "signal=none", "-e"])
        .arg(format!("trace={CALLS}"))
        .arg("-o")
        .arg(trace)
        .arg("--")
        .arg(program)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        // Who looks for a fault turns these on.
        .env("RUST_BACKTRACE", "full")
        .env("RUST_LOG", "trace")
        .envs(home.variables())
        .envs(more.iter().copied())
        .stdin(Stdio::null());
    command
}

/// Runs a program to its end.
pub fn run(home: &Home, program: &OsStr, args: &[&str]) -> Traced {
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    let output = command(home, &trace, program, &[]).args(args).output().expect("strace starts");
    let text = fs::read(&trace).expect("strace writes");
    Traced { code: output.status.code(), ..read(&text) }
}

/// Reads what strace wrote.
pub fn read(text: &[u8]) -> Traced {
    let mut traced = Traced::default();
    for line in text.split(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(line).expect("with -xx, strace writes ASCII");
        let call = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        let Some((name, rest)) = call.split_once('(') else { continue };
        let is_cut = rest.contains("\"...");
        match name {
            "write" | "writev" | "pwrite64" | "pwritev" | "pwritev2" | "sendto" | "sendmsg"
            | "sendmmsg" => {
                assert!(!is_cut, "a write was longer than is kept: {}", &line[..80]);
                let descriptor = rest.split(',').next().unwrap_or_default().to_owned();
                let stream = traced.written.entry(descriptor).or_default();
                texts(rest).for_each(|text| stream.extend(text));
            }
            "socket" => {
                if rest.starts_with("AF_INET") {
                    traced.internet.push(call.to_owned());
                }
            }
            "mmap" => {
                let shared = rest.contains("MAP_SHARED") && !rest.contains("MAP_ANONYMOUS");
                if shared && rest.contains("PROT_WRITE") {
                    traced.mapped_for_writing.push(call.to_owned());
                }
            }
            "execve" | "execveat" => traced.programs += 1,
            "sendfile" | "splice" | "copy_file_range" => {
                panic!("bytes went from file to file unseen: {call}")
            }
            _ => {
                for name in texts(rest) {
                    traced.names.extend(name);
                    traced.names.push(b'\n');
                }
            }
        }
    }
    traced
}

/// The texts in quotes of a line, all of whose bytes are written `\x41`.
fn texts(line: &str) -> impl Iterator<Item = Vec<u8>> {
    line.split('"').skip(1).step_by(2).map(|text| {
        let bytes = text.split("\\x").skip(1);
        bytes.map(|hex| u8::from_str_radix(hex, 16).expect("two digits")).collect()
    })
}
