//! The pages of signing in by QR code.

mod computer;
mod phone;
mod scan;

pub(super) use self::computer::status;
pub(crate) use self::{
    computer::computer,
    phone::{follow, phone},
    scan::{scan, with_camera},
};
