//! Names that users give to their devices.

use super::{
    display_name::{can_be_seen, one_line},
    limits::DEVICE_NAME_MAX,
};

/// The name of a device ("Work laptop"): follows the rules of a [`super::DisplayName`], but is shorter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName(String);

/// The name has more than [`DEVICE_NAME_MAX`] characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceNameTooLong;

impl DeviceName {
    /// Parses and validates `typed`; returns `None` if it is empty.
    ///
    /// # Errors
    /// [`DeviceNameTooLong`].
    pub fn parse(typed: &str) -> Result<Option<Self>, DeviceNameTooLong> {
        let name = one_line(typed);
        if name.chars().count() > DEVICE_NAME_MAX {
            return Err(DeviceNameTooLong);
        }
        Ok(can_be_seen(&name).then_some(Self(name)))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
