# A machine that reboots, by keys and by itself, and keeps what is on its disk.
machine.start(allow_reboot=True)
machine.wait_for_unit("multi-user.target")
machine.succeed("echo kept > /root/kept && sync")

def boot():
    return machine.succeed("cat /proc/sys/kernel/random/boot_id")

first = boot()
machine.reboot()
machine.wait_for_unit("multi-user.target")
second = boot()
assert second != first
assert machine.succeed("cat /root/kept") == "kept\n"
machine.execute("systemctl reboot", check_return=False)
machine.connected = False
assert boot() != second
machine.wait_for_unit("multi-user.target")
assert machine.succeed("cat /root/kept") == "kept\n"
with subtest("power that fails loses what is in memory"):
    machine.succeed("touch /run/gone")
    machine.crash()
    machine.start()
    machine.fail("test -e /run/gone")
    machine.succeed("test -e /root/kept")
machine.shutdown()
