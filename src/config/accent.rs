//! The shop's colour. Only its hue and chroma are used: lightness is ours, so that every shop's contrasts are good in
//! light and in dark.

use super::ConfigError;

/// Hue (degrees) and chroma of the shop's colour in OKLCH.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accent {
    /// 0–360.
    pub hue: f64,
    /// 0 is grey; at most 0.17, which all hues can show at our lightness.
    pub chroma: f64,
}

impl Accent {
    /// Parses `#rrggbb`.
    ///
    /// # Errors
    /// When the text is not such a colour.
    pub fn parse(text: String) -> Result<Self, ConfigError> {
        let error =
            || ConfigError::new("accent", format!("`{text}` is not a colour such as #3d5bd9"));
        let hex = text
            .strip_prefix('#')
            .filter(|hex| hex.len() == 6 && hex.is_ascii())
            .ok_or_else(error)?;
        let part =
            |range| u8::from_str_radix(hex.get(range).unwrap_or_default(), 16).map_err(|_| error());
        Ok(Self::from_srgb(part(0..2)?, part(2..4)?, part(4..6)?))
    }

    /// Converts sRGB to OKLCH, after Björn Ottosson, <https://bottosson.github.io/posts/oklab/>.
    fn from_srgb(red: u8, green: u8, blue: u8) -> Self {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let (r, g, b) = (linear(red), linear(green), linear(blue));
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Self { hue: b.atan2(a).to_degrees().rem_euclid(360.0), chroma: a.hypot(b).min(0.17) }
    }

    /// Returns `#rrggbb` of this hue at the lightness of our buttons: for emails, because mail clients do not know
    /// OKLCH.
    #[must_use]
    pub fn hex(&self) -> String {
        const LIGHTNESS: f64 = 0.5;
        let (a, b) =
            (self.chroma * self.hue.to_radians().cos(), self.chroma * self.hue.to_radians().sin());
        let l = (LIGHTNESS + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (LIGHTNESS - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (LIGHTNESS - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let part = |linear: f64| {
            let linear = linear.clamp(0.0, 1.0);
            let value = if linear <= 0.003_130_8 {
                12.92 * linear
            } else {
                1.055 * linear.powf(1.0 / 2.4) - 0.055
            };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
            let byte = (value * 255.0).round() as u8;
            byte
        };
        format!(
            "#{:02x}{:02x}{:02x}",
            part(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
            part(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
            part(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s)
        )
    }
}
