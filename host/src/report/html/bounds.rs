//! Every size and count of the HTML report: a browser has to open it in a moment, whatever the run was.

/// Steps of the log: calls, messages and the like. A browser lays out so many in half a second.
pub(super) const STEPS: usize = 20_000;
/// The texts of all steps, in bytes. As [`STEPS`].
pub(super) const STEP_BYTES: usize = 32 << 20;
/// Past these limits, warnings are taken still, up to so many.
pub(super) const WARNINGS: usize = 2_000;
/// And so many failed calls and subtests.
pub(super) const FAILED_STEPS: usize = 2_000;
/// And so many of each test, whatever those before it did: nobody is to miss where it failed.
pub(super) const FAILED_STEPS_OF_TEST: usize = 3;
/// The texts of all failures of tests, in bytes; later ones are shortened. As [`STEP_BYTES`].
pub(super) const FAILURE_BYTES: usize = 16 << 20;
/// A text of a failure that is shortened, in bytes: some lines.
pub(super) const SHORT_BYTES: usize = 500;
/// One text of a step, in bytes: a long output. The record has all.
pub(super) const TEXT_BYTES: usize = 64 << 10;
/// The texts that stand in one line, as actions, names and messages there, in bytes.
pub(super) const LINE_BYTES: usize = 2_000;
/// The command to run it again, in bytes: a kernel takes no longer ones.
pub(super) const COMMAND_BYTES: usize = 128 << 10;
/// The deepest nesting; deeper spans stand beside the one at this depth. A browser's own limit is 512 elements.
pub(super) const DEEPEST: usize = 24;
/// The last lines of each console that are kept.
pub(super) const CONSOLE_LINES: usize = 200_000;
/// All of them together, of each console, in bytes.
pub(super) const CONSOLE_BYTES: usize = 16 << 20;
/// The machines and VLANs that have a console or a lane: twice as many as may be given to a run.
pub(super) const SOURCES: usize = 512;
/// One picture that stands in the report itself, in bytes. A screen of text has 20 KB.
pub(super) const PICTURE_BYTES: u64 = 2 << 20;
/// All of them together, in bytes; what is more is linked.
pub(super) const PICTURES_BYTES: u64 = 24 << 20;
/// What a machine's console said until a call failed, in lines: a screen's height.
pub(super) const QUOTED_CONSOLE_LINES: usize = 12;
/// The slowest calls that are listed.
pub(super) const SLOWEST: usize = 10;
/// The tests that did not pass which the head of the page names.
pub(super) const NAMED_FAILURES: usize = 12;
/// The tests that a command to run what failed again names: with more, one runs all.
pub(super) const REPEATED_TESTS: usize = 30;
/// Steps that have a bar in the timeline; those that took longest come first.
pub(super) const BARS: usize = 600;
