# What cannot work in a sandbox says so, and what to do instead. Machine: machine.
import concurrent.futures
import getpass
import random
import shutil
import signal
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
    lambda: socket.gethostbyname("localhost"),
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
for module in ("ssl", "ctypes", "multiprocessing", "fcntl", "sqlite3", "lzma", "compression.zstd", "concurrent.interpreters"):
    text = text_of(lambda: __import__(module))
    assert "a test script runs in a sandbox, without the system that it needs" in text, text
for attribute in ("shared_dir", "monitor_path", "process", "pid", "serial_thread", "last_lines"):
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

# The directory with the machine's disks is not seen; it can be another machine's.
for action in (lambda: os.path.join(machine.state_dir, "x"), lambda: machine.state_dir / "x", lambda: f"{machine.state_dir}/x"):
    text = text_of(action)
    assert text.startswith("MachineError: ") and "--allow-create-machine" in text, text
assert repr(machine.state_dir) == "<the state directory of machine 'machine'>"
machine.state_dir = machine.state_dir
# Variables that start scripts look at would have them do anything; others are the script's own.
for name in ("QEMU_OPTS", "QEMU_NET_OPTS", "NIX_DISK_IMAGE", "NIXPKGS_QEMU_KERNEL_machine"):
    text = text_of(lambda: os.environ.update({name: "-device evil"}))
    assert text.startswith("MachineError: ") and f"`{name}`" in text and "--allow-create-machine" in text, text
    assert name not in os.environ
os.environ["MINE"] = "mine"
del os.environ["MINE"]
os.environ.pop("QEMU_OPTS", None)

# Who it is, and what it has not.
assert os.getuid() == os.geteuid() == 1000 and os.getgid() == os.getegid() == 100 and os.getlogin() == getpass.getuser() == "nixbld"
assert os.umask(0o077) == 0o022 and os.umask(0o022) == 0o077
for action in (lambda: os.mkfifo("pipe"), lambda: os.symlink("a", "b"), lambda: os.link("a", "b")):
    text = text_of(action)
    assert text.startswith("PermissionError") and "plain files and directories" in text, text
assert "calls take a timeout" in text_of(lambda: signal.alarm(5)) and "df" in text_of(lambda: shutil.disk_usage("/"))
for wrong in (float("nan"), float("inf"), 1e300):
    for action in (lambda: machine.wait_for_file("/x", wrong), lambda: retry(lambda _: True, timeout=wrong)):
        text = text_of(action)
        assert text.startswith("ValueError: a duration must be a number of seconds"), text

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
from test_driver.driver import SUBTEST_PREFIX, get_tmp_dir
from test_driver.efi import EfiVariable
from test_driver.logger import Logger
from test_driver.machine import CHAR_TO_KEY, LegacyStartCommand, NixStartScript, QemuStartCommand, StartCommand
from test_driver.machine import ocr
from test_driver.machine.qmp import QMPAPIError
from test_driver.qmp import QMPAPIError as SameError

assert SameError is QMPAPIError and isinstance(log, Logger) and isinstance(NixStartScript("a"), StartCommand)
assert NixStartScript("/nix/run-a-b-vm").machine_name == "a-b" and QemuStartCommand("x").machine_name == "machine"
assert len(CHAR_TO_KEY) == 60 and CHAR_TO_KEY["A"] == "shift-a" and CHAR_TO_KEY["+"] == "shift-0x0D" and CHAR_TO_KEY["\n"] == "ret"
assert EfiVariable("a", "b", b"c").data == b"c" and get_tmp_dir() == driver.out_dir.__class__("/tmp") and SUBTEST_PREFIX
assert "dictionary" in text_of(LegacyStartCommand) and "get_screen_text" in text_of(lambda: ocr.perform_ocr_on_screenshot("x"))
assert log.sanitise("a\x1b\tb") == "ab"
log.log_line("a line")
log.close()
with driver as same:
    assert same is driver and driver.global_timeout > 0
driver.race_timer.cancel()
assert text_of(driver.terminate_test).startswith("SystemExit")
assert machine.callbacks == [] and machine.allow_reboot is False
machine.shell.send(b"touch sent-to-the-shell\n")
machine.wait_for_file("sent-to-the-shell", timeout=30)
assert Same is Machine and rootlog is log and PollingConditionFailed is PollingConditionError
