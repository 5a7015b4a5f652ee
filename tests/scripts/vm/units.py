# Units and users, with the errors that scripts know.
start_all()

def error_of(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise Exception("nothing was raised")

machine.start_job("failing.service")
assert error_of(lambda: machine.wait_for_unit("failing.service")) == (
    'RequestedAssertionFailed: unit "failing.service" reached state "failed"'
)
assert error_of(lambda: machine.wait_for_unit("idle.service")) == (
    'RequestedAssertionFailed: unit "idle.service" is inactive and there are no pending jobs'
)
machine.succeed("systemctl start --no-block slow.service")
machine.wait_for_unit("slow.service", timeout=60)
machine.wait_for_job("slow.service")
text = error_of(lambda: machine.require_unit_state("slow.service", "inactive"))
assert text == (
    "RequestedAssertionFailed: Expected unit 'slow.service' to to be in state 'inactive' but it is in state 'active'"
), text
text = error_of(lambda: machine.get_unit_info("x.service", "nobody-of-that-name"))
assert text.startswith('RequestedAssertionFailed: retrieving systemctl info for unit "x.service" under user "nobody-of-that-name" failed'), text
status, output = machine.systemctl("is-active slow.service")
assert (status, output) == (0, "active\n")
machine.succeed("loginctl enable-linger alice")
machine.wait_for_unit("default.target", "alice")
machine.systemctl("start greeter.service", "alice")
machine.wait_for_unit("greeter.service", user="alice", timeout=60)
assert machine.get_unit_property("greeter.service", "ActiveState", "alice") == "active"
assert machine.start_job("greeter.service", user="alice")[0] == 0
assert machine.stop_job("greeter.service", "alice")[0] == 0
assert machine.get_unit_info("greeter.service", "alice")["ActiveState"] == "inactive"
machine.succeed("rm -f /tmp/stream; systemd-run --unit=listener --property=Type=simple "
                "systemd-socket-activate --listen=/tmp/stream cat")
machine.wait_for_open_unix_socket("/tmp/stream", timeout=60)
