"""The life of a machine."""

import proctor
from proctor import log


@proctor.test
def life(alpha: proctor.Machine) -> None:
    alpha.start()
    alpha.connect()
    log.info(str(alpha.is_up).lower())
    alpha.crash()
    log.info(str(alpha.is_up).lower())
    alpha.succeed("true")
    alpha.shutdown()
    alpha.wait_for_shutdown()
    log.info(str(alpha.is_up).lower())


@proctor.test("reboot refused")
def reboot_refused(alpha: proctor.Machine) -> None:
    alpha.start()
    alpha.reboot()  # HERE


@proctor.test("keyboard of a machine that is off")
def keyboard_of_a_machine_that_is_off(alpha: proctor.Machine) -> None:
    alpha.send_key("a")  # HERE


@proctor.test("machine dies")
def machine_dies(alpha: proctor.Machine) -> None:
    alpha.connect()
    alpha.succeed("poweroff; sleep 60")  # HERE
