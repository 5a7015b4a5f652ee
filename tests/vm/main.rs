//! Tests of real machines with real kernels, under emulation.
