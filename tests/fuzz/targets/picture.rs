//! Pictures of screens.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proctor::fuzzing::picture(bytes));
