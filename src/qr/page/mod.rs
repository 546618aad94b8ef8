//! The screens of signing in by QR code.

mod computer;
mod phone;
mod scan;

pub use self::{
    computer::show as computer,
    phone::{follow, show as phone},
    scan::{show as scan, with_camera},
};
pub(super) use computer::status;
