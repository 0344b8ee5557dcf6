//! Hands libFuzzer's inputs to the target that `FUZZ_TARGET` names.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

/// The function, looked up once.
fn target() -> fn(&[u8]) {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    *TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
        let found = cstar::fuzzing::TARGETS.iter().find(|target| target.0 == name);
        found.unwrap_or_else(|| panic!("there is no target `{name}`")).1
    })
}

fuzz_target!(|data: &[u8]| target()(data));
