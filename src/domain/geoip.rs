//! The rough location of a network, from a local file in MaxMind's format, if the shop configured one. No other service
//! is ever queried.

use std::{net::IpAddr, path::Path};

use ipnet::IpNet;
use maxminddb::{Reader, geoip2};

use crate::i18n::Locale;

/// The open file, if any.
#[derive(Default)]
pub struct Geo(Option<Reader<Vec<u8>>>);

impl Geo {
    /// Opens the file, if there is one.
    ///
    /// # Errors
    /// When it cannot be read, or is of another format.
    pub fn open(path: Option<&Path>) -> Result<Self, maxminddb::MaxMindDbError> {
        Ok(Self(path.map(Reader::open_readfile).transpose()?))
    }

    /// Returns where a network is, in the reader's language, as far as the file knows: "Hamburg, Germany", "Germany".
    #[must_use]
    pub fn place(&self, locale: Locale, network: &str) -> Option<String> {
        let found = self.0.as_ref()?.lookup(address(network)?).ok()?;
        let found: geoip2::City<'_> = found.decode().ok()??;
        let name = |names: &geoip2::Names<'_>| {
            let own = match locale {
                Locale::En => names.english,
                Locale::Ru => names.russian,
            };
            own.or(names.english).map(str::to_owned)
        };
        match (name(&found.city.names), name(&found.country.names)) {
            (Some(city), Some(country)) => Some(format!("{city}, {country}")),
            (one, other) => one.or(other),
        }
    }
}

impl Geo {
    /// Returns whether two networks are in different countries, as far as the file knows: an unknown country counts as
    /// another one.
    #[must_use]
    pub fn is_another_country(&self, one: &str, other: &str) -> bool {
        if one == other {
            return false;
        }
        match (self.country(one), self.country(other)) {
            (Some(one), Some(other)) => one != other,
            _ => true,
        }
    }

    /// Returns the ISO 3166-1 code of the country that a network is in.
    fn country(&self, network: &str) -> Option<String> {
        let found = self.0.as_ref()?.lookup(address(network)?).ok()?;
        let found: geoip2::City<'_> = found.decode().ok()??;
        found.country.iso_code.map(str::to_owned)
    }
}

/// Returns the first address of a network.
fn address(network: &str) -> Option<IpAddr> {
    network.parse::<IpNet>().ok().map(|network| network.network())
}
