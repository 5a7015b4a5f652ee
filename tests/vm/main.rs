//! Tests of real machines with real kernels, under emulation. Few and long: a boot takes seconds.

mod network;
mod output;
mod shell;
