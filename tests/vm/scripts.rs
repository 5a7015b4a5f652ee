//! Scripts of the NixOS test driver, on real machines.

use std::path::{Path, PathBuf};
use std::process::Command;

use proctor_tests::{
    PseudoTerminal, interpreter_is_there, mini_script, path_from_environment, say_skipped, systemd_script,
    tesseract_is_installed,
};

/// All scripts for real machines: each has a test here.
const SCRIPTS: [&str; 10] = [
    "database",
    "desktop",
    "firewall",
    "initrd",
    "login",
    "reboot",
    "restarting_service",
    "three_ways",
    "units",
    "web_server",
];

/// Runs a script on machines whose start scripts `machines` writes into a directory. Panics where it fails.
fn run(script: &str, vlans: &[&str], machines: impl FnOnce(&Path) -> Vec<PathBuf>) {
    assert!(SCRIPTS.contains(&script));
    if !interpreter_is_there() {
        return;
    }
    // Short: the sockets of a run lie below it.
    let scratch = tempfile::Builder::new().prefix("p").tempdir().unwrap();
    let output = tempfile::tempdir().unwrap();
    let mut command = Command::new(path_from_environment("PROCTOR_BIN"));
    command
        .env("TMPDIR", scratch.path())
        .env_remove("XDG_RUNTIME_DIR")
        .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .args(["run", "--no-serial", "--timeout", "10m", "--output-directory"])
        .arg(output.path())
        .arg(file(script))
        .arg("--start-scripts")
        .args(machines(scratch.path()));
    if !vlans.is_empty() {
        command.arg("--vlans").args(vlans);
    }
    let ended = command.output().unwrap();
    let log = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{script}: {}\n{log}", ended.status);
}

/// `proctor` at a prompt, with this machine. Panics where it shows none.
fn at_prompt(scratch: &Path, machine: &Path) -> PseudoTerminal {
    let mut command = Command::new(path_from_environment("PROCTOR_BIN"));
    command
        .env("TMPDIR", scratch)
        .env("HOME", scratch)
        .env("NO_COLOR", "1")
        .env_remove("XDG_RUNTIME_DIR")
        .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .current_dir(scratch)
        .args(["run", "-I", "--no-serial", "--start-scripts"])
        .arg(machine);
    let mut terminal = PseudoTerminal::start(&command);
    terminal.sees(">>> ");
    terminal
}

/// Ends a session. Panics where it has not passed.
fn leave(mut terminal: PseudoTerminal) {
    terminal.types("exit()\n");
    terminal.sees("1 passed");
    assert_eq!(terminal.ends().code(), Some(0));
}

#[test]
fn a_shell_in_a_terminal() {
    if !interpreter_is_there() {
        return;
    }
    let scratch = tempfile::Builder::new().prefix("p").tempdir().unwrap();
    let mut terminal = at_prompt(scratch.path(), &systemd_script(scratch.path(), ""));
    terminal.types("machine.shell_interact()\n");
    terminal.sees("Ctrl-] comes back");
    terminal.types("PS1=ready:; stty size; tty\n");
    terminal.sees("40 100\r\n/dev/pts/");
    terminal.sees("ready:");
    terminal.resize(50, 132);
    terminal.types("until [ \"$(stty size)\" = '50 132' ]; do sleep 0.05; done; echo 'it is' so\n");
    terminal.sees("it is so\r\n");
    terminal.sees("ready:");
    // By one process: an interrupt that comes while the shell starts a second one is lost.
    terminal.types("sh -c 'echo begins; exec sleep 100000'\n");
    terminal.sees("begins\r\n");
    terminal.types("\x03");
    terminal.sees("ready:");
    terminal.types("exit\n");
    terminal.sees(">>> ");
    terminal.types("machine.succeed('echo $((6 * 7))')\n");
    terminal.sees("'42\\n'");
    terminal.sees(">>> ");
    leave(terminal);
}

#[test]
fn a_shell_without_a_terminal_of_its_own() {
    if !interpreter_is_there() {
        return;
    }
    let scratch = tempfile::Builder::new().prefix("p").tempdir().unwrap();
    let mut terminal = at_prompt(scratch.path(), &mini_script(scratch.path(), "machine", 1, ""));
    terminal.types("machine.shell_interact()\n");
    terminal.sees("Ctrl-D comes back");
    for line in ["cd /proc\n", "echo $((6 * 7))\n", "pwd\n"] {
        terminal.types(line);
    }
    terminal.sees("42\r\n");
    terminal.sees("/proc\r\n");
    terminal.types("sh -c \"echo 'it' begins; exec sleep 100000\"\n");
    terminal.sees("it begins\r\n");
    terminal.types("\x03");
    terminal.types("echo 'goes' on\n");
    terminal.sees("goes on\r\n");
    terminal.types("exit\n");
    terminal.sees(">>> ");
    terminal.types("machine.succeed('pwd') != '/proc\\n'\n");
    terminal.sees("True\r\n");
    terminal.sees(">>> ");
    leave(terminal);
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/vm")
}

fn file(script: &str) -> PathBuf {
    directory().join(script).with_extension("py")
}

fn systemd(options: &str) -> impl FnOnce(&Path) -> Vec<PathBuf> {
    move |directory| vec![systemd_script(directory, options)]
}

#[test]
fn every_script_is_run() {
    let scripts = std::fs::read_dir(directory()).unwrap();
    let mut names: Vec<_> = scripts
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, SCRIPTS);
}

#[test]
fn a_web_server() {
    run("web_server", &[], systemd(""));
}

#[test]
fn a_service_that_must_restart() {
    run("restarting_service", &[], systemd(""));
}

#[test]
fn units_and_users() {
    run("units", &[], systemd(""));
}

#[test]
fn a_login_on_a_terminal() {
    run("login", &[], systemd(""));
}

#[test]
fn a_reboot() {
    run("reboot", &[], systemd(""));
}

#[test]
fn an_initial_ram_disk() {
    run("initrd", &[], systemd("--initrd"));
}

#[test]
fn a_desktop() {
    if !tesseract_is_installed() {
        say_skipped(": tesseract is not installed");
        return;
    }
    run("desktop", &[], systemd("--screen"));
}

#[test]
fn a_firewall_between_three_machines() {
    run("firewall", &["1", "2"], |directory| {
        vec![
            mini_script(directory, "client", 1, "1"),
            mini_script(directory, "router", 2, "1 2"),
            mini_script(directory, "server", 3, "2"),
        ]
    });
}

#[test]
fn a_database() {
    run("database", &["1"], |directory| {
        vec![
            mini_script(directory, "client", 1, "1"),
            mini_script(directory, "server", 2, "1"),
        ]
    });
}

/// The script that README shows, on a machine of ours and on one that is started by a bare QEMU command line.
#[test]
fn one_script_for_all_machines() {
    run("three_ways", &[], systemd(""));
    run("three_ways", &[], |directory| vec![bare_qemu(directory)]);
}

/// A start script that is nothing but a QEMU command line.
fn bare_qemu(directory: &Path) -> PathBuf {
    let image = path_from_environment("PROCTOR_MINI");
    let path = directory.join("run-bare-vm");
    let command = format!(
        "#!/bin/sh\nexec qemu-system-x86_64 -accel tcg -m 256 -kernel '{image}/vmlinux' -initrd '{image}/initramfs' \
         -append 'console=ttyS0 panic=1' \"$@\"\n",
        image = image.display()
    );
    proctor_tests::write_script(&path, &command);
    path
}
