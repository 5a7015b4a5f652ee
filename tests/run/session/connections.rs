//! The terminal, connected to a machine.

use std::ffi::OsString;

use proctor_tests::{PseudoTerminal, interpreter_is_there, write_script};

use super::{BEGIN, CTRL_C, CTRL_D, CTRL_RIGHT_BRACKET, command, execute, leave, prompt, session};
use crate::scene::Scene;

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
fn a_shell_has_the_size_that_the_terminal_takes_on() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    terminal.types("machine.shell_interact()\n");
    terminal.sees("comes back\r\n");
    terminal.types("PS1=ready:; echo 'is' set\n");
    terminal.sees("is set\r\n");
    terminal.sees("ready:");
    terminal.resize(50, 132);
    terminal.types("until [ \"$(stty size)\" = '50 132' ]; do sleep 0.05; done; echo 'it is' so\n");
    terminal.sees("it is so\r\n");
    terminal.types(CTRL_RIGHT_BRACKET);
    prompt(&mut terminal);
    // Nobody is told any more.
    terminal.resize(40, 100);
    assert!(execute(&mut terminal, "machine.succeed('echo goes on')").contains("'goes on\\n'"));
    leave(&scene, terminal);
}

#[test]
fn the_alternate_screen_is_left_where_a_program_has_not() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut terminal = session(&scene, &[]);
    for (shows, left) in [
        ("\\033[?1049h", "\x1b[?1049l"),
        ("\\033[?25h", ""),
        ("\\033[?47h", "\x1b[?47l"),
        ("\\033[?1049h\\033[?1049l", ""),
    ] {
        terminal.types("machine.shell_interact()\n");
        terminal.sees("comes back\r\n");
        terminal.types(&format!("printf '{shows}'; echo 'is' shown; exec sleep 100000\n"));
        terminal.sees("is shown\r\n");
        terminal.types(CTRL_RIGHT_BRACKET);
        let after = terminal.sees(BEGIN);
        let modes: Vec<_> = ["\x1b[?1049l", "\x1b[?47l"]
            .into_iter()
            .filter(|mode| after.contains(mode))
            .collect();
        assert_eq!(modes.concat(), left, "{after:?}");
        terminal.sees(">>> ");
    }
    leave(&scene, terminal);
}

#[test]
fn without_a_terminal_on_the_machine_lines_are_sent_and_interrupts_passed_on() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    // In the place of the program of util-linux.
    let programs = scene.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    write_script(&programs.join("script"), "#!/bin/sh\nexit 1\n");
    let mut path = OsString::from(&programs);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let mut terminal = PseudoTerminal::start(command(&scene, &[]).env("NO_COLOR", "1").env("PATH", path));
    prompt(&mut terminal);
    terminal.types("machine.shell_interact()\n");
    terminal.sees("connected to a shell of machine, line by line; Ctrl-D comes back\r\n");
    terminal.types("PS1=ready:; echo 'it' begins\n");
    terminal.sees("it begins\r\n");
    terminal.sees("ready:");
    for endless in ["sleep 100002", "while true; do echo more; done"] {
        terminal.types(&format!("echo 'it' begins; {endless}\n"));
        terminal.sees("it begins\r\n");
        std::thread::sleep(std::time::Duration::from_millis(300));
        terminal.types(CTRL_C);
        terminal.sees("ready:");
    }
    terminal.types("echo still 'here'\n");
    terminal.sees("still here\r\n");
    terminal.types(CTRL_D);
    prompt(&mut terminal);
    // From now on it is for what is in progress here.
    terminal.types("print('begins'); machine.succeed('sleep 100000')\n");
    terminal.sees("begins\r\n");
    terminal.types(CTRL_C);
    terminal.sees("KeyboardInterrupt\r\n");
    prompt(&mut terminal);
    leave(&scene, terminal);
}
