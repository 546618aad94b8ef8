//! The binary: runs one command of the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    latchkey::cli::main()
}
