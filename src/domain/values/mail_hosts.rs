//! Suggestions for mistyped hosts of email addresses: `gmial.com`.

use strsim::osa_distance;

use super::{email::EmailAddress, fold::tidy};

/// The usual mail hosts, in the world and in Russia. Of equally close hosts the first one is suggested. Some are listed
/// so that they do not count as mistyped: `mai.ru` is a university, `email.com` has mailboxes of its own.
const USUAL: [&str; 108] = [
    "gmail.com",
    "mail.ru",
    "yandex.ru",
    "ya.ru",
    "bk.ru",
    "inbox.ru",
    "list.ru",
    "internet.ru",
    "rambler.ru",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "live.com",
    "yandex.com",
    "mail.com",
    "proton.me",
    "protonmail.com",
    "vk.com",
    "me.com",
    "mac.com",
    "aol.com",
    "msn.com",
    "gmx.de",
    "gmx.net",
    "gmx.com",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "orange.fr",
    "free.fr",
    "wanadoo.fr",
    "laposte.net",
    "sfr.fr",
    "libero.it",
    "virgilio.it",
    "wp.pl",
    "o2.pl",
    "onet.pl",
    "interia.pl",
    "seznam.cz",
    "centrum.cz",
    "ukr.net",
    "i.ua",
    "mail.ua",
    "tut.by",
    "yandex.by",
    "yandex.kz",
    "mail.kz",
    "yandex.ua",
    "lenta.ru",
    "autorambler.ru",
    "myrambler.ru",
    "ro.ru",
    "narod.ru",
    "qip.ru",
    "pochta.ru",
    "googlemail.com",
    "ymail.com",
    "rocketmail.com",
    "yahoo.co.uk",
    "yahoo.co.jp",
    "yahoo.co.in",
    "yahoo.com.br",
    "yahoo.fr",
    "yahoo.de",
    "yahoo.es",
    "yahoo.it",
    "yahoo.in",
    "yahoo.ca",
    "hotmail.co.uk",
    "hotmail.fr",
    "hotmail.de",
    "hotmail.es",
    "hotmail.it",
    "outlook.fr",
    "outlook.de",
    "outlook.es",
    "live.co.uk",
    "live.fr",
    "live.nl",
    "btinternet.com",
    "sky.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "cox.net",
    "ziggo.nl",
    "telenet.be",
    "bluewin.ch",
    "uol.com.br",
    "bol.com.br",
    "terra.com.br",
    "qq.com",
    "163.com",
    "126.com",
    "naver.com",
    "hanmail.net",
    "rediffmail.com",
    "zoho.com",
    "fastmail.com",
    "tutanota.com",
    "hey.com",
    "email.com",
    "mai.ru",
];

/// The only host with this name, whatever top-level domain was typed.
const ALONE: &str = "gmail.com";

/// Longest host that is checked; the usual ones are shorter.
const HOST_MAX: usize = 40;

/// Returns the address that was probably meant, if the host of `typed` is close to a usual one. It is always a valid
/// address, and never equal to the typed one.
#[must_use]
pub fn meant_address(typed: &str) -> Option<String> {
    let typed = tidy(typed);
    let (user, host) = typed.rsplit_once('@')?;
    if host.len() > HOST_MAX {
        return None;
    }
    let host = host.to_lowercase();
    let meant = meant_host(&host).filter(|meant| *meant != host)?;
    EmailAddress::parse(&[user, "@", meant].concat()).ok().map(|email| email.shown())
}

fn meant_host(typed: &str) -> Option<&'static str> {
    // The comma key is beside the dot key, and a dot is easily typed twice.
    let parts: Vec<&str> = typed.split(['.', ',']).filter(|part| !part.is_empty()).collect();
    let host = parts.join(".");
    if let Some(usual) = USUAL.into_iter().find(|usual| *usual == host) {
        return Some(usual);
    }
    let Some((name, rest)) = host.split_once('.') else {
        let joined = |usual: &&str| usual.replace('.', "") == host;
        return USUAL
            .into_iter()
            .find(joined)
            .or((ALONE.strip_suffix(".com") == Some(&*host)).then_some(ALONE));
    };
    let near = USUAL.into_iter().filter_map(|usual| {
        let (its_name, its_rest) = usual.split_once('.')?;
        let in_name = slips_in_name(name, its_name)?;
        let is_alone = usual == ALONE && in_name == 0;
        Some((in_name, slips_in_rest(rest, its_rest, is_alone)?, usual))
    });
    near.min_by_key(|(in_name, in_rest, _)| (*in_name, *in_rest)).map(|(_, _, usual)| usual)
}

/// Returns the number of typing mistakes between two names, if there are few: short names are all close to each other.
fn slips_in_name(typed: &str, usual: &str) -> Option<usize> {
    let most = match usual.len() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    Some(osa_distance(typed, usual)).filter(|slips| *slips <= most)
}

/// Returns the number of typing mistakes between the parts after the names: at most one, and none where the part may be
/// a country code.
fn slips_in_rest(typed: &str, usual: &str, is_alone: bool) -> Option<usize> {
    let slips = osa_distance(typed, usual);
    if slips == 0 || is_alone {
        return Some(slips.min(1));
    }
    let is_one_label = !typed.contains('.') && !usual.contains('.');
    let is_country = typed.len() == 2 && usual != "com";
    (slips == 1 && is_one_label && !is_country).then_some(slips)
}
