//! What is typed, and what becomes of it.

use std::io::Write as _;
use std::process::Stdio;

use proctor_tests::{PseudoTerminal, interpreter_is_there};

use super::{CTRL_C, CTRL_D, END, UP, command, execute, leave, prompt, session};
use crate::scene::Scene;

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
