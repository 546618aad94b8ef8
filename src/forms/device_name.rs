//! What users call their devices.

use super::{
    display_name::{can_be_seen, one_line},
    limits::DEVICE_NAME_MAX,
};

/// The name of a device ("Work laptop"), by the rules of a [`super::DisplayName`], but shorter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName(String);

/// It has more than [`DEVICE_NAME_MAX`] characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceNameTooLong;

impl DeviceName {
    /// Judges `typed`; `None` if nothing was.
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

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
