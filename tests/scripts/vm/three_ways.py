# What any machine with Linux can do: for a NixOS test, a machine of ours, or a QEMU command line.
machine.start()
machine.succeed("uname -s | grep Linux")

with subtest("files are kept while it runs"):
    machine.succeed("mkdir -p /tmp/kept && echo text > /tmp/kept/file")
    assert machine.succeed("cat /tmp/kept/file") == "text\n"

with subtest("what fails is an error"):
    with t.assertRaisesRegex(Exception, r"command `false` failed \(exit code 1\)"):
        machine.succeed("false")

machine.shutdown()
