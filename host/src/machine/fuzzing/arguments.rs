//! Texts that a test hands over, as the engine checks and uses them.

use crate::error::{Cause, CommandResult, Error};
use crate::fuzzing::{assert_harmless, assert_harmless_line, shell_words};
use crate::limits::{ADDRESS_BYTES, KEYS_TOGETHER, SPAN_NAME_BYTES, VIRTUAL_TERMINALS};
use crate::machine::files::fuzzing::guest_path;
use crate::machine::monitor::fuzzing::arguments as monitor_arguments;
use crate::machine::parts::{MachineDescription, MachineParts};
use crate::machine::ports::UnixSocketKind;
use crate::machine::{Unit, action_of, command, keyboard, port_action, ports, units, virtual_terminal};
use crate::polling::Polling;
use crate::text;

/// Any of a test's texts, or several: one a line.
pub fn arguments(bytes: &[u8]) {
    let all = String::from_utf8_lossy(bytes).into_owned();
    let mut lines = all.split('\n');
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    shown(&all);
    keys(&all);
    keys(first);
    guest_path(first);
    commands(first, second);
    monitor_arguments(&all);
    errors(&all, first);
    parts(&all);
    refused(command::check(&all));
    if let Ok(()) = ports::check_address(first) {
        assert!(!first.is_empty() && first.len() <= ADDRESS_BYTES);
        assert!(
            first
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"'\"\\/$`".contains(&byte))
        );
    }
    refused(ports::check_address(first));
    if let Some(number) = refused(virtual_terminal::check(first)) {
        assert!((1..=VIRTUAL_TERMINALS).contains(&number));
        assert!(first.bytes().all(|byte| byte.is_ascii_digit()));
    }
    refused(units::check_state(first));
}

/// What refuses an argument says so in words that can be shown, and not in many. Returns what was accepted.
fn refused<T>(checked: Result<T, Cause>) -> Option<T> {
    match checked {
        Ok(accepted) => Some(accepted),
        Err(Cause::InvalidArgument(reason)) => {
            assert_harmless_line(&reason);
            assert!(reason.len() < 10_000, "{} bytes", reason.len());
            None
        }
        Err(other) => panic!("{other} is no wrong argument"),
    }
}

/// What logs show of a text.
fn shown(all: &str) {
    for most in [0, 1, 7, 160, 100_000] {
        let line = text::clean(all.as_bytes(), most);
        assert_harmless_line(&line);
        let lines = text::clean_lines(all.as_bytes(), most);
        assert_harmless(&lines);
        let quoted = text::quote(all, most);
        assert_harmless_line(&quoted);
        for text in [line, lines, quoted] {
            // An escape of a character has ten for one.
            assert!(text.len() <= 10 * most + 50, "{} for {most}", text.len());
        }
    }
    assert_harmless_line(&action_of("f", &[all, all]));
    assert_harmless_line(&port_action("f", 1, Some(all)));
    assert_harmless_line(&Unit::of(all, Some(all)).action("f", &[all]));
    let polling = Polling::default();
    let id = polling.add(all, None);
    let description = polling.description(id);
    polling.begin_evaluation(id).expect("nothing is evaluated");
    assert_harmless_line(&description);
    assert!(description.len() <= 10 * SPAN_NAME_BYTES + 50);
    if let Err(failed) = polling.end_evaluation(id, Err(all)) {
        assert_harmless(&failed.to_string());
    }
}

fn keys(key: &str) {
    if let Some(keys) = refused(keyboard::parse(key)) {
        assert!((1..=KEYS_TOGETHER).contains(&keys.len()), "{keys:?}");
        keys.iter().for_each(assert_key);
    }
    if let Some(strokes) = refused(keyboard::strokes(key)) {
        assert_eq!(strokes.len(), key.chars().count());
        strokes.iter().flatten().for_each(assert_key);
    }
}

fn assert_key(key: &keyboard::Key) {
    match key {
        keyboard::Key::Named(name) => {
            assert!(!name.is_empty());
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            assert!(name.bytes().all(plain), "{name:?}");
        }
        keyboard::Key::Code(code) => assert_ne!(*code, 0),
    }
}

/// A text is one word of a command, whatever it holds.
fn commands(first: &str, second: &str) {
    assert_eq!(shell_words(&text::shell_quote(first)), [first]);
    let words = shell_words(&units::systemctl("start x", Some(first)));
    assert_eq!(words.get(..3), Some(&["su", "-l", first].map(str::to_owned)[..]));
    let job = units::systemctl(&format!("start -- {}", text::shell_quote(second)), Some(first));
    let words = shell_words(&job);
    assert_eq!(words.len(), 7, "{words:?}");
    let inner = shell_words(words.last().expect("seven"));
    assert_eq!(inner.last().map(String::as_str), Some(second));
    for kind in [UnixSocketKind::Stream, UnixSocketKind::Datagram] {
        let look = ports::unix_socket_look(first, kind);
        assert!(look.starts_with(&format!("path={}; ", text::shell_quote(first))));
    }
}

/// Each line is a part of a machine: its name, its disk and so on, then arguments.
fn parts(all: &str) {
    let mut lines = all.lines().map(str::to_owned);
    let parts = MachineParts {
        name: lines.next().unwrap_or_default(),
        disk: lines.next(),
        disk_interface: lines.next().filter(|interface| !interface.is_empty()),
        cdrom: lines.next(),
        usb: lines.next(),
        bios: lines.next(),
        binary: lines.next(),
        netdev_arguments: lines.next(),
        net_device_arguments: lines.next(),
        arguments: lines.collect(),
    };
    let Some(script) = refused(MachineDescription::Parts(parts.clone()).start_script()) else {
        return;
    };
    let name = &parts.name;
    assert!(name.len() <= 64 && !name.starts_with('.'), "{name:?}");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    assert!(name.bytes().all(plain), "{name:?}");
    let (head, command) = script.rsplit_once("\nexec ").expect("a script's command");
    let before = parts.disk.as_deref().map_or("#!/bin/sh".into(), |disk| {
        format!("#!/bin/sh\nimage={}\n", text::shell_quote(disk))
    });
    assert!(head.starts_with(&before), "{head:?}");
    assert!(parts.disk.is_some() || head == before, "{head:?}");
    let command = command
        .strip_suffix(" ${QEMU_OPTS:-} \"$@\"\n")
        .expect("a script's end");
    let words = shell_words(command);
    let binary = parts.binary.as_deref().unwrap_or("qemu-system-x86_64");
    assert_eq!(words.first().map(String::as_str), Some(binary));
    assert!(words.ends_with(&parts.arguments), "{words:?}");
    let given = [&parts.cdrom, &parts.bios].into_iter().flatten();
    assert!(given.clone().all(|part| words.contains(part)), "{words:?}");
}

/// Whatever stands in an error that is made of texts of a test or a machine, there are words for it.
fn errors(all: &str, first: &str) {
    let result = CommandResult {
        command: all.into(),
        status: 1,
        stdout: all.as_bytes().to_vec(),
    };
    assert_harmless_line(&command::describe_output(all.as_bytes()));
    let causes = [
        Cause::CommandFailed(result.clone()),
        Cause::CommandUnexpectedlySucceeded(result),
        Cause::OutputTooLarge {
            command: all.into(),
            limit: 1,
        },
        Cause::ShellLost {
            command: all.into(),
            reason: String::new(),
            restored: false,
        },
    ];
    for cause in causes {
        let error = Error {
            machine: None,
            action: action_of("f", &[first]),
            elapsed: std::time::Duration::ZERO,
            cause,
        };
        assert_harmless_line(&error.to_string());
    }
}
