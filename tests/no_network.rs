//! Nothing that is linked into the program can speak HTTP or TLS.
//!
//! Crates bring network clients along through features that look harmless (a data frame library
//! that can also read from a cloud). What is looked at is what a normal build links, with the
//! features of a normal build: what only tests use is left out.

use std::collections::BTreeSet;
use std::process::Command;

const NETWORK: [&str; 21] = [
    "attohttpc",
    "curl",
    "curl-sys",
    "h2",
    "h3",
    "hyper",
    "hyper-rustls",
    "hyper-tls",
    "hyper-util",
    "isahc",
    "minreq",
    "native-tls",
    "object_store",
    "openssl",
    "openssl-sys",
    "quinn",
    "reqwest",
    "rustls",
    "tungstenite",
    "ureq",
    "webbrowser",
];

/// Names of the crates that a normal build links on this platform.
fn linked() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo writes text");
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn no_network_client_is_linked() {
    let linked = linked();
    for present in ["trodden", "eframe", "polars-io", "zip"] {
        assert!(linked.contains(present), "the list is wrong: {present} is missing from it");
    }
    let clients: Vec<_> = NETWORK.iter().filter(|name| linked.contains(**name)).collect();
    assert!(clients.is_empty(), "a network client is linked: {clients:?}");
}
