# Files: what a script has on its own, what it copies, what it may not touch. Machine: machine; granted: a directory.
import json
import pathlib
import shutil
import sys
import tempfile

def error_of(action):
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise Exception("nothing was raised")

start_all()
with subtest("temporary files come and go"):
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory) / "deep" / "file.txt"
        source.parent.mkdir()
        source.write_text("from the script")
        machine.copy_from_host(str(source), "received/file.txt")
        assert machine.succeed("cat received/file.txt") == "from the script"
        # Into a directory, as cp does.
        machine.copy_from_host(source, "received")
        machine.succeed("mkdir -p into")
        machine.copy_from_host(str(source.parent), "into")
        assert machine.succeed("cat into/deep/file.txt") == "from the script"
        machine.copy_from_host_via_shell(str(source), "by-shell/file.txt")
        assert machine.succeed("cat by-shell/file.txt") == "from the script"
    assert not source.exists()
    with tempfile.NamedTemporaryFile("w+") as file:
        print(json.dumps({"a": 1}), file=file, flush=True)
        assert json.loads(open(file.name).read()) == {"a": 1}
    open("relative.txt", "w").write("here")
    assert os.listdir(os.getcwd()) == ["relative.txt"] and os.getcwd() == "/tmp"

with subtest("the output directory"):
    machine.succeed("mkdir -p results/deep && echo result > results/deep/a.txt")
    machine.copy_from_machine("results/deep/a.txt")
    machine.copy_from_machine("results", "some/where")
    machine.copy_from_vm("results/deep/a.txt", "old")
    assert (driver.out_dir / "a.txt").read_text() == "result\n"
    assert (driver.out_dir / "some/where/results/deep/a.txt").read_text() == "result\n"
    machine.copy_from_machine("results/deep/a.txt", str(driver.out_dir / "absolute"))
    assert os.path.exists(f"{driver.out_dir}/absolute/a.txt")
    machine.copy_from_machine("results", "/tmp/received")
    machine.copy_from_machine("results/deep/a.txt", "/tmp/received/../again")
    assert open("/tmp/received/results/deep/a.txt").read() == open("/tmp/again/a.txt").read() == "result\n"
    text = error_of(lambda: machine.copy_from_machine("results/deep/a.txt", "/var/lib"))
    assert text.startswith("MachineError: what comes out of a machine cannot go to '/var/lib'") and "'/tmp'" in text, text
    shutil.rmtree("/tmp/received")
    shutil.rmtree("/tmp/again")
    (driver.out_dir / "written.txt").write_text("by the script")
    os.makedirs(driver.out_dir / "made" / "by")
    shutil.copy(driver.out_dir / "a.txt", driver.out_dir / "made/by/copy.txt")
    os.rename(driver.out_dir / "written.txt", driver.out_dir / "renamed.txt")
    for refused in (
        lambda: open(driver.out_dir / "events.jsonl", "a"),
        lambda: open(driver.out_dir / "some/../events.jsonl", "r+"),
        lambda: os.remove(driver.out_dir / "events.jsonl"),
        lambda: os.utime(driver.out_dir / "events.jsonl", (1, 1)),
        lambda: os.rename(driver.out_dir / "a.txt", driver.out_dir / "events.jsonl"),
        lambda: os.rename(driver.out_dir / "events.jsonl", driver.out_dir / "mine"),
        lambda: os.link(driver.out_dir / "events.jsonl", driver.out_dir / "mine"),
        lambda: os.symlink("events.jsonl", driver.out_dir / "mine"),
        lambda: os.symlink("/etc", "/tmp/etc"),
    ):
        text = error_of(refused)
        assert text.startswith("PermissionError"), text
    assert open(driver.out_dir / "events.jsonl").read(1) == "{"

with subtest("what is granted is read by its path, and not written"):
    granted = pathlib.Path(os.environ["GRANTED"])
    assert (granted / "hello.txt").read_text() == "hello"
    machine.copy_from_host(granted / "hello.txt", "hello.txt")
    assert machine.succeed("cat hello.txt") == "hello"
    for refused in (lambda: (granted / "new").write_text(""), lambda: os.remove(granted / "hello.txt")):
        assert "PermissionError" in error_of(refused), error_of(refused)
    # Neither by `..` nor by a link that lies there.
    for hidden in ("/etc/passwd", granted / "../secret", granted / "link", "/proc/self/environ", sys.executable or "/bin/sh"):
        text = error_of(lambda: open(hidden))
        assert "FileNotFoundError" in text or "PermissionError" in text, text
    text = error_of(lambda: machine.copy_from_host("/etc/passwd", "passwd"))
    assert text.startswith("MachineError") and "--allow-read" in text, text

with subtest("files are waited for"):
    machine.succeed("touch 'with blanks' plain a.glob")
    machine.wait_for_file("plain")
    machine.wait_for_file("*.glob", timeout=5)
    machine.wait_for_file("/proc/$$/stat", 5)
    text = error_of(lambda: machine.wait_for_file("/nowhere", timeout=1))
    assert text.startswith("RequestedAssertionFailed: action timed out after 1."), text
