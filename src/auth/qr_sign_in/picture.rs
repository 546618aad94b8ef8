//! Draws the QR code (ISO/IEC 18004).

use qrcode::{Color, EcLevel, QrCode};

/// Width of the white margin around the code, in modules: scanners need four.
const QUIET: usize = 4;

/// Draws the code of an address: returns the modules per side, and the dark ones as one path; `None` if the address is
/// too long for any code.
pub(super) fn draw(address: &str) -> Option<(u32, String)> {
    // A screen has no scratches, so a low error correction level suffices, and its modules are larger.
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width.max(1)).enumerate() {
        let mut x = 0;
        // A run of dark modules is one rectangle: fewer seams, and a third of the text.
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                let length = run.len();
                path.push_str(&format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET));
            }
            x += run.len();
        }
    }
    Some((u32::try_from(width + 2 * QUIET).ok()?, path))
}
