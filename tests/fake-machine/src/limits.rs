//! Every size and duration of the fake machine, with its reason.

use std::time::Duration;

/// What one read of a socket or a terminal can return, in bytes. The default size of a pipe, and what virtio carries
/// in a few descriptors: larger reads gain nothing.
pub(crate) const PUMP_BUFFER: usize = 64 << 10;
/// How long a pump rests when a terminal has no other end, which lasts only until it is opened again.
pub(crate) const TERMINAL_PAUSE: Duration = Duration::from_millis(1);
/// From the death of the shell to its next start: a shell that cannot run must not keep a processor busy.
pub(crate) const RESPAWN_PAUSE: Duration = Duration::from_millis(10);
/// How long the processes of the guest may take to disappear once killed. Longer means that the kernel holds one.
pub(crate) const CLEANUP: Duration = Duration::from_secs(5);
/// Between two looks at processes that are being killed.
pub(crate) const CLEANUP_PAUSE: Duration = Duration::from_micros(500);
/// Longest line of the text monitor, in bytes, as in QEMU.
pub(crate) const MONITOR_LINE: usize = 4095;
/// Longest QMP message, in bytes. QEMU allows 64 MiB; the messages of a driver have a few hundred bytes.
pub(crate) const QMP_MESSAGE: usize = 1 << 20;
/// How long an event may wait for a QMP client that does not read, so that it cannot keep the machine from exiting.
pub(crate) const QMP_WRITE: Duration = Duration::from_secs(1);
/// Length of a line of `--fake-serial long-line`, in bytes.
pub(crate) const LONG_LINE: usize = 1 << 20;
/// Bytes of one burst of `--fake-babble`, where it names none: more than a marker, less than a tty takes at once.
pub(crate) const BABBLE: usize = 48;
/// Longest burst of `--fake-babble`, in bytes: what the kernel buffers of a terminal that nobody reads.
pub(crate) const BABBLE_MOST: usize = 4000;
/// How long a stray process lives, in seconds, where nobody kills it: past any test, not for ever.
pub(crate) const STRAY_SECONDS: &str = "600";
