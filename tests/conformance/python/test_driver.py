"""The driver."""

import proctor
from proctor import log


@proctor.test
def lookups(driver: proctor.Driver) -> None:
    log.info(f"machines: {' '.join(machine.name for machine in driver.machines)}")
    log.info(f"vlans: {' '.join(str(vlan.number) for vlan in driver.vlans)}")
    log.info(f"vlan 1 is up: {str(driver.vlan(1).is_up).lower()}")
    log.info(f"colour: {driver.parameter('colour', 'none')}")
    log.info(f"shape: {driver.parameter('shape', 'none')}")


@proctor.test(tags=["one", "two"], timeout=60)
def metadata() -> None:
    """What the list tells"""


@proctor.test("machine unknown")
def machine_unknown(driver: proctor.Driver) -> None:
    driver.machine("gamma")  # HERE


@proctor.test("vlan unknown")
def vlan_unknown(driver: proctor.Driver) -> None:
    driver.vlan(9)  # HERE


@proctor.test("only machine of two")
def only_machine_of_two(driver: proctor.Driver) -> None:
    driver.only_machine()  # HERE


@proctor.test("output file")
def output_file(driver: proctor.Driver) -> None:
    driver.write_output_file("notes/a.txt", "text")
    log.info("written")


@proctor.test("output file outside")
def output_file_outside(driver: proctor.Driver) -> None:
    driver.write_output_file("../a.txt", "text")  # HERE


@proctor.test("start all")
def start_all(machines: proctor.Machines) -> None:
    machines.start_all()
    alpha, beta = machines["alpha"], machines["beta"]
    alpha.connect()
    beta.connect()
    log.info(f"{str(alpha.is_up).lower()} {str(beta.is_up).lower()}")
