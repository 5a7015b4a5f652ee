# What cannot work in a sandbox says so, and what to do instead. Machine: machine.
import concurrent.futures
import random
import socket
import subprocess
import threading
import time
import urllib.request

def text_of(action):
    try:
        action()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    raise Exception("nothing was raised")

PROGRAMS = "a test script cannot run programs on the host, it runs in a sandbox"
for action in (
    lambda: subprocess.run(["ls"]),
    lambda: subprocess.check_output("ls", shell=True),
    lambda: subprocess.Popen("ls"),
    lambda: os.system("ls"),
    lambda: os.popen("ls"),
    lambda: os.execv("/bin/ls", ["ls"]),
    lambda: os.fork(),
    lambda: os.kill(1, 9),
):
    text = text_of(action)
    assert text.startswith(f"MachineError: {PROGRAMS}") and "machine.succeed()" in text, text
for action in (
    lambda: socket.socket(),
    lambda: socket.create_connection(("localhost", 80)),
    lambda: socket.getaddrinfo("localhost", 80),
    lambda: urllib.request.urlopen("http://localhost/"),
):
    text = text_of(action)
    assert "a test script cannot reach networks, it runs in a sandbox" in text, text
for action in (
    lambda: threading.Thread(target=print).start(),
    lambda: concurrent.futures.ThreadPoolExecutor().submit(print),
):
    text = text_of(action)
    assert text.startswith("MachineError: a test script has one thread") and "start_all()" in text, text
for module in ("ssl", "ctypes", "multiprocessing", "fcntl", "sqlite3", "lzma"):
    text = text_of(lambda: __import__(module))
    assert "a test script runs in a sandbox, without the system that it needs" in text, text
for attribute in ("state_dir", "shared_dir", "monitor_path", "process", "pid"):
    text = text_of(lambda: getattr(machine, attribute))
    assert text.startswith(f"MachineError: machine.{attribute} is a thing of the host"), text
    assert not hasattr(machine, attribute)
assert not hasattr(type("X", (), {})(), "x") and "AttributeError" in text_of(lambda: getattr(machine, "suceed")("x"))
for action in (machine.read_efi_vars, machine.ssh_backdoor_command, machine.shell_interact, machine.console_interact):
    assert len(text_of(action)) > 40, action
assert "--allow-monitor" in text_of(lambda: machine.send_monitor_command("info status"))
assert "--allow-forward-port" in text_of(lambda: machine.forward_port(8080, 80))
assert "--allow-create-machine" in text_of(lambda: create_machine("qemu-kvm", name="other"))
assert "EOF" in text_of(input)

# What works: time, and randomness that is not the same in every run.
start = time.monotonic()
time.sleep(0.05)
assert 0.05 <= time.monotonic() - start < 5
log.info(f"random: {random.random()}")
for name in (
    "argparse ast base64 bisect calendar collections configparser contextlib copy csv dataclasses datetime decimal difflib "
    "email.message enum fnmatch fractions functools gzip hashlib heapq hmac html.parser http.client importlib inspect io "
    "ipaddress itertools json locale logging math operator os.path pathlib pickle platform pprint queue re secrets select "
    "shlex shutil statistics string struct tarfile tempfile textwrap traceback types typing unicodedata unittest.mock uuid "
    "warnings weakref xml.dom.minidom xml.etree.ElementTree zipfile zlib zoneinfo tomllib asyncio"
).split():
    __import__(name)
from test_driver.driver import Driver
from test_driver.errors import MachineError, RequestedAssertionFailed
from test_driver.logger import rootlog
from test_driver.machine import Machine as Same, NspawnMachine as Container, retry as again
from test_driver.polling_condition import PollingCondition, PollingConditionError, PollingConditionFailed
from test_driver.vlan import VLan
assert Same is Machine and rootlog is log and PollingConditionFailed is PollingConditionError
