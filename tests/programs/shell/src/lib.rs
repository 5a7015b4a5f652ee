//! The interface `shell`. Wants one machine, `machine`.

mod errors;
mod language;
mod limits;
mod outcome;
mod survival;
mod waiting;
