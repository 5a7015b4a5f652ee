//! Files that go to a machine and come from it.
//!
//! They travel over a bulk port. A file's bytes go to one command as they are; a directory goes as an archive that the
//! guest's `tar` unpacks, and whatever comes from a machine comes as an archive that its `tar` makes, where it has one.
//! Where no port is free, all goes over the console in pieces, as text.

mod extract;
mod from_machine;
#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing;
mod guest_path;
mod place;
mod source;
mod stream;
mod temporary;
mod to_machine;
mod via_shell;
mod wait;
