//! Where a request comes from: network and browser, as far as the request tells.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Most characters of a user agent that are kept.
const USER_AGENT_MAX: usize = 256;

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The network (/24 or /56) in CIDR notation, which limits count and records keep. The full address is not kept.
    pub network: String,
    /// The user agent as sent, cut to 256 characters, without control characters.
    pub user_agent: String,
}

/// The network of what was done on the command line.
pub const COMMAND_LINE: &str = "command line";

impl Client {
    /// Returns the client for a command that is run on the server.
    #[must_use]
    pub fn command_line() -> Self {
        Self { network: COMMAND_LINE.to_owned(), user_agent: String::new() }
    }

    /// Reads the client from a request that came from `peer`; also returns whether everything needed for it was
    /// understood.
    #[must_use]
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> (Self, bool) {
        let agent = headers.get(http::header::USER_AGENT).map(http::HeaderValue::as_bytes);
        let agent = String::from_utf8_lossy(agent.unwrap_or_default());
        let agent: String =
            agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_MAX).collect();
        let (address, understood) = address(peer, headers, trusted);
        (Self { network: network(address), user_agent: agent }, understood)
    }
}

/// Returns the address of the browser: the rightmost forwarded one that no trusted proxy wrote (ASVS 4.1.3). Anything
/// left of it can be forged and is not read. Where a proxy wrote something that is no address, the proxy's own is used;
/// that is reported, because all clients behind the proxy then count as one network.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> (IpAddr, bool) {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return (peer, true);
    }
    let forwarded: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|part| !part.is_empty())
        .collect();
    let mut last = peer;
    for part in forwarded.iter().rev() {
        let Some(ip) = forwarded_address(part) else { return (last, false) };
        last = ip.to_canonical();
        if !is_trusted(&last) {
            break;
        }
    }
    (last, true)
}

/// Parses an address as proxies write it: bare or, as some do, with the port.
fn forwarded_address(part: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(part).ok()?.trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// Returns what one customer has of a `network`, as far as addresses tell: the whole /48 of an IPv6 one (RFC 6177 §2),
/// a /24 as it is. Totals of the whole site count it, too, since a /48 has 256 networks of [`network`].
#[must_use]
pub fn allocation(network: &str) -> String {
    match network.parse::<Ipv6Net>().map(|net| Ipv6Net::new(net.addr(), 48)) {
        Ok(Ok(net)) => net.trunc().to_string(),
        _ => network.to_owned(),
    }
}

/// Returns the network that is counted: /24 or /56.
#[must_use]
pub fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            Ipv4Net::new(ip, 24).map(|n| n.trunc().to_string()).unwrap_or_else(|_| ip.to_string())
        }
        IpAddr::V6(ip) => {
            Ipv6Net::new(ip, 56).map(|n| n.trunc().to_string()).unwrap_or_else(|_| ip.to_string())
        }
    }
}
