//! A minimal file in MaxMind's format, with a single network.

use maxminddb::Reader;

/// Returns a file in which everything in 11.0.0.0/11 is in Hamburg.
pub(in crate::tests) fn file() -> Vec<u8> {
    // The first bits of 11: 0000 1011, and three zeros; each node has a record for 0 and one for 1, 24 bits each.
    const BITS: [u32; 11] = [0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0];
    let nodes = u32::try_from(BITS.len()).expect("few");
    let (nothing, found) = (nodes, nodes + 16);
    let mut tree = Vec::new();
    for (number, bit) in (0_u32..).zip(BITS) {
        let redirect = if number + 1 == nodes { found } else { number + 1 };
        let pair = if bit == 0 { [redirect, nothing] } else { [nothing, redirect] };
        for record in pair {
            tree.extend(&record.to_be_bytes()[1..]);
        }
    }
    let names = |english: &str, russian: &str| {
        ("names", map(&[("en", text(english)), ("ru", text(russian))]))
    };
    let data = map(&[
        ("city", map(&[names("Hamburg", "Гамбург")])),
        ("country", map(&[("iso_code", text("DE")), names("Germany", "Германия")])),
    ]);
    let metadata = map(&[
        ("binary_format_major_version", number(5, 2)),
        ("binary_format_minor_version", number(5, 0)),
        ("build_epoch", number(9, 1)),
        ("database_type", text("Test-City")),
        ("description", map(&[("en", text("one place"))])),
        ("ip_version", number(5, 4)),
        ("languages", vec![0, 4]),
        ("node_count", number(6, nodes)),
        ("record_size", number(5, 24)),
    ]);
    [tree, vec![0; 16], data, b"\xab\xcd\xefMaxMind.com".to_vec(), metadata].concat()
}

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("short");
    assert!(length < 29, "longer ones are written in another way");
    [vec![0x40 | length], text.as_bytes().to_vec()].concat()
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let count = u8::try_from(entries.len()).expect("few");
    let entries = entries.iter().flat_map(|(name, value)| [text(name), value.clone()].concat());
    std::iter::once(0xe0 | count).chain(entries).collect()
}

/// Encodes an unsigned number of a type: 5 (16 bits), 6 (32 bits) or 9 (64 bits, an extended type).
fn number(kind: u8, value: u32) -> Vec<u8> {
    let bytes: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let length = u8::try_from(bytes.len()).expect("four at most");
    let head = if kind > 7 { vec![length, kind - 7] } else { vec![kind << 5 | length] };
    [head, bytes].concat()
}

#[test]
fn file_is_of_the_format() {
    let reader = Reader::from_source(file()).expect("a file that can be read");
    let found = reader.lookup("11.5.0.1".parse().expect("an address")).expect("an answer");
    let city: maxminddb::geoip2::City<'_> = found.decode().expect("it reads").expect("a place");
    assert_eq!(city.city.names.english, Some("Hamburg"));
}

#[test]
fn what_nobody_knows_is_another_country() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("places.mmdb");
    std::fs::write(&path, file()).expect("written");
    let geo = crate::domain::geoip::Geo::open(Some(&path)).expect("a file that can be read");
    let none = crate::domain::geoip::Geo::default();
    for (one, other, with_file, without) in [
        ("11.0.1.0/24", "11.0.1.0/24", false, false),
        ("11.0.1.0/24", "11.0.2.0/24", false, true),
        ("11.0.1.0/24", "11.48.0.0/24", true, true),
        ("11.48.0.0/24", "11.48.1.0/24", true, true),
        ("2001:db8::/56", "11.0.1.0/24", true, true),
        ("command line", "11.0.1.0/24", true, true),
    ] {
        assert_eq!(geo.is_another_country(one, other), with_file, "{one} and {other}");
        assert_eq!(none.is_another_country(one, other), without, "{one} and {other}");
    }
}

#[test]
fn a_file_that_is_none_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none.mmdb");
    std::fs::write(&path, b"nothing of the kind").expect("written");
    assert!(crate::domain::geoip::Geo::open(Some(&path)).is_err());
    assert!(crate::domain::geoip::Geo::open(Some(&folder.path().join("away.mmdb"))).is_err());
}
