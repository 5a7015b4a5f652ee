//! Disks that get full, on the host and on the machine: the error says so, and no part of a file stays.

use proctor::driver::Driver;
use proctor::error::{Cause, Error};
use proctor::grants::Grants;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, SmallDisk, bytes, fake_script, granted_as_data};

/// The disk's size.
const SMALL: u64 = 1 << 20;
/// What does not fit on it.
const TOO_LARGE: usize = 3 << 20;
const FULL: &str = "No space left on device";

/// Panics unless an error of the host's says all of this and that the disk is full.
fn check_host_error(error: &Error, texts: &[&str]) {
    assert!(matches!(error.cause, Cause::Host(_)), "{error}");
    let text = error.to_string();
    assert!(
        text.contains(FULL) && texts.iter().all(|part| text.contains(part)),
        "{text}"
    );
}

#[tokio::test]
async fn copies_from_a_machine_to_a_full_disk_leave_nothing() {
    for options in ["", "--fake-one-console"] {
        let Some(disk) = SmallDisk::mount(SMALL) else { return };
        let output = OutputDirectory::open(disk.path()).unwrap();
        let bench = Bench::fake(options);
        let make = format!("mkdir tree; echo first > tree/a; head -c {TOO_LARGE} /dev/zero | tee much > tree/b");
        bench.text(&make).await;
        let machine = &bench.machine;
        let error = machine.copy_from_machine(&output, "much", "", None).await.unwrap_err();
        check_host_error(&error, &["machine `machine`", "cannot write \"much\""]);
        assert!(disk.names().is_empty(), "{:?}", disk.names());
        let error = machine
            .copy_from_machine(&output, "tree", "in", None)
            .await
            .unwrap_err();
        check_host_error(&error, &["machine `machine`", "cannot write \"in/tree/b\""]);
        assert!(!disk.path().join("in/tree/b").exists());
        // With room again all goes on.
        bench.text("echo little > much").await;
        machine.copy_from_machine(&output, "much", "", None).await.unwrap();
        assert_eq!(std::fs::read(disk.path().join("much")).unwrap(), b"little\n");
        bench.check_usable().await;
    }
}

#[tokio::test]
async fn pictures_and_a_tests_own_files_leave_nothing_on_a_full_disk() {
    let Some(disk) = SmallDisk::mount(SMALL) else { return };
    disk.fill();
    let output = OutputDirectory::open(disk.path()).unwrap();
    let driver = Driver::new(Vec::new(), &[]).with_output(output.clone());
    let error = driver.write_output_file("log", vec![1; 10_000]).await.unwrap_err();
    check_host_error(&error, &["write-output-file(\"log\")", "cannot write \"log\""]);
    let error = driver
        .write_output_file("new/log", vec![1; TOO_LARGE])
        .await
        .unwrap_err();
    check_host_error(&error, &["cannot write \"new/log\""]);
    let screen = tempfile::NamedTempFile::new().unwrap();
    // Noise, which no picture's format makes small.
    let noise = image::RgbImage::from_raw(320, 200, bytes(320 * 200 * 3)).unwrap();
    noise.save_with_format(screen.path(), image::ImageFormat::Pnm).unwrap();
    let options = format!("--fake-screen '{}'", screen.path().display());
    let bench = Bench::new(&proctor::limits::Limits::default(), &[], |scripts| {
        fake_script(scripts, "machine", &options)
    });
    bench.machine.connect(None).await.unwrap();
    let error = bench
        .machine
        .screenshot(Ok(&output), "picture", None)
        .await
        .unwrap_err();
    check_host_error(&error, &["machine `machine`", "cannot write \"picture.png\""]);
    let mut names = disk.names();
    names.sort();
    assert_eq!(names, ["filler", "new"]);
    assert_eq!(std::fs::read_dir(disk.path().join("new")).unwrap().count(), 0);
}

/// A directory granted as `data`, with a large file in it, a small one and a tree that holds both.
fn data() -> (tempfile::TempDir, Grants) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("tree")).unwrap();
    for name in ["large", "tree/large"] {
        std::fs::write(directory.path().join(name), bytes(TOO_LARGE)).unwrap();
    }
    for name in ["small", "tree/small"] {
        std::fs::write(directory.path().join(name), "text\n".repeat(2_000)).unwrap();
    }
    let grants = granted_as_data(directory.path());
    (directory, grants)
}

#[tokio::test]
async fn copies_to_a_machine_whose_disk_is_full_leave_nothing() {
    for options in ["", "--fake-one-console"] {
        // The fake machine has the host's files.
        let Some(disk) = SmallDisk::mount(SMALL) else { return };
        let ((_directory, grants), bench) = (data(), Bench::fake(options));
        let machine = &bench.machine;
        for (source, via_shell) in [("large", false), ("tree", false), ("large", true)] {
            let (source, target) = (format!("data/{source}"), disk.path().join("target"));
            let target = target.to_str().unwrap();
            let copied = if via_shell {
                machine.copy_from_host_via_shell(&grants, &source, target, None).await
            } else {
                machine.copy_from_host(&grants, &source, target, None).await
            };
            check_guest_error(&copied.unwrap_err(), target);
            assert!(disk.names().is_empty(), "{options} {source}: {:?}", disk.names());
        }
        // What a directory holds already stays, and a link, which leads to an empty file then.
        std::fs::create_dir(disk.path().join("mine")).unwrap();
        std::fs::write(disk.path().join("mine/old"), "old").unwrap();
        std::fs::write(disk.path().join("linked"), "old").unwrap();
        std::os::unix::fs::symlink("linked", disk.path().join("link")).unwrap();
        for (source, target) in [("data/tree", "mine"), ("data/large", "link")] {
            let target = disk.path().join(target);
            let copied = machine.copy_from_host(&grants, source, target.to_str().unwrap(), None);
            check_guest_error(&copied.await.unwrap_err(), target.to_str().unwrap());
        }
        assert_eq!(std::fs::read(disk.path().join("mine/old")).unwrap(), b"old");
        assert!(disk.path().join("link").is_symlink());
        assert_eq!(std::fs::read(disk.path().join("linked")).unwrap(), b"");
        std::fs::remove_dir_all(disk.path().join("mine")).unwrap();
        disk.fill();
        let small = disk.path().join("small");
        let copied = machine.copy_from_host(&grants, "data/small", small.to_str().unwrap(), None);
        check_guest_error(&copied.await.unwrap_err(), small.to_str().unwrap());
        assert!(!small.exists());
        bench.check_usable().await;
    }
}

/// Panics unless an error names the machine and the target, and brings the machine's own words.
fn check_guest_error(error: &Error, target: &str) {
    let Cause::CommandFailed(result) = &error.cause else {
        panic!("{error}")
    };
    let (text, said) = (error.to_string(), String::from_utf8_lossy(&result.stdout));
    assert!(
        text.contains("machine `machine`") && text.contains(&format!("write `{target}`: ")),
        "{text}"
    );
    assert!(said.contains(FULL) && text.contains(FULL), "{text}: {said}");
}
