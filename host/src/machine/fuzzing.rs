//! What fuzz targets check of machines.

mod arguments;
mod console_lines;
mod guest_output;
mod pictures_and_patterns;

pub use super::files::fuzzing::archive;
pub use super::monitor::fuzzing::monitor_messages;
pub use super::shell::fuzzing::shell_frames;
pub use arguments::arguments;
pub use console_lines::console_lines;
pub use guest_output::guest_output;
pub(crate) use pictures_and_patterns::picture_name;
pub use pictures_and_patterns::{patterns, picture};
