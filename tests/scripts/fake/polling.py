# Polling conditions in all their forms. Machine: machine.
from datetime import timedelta

def error_of(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise Exception("nothing was raised")

start_all()
looks = []

@polling_condition
def file_is_there():
    "the file is there"
    looks.append(1)
    machine.succeed("test -e there")

machine.succeed("touch there")
with file_is_there:
    machine.succeed("true")
    assert looks, "it was not looked at"
    assert len(driver.polling_conditions) == 1
assert driver.polling_conditions == []

@polling_condition(seconds_interval=0.1, description="a description of its own")
def second():
    return "there" in machine.succeed("ls")

def breaks():
    with second:
        machine.succeed("rm there; sleep 0.2")
        machine.succeed("true")

assert error_of(breaks) == "PollingConditionError: Polling condition failed: a description of its own"
# A wait breaks off as soon as it does not hold.
machine.succeed("touch there; (sleep 0.5; rm there) > /dev/null &")

def waits():
    with second:
        machine.wait_until_succeeds("test -e never", timeout=60)

assert error_of(waits) == "PollingConditionError: Polling condition failed: a description of its own"

# A closure, which changes.
wanted = True

@polling_condition(seconds_interval=timedelta(milliseconds=50))
def changes():
    return wanted

with changes:
    machine.succeed("true")
wanted = False
assert error_of(lambda: changes.wait(timeout=1)).startswith("RequestedAssertionFailed: action timed out after 1.")
assert changes.condition.check(force=True) is False
assert error_of(changes.condition.maybe_raise) if changes.condition.overdue else True
wanted = True
changes.wait()
assert changes.condition.check(force=True) is True and changes.condition.description == "changes"

# Nested, and one in another's function.
with changes, second if machine.succeed("touch there") == "" else changes:
    machine.succeed("sleep 0.2")
    assert len(driver.polling_conditions) == 2
driver.check_polling_conditions()

# In the end of its scope nobody looks.
wanted = True
with changes:
    machine.succeed("true")
    wanted = False
machine.succeed("true")
try:
    wanted = True
    with changes:
        machine.succeed("true")
        wanted = False
        raise KeyError("the body's own")
except KeyError:
    pass
# Of two scopes of the same condition the outer goes on.
wanted = True

def inner_ends():
    global wanted
    with changes:
        with changes:
            machine.succeed("true")
        wanted = False
        machine.succeed("sleep 0.2")
        machine.succeed("true")

assert error_of(inner_ends) == "PollingConditionError: Polling condition failed: changes"
assert driver.polling_conditions == []

# An error in its function is as good as False.
@polling_condition(description="never")
def raises():
    raise RuntimeError("why not")

def with_raises():
    with raises:
        machine.succeed("true")

assert error_of(with_raises) == "PollingConditionError: Polling condition failed: never"
