//! Who is asking: network and browser, as far as the request tells.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Longest part of a user agent that is kept.
const USER_AGENT_MAX: usize = 256;

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The network (/24 or /56) in CIDR notation: what limits count and records keep.
    /// The full address is not kept.
    pub network: String,
    /// The browser, as it says, cut to 256 bytes, without control characters.
    pub user_agent: String,
}

/// The network of what was done on the command line.
pub const COMMAND_LINE: &str = "command line";

impl Client {
    /// Whoever runs a command on the server.
    #[must_use]
    pub fn command_line() -> Self {
        Self { network: COMMAND_LINE.to_owned(), user_agent: String::new() }
    }

    /// Reads it from a request that came from `peer`.
    #[must_use]
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let agent =
            headers.get(http::header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let agent: String =
            agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_MAX).collect();
        Self { network: network(address(peer, headers, trusted)), user_agent: agent }
    }
}

/// The address of the browser: the rightmost forwarded one that no trusted proxy
/// wrote (ASVS 4.1.3). Whatever stands left of it anybody can have written.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return peer;
    }
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut last = peer;
    for text in forwarded.iter().rev() {
        let Ok(ip) = text.trim().parse::<IpAddr>() else { break };
        last = ip.to_canonical();
        if !is_trusted(&last) {
            break;
        }
    }
    last
}

/// The network that is counted: /24, /56.
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
