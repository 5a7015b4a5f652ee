"""Commands."""

import proctor
from proctor import log

SHORT = 0.3
"""The limit of waits that are in vain, in seconds."""


@proctor.test
def output(alpha: proctor.Machine) -> None:
    out = alpha.succeed("echo hello")
    log.info(out.strip())


@proctor.test("output of two machines")
def output_of_two_machines(alpha: proctor.Machine, beta: proctor.Machine) -> None:
    log.info(alpha.succeed("echo alpha").strip())
    log.info(beta.succeed("echo beta").strip())


@proctor.test("status and output")
def status_and_output(alpha: proctor.Machine) -> None:
    result = alpha.execute("echo out; exit 7")
    log.info(f"{result.status} {result.output.strip()}")


@proctor.test("failing as wanted")
def failing_as_wanted(alpha: proctor.Machine) -> None:
    log.info(alpha.fail("echo no; exit 3").strip())


@proctor.test("command failed")
def command_failed(alpha: proctor.Machine) -> None:
    alpha.succeed("echo out; exit 3")  # HERE


@proctor.test("command succeeded")
def command_succeeded(alpha: proctor.Machine) -> None:
    alpha.fail("echo yes")  # HERE


@proctor.test("error caught")
def error_caught(alpha: proctor.Machine) -> None:
    try:
        alpha.succeed("echo out; exit 3")
    except proctor.CommandFailed as error:
        log.info(f"{error.code} {error.command} {error.status} {error.output.strip()} {error.machine} {error.action}")


@proctor.test("until it succeeds")
def until_it_succeeds(alpha: proctor.Machine) -> None:
    out = alpha.wait_until_succeeds('n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; echo "try $n"; [ $n -ge 2 ]')
    log.info(out.strip())


@proctor.test("until it fails")
def until_it_fails(alpha: proctor.Machine) -> None:
    out = alpha.wait_until_fails("[ ! -e failing ] && touch failing")
    log.info(f"failed {len(out.bytes)}")


@proctor.test("timed out")
def timed_out(alpha: proctor.Machine) -> None:
    alpha.wait_until_succeeds("echo seen; exit 9", timeout=SHORT)  # HERE


@proctor.test("timed out caught")
def timed_out_caught(alpha: proctor.Machine) -> None:
    try:
        alpha.wait_until_succeeds("exit 9", timeout=SHORT)
    except proctor.TimedOut as error:
        log.info(f"{error.code} {error.limit} {error.budget * 1000:.0f}")


@proctor.test("execute in time")
def execute_in_time(alpha: proctor.Machine) -> None:
    log.info(alpha.execute("sleep 60", timeout=SHORT).status)


@proctor.test("succeed in time")
def succeed_in_time(alpha: proctor.Machine) -> None:
    alpha.succeed("sleep 60", timeout=SHORT)  # HERE


@proctor.test("bytes")
def exact_bytes(alpha: proctor.Machine) -> None:
    log.info(alpha.succeed(r"printf '\000\377\200ok'").bytes.hex())


@proctor.test("text of bytes")
def text_of_bytes(alpha: proctor.Machine) -> None:
    log.info(alpha.succeed(r"printf 'a\377b'"))


@proctor.test
def unicode(alpha: proctor.Machine) -> None:
    with proctor.subtest("grüße 🎉"):
        log.info(alpha.succeed("echo 'grüß 日本 🎉'").strip())


@proctor.test
def nul(alpha: proctor.Machine) -> None:
    alpha.succeed("echo a\0b")  # HERE


@proctor.test("long command")
def long_command(alpha: proctor.Machine) -> None:
    log.info(alpha.succeed(f"printf %s {'x' * 1_000_000} | wc -c").strip())


@proctor.test("large output")
def large_output(alpha: proctor.Machine) -> None:
    log.info(len(alpha.succeed("head -c 8388608 /dev/zero").bytes))


@proctor.test("too large output")
def too_large_output(alpha: proctor.Machine) -> None:
    alpha.succeed("head -c 20000000 /dev/zero")  # HERE


@proctor.test("shell killed")
def shell_killed(alpha: proctor.Machine) -> None:
    alpha.succeed("kill -9 $PPID $$; sleep 1")  # HERE


@proctor.test
def sleep(alpha: proctor.Machine) -> None:
    alpha.sleep(0.05)
    log.info("slept")
