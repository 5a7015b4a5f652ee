//! Projects: what `proctor new` makes, what `proctor build` makes of that, and what both say where they cannot.
//!
//! A language whose tools are neither here nor to be had is skipped, with what `proctor build --prepare` says.

mod authors_errors;
mod concurrency;
mod endless;
mod missing_tools;
mod names;
mod own_directory;
mod places;
mod readmes;
mod refusals;
mod templates;
mod workshop;
