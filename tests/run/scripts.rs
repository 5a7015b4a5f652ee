//! Scripts of the NixOS test driver, against fake machines: the corpus in `tests/scripts/fake`, and what scripts may not do.

use std::path::{Path, PathBuf};

use proctor_tests::interpreter_is_there;

use crate::invocation::Ended;
use crate::scene::Scene;

/// The scripts of the corpus: each has a test here.
pub const SCRIPTS: [&str; 6] = ["commands", "devices", "files", "polling", "sandbox", "symbols"];

pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/fake")
}

/// Runs a script of the corpus on machines of these names. Panics where it fails.
fn passes(script: &str, machines: &[&str], arguments: impl FnOnce(&Scene) -> Vec<String>) {
    assert!(SCRIPTS.contains(&script));
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let mut words = vec!["run".into(), "--no-serial".into()];
    words.push(corpus().join(script).with_extension("py").to_str().unwrap().to_owned());
    words.extend(arguments(&scene));
    words.push("--start-scripts".into());
    words.extend(
        machines
            .iter()
            .map(|name| scene.machine(name, "").to_str().unwrap().to_owned()),
    );
    scene.run(words).expect(0).says("1 test: 1 passed, 0 failed");
}

/// Runs a script of a few lines on the machine `machine`.
pub fn run(scene: &Scene, script: &str, arguments: &[&str]) -> Ended {
    let path = scene.path().join("script.py");
    std::fs::write(&path, script).unwrap();
    let machine = scene.machine("machine", "");
    let mut words: Vec<&str> = vec!["run", "--no-serial", path.to_str().unwrap()];
    words.extend(arguments);
    words.extend(["--start-scripts", machine.to_str().unwrap()]);
    scene.run(words)
}

/// The path of a script as it is told.
pub fn told(scene: &Scene) -> String {
    scene.path().join("script.py").to_str().unwrap().to_owned()
}

#[test]
fn every_script_is_run_and_every_name_stands_in_one() {
    let mut names = Vec::new();
    let mut text = String::new();
    for directory in ["fake", "vm"] {
        for entry in std::fs::read_dir(corpus().parent().unwrap().join(directory)).unwrap() {
            let path = entry.unwrap().path();
            text.push_str(&std::fs::read_to_string(&path).unwrap());
            if directory == "fake" {
                names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    names.sort();
    assert_eq!(names, SCRIPTS);
    // What a machine can do, as its source has it.
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk/nixos/test_driver/machine");
    let mut methods = Vec::new();
    for entry in std::fs::read_dir(sources).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let method = |line: &str| {
            let (name, _) = line.strip_prefix("    def ")?.split_once('(')?;
            (!name.starts_with('_')).then(|| name.to_owned())
        };
        methods.extend(source.lines().filter_map(method));
    }
    methods.extend(proctor_symbols());
    let missing: Vec<_> = methods.iter().filter(|name| !text.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "in no script: {missing:?}");
}

/// The names in a script's scope, as `generate-driver-symbols` writes them.
fn proctor_symbols() -> Vec<String> {
    let scene = Scene::new();
    scene.run(["generate-driver-symbols"]).expect(0);
    let symbols = std::fs::read_to_string(scene.path().join("output/driver-symbols")).unwrap();
    symbols.split(',').map(str::to_owned).collect()
}

#[test]
fn names() {
    let vlans = |_: &Scene| vec!["--vlans".into(), "1".into(), "2".into()];
    passes("symbols", &["web-server", "database"], vlans);
}

#[test]
fn commands() {
    passes("commands", &["machine"], |_| Vec::new());
}

#[test]
fn files() {
    passes("files", &["machine"], |scene| {
        let granted = scene.path().join("granted");
        std::fs::create_dir(&granted).unwrap();
        std::fs::write(granted.join("hello.txt"), "hello").unwrap();
        std::fs::write(scene.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", granted.join("link")).unwrap();
        let granted = granted.to_str().unwrap();
        vec![
            "--allow-read".into(),
            granted.into(),
            "--param".into(),
            format!("GRANTED={granted}"),
        ]
    });
}

#[test]
fn what_a_sandbox_lacks() {
    passes("sandbox", &["machine"], |_| Vec::new());
}

#[test]
fn polling_conditions() {
    passes("polling", &["machine"], |_| Vec::new());
}

#[test]
fn devices() {
    passes("devices", &["machine"], |_| {
        ["--allow-monitor", "--allow-forward-port", "--vlans", "1"]
            .map(str::to_owned)
            .into()
    });
}

#[test]
fn the_names_in_scope_are_those_that_are_written_down() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let script = "print('scope', ','.join(sorted(driver.test_symbols())))";
    let ended = run(&scene, script, &[]).expect(0);
    let mut expected = proctor_symbols();
    expected.push("machine".into());
    expected.sort();
    ended.says(&format!("scope {}", expected.join(",")));
}

#[test]
fn a_script_is_held_to_the_limits_of_tests() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    for endless in [
        "while True: pass",
        "import time; time.sleep(1000)",
        "machine.succeed('sleep 1000')",
    ] {
        run(&scene, endless, &["--timeout", "3s"])
            .expect(1)
            .says("timed out: the test limit (--timeout) of 3.00 s passed");
    }
    run(&scene, "x = [bytes(64 << 20) for _ in range(40)]", &[])
        .expect(1)
        .says("the memory limit (--memory) of 1 GiB passed");
    run(&scene, "def f(): f()\nf()", &[]).expect(1).says("RecursionError");
    // What it writes counts, wherever it writes it.
    for (limit, script) in [
        ("output-size=1MiB", "open('big', 'wb').write(bytes(2 << 20))"),
        (
            "output-size=1MiB",
            "open(driver.out_dir / 'big', 'wb').write(bytes(2 << 20))",
        ),
        ("output-size=1MiB", "open('big', 'wb').truncate(2 << 20)"),
        (
            "output-files=100",
            "[open(f'file{number}', 'w').close() for number in range(200)]",
        ),
        (
            "output-files=100",
            "[os.mkdir(f'directory{number}') for number in range(200)]",
        ),
    ] {
        run(&scene, script, &["--limit", limit])
            .expect(1)
            .says("OSError: [Errno");
    }
    run(
        &scene,
        "open('big', 'wb').write(bytes(2 << 20))",
        &["--limit", "output-size=1MiB"],
    )
    .expect(1)
    .says("I/O error: the disk is full, or the output size limit (--limit output-size) has passed");
    let large = scene.path().join("large.py");
    std::fs::File::create(&large).unwrap().set_len(9 << 20).unwrap();
    scene
        .run(["run", large.to_str().unwrap()])
        .expect(2)
        .says("has more than 8388608 bytes");
}

#[test]
fn scripts_are_tests_among_others() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    for name in ["first.py", "second.py"] {
        std::fs::write(
            scene.path().join(name),
            "(driver.out_dir / 'own.txt').write_text('mine')\n",
        )
        .unwrap();
    }
    let paths = ["first.py", "second.py"].map(|name| scene.path().join(name).to_str().unwrap().to_owned());
    let [first, second] = paths.each_ref().map(String::as_str);
    let ended = scene.run(["run", first, second]).expect(0);
    ended
        .says("PASS first::first")
        .says("PASS second::second")
        .says("2 tests: 2 passed");
    // Each has a directory of its own, and its files vanish with it.
    for name in ["first.first", "second.second"] {
        let own = scene.path().join("output/proctor-output").join(name).join("own.txt");
        assert_eq!(std::fs::read_to_string(own).unwrap(), "mine");
    }
    let listed = scene.run(["list", first]).expect(0);
    assert!(listed.stdout.contains("first"), "{}", listed.stdout);
}

#[test]
fn a_machine_is_made_of_a_command() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let other = scene.machine("other", "");
    let script = format!(
        "new = create_machine('{}')\nassert new.name == 'other' and new.succeed('echo 1') == '1\\n'\n\
         named = create_machine('{} ', name='third')\nnamed.succeed('true')\n\
         oldest = create_machine({{'startCommand': '{}', 'name': 'fourth'}})\noldest.succeed('true')\n\
         t.assertEqual(repr(named), \"<QemuMachine 'third'>\")\n\
         for wrong in ('../evil', '', 'third'):\n    with t.assertRaises(Exception):\n        create_machine('x', name=wrong)\n",
        other.display(),
        other.display(),
        other.display()
    );
    run(&scene, &script, &["--allow-create-machine"])
        .expect(0)
        .says("deprecated: create_machine() takes a start command, not a dictionary");
}

#[test]
fn start_scripts_find_what_a_script_sets_for_them() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let fake = std::env::var("PROCTOR_FAKE_MACHINE").unwrap();
    let directory = scene.path().join("own");
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("run-shows-vm");
    let text = format!(
        "#!/bin/sh\nif test -n \"${{NIX_DISK_IMAGE:-}}\"; then cat \"$NIX_DISK_IMAGE\" > seen; fi\n\
         echo \"$NIX_EFI_VARS ${{QEMU_KERNEL_PARAMS:-none}}\" > variables\nexec {fake} -- \"$@\"\n"
    );
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let script = format!(
        r#"
import tempfile
disk = tempfile.NamedTemporaryFile("w")
disk.write("a disk of the script's")
disk.flush()
os.environ["NIX_DISK_IMAGE"] = disk.name
os.environ["QEMU_KERNEL_PARAMS"] = "quiet"
os.environ["NIX_EFI_VARS"] = "vars.fd"
installer = create_machine("{0}", name="installer")
installer.start()
assert (installer.state_dir / "seen").read_text() == "a disk of the script's"
assert (installer.state_dir / "variables").read_text() == "vars.fd quiet\n"
installer.crash()
del os.environ["NIX_DISK_IMAGE"], os.environ["QEMU_KERNEL_PARAMS"], os.environ["NIX_EFI_VARS"]
installer.start()
assert (installer.state_dir / "variables").read_text().endswith("installer-efi-vars.fd none\n")
installer.crash()
target = create_machine("{0}", name="target")
(installer.state_dir / "variables").unlink()
target.state_dir = installer.state_dir
target.start()
assert (installer.state_dir / "variables").exists() and target.state_dir == installer.state_dir
target.succeed("true")
for wrong in ({{"NIX_" + "x" * 70000: "1"}}, {{"NIX_A=": "1"}}):
    with t.assertRaises(Exception):
        os.environ.update(wrong)
"#,
        path.display()
    );
    run(&scene, &script, &["--allow-create-machine"]).expect(0);
}
