//! Archives that machines send, laid down in the output directory.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proctor::fuzzing::archive(bytes));
