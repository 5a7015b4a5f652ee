//! How often each thing is measured, how much it moves, and what is waited for how long.

use std::time::Duration;

/// Commands: enough that the median does not move by more than a few hundredths from run to run.
pub(crate) const ROUND_TRIPS: usize = 200;
/// Commands that follow one another at once, before it is the other machine's turn.
pub(crate) const ROUND_TRIPS_IN_A_ROW: usize = 20;
/// Commands beforehand, not counted: code is translated by the emulator when it first runs.
pub(crate) const WARM_UP_ROUND_TRIPS: usize = 20;
/// Starts of the host.
pub(crate) const STARTS: usize = 20;
/// Starts beforehand, not counted: the first compiles the test, the second finds it compiled.
pub(crate) const WARM_UP_STARTS: usize = 2;
/// Builds of a project in which nothing has changed.
pub(crate) const UNCHANGED_BUILDS: usize = 5;
/// What a command prints, in bytes: the most that a command may print by default.
pub(crate) const BULK_BYTES: usize = 64 << 20;
/// Outputs: each takes a second or less.
pub(crate) const BULK_OUTPUTS: usize = 7;
/// Serial lines in one flood.
pub(crate) const SERIAL_LINES: usize = 20_000;
/// What is copied, in bytes.
pub(crate) const COPY_BYTES: usize = 50_000_000;
/// Copies in either direction: each takes a second or less.
pub(crate) const COPIES: usize = 9;
/// A small file, in bytes.
pub(crate) const SMALL_COPY_BYTES: usize = 1_000;
/// Copies of it: as round trips.
pub(crate) const SMALL_COPIES: usize = 100;
/// Events that are waited for: each takes a second.
pub(crate) const EVENTS: u32 = 21;
/// The first comes so long after it was set going: later than the wait for it begins.
pub(crate) const FIRST_EVENT: Duration = Duration::from_millis(500);
/// Each other comes later by this, which is no part of any pause: so they come at all times between two looks.
pub(crate) const LATER_BY: Duration = Duration::from_millis(37);
/// Looks where there is nothing to wait for.
pub(crate) const LOOKS: usize = 21;
/// Looks at the machine's clock, of which the shortest counts.
pub(crate) const CLOCK_LOOKS: usize = 10;
/// Conditions that a call looks at: as many as a test may enter at a time is more than any needs.
pub(crate) const GATE_CONDITIONS: u32 = 3;
/// Looks at them: each takes less than a microsecond.
pub(crate) const GATE_CALLS: u32 = 1_000_000;
/// Floods: each takes some seconds, for an emulated serial port takes a byte at a time.
pub(crate) const FLOODS: usize = 3;
/// Runs of each endless test: each takes a second.
pub(crate) const OVERSHOOTS: usize = 3;
/// What is waited for so long does not come. A busy computer needs a tenth of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks for what comes within a second.
pub(crate) const PAUSE: Duration = Duration::from_millis(5);
/// What is read at a time by plain readers: a pipe's capacity.
pub(crate) const CHUNK: usize = 64 << 10;
