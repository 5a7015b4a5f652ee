//! Texts that tests hand over.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proctor::fuzzing::arguments(bytes));
