//! Tests that mean harm or are broken. Wants one machine, `machine`.
//!
//! Every test tagged `fails` must fail, and `endless` ones among them be stopped by the limit that their comment names;
//! all others must pass. Whatever a test does, the host must go on, and clean up.

#![allow(unconditional_recursion, reason = "on purpose")]

mod calls;
mod ends;
mod floods;
mod loops;
