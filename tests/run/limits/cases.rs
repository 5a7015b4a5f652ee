//! The limits that one test of the program `hostile-limits` passes, each, and what it is told.

use std::time::Duration;

/// How a limit is set.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// `--NAME VALUE`
    Flag,
    /// `--limit NAME=VALUE`
    Name,
    /// `[limits] NAME = "VALUE"` in the run's configuration.
    Configuration,
}

/// One limit and what it does to the test of its name.
#[derive(Debug)]
pub struct Case {
    /// The limit.
    pub name: &'static str,
    /// How it is set.
    pub by: By,
    /// To what.
    pub value: &'static str,
    /// The value of a limit of time.
    pub time: Option<Duration>,
    /// Fields of the failure's block, and texts in them; what is in no field is a warning of a test that passes.
    pub says: &'static [(&'static str, &'static str)],
}

const fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

/// Those that one test passes, with the machine that it wants.
pub const CASES: [Case; 22] = [
    Case {
        name: "timeout",
        by: By::Flag,
        value: "1s",
        time: seconds(1),
        says: &[
            (
                "message",
                "timed out: the test limit (--timeout) of 1.00 s passed (after ",
            ),
            ("in progress", "the test's own code"),
        ],
    },
    Case {
        name: "call-timeout",
        by: By::Configuration,
        // The command is to print something before.
        value: "2s",
        time: seconds(2),
        says: &[
            ("message", "timed out: the call limit (--call-timeout) of 2.00 s passed"),
            ("message", "last seen: output \"begun\""),
            ("call", "succeed(\"echo begun; sleep 1000\")"),
        ],
    },
    Case {
        name: "condition-timeout",
        by: By::Name,
        value: "1s",
        time: seconds(1),
        says: &[
            (
                "message",
                "Polling condition failed: comes to an end: its evaluation timed out",
            ),
            (
                "message",
                "the condition limit (--condition-timeout) of 1.00 s passed (after ",
            ),
            ("in progress", "the test's own code"),
        ],
    },
    Case {
        name: "boot-timeout",
        by: By::Flag,
        value: "1s",
        time: seconds(1),
        says: &[
            (
                "message",
                "timed out: the boot limit (--boot-timeout) of 1.00 s passed; last seen: ",
            ),
            ("call", "wait for the shell"),
        ],
    },
    Case {
        name: "launch-timeout",
        by: By::Name,
        value: "1s",
        time: seconds(1),
        says: &[
            (
                "message",
                "timed out: the launch limit (--limit launch-timeout) of 1.00 s passed",
            ),
            (
                "message",
                "last seen: QEMU runs, but has not connected all of its sockets",
            ),
            ("call", "start"),
        ],
    },
    Case {
        name: "monitor-timeout",
        by: By::Configuration,
        value: "1s",
        time: seconds(1),
        says: &[
            (
                "message",
                "timed out: the monitor's answer limit (--limit monitor-timeout) of 1.00 s passed",
            ),
            ("call", "send-key(\"a\")"),
        ],
    },
    Case {
        name: "guest-silence",
        by: By::Name,
        value: "1s",
        time: seconds(1),
        says: &[
            (
                "message",
                "timed out: the guest silence limit (--limit guest-silence) of 1.00 s passed",
            ),
            ("message", "last seen: the guest's shell gives no sign of life"),
            ("call", "succeed(\"sleep 1000\")"),
        ],
    },
    Case {
        name: "text-recognition-timeout",
        by: By::Configuration,
        value: "1s",
        time: seconds(1),
        says: &[
            (
                "message",
                "the text recognition limit (--limit text-recognition-timeout) of 1.00 s passed",
            ),
            ("message", "last seen: tesseract was still reading"),
            ("call", "get-screen-text"),
        ],
    },
    Case {
        name: "memory",
        by: By::Flag,
        value: "64MiB",
        time: None,
        says: &[
            (
                "message",
                "the memory limit (--memory) of 64 MiB passed: the test asked for ",
            ),
            ("in progress", "the test's own code"),
            ("backtrace", "memory"),
        ],
    },
    Case {
        name: "stack-size",
        by: By::Name,
        value: "64KiB",
        time: None,
        says: &[
            (
                "message",
                "the stack limit (--limit stack-size) of 64 KiB passed: does the test call itself without end?",
            ),
            ("backtrace", "deeper"),
        ],
    },
    Case {
        name: "handles",
        by: By::Name,
        value: "20",
        time: None,
        says: &[
            (
                "message",
                "the handle limit (--limit handles) of 20 passed: the test holds so many",
            ),
            ("in progress", "the test's own code"),
            ("backtrace", "handles"),
        ],
    },
    Case {
        name: "open-spans",
        by: By::Configuration,
        value: "20",
        time: None,
        says: &[
            (
                "message",
                "the span limit (--limit open-spans) of 20 passed: the test has so many open",
            ),
            ("in progress", "the test's own code"),
            ("backtrace", "open_spans::nest"),
        ],
    },
    Case {
        name: "call-size",
        by: By::Name,
        value: "1MiB",
        time: None,
        says: &[
            (
                "message",
                "the call size limit (--limit call-size) of 1 MiB passed: the test handed over more",
            ),
            ("in progress", "the test's own code"),
            ("backtrace", "the_size_of_a_call"),
        ],
    },
    Case {
        name: "command-output",
        by: By::Configuration,
        value: "1MiB",
        time: None,
        says: &[
            (
                "error",
                "the command output limit (--limit command-output) of 1048576 bytes passed",
            ),
            ("call", "succeed(\"head -c 4000000 /dev/zero\")"),
        ],
    },
    Case {
        name: "copy-size",
        by: By::Flag,
        value: "1MiB",
        time: None,
        says: &[
            (
                "message",
                "`data/large` holds more than the 1048576 bytes of the copy size limit (--copy-size)",
            ),
            ("call", "copy-from-host(\"data/large\", \"large\")"),
        ],
    },
    Case {
        name: "copy-files",
        by: By::Configuration,
        value: "1",
        time: None,
        says: &[
            (
                "message",
                "`data/tree` holds more than the 1 files of the copied files limit (--copy-files)",
            ),
            ("call", "copy-from-host(\"data/tree\", \"tree\")"),
        ],
    },
    Case {
        name: "output-size",
        by: By::Name,
        value: "1MiB",
        time: None,
        says: &[
            (
                "message",
                "the output size limit (--limit output-size) of 1 MiB passed: the test writes more to the output directory",
            ),
            ("call", "write-output-file(\"the same\")"),
        ],
    },
    Case {
        name: "output-files",
        by: By::Configuration,
        value: "3",
        time: None,
        says: &[
            (
                "message",
                "the output files limit (--limit output-files) of 3 passed: the test writes more to the output directory",
            ),
            ("call", "write-output-file(\"below/3\")"),
        ],
    },
    Case {
        name: "picture-size",
        by: By::Name,
        value: "1KiB",
        time: None,
        says: &[
            (
                "message",
                "the picture size limit (--limit picture-size) of 1 KiB passed: the picture has more",
            ),
            ("call", "screenshot(\"picture\")"),
        ],
    },
    // These pass, with a warning.
    Case {
        name: "log-size",
        by: By::Name,
        value: "10KiB",
        time: None,
        says: &[(
            "",
            "the log size limit (--limit log-size) of 10 KiB passed; what else the test logs is not shown",
        )],
    },
    Case {
        name: "log-lines",
        by: By::Configuration,
        value: "10",
        time: None,
        says: &[(
            "",
            "the log lines limit (--limit log-lines) of 10 passed; what else the test logs is not shown",
        )],
    },
    Case {
        name: "log-line-size",
        by: By::Name,
        value: "1KiB",
        time: None,
        says: &[(
            "",
            "the log line limit (--limit log-line-size) of 1 KiB passed; longer lines are cut",
        )],
    },
];
