//! The program: a window, or with a subcommand the same work without one.

use std::process::ExitCode;

fn main() -> ExitCode {
    trodden::cli::main(std::env::args_os())
}
