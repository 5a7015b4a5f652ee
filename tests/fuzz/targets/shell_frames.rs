//! What a machine's shells say.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proctor::fuzzing::shell_frames(bytes));
