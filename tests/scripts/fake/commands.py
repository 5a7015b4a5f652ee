# Commands: their results, their errors word for word, old and new spellings. Machine: machine.
from datetime import timedelta

def error_of(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise Exception("nothing was raised")

machine.start()
assert machine.succeed("echo one", "echo two") == "one\ntwo\n"
assert machine.succeed("printf '\\xc3\\x28'") == "\ufffd("
assert machine.execute("echo out; exit 3") == (3, "out\n")
assert machine.execute("exit 3", check_return=False) == (-1, "")
assert machine.execute("sleep 100; echo never", check_return=False, check_output=False) == (-2, "")
assert machine.execute("sleep 100", timeout=1) == (124, "")
assert machine.execute("sleep 100", timeout=timedelta(milliseconds=300))[0] == 124
assert machine.execute("cat", True, True, 900) == (0, "")
assert machine.fail("echo gone; false", "exit 2") == "gone\n"
# Commands run under `set -euo pipefail`.
assert machine.execute("false | true")[0] == 1
assert machine.execute("echo $nothing_of_that_name")[0] != 0
assert machine.execute("false; true")[0] == 1
machine.succeed("echo a &&\n  echo b")

assert error_of(lambda: machine.succeed("exit 7")) == "RequestedAssertionFailed: command `exit 7` failed (exit code 7)"
assert error_of(lambda: machine.succeed("echo fine", "false", "touch /tmp/never")) == (
    "RequestedAssertionFailed: command `false` failed (exit code 1)"
)
assert error_of(lambda: machine.fail("true")) == "RequestedAssertionFailed: command `true` unexpectedly succeeded"
text = error_of(lambda: machine.wait_until_succeeds("test -e /nowhere/at/all", timeout=1))
assert text.startswith("RequestedAssertionFailed: action timed out after 1.") and text.endswith(" seconds (timeout=1.0)"), text
text = error_of(lambda: machine.wait_until_fails("true", timeout=timedelta(seconds=1)))
assert text.startswith("RequestedAssertionFailed: action timed out after 1."), text
# An attempt that blocks does not outlast the wait.
text = error_of(lambda: machine.wait_until_succeeds("sleep 600", 1))
assert text.startswith("RequestedAssertionFailed: action timed out after 1."), text
assert "lone surrogate" not in error_of(lambda: machine.succeed(5)) and "TypeError" in error_of(lambda: machine.succeed(5))

machine.succeed("rm -f later; (sleep 0.3; touch later) > /dev/null &")
assert machine.wait_until_succeeds("test -e later && echo there") == "there\n"
machine.succeed("(sleep 0.3; rm later) > /dev/null &")
machine.wait_until_fails("test -e later")
machine.sleep(1)
machine.sleep(timedelta(milliseconds=10))
machine.succeed("true", timeout=60)
assert error_of(lambda: machine.succeed("sleep 60", timeout=0.5)) == (
    "RequestedAssertionFailed: command `sleep 60` failed (exit code 124)"
)
assert machine.fail("echo begun; sleep 60", timeout=0.5) == "begun\n"
assert error_of(lambda: machine.fail("true", timeout=5)) == "RequestedAssertionFailed: command `true` unexpectedly succeeded"

# A command that takes the machine down: no answer is needed.
assert machine.execute("poweroff; sleep 60", check_return=False) == (-1, "")
machine.wait_for_shutdown()
assert not machine.is_up()
# The next command starts it again.
machine.succeed("true")
machine.crash()
machine.start(allow_reboot=True)
machine.connect()
machine.shutdown()
machine.shutdown()
machine.release()
machine.run_callbacks()
machine.cleanup_statedir()
