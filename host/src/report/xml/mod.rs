//! The log in XML, as the NixOS test driver writes it into `$LOGFILE`: `logfile`, `nest` with its `head`, and `line`.
//!
//! | Module | Holds |
//! |---|---|
//! | `log` | [`Xml`]: which event becomes which element |
//! | `nests` | which elements are open |
//! | `elements` | elements and their attributes, as bytes |

mod elements;
mod log;
mod nests;

#[cfg(test)]
mod tests;

pub use log::Xml;
