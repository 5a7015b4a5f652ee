//! Messages of QEMU's monitor.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proctor::fuzzing::monitor_messages(bytes));
