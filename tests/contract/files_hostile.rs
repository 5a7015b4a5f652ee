//! What machines and others put where files are copied: links, pipes, devices, odd names, files that change.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use proctor::error::{Cause, Error};
use proctor::grants::Grants;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, LATE, bytes, granted_as_data, write_script};

/// A directory granted as `data`, which is the output directory, too.
fn data() -> (tempfile::TempDir, Grants, OutputDirectory) {
    let directory = tempfile::tempdir().unwrap();
    let grants = granted_as_data(directory.path());
    let output = OutputDirectory::open(directory.path()).unwrap();
    (directory, grants, output)
}

/// Names that are hard to get through a shell, an archive and a terminal; none is longer than a name may be.
fn names() -> Vec<Vec<u8>> {
    let long = "n".repeat(255);
    let wide = "ü".repeat(127);
    let plain = [
        "two\nlines",
        "it's \"quoted\"",
        "$(touch owned)`id`",
        "-rf",
        " ",
        "\\n\\",
        "\u{1b}[31m\u{202e}",
        "*?[",
        "~",
    ];
    let mut names: Vec<Vec<u8>> = plain.iter().map(|name| name.as_bytes().to_vec()).collect();
    names.extend([long.into_bytes(), wide.into_bytes()]);
    names.extend([b"bad \xff\xfe\n".to_vec(), vec![0xff; 255], b"\x80".to_vec()]);
    names
}

#[tokio::test]
async fn odd_names_survive_both_ways() {
    for options in ["", "--fake-one-console"] {
        let (bench, (data, grants, output)) = (Bench::fake(options), data());
        let tree = data.path().join("tree");
        std::fs::create_dir(&tree).unwrap();
        for name in names() {
            let directory = tree.join("in").join(std::ffi::OsStr::from_bytes(&name));
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(directory.join(std::ffi::OsStr::from_bytes(&name)), &name).unwrap();
        }
        let machine = &bench.machine;
        machine
            .copy_from_host(&grants, "data/tree", "tree", None)
            .await
            .unwrap();
        machine.copy_from_machine(&output, "tree", "back", None).await.unwrap();
        for name in names() {
            let name = std::ffi::OsStr::from_bytes(&name);
            let file = Path::new("in").join(name).join(name);
            for root in [bench.state().join("tmp/tree"), data.path().join("back/tree")] {
                assert_eq!(
                    std::fs::read(root.join(&file)).unwrap(),
                    name.as_bytes(),
                    "{options} {name:?}"
                );
            }
            // By itself, where a test can say its name.
            let Some(name) = name.to_str() else { continue };
            let source = format!("data/tree/in/{name}/{name}");
            machine.copy_from_host(&grants, &source, name, None).await.unwrap();
            let path = machine.copy_from_machine(&output, name, "single", None).await.unwrap();
            assert_eq!(
                std::fs::read(data.path().join(path)).unwrap(),
                name.as_bytes(),
                "{options} {name:?}"
            );
        }
        let copies = std::fs::read_dir(data.path().join("back/tree/in")).unwrap();
        assert_eq!(copies.count(), names().len());
        assert_eq!(bench.text("ls owned 2> /dev/null || true").await, "");
        // One byte more is the file system's own error, on either side.
        let long = "n".repeat(256);
        let error = machine
            .copy_from_host(&grants, "data/tree/in/-rf/-rf", &long, None)
            .await
            .unwrap_err();
        let Cause::CommandFailed(result) = &error.cause else {
            panic!("{error}")
        };
        assert!(
            String::from_utf8_lossy(&result.stdout).contains("File name too long"),
            "{result:?}"
        );
        let error = machine
            .copy_from_host(&grants, &format!("data/{long}"), "x", None)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("File name too long"), "{error}");
        bench.check_usable().await;
    }
}

/// Waits no longer than that for an error, which must be that an argument cannot be meant.
async fn refused(copy: impl Future<Output = Result<(), Error>>, text: &str) {
    let copied = tokio::time::timeout(LATE, copy).await.expect("the copy hangs");
    let error = copied.unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    assert!(error.to_string().contains(text), "{error}");
}

#[tokio::test]
async fn pipes_sockets_and_devices_among_sources_hold_nothing_up() {
    for options in ["", "--fake-one-console"] {
        let (bench, (data, grants, _)) = (Bench::fake(options), data());
        let machine = &bench.machine;
        for name in ["pipe", "socket"] {
            let tree = data.path().join(name);
            std::fs::create_dir(&tree).unwrap();
            std::fs::write(tree.join("file"), "x").unwrap();
            let odd = tree.join("odd");
            let _listener = if name == "pipe" {
                nix::unistd::mkfifo(&odd, nix::sys::stat::Mode::S_IRWXU).unwrap();
                None
            } else {
                Some(std::os::unix::net::UnixListener::bind(&odd).unwrap())
            };
            let text = "neither a file, a directory nor a link";
            let source = format!("data/{name}");
            let odd = format!("{source}/odd");
            refused(machine.copy_from_host(&grants, &source, "x", None), text).await;
            refused(machine.copy_from_host(&grants, &odd, "x", None), text).await;
            refused(machine.copy_from_host_via_shell(&grants, &odd, "x", None), text).await;
        }
        // A link to a device leads out of what is granted.
        symlink("/dev/zero", data.path().join("device")).unwrap();
        let copy = machine.copy_from_host(&grants, "data/device", "x", None);
        let error = tokio::time::timeout(LATE, copy)
            .await
            .expect("the copy hangs")
            .unwrap_err();
        assert!(matches!(error.cause, Cause::Denied { .. }), "{error}");
        bench.check_usable().await;
    }
}

#[tokio::test]
async fn a_file_that_grows_is_copied_as_long_as_it_was_and_one_that_shrinks_is_an_error() {
    for via_shell in [false, true] {
        let (bench, (data, grants, _)) = (Bench::fake(""), data());
        let (machine, size) = (&bench.machine, 1_000_000);
        let path = data.path().join("file");
        let target = bench.state().join("tmp/target");
        for grows in [true, false] {
            std::fs::write(&path, bytes(8 * size)).unwrap();
            let copy = async {
                let (source, target, limit) = ("data/file", "target", Some(3 * LATE));
                if via_shell {
                    machine.copy_from_host_via_shell(&grants, source, target, limit).await
                } else {
                    machine.copy_from_host(&grants, source, target, limit).await
                }
            };
            let change = async {
                let start = Instant::now();
                while std::fs::metadata(&target).map_or(0, |found| found.len()) == 0 && start.elapsed() < LATE {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let file = std::fs::File::options().append(true).open(&path).unwrap();
                file.set_len(if grows { 16 * size as u64 } else { size as u64 / 10 })
                    .unwrap();
            };
            let (copied, ()) = tokio::time::timeout(6 * LATE, async { tokio::join!(copy, change) })
                .await
                .unwrap();
            if grows {
                copied.unwrap();
                assert!(
                    std::fs::read(&target).unwrap() == bytes(8 * size),
                    "via shell: {via_shell}"
                );
                std::fs::remove_file(&target).unwrap();
            } else {
                let error = copied.unwrap_err();
                assert!(
                    error.to_string().contains("became shorter while it was copied"),
                    "{error}"
                );
            }
            bench.check_usable().await;
        }
    }
}

#[tokio::test]
async fn what_changes_in_a_machine_while_it_is_copied_is_copied_or_an_error() {
    let (bench, (data, _, output)) = (Bench::fake(""), data());
    let machine = &bench.machine;
    // Files that come and go, grow and shrink all the time.
    let churn = "mkdir tree; (while :; do head -c 3000000 /dev/zero > tree/a; : > tree/a; rm -f tree/b; \
        mkdir tree/b; rmdir tree/b; echo x > tree/b; done) > /dev/null 2>&1 & echo $!";
    let churning = bench.text(churn).await;
    let mut copied = 0;
    for round in 0..20 {
        let directory = format!("round{round}");
        let copy = machine.copy_from_machine(&output, "tree", &directory, Some(LATE));
        match copy.await {
            Ok(_) => copied += 1,
            Err(error) => assert!(
                matches!(error.cause, Cause::CommandFailed(_) | Cause::Unsupported(_)),
                "{error}"
            ),
        }
    }
    bench.text(&format!("kill -9 {churning}")).await;
    assert!(copied > 0);
    drop(data);
    bench.check_usable().await;
}

#[tokio::test]
async fn a_shared_directory_full_of_traps_goes_with_the_run_and_nothing_else_does() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("mine"), "mine").unwrap();
    // The machine's start script stands for a guest that has the directory mounted.
    let plant = outside.path().join("plant");
    let script = "#!/bin/bash\nset -e; cd \"$SHARED_DIR\"; o=$1\n\
        ln -s \"$o\" out; ln -s \"$o/mine\" file; ln -s / root; ln -s .. up; ln -s loop loop\n\
        mkfifo pipe; mkdir -p deep/er/still; ln -s \"$o\" deep/er/out; ln \"$o/mine\" hard\n\
        mknod null c 1 3 2> /dev/null || true; mkdir locked; touch locked/in; chmod 0 locked\n\
        touch $'two\\nlines' \"it's\" $'bad\\xff' \"$(printf 'n%.0s' {1..255})\" ./-rf\n";
    write_script(&plant, script);
    let before = format!("'{}' '{}'", plant.display(), outside.path().display());
    let bench = Bench::fake_after(&before, "");
    bench.check_usable().await;
    let shared = bench.run.shared();
    assert!(shared.join("locked").is_dir() && shared.join("out").is_symlink());
    let run = bench.run.path().to_owned();
    drop(bench);
    let start = Instant::now();
    while run.exists() && start.elapsed() < LATE {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!run.exists(), "{:?}", std::fs::read_dir(&run).map(Iterator::count));
    assert_eq!(std::fs::read(outside.path().join("mine")).unwrap(), b"mine");
}

#[tokio::test]
async fn a_copy_that_is_cut_off_leaves_nothing_in_the_machines_temporary_directory() {
    let (bench, (data, grants, output)) = (Bench::fake("--fake-one-console"), data());
    let machine = &bench.machine;
    std::fs::create_dir(data.path().join("tree")).unwrap();
    std::fs::write(data.path().join("tree/file"), bytes(20_000_000)).unwrap();
    // The machine's own directory for such files.
    let temporary = bench.text("echo \"${TMPDIR:-/tmp}\"").await;
    bench
        .text("mkdir source; head -c 20000000 /dev/zero > source/file")
        .await;
    let left = || {
        let entries = std::fs::read_dir(&temporary).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("proctor-copy-")).count()
    };
    let others = left();
    for cancelled in [false, true] {
        for there in [true, false] {
            // Longer than the copy may take, where nobody waits for its end.
            let limit = Some(if cancelled { LATE } else { Duration::from_millis(600) });
            let copy = async {
                if there {
                    machine.copy_from_host(&grants, "data/tree", "tree", limit).await
                } else {
                    machine
                        .copy_from_machine(&output, "source", "back", limit)
                        .await
                        .map(drop)
                }
            };
            if cancelled {
                let cut_off = tokio::time::timeout(Duration::from_millis(600), copy).await;
                assert!(cut_off.is_err(), "it was over already");
            } else {
                let error = copy.await.unwrap_err();
                assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
            }
            let start = Instant::now();
            while left() > others && start.elapsed() < LATE {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(left(), others, "cancelled: {cancelled}, there: {there}");
            bench.check_usable().await;
        }
    }
}
