//! A process that the machine leaves behind when it ends.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::{SigHandler, Signal, signal};
use nix::unistd::{Pid, setsid};

use crate::limits;
use crate::options::Stray;

/// Starts it, and writes its process id into the file `record`.
pub(crate) fn start(place: Stray, record: &Path) -> io::Result<Pid> {
    let mut sleep = Command::new("sleep");
    sleep.arg(limits::STRAY_SECONDS).stdin(Stdio::null());
    // SAFETY: the calls are safe between fork and exec, and no signal handler of ours is replaced.
    unsafe {
        sleep.pre_exec(move || {
            for ignored in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
                signal(ignored, SigHandler::SigIgn)?;
            }
            if place == Stray::Session {
                setsid()?;
            }
            Ok(())
        });
    }
    let process = sleep.spawn()?.id();
    fs::write(record, process.to_string())?;
    i32::try_from(process).map(Pid::from_raw).map_err(io::Error::other)
}
