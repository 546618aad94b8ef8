//! The QR code as a drawing (ISO/IEC 18004).

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code: scanners need four.
const QUIET: usize = 4;

/// The code of an address: the modules on a side, and the dark ones as one path; `None` if the address is longer than any
/// code can hold.
pub(super) fn draw(address: &str) -> Option<(u32, String)> {
    // A screen has no scratches: the lower levels make larger modules.
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
