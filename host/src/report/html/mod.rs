//! The report as a page for a browser: one file that needs no server, no network and, to be read, no script.
//!
//! The page is whole without its script: the log is nested `<details>`, a console is the text of a `<pre>`, the timeline
//! is SVG. The script finds all that it shows in there; nothing is embedded a second time as data, so there is nothing
//! to break out of but HTML itself, which `maud` escapes. What would steer a reader's eye or a browser's parser beyond
//! that is written out in `document`, through which every byte goes.
//!
//! | Module | Holds |
//! |---|---|
//! | `report` | [`Html`] |
//! | `run` | what is kept of a run: steps, consoles, lanes |
//! | `collect` | makes that of the events |
//! | `begun_step` | the step that an event begins |
//! | `room` | how much there is room for |
//! | `verdict` | how the run ended, in a sentence |
//! | `document` | `page.html` filled in, with its content security policy |
//! | `log` | the nested log |
//! | `failure_place` | at which step a test failed |
//! | `failure` | why a test failed, all of it |
//! | `timeline` | a lane for each machine, VLAN and for the steps |
//! | `panels` | consoles, the slowest calls, files, the run itself |
//! | `saved_files` | pictures and links to files, both beneath the output directory |
//! | `wording` | times and sizes for people |
//! | `again` | the command that runs again what failed |
//! | `bounds` | every size and count |

mod again;
mod begun_step;
mod bounds;
mod collect;
mod document;
mod failure;
mod failure_place;
mod log;
mod panels;
mod report;
mod room;
mod run;
mod saved_files;
mod timeline;
mod verdict;
mod wording;

#[cfg(test)]
mod tests;

pub use report::Html;
