//! `within`, which every method heeds: on a machine that hangs, each ends with the time that it has.

use std::time::{Duration, Instant};

use proctor_sdk::{Driver, ErrorKind, EventFilter, Machine, Result, ensure};

/// What a call has.
const TIME: Duration = Duration::from_millis(120);
/// So much longer it may take on a busy computer; far less than any limit that would end it otherwise.
const LATE: Duration = Duration::from_secs(3);

type Call = fn(&Machine) -> Result<()>;

/// A row of a table: a method's name, and a call of it; what it returns does not matter.
macro_rules! calls {
    (|$machine:ident| $($name:literal => $call:expr,)+) => {
        [$(($name, |$machine| $call.map(drop))),+]
    };
}

/// All but those that never wait, those that start a machine, and those that are told in another way.
const CALLS: &[(&str, Call)] = &calls! { |machine|
    "send_key" => machine.send_key("a"),
    "send_key_with_delay" => machine.send_key_with_delay("a", Duration::ZERO),
    "send_chars" => machine.send_chars("a"),
    "send_chars_with_delay" => machine.send_chars_with_delay("a", Duration::ZERO),
    "send_console" => machine.send_console("x".repeat(1 << 20)),
    "wait_for_console_text" => machine.wait_for_console_text("never"),
    "screenshot" => machine.screenshot("picture"),
    "send_monitor_command" => machine.send_monitor_command("info status"),
    "send_qmp_command" => machine.send_qmp_command("query-status", None),
    "wait_for_qmp_event" => machine.wait_for_qmp_event(&EventFilter::named("STOP")),
    "block" => machine.block(),
    "unblock" => machine.unblock(),
    "forward_port" => machine.forward_port(0, 80),
    "reboot" => machine.reboot(),
    "wait_for_shutdown" => machine.wait_for_shutdown(),
    "succeed" => machine.succeed("true"),
    "fail" => machine.fail("false"),
    "wait_until_succeeds" => machine.wait_until_succeeds("true"),
    "wait_until_fails" => machine.wait_until_fails("false"),
    "command.succeed" => machine.command("true").succeed(),
    "command.fail" => machine.command("false").fail(),
    "command.wait_until_succeeds" => machine.command("true").wait_until_succeeds(),
    "command.wait_until_fails" => machine.command("false").wait_until_fails(),
    "wait_for_file" => machine.wait_for_file("/never"),
    "copy_from_host" => machine.copy_from_host("data/file", "/tmp/file"),
    "copy_from_host_via_shell" => machine.copy_from_host_via_shell("data/file", "/tmp/file"),
    "copy_from_machine" => machine.copy_from_machine("/etc/passwd", ""),
    "get_tty_text" => machine.get_tty_text("1"),
    "dump_tty_contents" => machine.dump_tty_contents("1"),
    "wait_until_tty_matches" => machine.wait_until_tty_matches("1", "never"),
    "get_window_names" => machine.get_window_names(),
    "wait_for_window" => machine.wait_for_window("never"),
    "wait_for_x" => machine.wait_for_x(),
    "wait_for_open_port" => machine.wait_for_open_port(80),
    "wait_for_closed_port" => machine.wait_for_closed_port(80),
    "wait_for_open_unix_socket" => machine.wait_for_open_unix_socket("/never"),
    "wait_for_open_unix_datagram_socket" => machine.wait_for_open_unix_datagram_socket("/never"),
    "wait_for_unit" => machine.wait_for_unit("unit"),
    "wait_for_unit_state" => machine.wait_for_unit_state("unit", "active"),
    "get_unit_info" => machine.get_unit_info("unit"),
    "get_unit_property" => machine.get_unit_property("unit", "Id"),
    "require_unit_state" => machine.require_unit_state("unit", "active"),
    "start_job" => machine.start_job("unit"),
    "stop_job" => machine.stop_job("unit"),
    "units_of.start_job" => machine.units_of("root").start_job("unit"),
    "switch_root" => machine.switch_root(),
    "shutdown" => machine.shutdown(),
};

/// Those that need a program of the computer that the test runs on, without which they fail at once.
const CALLS_OF_TESSERACT: &[(&str, Call)] = &calls! { |machine|
    "get_screen_text" => machine.get_screen_text(),
    "get_screen_text_variants" => machine.get_screen_text_variants(),
    "wait_for_text" => machine.wait_for_text("never"),
};

/// Stops the first process of the fake machine that the shell is run by: the machine hangs.
const HANG: &str = r#"
[ -n "${PROCTOR_DEV:-}" ]
process=$$
until [ "$process" -le 1 ]; do
    [ "$(< "/proc/$process/comm")" != fake-machine ] || machine=$process
    read -r _ _ _ process _ < "/proc/$process/stat"
done
(sleep 0.3; kill -STOP "$machine") < /dev/null > /dev/null 2>&1 &"#;

fn hang(machine: &Machine) -> Result<()> {
    machine.succeed(HANG)?;
    std::thread::sleep(Duration::from_secs(1));
    Ok(())
}

fn check(name: &str, begun: Instant, outcome: Result<()>) -> Result<()> {
    let error = outcome.expect_err(name);
    let own = |limit: &str, budget: &Duration| limit == "the call's own timeout" && *budget == TIME;
    ensure!(
        matches!(error.kind(), ErrorKind::TimedOut { limit, budget, .. } if own(limit, budget)),
        "{name}: {error}"
    );
    ensure!(
        (TIME..TIME + LATE).contains(&begun.elapsed()),
        "{name} took {:?}",
        begun.elapsed()
    );
    Ok(())
}

#[proctor_sdk::test(tags = ["hangs"])]
fn every_method_heeds_the_time_that_it_has(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start_allowing_reboot()?;
    hang(&machine)?;
    let hurried = machine.within(TIME);
    for (name, call) in CALLS {
        let begun = Instant::now();
        check(name, begun, call(&hurried))?;
    }
    for (name, call) in CALLS_OF_TESSERACT {
        let begun = Instant::now();
        let outcome = call(&hurried);
        if !matches!(&outcome, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))) {
            check(name, begun, outcome)?;
        }
    }
    // Where a passed time is no error.
    let begun = Instant::now();
    let (executed, commanded) = (hurried.execute("true")?, hurried.command("true").execute()?);
    assert_eq!((executed.status, commanded.status), (124, 124));
    assert_eq!(hurried.systemctl("status")?.status, 124);
    ensure!(begun.elapsed() < TIME * 3 + LATE, "{:?}", begun.elapsed());
    // An own one comes first.
    let begun = Instant::now();
    let patient = machine.within(Duration::from_secs(600));
    let outcome = patient.command("true").timeout(TIME).succeed();
    check("command.timeout", begun, outcome.map(drop))?;
    let begun = Instant::now();
    hurried.crash()?;
    ensure!(begun.elapsed() < TIME + LATE, "{:?}", begun.elapsed());
    Ok(())
}

#[proctor_sdk::test(tags = ["hangs"])]
fn a_machine_that_hangs_crashes_at_once(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    hang(&machine)?;
    let begun = Instant::now();
    machine.crash()?;
    ensure!(begun.elapsed() < Duration::from_secs(3) + LATE, "{:?}", begun.elapsed());
    Ok(())
}

#[proctor_sdk::test(tags = ["boots"])]
fn a_boot_heeds_the_time_that_it_has(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    let begun = Instant::now();
    check("connect", begun, machine.within(TIME).connect())
}
