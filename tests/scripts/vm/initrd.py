# A machine that is looked at in its initial RAM disk, and then goes on.
start_all()
machine.wait_for_unit("initrd.target")
machine.succeed("test -e /etc/initrd-release")
machine.switch_root()
machine.wait_for_unit("multi-user.target")
machine.fail("test -e /etc/initrd-release")
