//! Reports: each reads events and knows nothing else.

pub mod json_lines;
pub mod terminal;
