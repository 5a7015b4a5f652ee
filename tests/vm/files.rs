//! Files on a real kernel: real ports, and the programs that a small machine has.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::GUEST_LOOK;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, LATE, bytes, granted_as_data};

#[tokio::test(flavor = "multi_thread")]
async fn files_go_there_and_back() {
    let (bench, data) = (Bench::mini(), tempfile::tempdir().unwrap());
    let (grants, output) = (
        granted_as_data(data.path()),
        OutputDirectory::open(data.path()).unwrap(),
    );
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    for (number, size) in [0, 1, 255, 4_096, 16 << 10, (16 << 10) + 1, 3_000_000, 50_000_000]
        .into_iter()
        .enumerate()
    {
        let name = format!("it's {number}");
        let source = data.path().join(&name);
        let mode = if number % 2 == 0 { 0o644 } else { 0o750 };
        std::fs::write(&source, bytes(size)).unwrap();
        std::fs::set_permissions(&source, std::fs::Permissions::from_mode(mode)).unwrap();
        let target = format!("/dev/shm/new/{name}");
        let start = Instant::now();
        machine
            .copy_from_host(&grants, &format!("data/{name}"), &target, None)
            .await
            .unwrap();
        let there = start.elapsed();
        let start = Instant::now();
        let path = machine.copy_from_machine(&output, &target, "back", None).await.unwrap();
        println!("{size} bytes: {there:?} there, {:?} back", start.elapsed());
        let back = data.path().join(path);
        assert!(std::fs::read(&back).unwrap() == bytes(size), "{size}");
        assert_eq!(back.metadata().unwrap().permissions().mode() & 0o7777, mode, "{size}");
        machine.succeed("rm -r /dev/shm/new", None).await.unwrap();
    }
    // A device that is written to keeps its mode, which is all programs' business.
    for number in [1, 3] {
        let source = format!("data/it's {number}");
        machine
            .copy_from_host(&grants, &source, "/dev/null", None)
            .await
            .unwrap();
        assert_eq!(bench.text("stat -c %a /dev/null").await, "666");
    }
    assert!(bench.record.messages().is_empty(), "{:?}", bench.record.messages());
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_go_there_and_back_with_and_without_a_port() {
    let (bench, data) = (Bench::mini(), tempfile::tempdir().unwrap());
    let (grants, output) = (
        granted_as_data(data.path()),
        OutputDirectory::open(data.path()).unwrap(),
    );
    let machine = &bench.machine;
    let tree = data.path().join("tree");
    std::fs::create_dir_all(tree.join("a/b c")).unwrap();
    std::fs::write(tree.join("a/b c/two\nlines"), bytes(300_000)).unwrap();
    std::fs::write(tree.join("empty"), "").unwrap();
    symlink("a/b c", tree.join("link")).unwrap();
    for round in 0..2 {
        let target = format!("/dev/shm/tree{round}");
        machine
            .copy_from_host(&grants, "data/tree", &target, None)
            .await
            .unwrap();
        let path = machine.copy_from_machine(&output, &target, "", None).await.unwrap();
        let back = data.path().join(path);
        assert!(std::fs::read(back.join("a/b c/two\nlines")).unwrap() == bytes(300_000));
        assert_eq!(std::fs::read(back.join("empty")).unwrap(), b"");
        assert_eq!(
            std::fs::read_link(back.join("link")).unwrap(),
            std::path::Path::new("a/b c")
        );
        let copy = machine.copy_from_host_via_shell(&grants, "data/tree/a/b c/two\nlines", "shell", None);
        copy.await.unwrap();
        let path = machine.copy_from_machine(&output, "shell", "", None).await.unwrap();
        assert!(std::fs::read(data.path().join(path)).unwrap() == bytes(300_000));
        // One job each for all ports: from then on all goes over the console.
        for _ in 0..4 {
            machine.succeed("setsid sleep 1000 & true", None).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_runs_over_leaves_a_clean_port() {
    let (bench, data) = (Bench::mini(), tempfile::tempdir().unwrap());
    let grants = granted_as_data(data.path());
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    std::fs::File::create(data.path().join("huge"))
        .unwrap()
        .set_len(8 << 30)
        .unwrap();
    let limit = Duration::from_millis(500);
    for round in 0..3 {
        let start = Instant::now();
        let copy = machine.copy_from_host(&grants, "data/huge", "/dev/null", Some(limit));
        let error = copy.await.unwrap_err();
        assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
        assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
        let content = bytes(100_000 + round);
        std::fs::write(data.path().join("next"), &content).unwrap();
        machine
            .copy_from_host(&grants, "data/next", "/dev/shm/next", None)
            .await
            .unwrap();
        let result = machine.succeed("cat /dev/shm/next", None).await.unwrap();
        assert!(result.stdout == content, "{round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_noticed_soon() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    let (mut late, mut commands) = (Vec::new(), Vec::new());
    for number in 0..5 {
        let command = format!("(sleep 1.{number}; echo x > 'a file {number}') > /dev/null 2>&1 & true");
        machine.succeed(&command, None).await.unwrap();
        let start = Instant::now();
        machine.wait_for_file(&format!("a file {number}"), None).await.unwrap();
        late.push(
            start
                .elapsed()
                .saturating_sub(Duration::from_millis(1_000 + 100 * number)),
        );
        let start = Instant::now();
        let command = format!("(sleep 0; echo x > 'other {number}') > /dev/null 2>&1; [[ -e 'a file {number}' ]]");
        machine.succeed(&command, None).await.unwrap();
        commands.push(start.elapsed());
    }
    late.sort();
    commands.sort();
    // What the machine takes to make a file, a look and the pause before it; generous for a busy computer.
    let most = 4 * (commands[2] + GUEST_LOOK);
    assert!(late[2] < most, "{late:?}, commands: {commands:?}");
}
