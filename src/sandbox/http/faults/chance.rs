//! Repeatable randomness: the same inputs give the same numbers on every machine.

/// A number in `0.0..1.0` that depends only on `parts`.
pub(crate) fn unit(parts: &[u64]) -> f64 {
    let mixed = parts.iter().fold(0, |state, part| mix(state ^ *part));
    // as many bits as an `f64` can hold
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014), after its increment.
const fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// FNV-1a, to use text as one of the parts.
pub(crate) fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        // the first output of the published generator for the seed 0
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn equal_parts_give_equal_numbers() {
        assert!((unit(&[1, 2, 3]) - unit(&[1, 2, 3])).abs() < f64::EPSILON);
        assert!((unit(&[1, 2, 3]) - unit(&[1, 3, 2])).abs() > f64::EPSILON);
        assert_ne!(hash(&["GET", "/a"]), hash(&["GET/", "a"]));
    }

    #[test]
    fn the_numbers_are_spread_evenly() {
        let numbers: Vec<f64> = (0..10_000).map(|n| unit(&[42, 1, n])).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let low = numbers.iter().filter(|number| **number < 0.2).count();
        assert!((1_800..2_200).contains(&low), "{low}");
    }
}
