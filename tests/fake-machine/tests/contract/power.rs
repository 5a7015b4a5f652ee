//! The ends of a machine, and that nothing is left after any of them.

use nix::sys::signal::Signal;
use serde_json::json;

use super::host_side::{A_WHILE, HANDSHAKE, HostSide, eventually, find, is_alive};

/// Starts processes that flee: into the background, into another session, ignoring signals. Prints their ids.
const FLEE: &str = "echo $$ \
    $(trap '' TERM HUP; sleep 1000 >/dev/null 2>&1 & echo $!) \
    $(setsid bash -c 'trap \"\" TERM HUP INT; (setsid sleep 1000 >/dev/null 2>&1 & echo $!)')";

fn assert_gone(processes: &str) {
    assert_eq!(processes.split(' ').count(), 3, "{processes}");
    for pid in processes.split(' ') {
        assert!(!is_alive(pid), "process {pid} is left");
    }
}

#[test]
fn poweroff_ends_the_machine_and_all_it_started() {
    let mut machine = HostSide::start(&[], &["-no-reboot"]);
    let mut shell = machine.shell();
    let mut qmp = machine.qmp();
    let processes = shell.ask(FLEE);
    shell.send("poweroff");
    assert_eq!(machine.wait().code(), Some(0));
    assert_gone(&processes);
    assert_eq!(qmp.read()["data"], json!({"guest": true, "reason": "guest-shutdown"}));
}

#[test]
fn a_termination_signal_ends_the_machine_as_it_ends_qemu() {
    let mut machine = HostSide::start(&[], &[]);
    let processes = machine.shell().ask(FLEE);
    machine.signal(Signal::SIGTERM);
    assert_eq!(machine.wait().code(), Some(0));
    assert_gone(&processes);
    let console = machine.console_to_end();
    let message = format!(
        "qemu-system-x86_64: terminating on signal 15 from pid {} (",
        std::process::id()
    );
    assert!(
        find(&console, message.as_bytes()).is_some(),
        "{}",
        String::from_utf8_lossy(&console)
    );
}

#[test]
fn a_killed_machine_takes_everything_with_it() {
    let mut machine = HostSide::start(&[], &[]);
    let processes = machine.shell().ask(FLEE);
    machine.signal(Signal::SIGKILL);
    assert_eq!(machine.wait().code(), None);
    eventually(|| processes.split(' ').all(|pid| !is_alive(pid)).then_some(()));
    machine.console_to_end();
}

#[test]
fn the_death_of_init_is_the_death_of_the_machine() {
    let mut machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    let processes = shell.ask(FLEE);
    shell.send("kill -9 $PPID");
    assert_eq!(machine.wait().code(), Some(1));
    assert_gone(&processes);
    machine.console_until("Kernel panic");
}

#[test]
fn reboot_ends_the_machine_or_starts_the_shell_again() {
    let mut machine = HostSide::start(&[], &["-no-reboot"]);
    let mut qmp = machine.qmp();
    machine.shell().send("reboot");
    assert_eq!(machine.wait().code(), Some(0));
    assert_eq!(qmp.read()["data"], json!({"guest": true, "reason": "guest-reset"}));

    let mut again = HostSide::start(&[], &[]);
    let mut shell = again.shell();
    let mut qmp = again.qmp();
    let processes = shell.ask(FLEE);
    shell.send("reboot; read -t 100 never");
    shell.expect(HANDSHAKE);
    assert_gone(&processes);
    assert_eq!(shell.ask("echo up again"), "up again");
    assert_eq!(qmp.read()["event"], "RESET");
    assert!(again.is_running());
}

#[test]
fn a_machine_can_ignore_termination() {
    let mut machine = HostSide::start(&["--fake-ignore-sigterm"], &[]);
    let mut shell = machine.shell();
    machine.signal(Signal::SIGTERM);
    machine.signal(Signal::SIGINT);
    std::thread::sleep(A_WHILE);
    assert!(machine.is_running());
    assert_eq!(shell.ask("echo here"), "here");
}

#[test]
fn a_stray_process_stays_behind() {
    for place in ["group", "session"] {
        let mut machine = HostSide::start(&["--fake-stray", place], &[]);
        machine.shell().send("poweroff");
        assert!(machine.wait().success());
        let pid = machine.read("stray");
        let stray = nix::unistd::Pid::from_raw(pid.parse().unwrap());
        nix::sys::signal::kill(stray, Signal::SIGTERM).unwrap();
        std::thread::sleep(A_WHILE);
        let stayed = is_alive(&pid);
        nix::sys::signal::kill(stray, Signal::SIGKILL).unwrap();
        assert!(stayed, "{place}");
    }
}
