//! Interactive sessions, in a terminal and without one.

mod connections;
mod interruptions;
mod statements;

use std::process::Command;

use nix::sys::termios::Termios;
use proctor_tests::PseudoTerminal;

use crate::scene::Scene;

/// The terminal is told to say what is pasted: where something can be typed, from then on.
const BEGIN: &str = "\x1b[?2004h";
/// And up to then.
const END: &str = "\x1b[?2004l\r\n";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_Z: &str = "\x1a";
const CTRL_RIGHT_BRACKET: &str = "\x1d";
const UP: &str = "\x1b[A";

/// A session with the fake machine `machine`, at its first prompt.
fn session(scene: &Scene, more: &[&str]) -> PseudoTerminal {
    let mut terminal = PseudoTerminal::start(command(scene, more).env("NO_COLOR", "1"));
    prompt(&mut terminal);
    terminal
}

/// Waits until something can be typed. Returns what is shown before that.
fn prompt(terminal: &mut PseudoTerminal) -> String {
    let before = terminal.sees(BEGIN);
    terminal.sees(">>> ");
    before
}

fn command(scene: &Scene, more: &[&str]) -> Command {
    let mut command = scene.proctor();
    let machine = scene.machine("machine", "");
    command
        .env("HOME", scene.path())
        .env_remove("XDG_STATE_HOME")
        .args(["run", "-I"])
        .args(more)
        .arg("--start-scripts")
        .arg(machine);
    command
}

/// Executes a line and returns what is shown until the next prompt.
fn execute(terminal: &mut PseudoTerminal, line: &str) -> String {
    terminal.types(&format!("{line}\n"));
    terminal.sees(END);
    prompt(terminal)
}

fn leave(scene: &Scene, mut terminal: PseudoTerminal) {
    terminal.types(CTRL_D);
    terminal.sees("1 test: 1 passed, 0 failed");
    assert_eq!(terminal.ends().code(), Some(0));
    scene.check_clean();
}

/// What of a terminal's settings matters to who types.
fn modes(settings: &Termios) -> String {
    format!(
        "{:?} {:?} {:?}",
        settings.input_flags, settings.output_flags, settings.local_flags
    )
}
