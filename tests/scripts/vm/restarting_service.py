# A service that has to come back when it is killed, and a condition that holds all the while.
import re

start_all()
machine.wait_for_unit("default.target")
machine.succeed(
    "systemd-run --unit=worker --property=Restart=always --property=RestartSec=0 "
    "bash -c 'echo working; exec sleep 1000'"
)
machine.wait_for_unit("worker.service")

@polling_condition
def system_is_sane():
    "the system's bus answers"
    machine.succeed("systemctl is-system-running || systemctl --failed | grep -q failing")

def restarts():
    return int(machine.get_unit_property("worker.service", "NRestarts"))

with system_is_sane:
    for attempt in range(3):
        with subtest(f"it is killed for the {attempt + 1}. time"):
            pid = machine.get_unit_property("worker.service", "MainPID")
            assert re.fullmatch(r"[1-9]\d*", pid), pid
            machine.succeed(f"kill -9 {pid}")
            retry(lambda last: restarts() > attempt, timeout=60)
            machine.wait_for_unit("worker.service")
            assert machine.get_unit_property("worker.service", "MainPID") != pid
assert machine.succeed("journalctl --unit worker --output cat | grep --line-regexp --count working").strip() == "4"
