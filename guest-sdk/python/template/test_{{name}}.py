"""Tests of one machine, whatever its name."""

import proctor


@proctor.test
def hello(machine: proctor.Machine) -> None:
    """The machine says hello."""
    output = machine.succeed("echo hello")
    assert output.strip() == "hello"
    proctor.log.info(f"{machine.name} printed {len(output.bytes)} bytes")

    with proctor.subtest("a file is written and read again"):
        machine.succeed("echo kept > /tmp/note")
        assert machine.succeed("cat /tmp/note") == "kept\n"
