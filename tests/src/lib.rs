//! What the tests of machines have in common: a machine to drive, a record of what happened, and a look at processes.

mod bench;
mod bytes;
mod granted;
mod interpreter;
mod lateness;
pub mod processes;
mod programs_installed;
mod pseudo_terminal;
mod record;
mod separate_process;
mod skip;
mod small_disk;
mod start_script;
mod timed_out;

pub use bench::Bench;
pub use bytes::bytes;
pub use granted::granted_as_data;
pub use interpreter::interpreter_is_there;
pub use lateness::{LATE, PATIENCE, ROOM};
pub use programs_installed::{browser_is_installed, tesseract_is_installed};
pub use pseudo_terminal::PseudoTerminal;
pub use record::Record;
pub use separate_process::separate_process;
pub use skip::say_skipped;
pub use small_disk::SmallDisk;
pub use start_script::{fake_script, mini_script, path_from_environment, systemd_script, write_script};
pub use timed_out::timed_out_by;
