//! What programs of a machine print.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proctor::fuzzing::guest_output(bytes));
