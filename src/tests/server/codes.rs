//! Mailed codes.

use crate::{domain::verification::codes, random::Random};

/// N4.2.1.2, ASVS 6.5.3–4: uniform, leading zeros kept. Chi-square over the digits of 10,000 codes, from a seeded
/// generator so that it cannot fail by chance, and from the system's.
#[test]
fn a6_5_3_ten_thousand_codes_are_uniform() {
    for random in [Random::seeded(1), Random::System] {
        let mut counts = [[0_u32; 10]; 6];
        for _ in 0..10_000 {
            let code = codes::make(&random, false);
            assert_eq!(code.expose_secret().len(), 6);
            for (place, digit) in code.expose_secret().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        for place in counts {
            let chi: f64 = place.iter().map(|n| (f64::from(*n) - 1000.0).powi(2) / 1000.0).sum();
            // Nine degrees of freedom: beyond 50 once in ten million.
            assert!(chi < 50.0, "{place:?}");
        }
    }
}

#[test]
fn long_codes_use_the_whole_alphabet() {
    let random = Random::seeded(2);
    let all: String =
        (0..500).map(|_| codes::make(&random, true).expose_secret().to_owned()).collect();
    for letter in crate::domain::values::Code::ALPHABET {
        assert!(all.contains(char::from(*letter)));
    }
    assert_eq!(codes::make(&random, true).display().len(), 14);
}

#[test]
fn the_same_seed_gives_the_same_codes() {
    let codes = |seed| -> Vec<String> {
        let random = Random::seeded(seed);
        (0..5).map(|_| codes::make(&random, false).expose_secret().to_owned()).collect()
    };
    assert_eq!(codes(3), codes(3));
    assert_ne!(codes(3), codes(4));
}
