//! The binary: runs one command of the command line.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A page is thousands of short strings: a sixth of its time was spent in the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    latchkey::cli::main()
}
