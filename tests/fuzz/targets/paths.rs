//! Names of files that tests think of, where machines have planted links.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proctor::fuzzing::paths(bytes));
