//! The terminal, connected to a machine.

use proctor_tests::interpreter_is_there;

use super::{CTRL_C, CTRL_RIGHT_BRACKET, execute, leave, prompt, session};
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
