//! Every duration, size and count that bounds something: its name, its default and the reason for it.

mod settable;
mod value;

use std::time::Duration;

pub use settable::{Definition, LimitName, Limits};
pub use value::{Value, ValueError, count, size, time};

/// The longest time that a user may set, so that no sum of durations overflows: ten years.
pub const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
/// The largest size that a user may set, in bytes, and the largest count: more than any computer has, and no sum of two
/// overflows.
pub const LARGEST: u64 = 1 << 60;
/// After a run, what still works in the background gets so long to end. All of it is to end at once; what does not must
/// not hold the process.
pub const BACKGROUND_END: Duration = Duration::from_secs(2);
/// From the spawn of a switch until its console answers. It takes milliseconds.
pub const VLAN_START: Duration = Duration::from_secs(5);
/// Between two looks whether a program that was started listens on its socket. It takes milliseconds.
pub const SOCKET_LOOK: Duration = Duration::from_millis(5);
/// Between two looks whether what was killed is gone. It takes milliseconds.
pub const KILLED_LOOK: Duration = Duration::from_millis(2);
/// Between two looks of the guard, which has seconds and is to cost nothing.
pub const GUARD_LOOK: Duration = Duration::from_millis(20);
/// Between two looks whether kept state is free.
pub const KEPT_LOOK: Duration = Duration::from_millis(10);
/// How long kept state is waited for that the guard of a killed host is cleaning up: as long as that goes on at the
/// most, and time for it to be scheduled.
pub const KEPT_CLEANUP: Duration = GUARD_PERSISTENCE.saturating_add(Duration::from_secs(2));
/// From SIGTERM until SIGKILL when a machine or a switch is released: QEMU flushes its disks within it.
pub const STOP_GRACE: Duration = Duration::from_secs(3);
/// A machine's end follows so soon on the loss of what it ran: a guest that is powered off kills its processes first,
/// and a QEMU that dies closes its sockets first.
pub const END_FOLLOWS: Duration = Duration::from_millis(500);
/// The first sign of life is asked for so soon after a command began: a shell that died unnoticed is found then.
pub const GUEST_PING_FIRST: Duration = Duration::from_millis(500);
/// How often the control shell is asked for a sign of life while a command runs, at the least.
pub const GUEST_PING: Duration = Duration::from_secs(5);
/// From the kill of a command that ran over until its shell reports its end, and from a machine's until it has ended. Within the half second that a call may
/// end late.
pub const KILL_GRACE: Duration = Duration::from_millis(400);
/// A command that succeeded has read all that it was sent: the host's writer ends by itself within this, unless its source
/// has more than it said.
pub const FEED_END: Duration = Duration::from_millis(100);
/// How long a copy's temporary file on a machine is removed after the copy. The shell may have to be restored before, and
/// a large file takes its disk a while.
pub const TEMPORARY_REMOVAL: Duration = Duration::from_secs(20);
/// From the set-up of the shells until they answer: it takes a tenth of a second under emulation.
pub const SHELL_SETUP: Duration = Duration::from_secs(20);
/// From the loss of a shell until a new one has answered, or is said not to be restored.
pub const SHELL_RESTORE: Duration = Duration::from_secs(10);
/// The shortest pause between two looks of a wait. See [`LOOKS_TO_PAUSES`].
pub const PROBE_PAUSE_SHORTEST: Duration = Duration::from_millis(20);
/// How many times longer a look is than the pause that follows it, where that is not too short or too long: what is
/// waited for is noticed within two thirds of a look's time in the median, and a fifth of the machine's time is left.
pub const LOOKS_TO_PAUSES: u32 = 4;
/// The longest pause between two looks of a wait.
pub const PROBE_PAUSE_LONGEST: Duration = Duration::from_secs(1);
/// So long before its end, or for its last quarter, a wait in vain gathers what its error is to tell.
pub const GATHERING: Duration = Duration::from_secs(2);
/// One attempt at a TCP connection while a port is waited for: where packets are dropped the kernel would go on for two
/// minutes.
pub const CONNECT_ATTEMPT: Duration = Duration::from_secs(1);
/// Tries to find a port of the host that is free, where others may take it before QEMU does.
pub const FREE_PORT_TRIES: u32 = 5;
/// A host name or an address, in bytes: the longest name that there is.
pub const ADDRESS_BYTES: usize = 255;
/// The listeners that the error of a wait for a port tells.
pub const LISTENERS_TOLD: usize = 20;
/// A look of a wait that was cut off is told where it had taken so long; most looks take less.
pub const CUT_OFF_TOLD: Duration = Duration::from_secs(1);
/// Longest name of a unit, in bytes: systemd's `UNIT_NAME_MAX`, which counts the final zero.
pub const UNIT_NAME_BYTES: usize = 255;
/// Longest name of a user, in bytes: `LOGIN_NAME_MAX`, which counts the final zero.
pub const USER_NAME_BYTES: usize = 255;
/// How long the end of a unit's journal is looked for. Under emulation it takes half a second.
pub const JOURNAL_TIME: Duration = Duration::from_secs(5);
/// The last lines of a unit's journal that an error tells.
pub const JOURNAL_LINES: usize = 10;
/// How often a polling condition is looked at where the test does not say, as in the NixOS driver.
pub const CONDITION_INTERVAL: Duration = Duration::from_secs(2);
/// A condition that a test was asked for and that holds stands so long for the call that is made again, and as much longer
/// as others take that were asked for beside it. That call follows in less than a millisecond where the test wants it to.
pub const CONDITION_STANDS: Duration = Duration::from_secs(1);
/// Polling conditions entered at a time: a test with more of them does nothing else.
pub const ENTERED_CONDITIONS: usize = 100;
/// Polling conditions cut no shorter piece than this off a sleep, and leave no shorter one of a wait.
pub const SHORTEST_WAIT: Duration = Duration::from_millis(100);
/// A test that is still evaluating a condition so long after the limit is stopped: what it was told when its call ended
/// at the limit, it has told the host by then.
pub const CONDITION_REPORT: Duration = Duration::from_millis(20);
/// A call ends so long after its limit at the latest.
pub const CALL_LATE: Duration = Duration::from_millis(500);
/// How often a running test lets the host look at its clocks: a limit is overrun by so much at the most.
pub const EPOCH_TICK: Duration = Duration::from_millis(10);
/// After a test has ended, each of its running machines gets so long to write its file systems back.
pub const SYNC: Duration = Duration::from_secs(10);

/// A test component's file: an interpreter with a library is 30 MB.
pub const COMPONENT_BYTES: u64 = 256 << 20;
/// A build that takes long is told of after this, and then each time that twice as long has passed.
pub const BUILD_TOLD: Duration = Duration::from_secs(30);
/// How long the prompt of a session waits for what was printed before it to be shown: a terminal takes milliseconds.
pub const OUTPUT_SHOWN: Duration = Duration::from_secs(1);
/// How long whoever types is kept waiting for a completion or an inspection: they take milliseconds, and what takes longer
/// goes on without.
pub const SESSION_ANSWER: Duration = Duration::from_secs(1);
/// Requests that wait for a session's interpreter: one, and questions that it was too busy for.
pub const SESSION_REQUESTS: usize = 16;
/// Parts of a text that have a colour of their own: as many as a long function has words.
pub const PARTS: usize = 10_000;
/// Between two pieces of the log that are shown above the prompt: what comes meanwhile is one piece.
pub const PROMPT_LOG_PAUSE: Duration = Duration::from_millis(20);
/// The file that keeps what was typed, in bytes; a larger one is not read.
pub const HISTORY_BYTES: u64 = 16 << 20;
/// How often is looked whether an interrupt was heeded.
pub const INTERRUPT_LOOK: Duration = Duration::from_millis(250);
/// An interrupt in a session that nothing heeds for so long is told, and the next ends the run: what can heed it does so
/// within milliseconds.
pub const INTERRUPT_HEEDED: Duration = Duration::from_secs(2);
/// What is kept of the log while it is shown above the prompt of a session, in bytes: some thousand lines.
pub const PROMPT_LOG_BYTES: usize = 256 << 10;
/// Names that are offered to go on with in a session: nobody reads more.
pub const COMPLETIONS: usize = 500;
/// One of them, in bytes.
pub const COMPLETION_BYTES: usize = 200;
/// What is typed at once in a session, in bytes: a script that is pasted.
pub const STATEMENT_BYTES: usize = 1 << 20;
/// Statements that a session's history keeps.
pub const HISTORY: usize = 10_000;
/// A terminal's name that a machine is told, in bytes; no real one is longer.
pub const TERMINAL_NAME_BYTES: usize = 64;
/// Pieces that wait for the terminal, or for a machine that it is connected to.
pub const TERMINAL_PIECES: usize = 16;
/// A terminal's new size is told a machine after so long: while a window is dragged it has many.
pub const SIZE_SETTLES: Duration = Duration::from_millis(50);
/// What is told of the errors of one script: nobody reads more.
pub const FINDINGS: usize = 1000;
/// One of them, in bytes: it quotes a name.
pub const FINDING_BYTES: usize = 1 << 10;
/// Largest script, in bytes: some hundred times the longest that there is.
pub const SCRIPT_BYTES: u64 = 8 << 20;
/// A compiled component that is kept: an interpreter with a library is 40 MB.
pub const COMPILED_BYTES: u64 = 1 << 30;
/// All compiled components that are kept: some fifty interpreters; what was not used for longest goes first.
pub const COMPILED_MOST_BYTES: u64 = 2 << 30;
/// Modules and components that one component holds, itself among them. Those of a large language's runtime are some
/// dozens; the compiler takes 200 KB and more for an empty one.
pub const NESTED_COMPONENTS: usize = 300;
/// How deep they are nested.
pub const NESTING_DEPTH: usize = 20;
/// The largest stack that a user may give a test, in bytes: each test is reserved so much of the address space.
pub const LARGEST_STACK: usize = 1 << 30;
/// Room on the host's stack above the test's, in bytes, for the host's own calls.
pub const HOST_STACK: usize = 1 << 20;
/// A command, in bytes.
pub const COMMAND_BYTES: usize = 16 << 20;
/// What a test may print at a time, in bytes. As much as one call may hand over: there are languages whose library takes
/// what is not taken at once for written.
pub const STREAM_BYTES: usize = 32 << 20;
/// Tests in one component; more are a mistake.
pub const TESTS: usize = 10_000;
/// A test's name, its description and each of its tags, in bytes: a line of a report.
pub const TEST_NAME_BYTES: usize = 500;
/// A span's name, in bytes; longer ones are cut.
pub const SPAN_NAME_BYTES: usize = 1_000;
/// A file's name in a message, in bytes; longer ones are cut.
pub const FILE_NAME_BYTES: usize = 1_000;
/// One text of a test's failure, in bytes; longer ones are cut.
pub const FAILURE_TEXT_BYTES: usize = 64 << 10;
/// A call that goes on for so long is told, and again whenever as much has passed.
pub const CALL_TOLD: Duration = Duration::from_secs(1);
/// The last lines of each console that are told to whoever asks how things stand.
pub const STATUS_CONSOLE_LINES: usize = 5;
/// What of a machine's console is told at once, in bytes: with as many machines as a run may have, and each byte escaped, it
/// fits into a line of the record.
pub const REPORTED_CONSOLE_BYTES: usize = 24 << 10;
/// How long a picture of a failed test's machine is waited for: it takes a tenth of a second, or the machine hangs.
pub const FAILURE_PICTURE: Duration = Duration::from_secs(5);
/// What the names of those pictures begin with.
pub const FAILURE_PICTURE_NAME: &str = "failure";
/// Console lines that a test's failure brings.
pub const FAILURE_CONSOLE_LINES: usize = 100;
/// What wasmtime says of a component or of a test's end, in bytes: it may quote the component.
pub const WASMTIME_MESSAGE_BYTES: usize = 4_000;
/// Imports that this host does not offer, of which a message tells: the first tell what is wrong.
pub const FOREIGN_IMPORTS: usize = 20;
/// Each of them, in bytes; longer ones are cut.
pub const IMPORT_NAME_BYTES: usize = 200;
/// Functions of the test shown where it trapped.
pub const BACKTRACE_FRAMES: usize = 40;
/// The name of each of them and of its file, in bytes; longer ones are cut.
pub const FUNCTION_NAME_BYTES: usize = 300;
/// One line of a serial console, in bytes; a longer one is continued as another line.
pub const CONSOLE_LINE_BYTES: usize = 8 << 10;
/// A machine's serial console kept for later questions, in bytes; the oldest lines go first.
pub const CONSOLE_KEPT_BYTES: usize = 16 << 20;
/// The last lines of a serial console that an error quotes.
pub const CONSOLE_QUOTED_LINES: usize = 20;
/// Text that one call types into a serial console, in bytes. The port takes some ten thousand a second.
pub const SERIAL_INPUT_BYTES: usize = 1 << 20;
/// A serial console that takes nothing for so long has nobody in the guest who reads it.
pub const SERIAL_WRITE: Duration = Duration::from_secs(10);
/// Text that one call types on the keyboard, in characters. It takes half an hour, twice as long as a call.
pub const TYPED_CHARACTERS: usize = 64 << 10;
/// Keys pressed together: more than anybody has fingers.
pub const KEYS_TOGETHER: usize = 16;
/// How long a key is held, and how long nothing is held before the next. Long enough for an emulated guest to take the
/// key from its keyboard's buffer, which has room for few.
pub const KEY_HOLD: Duration = Duration::from_millis(10);
/// What passes after each key where the test says nothing, as in the NixOS driver.
pub const KEY_DELAY: Duration = Duration::from_millis(10);
/// A test's regular expression, in bytes.
pub const PATTERN_BYTES: usize = 16 << 10;
/// What a regular expression may take once compiled, in bytes: the `regex` crate's own default.
pub const PATTERN_PROGRAM_BYTES: usize = 10 << 20;
/// Searches of one machine's texts that run at a time. A test makes one call after the other: more than one are searches
/// that were given up and that nothing can stop. Each may take [`PATTERN_PROGRAM_BYTES`] and a little more.
pub const SEARCHES: usize = 2;
/// The niceness of a search that was given up: the least priority that there is.
pub const GIVEN_UP_SEARCH_NICENESS: i32 = 19;
/// What a message quotes of a pattern, and of what is wrong with it, in bytes each.
pub const PATTERN_QUOTED_BYTES: usize = 400;
/// A search of the console that began in time may take so long beyond. Within the half second that a call may end late.
pub const PATTERN_SEARCH: Duration = Duration::from_millis(400);
/// The last lines of a text in which something was not found that an error quotes.
pub const SOUGHT_QUOTED_LINES: usize = 25;
/// Each of them, in bytes; longer ones are cut.
pub const SOUGHT_LINE_BYTES: usize = 200;
/// The highest number of a virtual terminal, as in Linux.
pub const VIRTUAL_TERMINALS: u32 = 63;
/// What a virtual terminal shows, as the kernel gives it, in bytes: four times a screen of 4,096 columns of pixels.
pub const TERMINAL_BYTES: usize = 1 << 20;
/// A screen, in pixels, each way.
pub const PICTURE_PIXELS: u32 = 8_192;
/// The text on a screen, in bytes; what is more is not read.
pub const SCREEN_TEXT_BYTES: usize = 256 << 10;
/// Windows of an X server that are told of.
pub const WINDOWS: usize = 10_000;
/// What one test's calls and spans may add to the log, in bytes. What comes after is not recorded.
pub const TRACE_BYTES: usize = 128 << 20;
/// Events waiting for the reports, in bytes. Past this, all but what a report cannot do without is counted instead.
pub const EVENT_QUEUE_BYTES: usize = 64 << 20;
/// Longest line of a record that is read, in bytes: an event with all that it may hold, each byte escaped.
pub const RECORD_LINE_BYTES: usize = 16 << 20;
/// Text of a report that waits to be written, in bytes, from which it is written without being told to.
pub const REPORT_BUFFER_BYTES: usize = 64 << 10;
/// How deep elements are nested in the XML log; what lies deeper stands at this depth. libxml2 reads no more than 256.
pub const XML_NESTS: usize = 200;
/// The last lines of each machine's serial console that a JUnit test case brings.
pub const JUNIT_CONSOLE_LINES: usize = 100;
/// What machines may print as a test's end ends them without pushing out what came before.
pub const JUNIT_LAST_LINES: usize = 100;
/// The end of a test's log that a JUnit test case brings, in bytes: some hundred lines. The record has all.
pub const JUNIT_LOG_BYTES: usize = 64 << 10;
/// The spans around a failed one in which a JUnit test case looks for the subtests to name.
pub const JUNIT_SPANS_AROUND: usize = 100;
/// Logs and consoles in a whole JUnit report, in bytes; what comes later has none. GitLab takes files of 30 MB.
pub const JUNIT_OUTPUT_BYTES: usize = 20 << 20;
/// Serial lines in a trace: more than these nobody can tell apart in a viewer, and they make it slow.
pub const TRACE_CONSOLE_LINES: usize = 10_000;
/// One text in a trace, in bytes; longer ones are cut. A viewer shows them on a line.
pub const TRACE_TEXT_BYTES: usize = 400;
/// One message of QEMU's monitor, in bytes: the longest, its schema, has half a megabyte.
pub const MONITOR_MESSAGE_BYTES: usize = 4 << 20;
/// Events of QEMU's monitor that are kept for whoever waits for them, in bytes; the oldest go first.
pub const MONITOR_EVENT_BYTES: usize = 1 << 20;
/// What a test may tell a machine's monitor at a time, in bytes: a command and its arguments. Those of a machine with
/// a hundred disks have a tenth of it.
pub const MONITOR_COMMAND_BYTES: usize = 256 << 10;
/// One message of the guest's shells, in bytes.
pub const FRAME_BYTES: usize = 64 << 10;
/// Stray output of a guest's shells and of background jobs that is shown, in lines a second of a machine. More is counted.
pub const STRAY_LINES: usize = 50;
/// After so much stray output from one bulk port at once, in bytes, its reader rests for [`STRAY_PAUSE`]: a job whose
/// command has ended need not be served quickly, and flow control stops it.
pub const STRAY_BYTES: usize = 4 << 10;
/// See [`STRAY_BYTES`]. 64 KB a pause are 6 MB a second.
pub const STRAY_PAUSE: Duration = Duration::from_millis(10);
/// What a child process printed, quoted in an error, in bytes.
pub const QUOTED_BYTES: usize = 4 << 10;
/// What a message quotes of a call's argument, a path for example, in bytes.
pub const QUOTED_ARGUMENT_BYTES: usize = 160;
/// The end of a command's output that the record keeps for each call, in bytes: a screen full. What failed has more.
pub const CALL_OUTPUT_BYTES: usize = 4 << 10;
/// How many items of a list are told that a call gave.
pub const TOLD_ITEMS: usize = 10;
/// What a message quotes of a command or of its output, in bytes.
pub const QUOTED_COMMAND_BYTES: usize = 400;
/// Bulk ports of a machine: one for the running command, the others for when a background job holds one.
pub const BULK_PORTS: usize = 4;
/// A UNIX socket's path, in bytes: the size of `sockaddr_un.sun_path` less its terminator.
pub const SOCKET_PATH_BYTES: usize = 107;
/// A run's configuration, in bytes: some pages.
pub const CONFIGURATION_BYTES: u64 = 1 << 20;
/// Of a NixOS driver's configuration so many keys are told that are not known: a file of something else has many.
pub const UNKNOWN_KEYS: usize = 8;
/// All parameters of a run together, in bytes: they are handed to every test that asks.
pub const PARAMETER_BYTES: usize = 64 << 10;
/// All variables that a test hands to start scripts together, in bytes: a kernel takes some megabytes.
pub const START_ENVIRONMENT_BYTES: usize = 64 << 10;
/// A machine's name, in characters: file names and host names are made of it.
pub const MACHINE_NAME_CHARACTERS: usize = 64;
/// The start script of a machine that is made of parts, in bytes: what a kernel takes as arguments is twice that.
pub const MACHINE_PART_BYTES: usize = 64 << 10;
/// The memory of a machine that is made of parts, in MiB, as in the old driver; an argument `-m` says otherwise.
pub const MACHINE_PART_MEMORY: u32 = 384;
/// A file's name without its path, in bytes: the file system's own limit.
pub const PATH_COMPONENT_BYTES: usize = 255;
/// The path of a file beneath the output directory, in bytes: the file system's own limit, with room for what is above.
pub const OUTPUT_PATH_BYTES: usize = 2 << 10;
/// A path on a machine, in bytes: the kernel's own limit, without its terminator.
pub const GUEST_PATH_BYTES: usize = 4095;
/// The names and link targets of an archive that a machine sends, in bytes each: no kernel takes longer ones.
pub const ARCHIVE_NAME_BYTES: u64 = 16 << 10;
/// What is remembered of an archive until its end, in bytes: the names of its directories, and of its links with their
/// targets. A million directories with long names fit in.
pub const ARCHIVE_REMEMBERED_BYTES: usize = 256 << 20;
/// A file of so many bytes at the most goes to a machine without a process there beside the shell's own: one takes as long
/// as these bytes.
pub const SMALL_FILE_BYTES: u64 = 16 << 10;
/// What is read of a file at a time on its way to a machine, in bytes.
pub const COPY_PIECE_BYTES: usize = 256 << 10;
/// How many pieces wait on the way between a disk and a machine.
pub const WAITING_PIECES: usize = 8;
/// The stretches of a directory's archive, in bytes: before each, the host says its length. A process in the guest takes
/// each. The host keeps three: one that is made, one that waits and one that is sent.
pub const ARCHIVE_STRETCH_BYTES: usize = 8 << 20;
/// How many of them wait.
pub const WAITING_STRETCHES: usize = 1;
/// What goes to or comes from a machine in one command, in bytes, where no bulk port is free.
pub const SHELL_PIECE_BYTES: usize = 96 << 10;
/// What a machine may say about a copy beside the copy, in bytes.
pub const COPY_MESSAGE_BYTES: usize = 4 << 10;
/// How many of the things that a copy left out are named.
pub const LEFT_OUT_NAMED: usize = 10;
/// The shortest pause between two looks of a guest for what it waits for. The cheapest look costs it a tenth of a
/// millisecond under emulation. See [`LOOKS_TO_PAUSES`].
pub const GUEST_LOOK: Duration = Duration::from_millis(20);
/// For so long one command looks before the host asks anew: so soon the host's own conditions are looked at again.
pub const GUEST_LOOKS: Duration = Duration::from_secs(1);
/// Machines in one run.
pub const MACHINES: usize = 256;
/// VLANs in one run.
pub const VLANS: usize = 256;

/// How long a child's descendants are killed before the child itself is. Processes die in milliseconds; what takes
/// longer waits for a device, and dies after it.
pub const CHILD_TREE: Duration = Duration::from_secs(1);
/// How long the end of a child waits until all that the child left is killed. It takes milliseconds; where a process of
/// this machine is stuck in the kernel, the look at its environment can be, too, and the run is to go on.
pub const CHILD_SWEEP: Duration = Duration::from_secs(5);
/// How long orphans of a run are killed. Processes die in milliseconds; what takes longer waits for a device.
pub const ORPHANS_END: Duration = Duration::from_secs(1);
/// A worker on a second console answers within this, or there is none and the first shell works alone.
pub const WORKER_SETUP: Duration = Duration::from_secs(20);
/// A worker that dies so often before it has answered never will: the second console is not ours.
pub const WORKER_DEATHS: u32 = 5;
/// Callers take turns; one that gave up may have left its request.
pub const WAITING_REQUESTS: usize = 4;
/// How many inputs may wait; the ports' readers pause then, which flow control carries to the guest. The consoles'
/// readers pause too, but nobody lets inputs wait.
pub const WAITING_INPUTS: usize = 256;
/// A console that does not take a line for so long has nobody at its other end.
pub const CONSOLE_WRITE: Duration = Duration::from_secs(10);
/// The time for which [`STRAY_LINES`] counts.
pub const STRAY_WINDOW: Duration = Duration::from_secs(1);
/// A worker that is not back by then has lost its supervisor, too.
pub const WORKER_REVIVAL: Duration = Duration::from_secs(1);
/// After the process has ended, its last output is waited for so long. A stray child may hold the pipe open.
pub const LAST_OUTPUT: Duration = Duration::from_millis(500);
/// How long the guard goes on killing what the killed host left. Processes die in milliseconds; one that waits for a
/// device takes longer, and one that survives this is the kernel's fault.
pub const GUARD_PERSISTENCE: Duration = Duration::from_secs(10);
/// From the closing of the pipe to the end of the host, which has its memory to give back.
pub const HOST_END: Duration = Duration::from_secs(2);
