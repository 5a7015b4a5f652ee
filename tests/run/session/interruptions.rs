//! What ends what is in progress, and what the terminal is afterwards.

use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use proctor_tests::{PATIENCE, PseudoTerminal, interpreter_is_there};

use super::{CTRL_C, CTRL_D, CTRL_Z, END, command, execute, leave, modes, prompt, session};
use crate::scene::Scene;

#[test]
fn an_interrupt_ends_what_is_in_progress_and_not_the_session() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    let start = Instant::now();
    execute(&mut terminal, "machine.start(); import time");
    for endless in [
        "exec('while True: pass')",
        "time.sleep(100_000)",
        "machine.succeed('sleep 100000')",
        "machine.wait_until_succeeds('false', timeout=100_000)",
        "retry(lambda _last: False, timeout=100_000)",
        "[None for _ in iter(int, 1)]",
    ] {
        terminal.types(&format!("print('begins'); {endless}\n"));
        terminal.sees("begins\r\n");
        // Where it has got to.
        std::thread::sleep(Duration::from_millis(300));
        terminal.types(CTRL_C);
        terminal.sees("KeyboardInterrupt\r\n");
        prompt(&mut terminal);
    }
    assert!(execute(&mut terminal, "machine.succeed('echo still here')").contains("'still here\\n'"));
    // Half a statement is forgotten.
    terminal.types(&format!("1 + {CTRL_C}"));
    terminal.sees("KeyboardInterrupt\r\n");
    prompt(&mut terminal);
    assert!(execute(&mut terminal, "2 + 2").contains("4\r\n"));
    assert!(start.elapsed() < PATIENCE);
    leave(&scene, terminal);
}

#[test]
fn what_cannot_be_interrupted_ends_with_the_session() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    let before = terminal.settings();
    terminal.types("print('begins'); sum(range(10**15))\n");
    terminal.sees("begins\r\n");
    terminal.types(CTRL_C);
    terminal.sees("cannot be interrupted; Ctrl-C once more ends the session");
    terminal.types(CTRL_C);
    terminal.sees("interrupted by SIGINT");
    assert_eq!(terminal.ends().code(), Some(130));
    assert_ne!(
        modes(&before),
        modes(&terminal.settings()),
        "it is no longer read key by key"
    );
    scene.check_clean();
}

#[test]
fn what_is_typed_cannot_end_the_session_by_mistake() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    let long: String = (0..20_000).map(|number| format!("{number},")).collect();
    terminal.types(&format!("\x1b[200~x = [{long}]\x1b[201~\n"));
    terminal.sees(END);
    prompt(&mut terminal);
    assert!(execute(&mut terminal, "len(x)").contains("20000\r\n"));
    execute(
        &mut terminal,
        "import sys, builtins, time, itertools; sys.stdout = None; 1 / 0",
    );
    execute(&mut terminal, "sys.stdout = sys.__stdout__");
    execute(
        &mut terminal,
        "Endless = type('Endless', (), {'__dir__': lambda self: itertools.repeat('a')}); e = Endless()",
    );
    terminal.types("e.\t");
    terminal.types(CTRL_C);
    prompt(&mut terminal);
    let wrong = execute(&mut terminal, "time.sleep(float('nan'))");
    assert!(wrong.contains("ValueError"), "{wrong}");
    terminal.types("match 1:\ncase 1:\nprint('one')\n\x7f\x7f\x7f\x7fcase 2:\nprint('two')\n\n");
    terminal.sees("\r\none\r\n");
    prompt(&mut terminal);
    terminal.types("def f():\nx = '''a\nb'''\n    return x\n\n");
    terminal.sees(END);
    prompt(&mut terminal);
    assert!(execute(&mut terminal, "f()").contains("'a\\nb'\r\n"));
    execute(&mut terminal, "machine.start()");
    // At any moment: in the midst of a call, of its beginning and of its end.
    for number in 0..60 {
        terminal.types(&format!("for _ in range({number} * 9): pass\n\n"));
        prompt(&mut terminal);
        terminal.types(&format!("print('begins', {number}); machine.execute('sleep 100000')\n"));
        terminal.sees(&format!("begins {number}\r\n"));
        terminal.types(CTRL_C);
        terminal.sees("KeyboardInterrupt\r\n");
        prompt(&mut terminal);
    }
    leave(&scene, terminal);
}

#[test]
fn the_terminal_is_as_it_was_whatever_ends_the_session() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    for ends in [Some(Signal::SIGTERM), None] {
        let mut terminal = PseudoTerminal::start(command(&scene, &[]).env("NO_COLOR", "1"));
        let before = modes(&terminal.settings());
        prompt(&mut terminal);
        execute(&mut terminal, "machine.succeed('true')");
        match ends {
            Some(signal) => terminal.signal(signal),
            None => terminal.types(CTRL_D),
        }
        let status = if ends.is_some() { 143 } else { 0 };
        assert_eq!(terminal.ends().code(), Some(status));
        assert_eq!(modes(&terminal.settings()), before);
        scene.check_clean();
    }
}

#[test]
fn a_session_that_was_stopped_goes_on_where_it_was() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let proctor = command(&scene, &[]);
    // A shell sets the terminal as it wants it when a job has stopped.
    let jobs = "set -m; \"$@\"; stty sane; echo 'is' stopped; read -r; echo 'goes' on; fg > /dev/null";
    let mut shell = Command::new("bash");
    shell
        .args(["-c", jobs, "bash"])
        .arg(proctor.get_program())
        .args(proctor.get_args())
        .current_dir(scene.path());
    for (name, value) in proctor.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.env("NO_COLOR", "1");
    let mut terminal = PseudoTerminal::start(&shell);
    prompt(&mut terminal);
    let typing = modes(&terminal.settings());
    terminal.types("if 1:\nprint('one')");
    terminal.sees("print('one')");
    terminal.types(CTRL_Z);
    terminal.sees("\x1b[?2004l");
    terminal.sees("is stopped\r\n");
    assert_ne!(modes(&terminal.settings()), typing);
    terminal.types("\n");
    terminal.sees("goes on\r\n");
    // The prompt with what was typed.
    prompt(&mut terminal);
    terminal.sees("print('one')");
    assert_eq!(modes(&terminal.settings()), typing);
    terminal.types("\n\n");
    terminal.sees("\r\none\r\n");
    prompt(&mut terminal);
    leave(&scene, terminal);
}
