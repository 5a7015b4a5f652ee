//! Reports: each reads events and knows nothing else.

pub mod terminal;
