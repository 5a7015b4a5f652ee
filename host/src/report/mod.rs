//! Reports: each reads events and knows nothing else.

#[cfg(not(fuzzing))]
pub mod html;
pub mod json_lines;
pub mod terminal;
