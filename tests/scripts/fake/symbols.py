# Every name that the NixOS driver puts into a script's scope. Machines: web-server, database; VLANs 1 and 2.
import datetime

assert [m.name for m in machines] == ["database", "web-server"], machines
assert machines_qemu == machines and machines_nspawn == []
# A name that is none of Python's has another.
assert web_server is machines[1] and database is machines[0]
assert repr(database) == "<QemuMachine 'database'>", repr(database)
assert isinstance(database, Machine) and isinstance(database, BaseMachine) and isinstance(database, QemuMachine)
assert [v.nr for v in vlans] == [1, 2] and vlan1.nr == 1 and vlan2 is vlans[1] and repr(vlan1) == "<Vlan Nr. 1>"
assert vlan1.is_up()
assert os.path.isdir(driver.out_dir) and os.environ["out"] == str(driver.out_dir)
assert driver.machines == machines and driver.vlans == vlans and driver.polling_conditions == []
assert "Every name that the NixOS driver" in driver.tests
assert set(driver.test_symbols()) >= {"start_all", "web_server", "vlan2", "t"}

start_all()
for machine_ in machines:
    machine_.connect()
    assert machine_.is_up() and machine_.booted and machine_.connected

with subtest("the log has levels and groups"):
    log.debug("for those who look closely")
    log.info("information")
    log.log("a line of a machine", {"machine": "database"})
    log.warning("a warning")
    log.log_test_error("what is wrong")
    with log.nested("outer"), web_server.nested("inner"):
        web_server.log("in the innermost")
    web_server.log_serial("as if from the console")
    print("printed")
    serial_stdout_off()
    serial_stdout_on()

with subtest("retry"):
    tries = []
    retry(lambda last: tries.append(last) or len(tries) == 3)
    assert tries == [False, False, False]
    tries.clear()
    try:
        retry(lambda last: tries.append(last), timeout=datetime.timedelta(seconds=0.1))
    except Exception as error:
        assert str(error).startswith("action timed out after 0.") and str(error).endswith(" seconds (timeout=0.1)"), error
    assert tries[-1] is True and not any(tries[:-1]), tries
    retry(lambda _: True, 5)
    retry(lambda _: True, timeout_seconds=5)

with subtest("assertions"):
    t.assertEqual(1, 1)
    t.assertIn("a", "abc")
    with t.assertRaises(ZeroDivisionError):
        1 / 0
    try:
        t.assertEqual(1, 2)
    except Exception as error:
        assert type(error).__name__ == "RequestedAssertionFailed" and str(error) == "1 != 2", repr(error)

with subtest("what a subtest raises goes on"):
    try:
        with subtest("inner"):
            raise ValueError("as it was")
    except ValueError as error:
        assert str(error) == "as it was"

debug.breakpoint()
dump_machine_ssh(0)
for machine_ in machines:
    machine_.shutdown()
join_all()
assert not any(machine_.is_up() for machine_ in machines)
assert callable(test_script) and callable(run_tests) and callable(create_machine) and callable(polling_condition)
try:
    NspawnMachine("container")
except Exception as error:
    assert "containers are not supported" in str(error)
