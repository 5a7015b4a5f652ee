//! The shell and the second console.

use super::host_side::{HostSide, Shell, eventually, marks};

#[test]
fn a_real_bash_answers_after_the_handshake() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    assert_eq!(shell.ask("echo $((6 * 7)) $BASH_VERSION | cut -d. -f1"), "42 5");
    assert_eq!(shell.ask("(exit 3); echo $?"), "3");
    assert_eq!(shell.ask("echo not echoed"), "not echoed");
    let home = machine.path("home").display().to_string();
    assert_eq!(
        shell.ask("echo $USER $HOME [$PAGER] $DISPLAY"),
        format!("root {home} [] :0.0")
    );
    assert_eq!(shell.ask("pwd"), machine.path("tmp").display().to_string());
    assert!(machine.path("home").is_dir());
}

#[test]
fn the_shell_has_the_console_as_its_terminal_and_reads_its_commands_from_it() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    assert_eq!(
        shell.ask("tty <\"$PROCTOR_DEV/hvc0\" | cut -d/ -f3; [[ $- == *i* ]] && echo interactive"),
        "pts"
    );
    assert_eq!(shell.ask("test -t 2 && echo tty"), "tty");
    assert_eq!(shell.ask("ps -o tty= -p $$ | grep -c pts"), "1");
    assert_eq!(shell.ask("ps -o sid= -p $$ | tr -d ' ' | grep -cx $$"), "1");
}

#[test]
fn bytes_pass_the_console_unchanged() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    shell.send(r"printf '\0\1\3\4\15\21\23\32\177\377\n'");
    shell.expect(b"");
    let mut seen = [0; 11];
    std::io::Read::read_exact(&mut shell.0, &mut seen).unwrap();
    assert_eq!(seen, *b"\x00\x01\x03\x04\x0d\x11\x13\x1a\x7f\xff\n");
}

#[test]
fn standard_error_goes_to_the_serial_console() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    shell.send("echo complaint >&2; echo direct >$PROCTOR_DEV/ttyS0; nosuchcommand");
    let console = machine.console_until("nosuchcommand: command not found\r\n");
    let console = String::from_utf8(console).unwrap();
    assert!(console.contains("Run /init as init process\r\n"), "{console}");
    assert!(console.contains("complaint\r\n"), "{console}");
    assert!(console.contains("direct\r\n"), "{console}");
}

#[test]
fn serial_input_is_printed() {
    let mut machine = HostSide::start(&[], &[]);
    let mut input = machine.child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"one\n\x1bcut").unwrap();
    machine.console_until("serial input: one\r\nserial input: \\x1bcut\r\n");
}

#[test]
fn a_second_shell_runs_on_the_second_console() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    let mut worker = Shell(machine.accept("worker"));
    shell.send("( exec <>$PROCTOR_DEV/hvc1 >&0; stty raw -echo; exec setsid bash --norc $PROCTOR_DEV/hvc1 ) &");
    assert_eq!(worker.ask("echo from the worker"), "from the worker");
    // Commands run at the same time: the first shell waits while the second kills what it waits for.
    shell.send("sleep 1000 & echo $!; wait $!; echo status $?");
    let sleep = shell.ask("");
    assert_eq!(worker.ask(&format!("kill -9 {sleep} && echo killed")), "killed");
    assert_eq!(shell.ask(""), "status 137");
}

#[test]
fn a_killed_second_shell_leaves_its_console_usable() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    let mut worker = Shell(machine.accept("worker"));
    let start = "( exec <>$PROCTOR_DEV/hvc1 >&0; stty raw -echo; exec setsid bash --norc $PROCTOR_DEV/hvc1 ) & ";
    for round in 0..3 {
        shell.send(&format!("{start} worker=$!; wait $worker; echo gone"));
        assert_eq!(worker.ask(&format!("echo round {round}")), format!("round {round}"));
        worker.send("kill -9 $$");
        assert_eq!(shell.ask(""), "gone");
    }
}

#[test]
fn a_shell_that_ends_is_started_again() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    for end in ["kill -9 $$", "exit 3", ")"] {
        shell.send(end);
        shell.expect_handshake();
        assert_eq!(shell.ask("echo again"), "again", "after {end}");
    }
    machine.console_until("the backdoor shell ended with status 3, starting it again\r\n");
}

#[test]
fn the_directory_of_an_earlier_machine_can_be_used_again() {
    let mut first = HostSide::start(&[], &[]);
    first.shell().send("poweroff");
    assert!(first.wait().success());
    let state = std::mem::replace(&mut first.state, tempfile::tempdir().unwrap());
    let second = HostSide::start_in(state, &["--fake-one-console"], &[]);
    second.shell();
    eventually(|| second.path("dev/hvc0").exists().then_some(()));
    assert!(
        second.path("dev/hvc1").symlink_metadata().is_err(),
        "nodes of the first machine are left"
    );
    assert!(
        second
            .path("sys/class/virtio-ports")
            .read_dir()
            .unwrap()
            .next()
            .is_none()
    );
}

#[test]
fn the_directory_of_a_machine_that_was_killed_while_it_made_it_can_be_used_again() {
    let state = tempfile::TempDir::with_prefix("fm").unwrap();
    // A port's directory without the port's name, and one without anything.
    for made in ["sys/class/virtio-ports/vport0p3", "dev"] {
        std::fs::create_dir_all(state.path().join(made)).unwrap();
    }
    let machine = HostSide::start_in(state, &[], &[]);
    assert_eq!(machine.shell().ask("echo up"), "up");
}

#[test]
fn what_runs_in_the_guest_can_be_found_by_host_and_suite() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    for (name, value) in marks() {
        // As others see it, not as bash does.
        let question = format!("(exec sed -nz 's/^{name}=//p' /proc/self/environ | tr '\\0' '\\n')");
        assert_eq!(shell.ask(&question), value, "{name}");
    }
}
