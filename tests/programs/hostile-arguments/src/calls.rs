//! The functions of the interface, each as something that can be called with any arguments.

use crate::bindings::proctor::driver::driver::MachineParts;
use crate::bindings::proctor::driver::log::{Level, Span, SpanKind};
use crate::bindings::proctor::driver::machine::Machine;
use crate::bindings::proctor::driver::monitor::EventFilter;
use crate::bindings::proctor::driver::network::UnixSocketKind;
use crate::bindings::proctor::driver::polling::Condition;
use crate::bindings::proctor::driver::types::{Error, Failure, Place};
use crate::bindings::proctor::driver::{console, driver, files, keyboard, log, monitor, network, screen, shell, units};

/// What a function is called with, as far as it takes it.
pub struct Arguments<'a> {
    pub machine: &'a Machine,
    pub text: &'a str,
    pub time: Option<u32>,
    pub number: u16,
}

type Call = fn(&Arguments<'_>) -> Result<(), Error>;

fn failure(text: &str) -> Failure {
    Failure {
        message: text.to_owned(),
        place: Some(Place {
            file: text.to_owned(),
            line: u32::MAX,
            column: u32::MAX,
        }),
        cause: None,
    }
}

fn parts(name: &str, text: &str) -> MachineParts {
    let some = || Some(text.to_owned());
    MachineParts {
        name: name.to_owned(),
        disk: some(),
        disk_interface: some(),
        cdrom: some(),
        usb: some(),
        bios: some(),
        binary: some(),
        arguments: vec![text.to_owned(); 3],
        netdev_arguments: some(),
        net_device_arguments: some(),
    }
}

/// All functions. `join-all` comes before what starts a machine: it waits for all of them.
pub const CALLS: [(&str, Call); 58] = [
    ("join-all", |a| driver::join_all(a.time)),
    ("wait-for-console-text", |a| {
        console::wait_for_console_text(a.machine, a.text, a.time).map(drop)
    }),
    ("get-console-log", |a| console::get_console_log(a.machine).map(drop)),
    ("send-console", |a| console::send_console(a.machine, a.text, a.time)),
    ("get-tty-text", |a| {
        console::get_tty_text(a.machine, a.text, a.time).map(drop)
    }),
    ("wait-until-tty-matches", |a| {
        console::wait_until_tty_matches(a.machine, "1", a.text, a.time).map(drop)?;
        console::wait_until_tty_matches(a.machine, a.text, a.text, a.time).map(drop)
    }),
    ("dump-tty-contents", |a| {
        console::dump_tty_contents(a.machine, a.text, a.time)
    }),
    ("machines", |_| {
        driver::machines();
        Ok(())
    }),
    ("get-machine", |a| driver::get_machine(a.text).map(drop)),
    ("create-machine", |a| {
        driver::create_machine(&parts(a.text, "")).map(drop)?;
        driver::create_machine(&parts("made", a.text)).map(drop)
    }),
    ("parameters", |_| {
        driver::parameters();
        Ok(())
    }),
    ("write-output-file", |a| {
        driver::write_output_file(a.text, a.text.as_bytes())
    }),
    ("vlans", |_| {
        for vlan in driver::vlans() {
            vlan.number();
            vlan.is_up();
        }
        Ok(())
    }),
    ("wait-for-file", |a| files::wait_for_file(a.machine, a.text, a.time)),
    ("copy-from-host", |a| {
        files::copy_from_host(a.machine, a.text, a.text, a.time)
    }),
    ("copy-from-host, granted", |a| {
        files::copy_from_host(a.machine, "data/file", a.text, Some(1_000))
    }),
    ("copy-from-host-via-shell", |a| {
        files::copy_from_host_via_shell(a.machine, a.text, a.text, a.time)
    }),
    ("copy-from-machine", |a| {
        files::copy_from_machine(a.machine, a.text, "", a.time).map(drop)
    }),
    ("copy-from-machine, there", |a| {
        files::copy_from_machine(a.machine, "/dev/null", a.text, Some(1_000)).map(drop)
    }),
    ("send-key", |a| keyboard::send_key(a.machine, a.text, Some(0), a.time)),
    // One key is enough where it takes as long as can be said.
    ("send-chars", |a| {
        keyboard::send_chars(a.machine, a.text.get(..1_000).unwrap_or(a.text), Some(0), a.time)
    }),
    ("send-chars, all", |a| match a.text.len() {
        ..1_000 => Ok(()),
        1_000.. => keyboard::send_chars(a.machine, &"x".repeat(1 << 20), a.time, a.time),
    }),
    ("write", |a| {
        log::write(Level::Debug, a.text);
        Ok(())
    }),
    ("span", |a| {
        let span = Span::new(SpanKind::Group, a.text);
        span.fail(&failure(a.text));
        Ok(())
    }),
    ("show-serial", |_| {
        log::show_serial(false);
        Ok(())
    }),
    ("panicked", |a| {
        log::panicked(&failure(a.text));
        Ok(())
    }),
    ("name", |a| {
        a.machine.name();
        a.machine.is_up();
        Ok(())
    }),
    ("send-monitor-command", |a| {
        monitor::send_monitor_command(a.machine, a.text, a.time).map(drop)
    }),
    ("send-qmp-command", |a| {
        let _ = monitor::send_qmp_command(a.machine, a.text, None, a.time);
        monitor::send_qmp_command(a.machine, a.text, Some(a.text), a.time).map(drop)
    }),
    ("wait-for-qmp-event", |a| {
        let text = || Some(a.text.to_owned());
        let filter = EventFilter {
            name: text(),
            data: None,
        };
        let _ = monitor::wait_for_qmp_event(a.machine, &filter, a.time);
        monitor::wait_for_qmp_event(a.machine, &EventFilter { data: text(), ..filter }, a.time).map(drop)
    }),
    ("block", |a| network::block(a.machine, a.time)),
    ("unblock", |a| network::unblock(a.machine, a.time)),
    ("forward-port", |a| {
        network::forward_port(a.machine, a.number, a.number, a.time).map(drop)
    }),
    ("wait-for-open-port", |a| {
        network::wait_for_open_port(a.machine, a.number, Some(a.text), a.time)
    }),
    ("wait-for-closed-port", |a| {
        network::wait_for_closed_port(a.machine, a.number, Some(a.text), a.time)
    }),
    ("wait-for-open-unix-socket", |a| {
        let _ = network::wait_for_open_unix_socket(a.machine, a.text, UnixSocketKind::Datagram, a.time);
        network::wait_for_open_unix_socket(a.machine, a.text, UnixSocketKind::Stream, a.time)
    }),
    ("condition", |a| {
        let condition = Condition::new(a.text, a.time);
        condition.number();
        let _ = condition.exit();
        let _ = condition.end_evaluation(Err(a.text));
        condition.enter()?;
        condition.begin_evaluation()?;
        let failed = condition.end_evaluation(Err(a.text));
        condition.begin_evaluation()?;
        condition.end_evaluation(Ok(()))?;
        condition.exit()?;
        failed
    }),
    ("screenshot", |a| {
        screen::screenshot(a.machine, a.text, a.time).map(drop)
    }),
    ("get-screen-text", |a| {
        screen::get_screen_text(a.machine, a.time).map(drop)
    }),
    ("get-screen-text-variants", |a| {
        screen::get_screen_text_variants(a.machine, a.time).map(drop)
    }),
    ("wait-for-text", |a| {
        screen::wait_for_text(a.machine, a.text, a.time).map(drop)
    }),
    ("wait-for-x", |a| screen::wait_for_x(a.machine, a.time)),
    ("get-window-names", |a| {
        screen::get_window_names(a.machine, a.time).map(drop)
    }),
    ("wait-for-window", |a| {
        screen::wait_for_window(a.machine, a.text, a.time).map(drop)
    }),
    ("execute", |a| shell::execute(a.machine, a.text, a.time).map(drop)),
    ("succeed", |a| shell::succeed(a.machine, a.text, a.time).map(drop)),
    ("fail", |a| shell::fail(a.machine, a.text, a.time).map(drop)),
    ("wait-until-succeeds", |a| {
        shell::wait_until_succeeds(a.machine, a.text, a.time, a.time).map(drop)
    }),
    ("wait-until-fails", |a| {
        shell::wait_until_fails(a.machine, a.text, a.time, a.time).map(drop)
    }),
    ("sleep", |a| shell::sleep(a.machine, a.time.unwrap_or_default())),
    ("systemctl", |a| {
        units::systemctl(a.machine, a.text, Some(a.text), a.time).map(drop)
    }),
    ("wait-for-unit", |a| {
        let _ = units::wait_for_unit(a.machine, a.text, None, a.time);
        units::wait_for_unit_state(a.machine, a.text, a.text, Some(a.text), a.time)
    }),
    ("unit information", |a| {
        let _ = units::get_unit_info(a.machine, a.text, Some(a.text), a.time);
        let _ = units::get_unit_property(a.machine, a.text, a.text, Some(a.text), a.time);
        units::require_unit_state(a.machine, a.text, a.text, Some(a.text), a.time)
    }),
    ("jobs", |a| {
        let _ = units::start_job(a.machine, a.text, Some(a.text), a.time);
        units::stop_job(a.machine, a.text, None, a.time).map(drop)
    }),
    ("power", |a| {
        let _ = a.machine.reboot(a.time);
        let _ = a.machine.switch_root(a.time);
        let _ = a.machine.wait_for_shutdown(a.time);
        let _ = a.machine.shutdown(a.time);
        // Or it goes down under what comes next.
        a.machine.crash(a.time)
    }),
    ("crash", |a| a.machine.crash(a.time)),
    ("start", |a| a.machine.start(a.text.is_empty(), a.time)),
    ("connect", |a| {
        let _ = driver::start_all();
        a.machine.connect(a.time)
    }),
];

/// Those of them that take no text: one call is as good as another.
pub const WITHOUT_TEXT: [&str; 19] = [
    "block",
    "connect",
    "crash",
    "forward-port",
    "get-console-log",
    "get-screen-text",
    "get-screen-text-variants",
    "get-window-names",
    "join-all",
    "machines",
    "name",
    "parameters",
    "power",
    "show-serial",
    "sleep",
    "start",
    "unblock",
    "vlans",
    "wait-for-x",
];

/// Functions that wait, each with a text for which there is nothing to wait for.
pub const PATIENT_CALLS: [(&str, &str, Call); 13] = [
    ("wait-for-console-text", "", |a| {
        console::wait_for_console_text(a.machine, a.text, a.time).map(drop)
    }),
    ("wait-for-file", "/", |a| {
        files::wait_for_file(a.machine, a.text, a.time)
    }),
    ("copy-from-host", "copy", |a| {
        files::copy_from_host(a.machine, "data/file", a.text, a.time)
    }),
    ("copy-from-machine", "copy", |a| {
        files::copy_from_machine(a.machine, a.text, "", a.time).map(drop)
    }),
    ("wait-for-closed-port", "localhost", |a| {
        network::wait_for_closed_port(a.machine, a.number, Some(a.text), a.time)
    }),
    ("execute", "exit 1", |a| {
        shell::execute(a.machine, a.text, a.time).map(drop)
    }),
    ("succeed", "true", |a| {
        shell::succeed(a.machine, a.text, a.time).map(drop)
    }),
    ("fail", "false", |a| shell::fail(a.machine, a.text, a.time).map(drop)),
    ("wait-until-succeeds", "true", |a| {
        shell::wait_until_succeeds(a.machine, a.text, a.time, a.time).map(drop)
    }),
    ("wait-until-fails", "false", |a| {
        shell::wait_until_fails(a.machine, a.text, a.time, a.time).map(drop)
    }),
    ("systemctl", "", |a| {
        units::systemctl(a.machine, a.text, None, a.time).map(drop)
    }),
    ("shutdown", "", |a| a.machine.shutdown(a.time)),
    ("wait-for-shutdown", "", |a| a.machine.wait_for_shutdown(a.time)),
];
