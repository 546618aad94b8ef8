//! The memory that Argon2id fills.

use std::mem::MaybeUninit;

use argon2::Block;

/// The size of a huge page on machines that have them.
#[cfg(target_os = "linux")]
const HUGE_PAGE: usize = 2 * 1024 * 1024;

/// Returns memory of `count` blocks of 1 KiB, in huge pages where the system provides them: Argon2id jumps about in all
/// of it, and with pages of 4 KiB many accesses wait for the address translation.
#[must_use]
pub fn blocks(count: usize) -> Vec<Block> {
    let mut blocks = Vec::with_capacity(count);
    // Before the first byte is written: memory that is already backed stays in small pages.
    ask_for_huge_pages(blocks.spare_capacity_mut());
    blocks.resize(count, Block::default());
    blocks
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the advice is given by address; see SAFETY")]
fn ask_for_huge_pages(memory: &mut [MaybeUninit<Block>]) {
    let start = memory.as_mut_ptr().cast::<u8>();
    let skipped = start.align_offset(HUGE_PAGE);
    let whole = size_of_val(memory).saturating_sub(skipped) / HUGE_PAGE * HUGE_PAGE;
    if whole == 0 {
        return;
    }
    // SAFETY: the range lies within `memory`, which is borrowed mutably. `MADV_HUGEPAGE` changes neither its bytes nor
    // its access rights, only how the kernel backs it.
    let advised = unsafe {
        rustix::mm::madvise(
            start.wrapping_add(skipped).cast(),
            whole,
            rustix::mm::Advice::LinuxHugepage,
        )
    };
    if let Err(error) = advised {
        // A kernel without them: small pages work as well, a little slower.
        tracing::debug!(%error, "no huge pages for hashing");
    }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_huge_pages(_: &mut [MaybeUninit<Block>]) {}
