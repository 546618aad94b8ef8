//! The variables that Kubernetes sets in every container for each service of its namespace. For a service named
//! `latchkey` the names look like settings of ours, but are not.
use std::net::IpAddr;

const PROTOCOLS: [&str; 3] = ["tcp", "udp", "sctp"];

/// Returns whether a variable is one of these: `LATCHKEY_SERVICE_HOST`, `LATCHKEY_PORT=tcp://10.96.0.7:3000`,
/// `LATCHKEY_PORT_3000_TCP_ADDR` … or that of a service with a longer name (`latchkey-db`). The value must fit, too: a
/// misspelt setting must be reported.
pub(super) fn sets(name: &str, value: &str) -> bool {
    let is_address = || value.parse::<IpAddr>().is_ok();
    let is_number = || value.parse::<u16>().is_ok();
    let is_link =
        || value.split_once("://").is_some_and(|(protocol, _)| PROTOCOLS.contains(&protocol));
    if name.ends_with("_SERVICE_HOST") {
        return is_address();
    }
    if name.ends_with("_SERVICE_PORT") || name.contains("_SERVICE_PORT_") {
        return is_number();
    }
    if name.ends_with("_PORT") && is_link() {
        return true;
    }
    // `…_PORT_3000_TCP`, and what may follow it.
    let Some((_, port)) = name.rsplit_once("_PORT_") else { return false };
    let mut parts = port.split('_');
    let number = parts.next().is_some_and(|number| number.parse::<u16>().is_ok());
    let protocol = parts.next().is_some_and(|p| PROTOCOLS.contains(&p.to_lowercase().as_str()));
    let what = parts.next();
    number
        && protocol
        && parts.next().is_none()
        && match what {
            None => is_link(),
            Some("PROTO") => PROTOCOLS.contains(&value),
            Some("ADDR") => is_address(),
            Some("PORT") => is_number(),
            Some(_) => false,
        }
}
