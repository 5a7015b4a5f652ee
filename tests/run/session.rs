//! Interactive sessions, in a terminal and without one.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::sys::termios::Termios;
use proctor_tests::{PATIENCE, PseudoTerminal, interpreter_is_there};

use crate::scene::Scene;

/// The terminal is told to say what is pasted: where something can be typed, from then on.
const BEGIN: &str = "\x1b[?2004h";
/// And up to then.
const END: &str = "\x1b[?2004l\r\n";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
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

#[test]
fn statements_share_a_scope_and_errors_are_shown() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    execute(&mut terminal, "number = 20");
    assert!(execute(&mut terminal, "number + 22").contains("42\r\n"));
    assert!(execute(&mut terminal, "machine.succeed('echo', 'echo two')").contains("'\\ntwo\\n'\r\n"));
    let failed = execute(&mut terminal, "machine.succeed('exit 3')");
    assert!(
        failed.contains("Traceback (most recent call last):\r\n  File \"<prompt-4>\", line 1, in <module>"),
        "{failed}"
    );
    assert!(
        failed.contains("RequestedAssertionFailed: command `exit 3` failed (exit code 3)"),
        "{failed}"
    );
    assert!(!failed.contains("test_driver"), "{failed}");
    let wrong = execute(&mut terminal, "1 +");
    assert!(wrong.contains("SyntaxError: invalid syntax"), "{wrong}");
    let wrong = execute(&mut terminal, "assert number == 21");
    assert!(wrong.contains("20") && wrong.contains("AssertionError"), "{wrong}");
    assert!(
        execute(&mut terminal, "print('a\\x1b[31mb')").contains("ab\r\n"),
        "escape sequences are removed"
    );
    assert!(execute(&mut terminal, "print(); print('x', end='')").contains("\r\nx\r\n"));
    assert!(execute(&mut terminal, "import subprocess; subprocess.run(['ls'])").contains("in a sandbox"));
    assert!(execute(&mut terminal, "exit").contains("Ctrl-D ends the session"));
    terminal.types("exit()\n");
    terminal.sees("1 passed");
    assert_eq!(terminal.ends().code(), Some(0));
    scene.check_clean();
}

#[test]
fn statements_of_several_lines_are_indented_and_end_with_an_empty_one() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    terminal.types("for number in range(3):\n");
    terminal.types("if number == 1:\ncontinue\nprint('number', number)\n\n");
    terminal.sees(END);
    assert_eq!(prompt(&mut terminal), "number 0\r\nnumber 2\r\n");
    terminal.types("text = '''one\ntwo'''\n");
    prompt(&mut terminal);
    assert!(execute(&mut terminal, "text").contains("'one\\ntwo'"));
    // As a terminal sends what is pasted.
    terminal.types("\x1b[200~def double(x):\n    return 2 * x\n\ndouble(21)\x1b[201~\n");
    terminal.sees("42\r\n");
    prompt(&mut terminal);
    leave(&scene, terminal);
}

#[test]
fn names_are_completed() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    terminal.types("mach\t");
    terminal.sees("machine");
    terminal.types(".wait_until_s\t'exit 0')\n");
    terminal.sees("machine.wait_until_succeeds(");
    terminal.sees("''\r\n");
    prompt(&mut terminal);
    terminal.types("machines[0].wait_for_\t\t");
    let offered = terminal.sees("wait_for_window(");
    assert!(offered.contains("wait_for_unit("), "{offered}");
    terminal.types(CTRL_C);
    prompt(&mut terminal);
    // Where the names themselves take for ever the session goes on without them.
    execute(
        &mut terminal,
        "Wrong = type('Wrong', (), {'__dir__': lambda self: [None for _ in iter(int, 1)]}); wrong = Wrong()",
    );
    terminal.types("wrong.\t");
    terminal.types(CTRL_C);
    prompt(&mut terminal);
    leave(&scene, terminal);
}

#[test]
fn what_was_typed_is_there_in_the_next_session() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    assert!(execute(&mut terminal, "6 * 7").contains("42"));
    leave(&scene, terminal);
    let mut terminal = session(&scene, &[]);
    terminal.types(UP);
    terminal.sees("6 * 7");
    terminal.types("00\n");
    terminal.sees("4200\r\n");
    prompt(&mut terminal);
    leave(&scene, terminal);
    assert!(scene.path().join(".local/state/proctor/history").is_file());
    let mut driver = scene.proctor();
    driver.args(["nixos-test-driver", "-I"]).env("NO_COLOR", "1");
    let mut terminal = PseudoTerminal::start(&driver);
    prompt(&mut terminal);
    assert!(execute(&mut terminal, "len(machines)").contains("0\r\n"));
    leave(&scene, terminal);
    let history = std::fs::read_to_string(scene.path().join("output/.nixos-test-history")).unwrap();
    assert!(history.contains("len(machines)"), "{history}");
}

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
fn a_shell_of_the_machine_takes_the_terminal_and_gives_it_back() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    terminal.types("machine.shell_interact()\n");
    terminal.sees("connected to a shell of machine; Ctrl-] comes back\r\n");
    terminal.types("PS1=ready:; echo $((6 * 7)) $(stty size)\n");
    terminal.sees("42 40 100\r\n");
    terminal.sees("ready:");
    // By one process: an interrupt that comes while the shell starts a second one is lost.
    terminal.types("sh -c 'echo begins; exec sleep 100000'\n");
    terminal.sees("begins\r\n");
    terminal.types(CTRL_C);
    terminal.sees("ready:");
    // What is typed before that has other line ends.
    terminal.types("echo reads; head -n 1 > written\n");
    terminal.sees("reads\r\n");
    terminal.types("line\n");
    terminal.sees("ready:");
    terminal.types("exit\n");
    prompt(&mut terminal);
    assert!(execute(&mut terminal, "machine.succeed('cat written')").contains("'line\\n'"));
    // Left, with what runs in it.
    terminal.types("machine.shell_interact()\n");
    terminal.sees("comes back\r\n");
    terminal.types("sleep 100001\n");
    terminal.sees("sleep 100001\r\n");
    terminal.types(CTRL_RIGHT_BRACKET);
    prompt(&mut terminal);
    execute(&mut terminal, "machine.wait_until_fails('pgrep -f \"[s]leep 100001\"')");
    leave(&scene, terminal);
}

#[test]
fn the_serial_console_takes_the_terminal_and_gives_it_back() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    let off = execute(&mut terminal, "machine.console_interact()");
    assert!(
        off.contains("MachineError") && off.contains("not running (not started)"),
        "{off}"
    );
    execute(&mut terminal, "machine.start()");
    terminal.types("machine.console_interact()\n");
    terminal.sees("connected to the serial console of machine; Ctrl-] comes back\r\n");
    terminal.types("typed\n");
    terminal.sees("serial input: typed");
    terminal.types(CTRL_RIGHT_BRACKET);
    prompt(&mut terminal);
    assert!(execute(&mut terminal, "'serial input: typed' in machine.get_console_log()").contains("True\r\n"));
    // It ends with the machine.
    terminal.types("machine.execute('sleep 1 && poweroff &'); machine.console_interact()\n");
    terminal.sees("comes back\r\n");
    let down = prompt(&mut terminal);
    assert!(down.contains("MachineError"), "{down}");
    leave(&scene, terminal);
}

#[test]
fn a_script_is_run_when_it_is_asked_for() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let script = scene.path().join("script.py");
    std::fs::write(
        &script,
        "with subtest('first'):\n    print('the script runs')\nmachine.succeed('false')\n",
    )
    .unwrap();
    let mut terminal = session(&scene, &[script.to_str().unwrap()]);
    let shown = execute(&mut terminal, "test_script()");
    assert!(shown.contains("the script runs\r\n"), "{shown}");
    assert!(shown.contains("script.py\", line 3, in <module>"), "{shown}");
    assert!(execute(&mut terminal, "machine.succeed('echo goes on')").contains("'goes on\\n'"));
    leave(&scene, terminal);
}

#[test]
fn statements_and_prompt_have_colours() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = PseudoTerminal::start(command(&scene, &[]).env("CLICOLOR", "1"));
    terminal.sees("\x1b[1m>>> \x1b[0m");
    terminal.types("if 1: print('a')");
    terminal.sees("\x1b[35mif\x1b[0m \x1b[33m1\x1b[0m: \x1b[36mprint\x1b[0m(\x1b[32m'a'\x1b[0m)");
    terminal.types("\n");
    terminal.sees("\r\na\r\n");
    prompt(&mut terminal);
    terminal.types(CTRL_D);
    terminal.sees("1 passed");
    assert_eq!(terminal.ends().code(), Some(0));
    scene.check_clean();
}

#[test]
fn without_a_terminal_standard_input_is_a_script() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut command = command(&scene, &[]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = "def f():\n    a = 1\n\n    return a\n\nprint('f', f())\nmachine.shell_interact()\nprint('not')\n";
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    for expected in [
        "\nf 1\n",
        "  File \"<stdin>\", line 7, in <module>",
        "the terminal cannot be used: standard input and output are no terminal",
        "1 test: 0 passed, 1 failed",
    ] {
        assert!(printed.contains(expected), "{expected:?}: {printed}");
    }
    assert!(!printed.contains("\nnot\n"));
    assert_eq!(output.status.code(), Some(1));
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
fn a_history_that_is_no_file_is_not_used() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    std::os::unix::fs::symlink("/dev/null", scene.path().join("output/.nixos-test-history")).unwrap();
    let mut driver = scene.proctor();
    driver.args(["nixos-test-driver", "-I"]).env("NO_COLOR", "1");
    let mut terminal = PseudoTerminal::start(&driver);
    terminal.sees("is no file, or too large: what is typed is not kept");
    prompt(&mut terminal);
    leave(&scene, terminal);
}

#[test]
fn a_session_has_one_script_or_none() {
    let scene = Scene::new();
    for tests in [&["a.py", "b.py"][..], &["a.wasm"], &["a.py", "a.wasm"]] {
        for name in tests {
            std::fs::write(scene.path().join("output").join(name), "").unwrap();
        }
        let words = [&["run", "-I"], tests].concat();
        scene
            .run(words)
            .expect(2)
            .says("--interactive takes one script (.py) or none");
    }
}
