//! Reports: each reads events and knows nothing else.
//!
//! | Module | Holds |
//! |---|---|
//! | `terminal` | what a terminal shows while a run goes on |
//! | `json_lines` | the record, of which all others can be made later |
//! | `schema` | what a record's lines look like |
//! | `xml` | the log as the NixOS test driver writes it |
//! | `junit` | test cases for CI systems |
//! | `html` | a page for a browser |
//! | `trace` | a time line for Perfetto and Chrome |
//! | `destination` | where a user wants a report |
//! | `growing_file`, `whole_file` | files that are complete at every moment, or when the run is |
//! | `tally` | how many tests ended how, by what a record shows |
//! | `nest_stack`, `open_items` | what has begun and not ended, found at once |
//! | `xml_text` | text that any XML parser takes |

pub mod destination;
mod growing_file;
#[cfg(not(fuzzing))]
pub mod html;
pub mod json_lines;
pub mod junit;
mod nest_stack;
mod open_items;
pub mod schema;
mod tally;
pub mod terminal;
pub mod trace;
mod whole_file;
pub mod xml;
mod xml_text;

#[cfg(test)]
mod every_kind;
#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod size_tests;
