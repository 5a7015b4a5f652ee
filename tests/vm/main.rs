//! Tests of real machines with real kernels, under emulation. Few and long: a boot takes seconds.

// A test that panics has failed, as it should.
#![allow(clippy::unwrap_used)]

mod examples;
mod files;
mod graphical;
mod logins;
mod monitor;
mod network;
mod output;
mod parts;
mod power;
mod screen;
mod scripts;
mod shared_directory;
mod shell;
mod units;
