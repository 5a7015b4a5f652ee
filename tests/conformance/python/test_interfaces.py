"""The other interfaces."""

import proctor
from proctor import log

SYSTEMCTL = r"""
cd "${PATH%%:*}"
printf '#!/bin/bash\n[ "$1" != --user ] || shift\ncase ${!#} in
    up) state=active ;; broken) state=failed ;; *) state=activating ;; esac
    case $1 in start | stop) echo "$1"; [ "$state" = active ] ;;
    *) printf "Id=%%s\nActiveState=$state\nSubState=sub\nLoadState=loaded\n" "${!#}" ;; esac\n' > systemctl
printf '#!/bin/sh\necho its last words\n' > journalctl
printf '#!/bin/bash\nexec bash -c "${!#}"\n' > su
chmod +x systemctl journalctl su
"""[1:]
"""Installs a `systemctl` of the tests' own."""


@proctor.test
def units(alpha: proctor.Machine) -> None:
    alpha.succeed(SYSTEMCTL)
    alpha.wait_for_unit("up")
    log.info(alpha.get_unit_property("up", "SubState"))
    alpha.wait_for_unit("up", user="alice")
    log.info(alpha.start_job("up").status)


@proctor.test("unit failed")
def unit_failed(alpha: proctor.Machine) -> None:
    alpha.succeed(SYSTEMCTL)
    alpha.wait_for_unit("broken")  # HERE


@proctor.test("unit failed caught")
def unit_failed_caught(alpha: proctor.Machine) -> None:
    alpha.succeed(SYSTEMCTL)
    try:
        alpha.wait_for_unit("broken")
    except proctor.UnitFailed as error:
        log.info(f"{error.code} {error.unit} {error.state} {','.join(error.journal)}")


@proctor.test
def console(alpha: proctor.Machine) -> None:
    alpha.succeed("echo marker-7 >&2")
    log.info(alpha.wait_for_console_text("marker-[0-9]"))


@proctor.test("wrong pattern")
def wrong_pattern(alpha: proctor.Machine) -> None:
    alpha.connect()
    alpha.wait_for_console_text("(")  # HERE


@proctor.test
def keyboard(alpha: proctor.Machine) -> None:
    alpha.connect()
    alpha.send_chars("ab")
    alpha.send_key("ctrl-c")


@proctor.test("keyboard without the letter")
def keyboard_without_the_letter(alpha: proctor.Machine) -> None:
    alpha.connect()
    alpha.send_chars("ß")  # HERE


@proctor.test
def files(alpha: proctor.Machine) -> None:
    alpha.copy_from_host("site/hello.txt", "hello.txt")
    log.info(alpha.succeed("cat hello.txt").strip())
    log.info(alpha.copy_from_machine("hello.txt", "copies"))
    alpha.wait_for_file("hello.txt")


@proctor.test("reading denied")
def reading_denied(alpha: proctor.Machine) -> None:
    alpha.copy_from_host("/etc/hostname", "hostname")  # HERE


@proctor.test
def network(alpha: proctor.Machine) -> None:
    alpha.connect()
    alpha.block()
    alpha.unblock()
    alpha.wait_for_closed_port(1)


@proctor.test("forwarding denied")
def forwarding_denied(alpha: proctor.Machine) -> None:
    alpha.start()
    alpha.forward_port(0, 80)  # HERE


@proctor.test("denial caught")
def denial_caught(alpha: proctor.Machine) -> None:
    alpha.start()
    try:
        alpha.forward_port(0, 80)
    except proctor.Denied as error:
        log.info(f"{error.code} {error.capability}")


@proctor.test
def monitor(alpha: proctor.Machine) -> None:
    alpha.start()
    log.info(alpha.send_monitor_command("info status").strip())
    answer = alpha.send_qmp_command("query-status")
    log.info(str("running" in str(answer)).lower())


@proctor.test("monitor refuses")
def monitor_refuses(alpha: proctor.Machine) -> None:
    alpha.start()
    alpha.send_qmp_command("no-such-command")  # HERE


@proctor.test("screen missing")
def screen_missing(alpha: proctor.Machine) -> None:
    alpha.connect()
    alpha.screenshot("picture")  # HERE
