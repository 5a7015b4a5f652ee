//! The limits that a user can set.

use std::fmt;
use std::time::Duration;

use super::value::{Value, ValueError};
use crate::event::PassedLimit;

/// A limit that a user can set.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The name by which it is set.
    pub name: &'static str,
    /// What it bounds, its default and the reason for that.
    pub reason: &'static str,
    get: fn(&Limits) -> Value,
    set: fn(&mut Limits, Value),
}

impl Definition {
    /// The definition of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        Limits::DEFINITIONS.iter().find(|definition| definition.name == name)
    }

    /// The limit's value.
    pub fn get(&self, limits: &Limits) -> Value {
        (self.get)(limits)
    }

    /// Sets it. Errors: the text is no value of its kind, or is out of its range.
    pub fn set(&self, limits: &mut Limits, text: &str) -> Result<(), ValueError> {
        let value = self.get(limits).parse(text)?;
        (self.set)(limits, value);
        Ok(())
    }
}

/// How a limit is set, for messages.
macro_rules! how {
    (flag $name:literal) => {
        concat!("--", $name)
    };
    (key $name:literal) => {
        concat!("--limit ", $name)
    };
}

/// Each line: the field, its kind and type, its default; its name in errors; how it is set, and the name for that.
macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $field:ident: $kind:ident($type:ty) = $default:expr, $variant:ident $what:literal, $how:ident $name:literal;)+) => {
        /// The limits of one run. [`Limits::default`] holds the defaults; flags and the run's configuration set others.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl Limits {
            /// All of them, in the order in which they are told.
            pub const DEFINITIONS: &[Definition] = &[$(
                Definition {
                    name: $name,
                    reason: concat!($($doc),+),
                    get: |limits| Value::$kind(limits.$field as _),
                    set: |limits, value| {
                        if let Value::$kind(value) = value {
                            limits.$field = value as _;
                        }
                    },
                },
            )+];
        }

        /// Which limit passed, under the name by which a user can change it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum LimitName {
            /// A timeout that the test gave with the call.
            Argument,
            /// What [`Limits::condition`] leaves for a call of an evaluation.
            ConditionRest,
            /// [`super::SERIAL_WRITE`].
            SerialWrite,
            /// [`super::VLAN_START`].
            VlanStart,
            $(#[doc = concat!("[`Limits::", stringify!($field), "`].")] $variant,)+
        }

        impl LimitName {
            /// The name by which it can be set, where it can.
            pub fn key(self) -> &'static str {
                match self {
                    Self::Argument => "timeout",
                    Self::ConditionRest => "condition-timeout",
                    Self::SerialWrite => "serial-write",
                    Self::VlanStart => "vlan-start",
                    $(Self::$variant => $name,)+
                }
            }

            /// What is said of it where it has passed.
            pub fn passed(self, value: impl fmt::Display) -> PassedLimit {
                PassedLimit { name: self.key().into(), value: value.to_string() }
            }

            /// The name, and how it is set where it can be.
            pub fn describe(self) -> &'static str {
                match self {
                    Self::Argument => "the call's own timeout",
                    Self::ConditionRest => "what was left of the condition limit (--condition-timeout),",
                    Self::SerialWrite => "the serial console's write limit",
                    Self::VlanStart => "the VLAN start limit",
                    $(Self::$variant => concat!($what, " (", how!($how $name), ")"),)+
                }
            }
        }
    };
}

limits! {
    /// One test, the first boot of each of its machines not counted. One hour: longer than any sound test, shorter than
    /// a CI job.
    test: Time(Duration) = hours(1), Test "the test limit", flag "timeout";
    /// One call of a test that runs something on a machine, where the test gives no timeout of its own.
    /// 15 minutes, as in the NixOS driver: test scripts rely on it.
    call: Time(Duration) = minutes(15), Call "the call limit", flag "call-timeout";
    /// One evaluation of a polling condition, boots not counted. One minute: it is looked at every few seconds and is to
    /// be quick, and a busy machine under emulation is not.
    condition: Time(Duration) = minutes(1), Condition "the condition limit", flag "condition-timeout";
    /// From a machine's start until its shell answers. 5 minutes, as in the NixOS driver: enough for a systemd guest
    /// under emulation on a busy machine.
    boot: Time(Duration) = minutes(5), Boot "the boot limit", flag "boot-timeout";
    /// Building a project's tests. 15 minutes: the first build of a project in Rust takes half of one on two idle cores, and
    /// some computers are ten times slower; code outside of tests, which runs in some builds, need not end.
    build: Time(Duration) = minutes(15), Build "the build limit", flag "build-timeout";
    /// Reading and compiling a component and listing its tests. Two minutes: an interpreter of 30 MB is compiled in a
    /// quarter of one on two idle cores, and not all are idle.
    load: Time(Duration) = minutes(2), Load "the load limit", flag "load-timeout";
    /// The whole run. One day: a run of many tests may be long, but none goes on for ever.
    run: Time(Duration) = hours(24), Run "the run limit", flag "run-timeout";
    /// From QEMU's spawn until its monitor and shell sockets are connected. One minute: a start script may create a
    /// disk first.
    launch: Time(Duration) = minutes(1), Launch "the launch limit", key "launch-timeout";
    /// One answer of QEMU's monitor. 30 seconds: it answers in milliseconds; a main loop held up by disk writes takes
    /// seconds.
    monitor_answer: Time(Duration) = Duration::from_secs(30), MonitorAnswer "the monitor's answer limit", key "monitor-timeout";
    /// A guest whose control shell does not answer for so long while a command runs has lost its shells. One minute:
    /// a guest under full load and emulation answers within seconds.
    guest_silence: Time(Duration) = minutes(1), GuestSilence "the guest silence limit", key "guest-silence";
    /// Reading the text of one picture of a screen in one of its variants. One minute: it takes a second, ten on a large
    /// screen and a busy computer.
    text_recognition: Time(Duration) = minutes(1), TextRecognition "the text recognition limit", key "text-recognition-timeout";
    /// Linear memory, all memories of one test together. 1 GiB: the largest command output three times over
    /// (bytes, text, a copy) and an interpreter.
    memory: Size(usize) = 1 << 30, Memory "the memory limit", flag "memory";
    /// The stack of one test. 2 MiB: wasmtime's default, four times over, for interpreters. What a compiler keeps in linear
    /// memory beside it is the test's own.
    stack: Size(usize) = 2 << 20, Stack "the stack limit", key "stack-size";
    /// Tables of one test, in elements. A million: an interpreter has some ten thousand.
    table_elements: Count(usize) = 1_000_000, TableElements "the table limit", key "table-elements";
    /// Core instances, tables and memories in one test, each. A thousand: an interpreter has some ten.
    instances: Count(usize) = 1_000, Instances "the instance limit", key "instances";
    /// Resources that a test may hold at a time: machines, VLANs, spans, conditions. Ten thousand: more are a leak.
    handles: Count(usize) = 10_000, Handles "the handle limit", key "handles";
    /// Spans open at a time in one test. A thousand: more are a recursion.
    open_spans: Count(usize) = 1_000, OpenSpans "the span limit", key "open-spans";
    /// Bytes that a test may hand over in one call. 32 MiB: a command may be long, a command of more is a mistake, and while
    /// the host takes them it looks at no clock.
    call_bytes: Size(usize) = 32 << 20, CallBytes "the call size limit", key "call-size";
    /// What one command may print. 64 MiB: more is a file, not an answer.
    command_output: Size(usize) = 64 << 20, CommandOutput "the command output limit", key "command-output";
    /// What one copy of files may hold. 16 GiB: a disk image, and less than a disk.
    copy_bytes: Size(u64) = 16 << 30, CopyBytes "the copy size limit", flag "copy-size";
    /// The files, directories and links of one copy. A million: a source tree has a tenth of it.
    copy_files: Count(u64) = 1_000_000, CopyFiles "the copied files limit", flag "copy-files";
    /// All that one test may write below the output directory. 32 GiB: two of the largest copies, and less than a disk.
    output_bytes: Size(u64) = 32 << 30, OutputBytes "the output size limit", key "output-size";
    /// The files, directories and links that one test may make below the output directory. Two million: those of two of
    /// the largest copies.
    output_files: Count(u64) = 2_000_000, OutputFiles "the output files limit", key "output-files";
    /// A picture of a screen as QEMU writes it. 64 MiB: one of 5120 by 2880 pixels has 44 million bytes.
    picture_bytes: Size(u64) = 64 << 20, PictureBytes "the picture size limit", key "picture-size";
    /// All that one test may log, its standard output included. 64 MiB; what comes after is not kept.
    log_bytes: Size(usize) = 64 << 20, LogBytes "the log size limit", key "log-size";
    /// The lines that one test may log, its standard output included. A million: nobody reads more.
    log_lines: Count(usize) = 1_000_000, LogLines "the log lines limit", key "log-lines";
    /// One line of a test's log; longer ones are cut. 64 KiB: longer ones are no lines.
    log_line_bytes: Size(usize) = 64 << 10, LogLineBytes "the log line limit", key "log-line-size";
}

const fn minutes(number: u64) -> Duration {
    Duration::from_secs(60 * number)
}

const fn hours(number: u64) -> Duration {
    minutes(60 * number)
}

impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.describe())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_limit_has_a_name_of_its_own_and_is_set_by_it() {
        let names: BTreeSet<_> = Limits::DEFINITIONS.iter().map(|definition| definition.name).collect();
        assert_eq!(names.len(), Limits::DEFINITIONS.len());
        for definition in Limits::DEFINITIONS {
            let mut limits = Limits::default();
            let before = definition.get(&limits);
            definition.set(&mut limits, "7").unwrap();
            assert_ne!(definition.get(&limits), before, "{}", definition.name);
            assert!(definition.set(&mut limits, "seven").is_err(), "{}", definition.name);
            assert!(Definition::find(definition.name).is_some());
        }
        assert!(Definition::find("no-such").is_none());
    }
}
