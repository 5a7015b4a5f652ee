//! The interface `polling`. Wants one machine, `machine`.
//!
//! Every test tagged `fails` must fail, and `endless` ones among them be stopped by the condition limit.

mod failing;
mod holding;
mod waiting;
