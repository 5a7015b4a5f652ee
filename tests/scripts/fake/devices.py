# Console, keyboard, screen, monitors, network, power. Machine: machine, with all grants.
import re

def error_of(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise Exception("nothing was raised")

machine.start()
machine.connect()
with subtest("console"):
    assert "Linux version" in machine.get_console_log()
    machine.wait_for_console_text(r"Linux version \d")
    machine.succeed("echo first > \"$PROCTOR_DEV/ttyS0\"; echo second > \"$PROCTOR_DEV/ttyS0\"")
    machine.wait_for_console_text("first\nsecond")
    # Look-around, references, compiled patterns: what only Python's expressions have.
    machine.succeed("echo 'unit abc abc started' > \"$PROCTOR_DEV/ttyS0\"")
    machine.wait_for_console_text(r"unit (\w+) \1(?= started)", timeout=10)
    machine.succeed("echo SHOUTED > \"$PROCTOR_DEV/ttyS0\"")
    machine.wait_for_console_text(re.compile("shouted", re.IGNORECASE), timeout=10)
    text = error_of(lambda: machine.wait_for_console_text("never", timeout=1))
    assert text.startswith("RequestedAssertionFailed: action timed out after 1.") and text.endswith("(timeout=1.0)"), text
    text = error_of(lambda: machine.wait_for_console_text("(?<!x)never", timeout=1))
    assert text.startswith("RequestedAssertionFailed: action timed out after 1.") and text.endswith("(timeout=1.0)"), text
    assert "PatternError" in error_of(lambda: machine.wait_for_console_text("("))
    machine.send_console("typed\n")
    machine.wait_for_console_text("typed")
    assert "Linux version" in "".join(machine.full_console_log)

with subtest("keyboard"):
    machine.send_key("ctrl-alt-f2")
    machine.send_key("a", delay=None)
    machine.send_key("A", 0.02, log=False)
    machine.send_chars("hello, World!\n")
    machine.send_chars(["a", "ret", "ctrl-c"], delay=0)

with subtest("network"):
    machine.block()
    machine.unblock()
    machine.forward_port(host_port=0, guest_port=22)
    machine.succeed("python3 -c 'import socket, time; s = socket.create_server((\"127.0.0.1\", 0)); "
                    "open(\"port\", \"w\").write(str(s.getsockname()[1])); time.sleep(60)' > /dev/null 2>&1 &")
    machine.wait_until_succeeds("test -s port")
    port = int(machine.succeed("cat port"))
    machine.wait_for_open_port(port)
    machine.wait_for_open_port(port, "127.0.0.1", timeout=10)
    assert error_of(lambda: machine.wait_for_closed_port(port, timeout=1)).startswith("RequestedAssertionFailed: action timed out")
    machine.succeed("pkill -f 'socket.create_server' || true")
    machine.wait_for_closed_port(port, addr="localhost")

with subtest("monitors"):
    assert "running" in machine.send_monitor_command("info status")
    assert machine.wait_for_monitor_prompt() == ""
    assert machine.qmp_client.send("query-status")["return"]["running"] is True
    from test_driver.machine.qmp import QMPAPIError

    try:
        machine.qmp_client.send("no-such-command")
        raise Exception("nothing was raised")
    except QMPAPIError as error:
        assert error.class_name == "CommandNotFound" and "no-such-command" in error.description, error
        assert error.transaction_id is None and "class=CommandNotFound" in error.message
    # What the monitors' grant gives besides: the directory with the machine's disks.
    stick = os.path.join(machine.state_dir, "usbstick.img")
    open(stick, "wb").write(bytes(1024))
    assert (machine.state_dir / "usbstick.img").stat().st_size == 1024
    assert error_of(lambda: setattr(machine, "state_dir", "/nowhere")).startswith("MachineError: a machine's state_dir can be")
    machine.send_monitor_command("stop")
    machine.qmp_client.send("cont")
    event = machine.wait_for_qmp_event(lambda event: event["event"] == "RESUME", timeout=10)
    assert event["event"] == "RESUME" and "timestamp" in event, event
    machine.qmp_client.send("stop", {})
    assert machine.qmp_client.wait_for_event(timeout=10)["event"] == "STOP"
    machine.qmp_client.send("cont")
    assert [event["event"] for event in machine.qmp_client.events(timeout=0.5)] == ["RESUME"]
    assert error_of(lambda: machine.wait_for_qmp_event(lambda event: True, timeout=0.2)).startswith("TimeoutError")

with subtest("power"):
    machine.shutdown()
    assert not machine.is_up()
    machine.start()
    machine.wait_for_console_text("Linux version", timeout=10)
    machine.crash()
