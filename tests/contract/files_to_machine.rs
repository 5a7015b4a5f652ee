//! Copies from the host to a machine.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::grants::Grants;
use proctor::limits::{LimitName, Limits};
use proctor_tests::{Bench, LATE, bytes, granted_as_data, timed_out_by};

/// A directory that is granted as `data`.
struct Data {
    directory: tempfile::TempDir,
    grants: Grants,
}

impl Data {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let grants = granted_as_data(directory.path());
        Self { directory, grants }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, name: &str, content: &[u8], mode: u32) {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    async fn copy(&self, bench: &Bench, source: &str, target: &str) -> proctor::error::Result {
        bench.machine.copy_from_host(&self.grants, source, target, None).await
    }
}

/// The machine's working directory.
fn here(bench: &Bench) -> std::path::PathBuf {
    bench.state().join("tmp")
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[tokio::test]
async fn files_of_all_sizes_modes_and_bytes_arrive() {
    for options in ["", "--fake-one-console", "--fake-locale C.UTF-8"] {
        let (bench, data) = (Bench::fake(options), Data::new());
        let all: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        let contents = [
            Vec::new(),
            b"x".to_vec(),
            b"text\n".to_vec(),
            b"\\0000\\c\\\\\n\n\n".to_vec(),
            all,
            vec![0; 16 << 10],
            vec![b'\\'; 16 << 10],
            "ü€😀".repeat(1_000).into_bytes(),
            bytes(16 << 10),
            bytes((16 << 10) + 1),
            bytes(300_001),
        ];
        for (number, content) in contents.iter().enumerate() {
            for wanted in [0o644, 0o755, 0o600, 0o444, 0o4751] {
                data.write("source", content, wanted);
                let target = format!("target-{number}-{wanted}");
                data.copy(&bench, "data/source", &target).await.unwrap();
                let path = here(&bench).join(target);
                assert!(std::fs::read(&path).unwrap() == *content, "{options} {number}");
                assert_eq!(mode(&path), wanted, "{options} {number}");
                if content.len() > 1_000 {
                    break;
                }
            }
        }
        bench.check_usable().await;
        let messages = bench.record.messages();
        assert!(messages.iter().all(|text| !text.contains("stray")), "{messages:?}");
    }
}

#[tokio::test]
async fn names_are_taken_as_they_are() {
    let (bench, data) = (Bench::fake(""), Data::new());
    for name in [
        "a b",
        "it's",
        "\"$HOME\"",
        "two\nlines",
        "-rf",
        "ü\u{1f}*?[x]",
        "`id`",
        "\\",
        "a'\n'b",
    ] {
        data.write(name, name.as_bytes(), 0o644);
        let absolute = here(&bench).join("new/directories").join(name);
        data.copy(&bench, &format!("data/{name}"), absolute.to_str().unwrap())
            .await
            .unwrap();
        assert_eq!(std::fs::read(&absolute).unwrap(), name.as_bytes());
        // And relative to the working directory.
        data.copy(&bench, &format!("data/{name}"), name).await.unwrap();
        assert_eq!(std::fs::read(here(&bench).join(name)).unwrap(), name.as_bytes());
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_written_anew() {
    let (bench, data) = (Bench::fake(""), Data::new());
    bench
        .text("echo long old content > target; chmod 600 target; ln -s target link")
        .await;
    data.write("source", b"new", 0o644);
    data.copy(&bench, "data/source", "link").await.unwrap();
    let target = here(&bench).join("target");
    assert_eq!(std::fs::read(&target).unwrap(), b"new");
    assert_eq!(mode(&target), 0o644);
    bench.text("mkdir directory").await;
    for large in [false, true] {
        data.write("source", &bytes(if large { 1 << 20 } else { 10 }), 0o644);
        let error = data.copy(&bench, "data/source", "directory").await.unwrap_err();
        let Cause::CommandFailed(result) = &error.cause else {
            panic!("{error}")
        };
        let said = String::from_utf8_lossy(&result.stdout);
        assert!(
            said.contains("directory") && result.command.contains("directory"),
            "{error}: {said}"
        );
        // What was not read of this is not taken for the next.
        data.write("other", &bytes(50_000), 0o644);
        data.copy(&bench, "data/other", "other").await.unwrap();
        assert!(std::fs::read(here(&bench).join("other")).unwrap() == bytes(50_000));
        data.write("other", b"small", 0o644);
        data.copy(&bench, "data/other", "other").await.unwrap();
        assert_eq!(std::fs::read(here(&bench).join("other")).unwrap(), b"small");
    }
    bench.check_usable().await;
}

#[tokio::test]
async fn directories_arrive_as_they_are() {
    for options in ["", "--fake-one-console"] {
        let (bench, data) = (Bench::fake(options), Data::new());
        let root = data.path().join("tree");
        std::fs::create_dir_all(root.join("a/b c/-d")).unwrap();
        std::fs::create_dir(root.join("empty")).unwrap();
        std::fs::set_permissions(root.join("a"), std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o751)).unwrap();
        let odd = std::ffi::OsStr::from_bytes(b"bad \xff\xfe\nutf8");
        std::fs::write(root.join(odd), b"odd").unwrap();
        let long = "n".repeat(200);
        data.write(&format!("tree/a/{long}"), b"long", 0o640);
        data.write("tree/a/b c/-d/-x", &bytes(200_000), 0o755);
        data.write("tree/nothing", b"", 0o600);
        symlink("/etc/passwd", root.join("absolute")).unwrap();
        symlink(format!("../{long}"), root.join("a/b c/up")).unwrap();
        symlink("gone", root.join("dangling")).unwrap();
        data.copy(&bench, "data/tree", "deep/copy").await.unwrap();
        let copy = here(&bench).join("deep/copy");
        assert_eq!((mode(&copy), mode(&copy.join("a"))), (0o751, 0o700));
        assert_eq!(std::fs::read(copy.join(odd)).unwrap(), b"odd");
        assert_eq!(std::fs::read(copy.join("a").join(&long)).unwrap(), b"long");
        assert_eq!(mode(&copy.join("a").join(&long)), 0o640);
        assert!(std::fs::read(copy.join("a/b c/-d/-x")).unwrap() == bytes(200_000));
        assert_eq!(mode(&copy.join("a/b c/-d/-x")), 0o755);
        assert_eq!(std::fs::read(copy.join("nothing")).unwrap(), b"");
        assert!(std::fs::read_dir(copy.join("empty")).unwrap().next().is_none());
        for link in ["absolute", "a/b c/up", "dangling"] {
            let target = |root: &Path| std::fs::read_link(root.join(link)).unwrap();
            assert_eq!(target(&copy), target(&root), "{link}");
        }
        let count = |root: &Path| std::fs::read_dir(root).unwrap().count();
        assert_eq!(count(&copy), count(&root));
        // What the directory has already stays.
        std::fs::write(copy.join("mine"), "mine").unwrap();
        data.copy(&bench, "data/tree/", "deep/copy").await.unwrap();
        assert_eq!(std::fs::read(copy.join("mine")).unwrap(), b"mine");
        assert_eq!(bench.text("ls -A | wc -l").await, "1", "nothing else is left");
        bench.check_usable().await;
    }
}

#[tokio::test]
async fn what_is_no_file_nor_directory_is_refused_and_so_is_what_is_not_granted() {
    let (bench, data) = (Bench::fake(""), Data::new());
    std::fs::create_dir(data.path().join("tree")).unwrap();
    nix::unistd::mkfifo(&data.path().join("tree/pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    symlink("/etc/passwd", data.path().join("away")).unwrap();
    for source in ["data/tree/pipe", "data/tree", "data/none"] {
        let error = data.copy(&bench, source, "x").await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    for source in ["data/away", "/etc/passwd", "data/../x", "other/x"] {
        let error = data.copy(&bench, source, "x").await.unwrap_err();
        assert!(matches!(error.cause, Cause::Denied { .. }), "{error}");
        assert!(error.to_string().contains("--allow-read"), "{error}");
    }
    data.write("source", b"x", 0o644);
    for target in ["", "a\0b", "/", "directory/", ".."] {
        let error = data.copy(&bench, "data/source", target).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{target:?}: {error}");
    }
    let error = bench
        .machine
        .copy_from_host_via_shell(&data.grants, "data/tree", "x", None)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("is a directory"), "{error}");
    bench.check_usable().await;
}

#[tokio::test]
async fn copies_have_limits() {
    let limits = Limits {
        copy_bytes: 100_000,
        copy_files: 5,
        ..Limits::default()
    };
    let (bench, data) = (Bench::fake_with(&limits, ""), Data::new());
    data.write("most", &bytes(100_000), 0o644);
    data.write("more", &bytes(100_001), 0o644);
    data.copy(&bench, "data/most", "x").await.unwrap();
    let error = data.copy(&bench, "data/more", "x").await.unwrap_err();
    assert!(error.to_string().contains("more than the 100000 bytes"), "{error}");
    std::fs::create_dir(data.path().join("tree")).unwrap();
    for number in 0..5 {
        data.write(&format!("tree/{number}"), &bytes(20_000), 0o644);
    }
    data.copy(&bench, "data/tree", "tree").await.unwrap();
    data.write("tree/0", &bytes(20_001), 0o644);
    let error = data.copy(&bench, "data/tree", "tree").await.unwrap_err();
    assert!(error.to_string().contains("more than the 100000 bytes"), "{error}");
    data.write("tree/0", b"", 0o644);
    data.write("tree/5", b"", 0o644);
    let error = data.copy(&bench, "data/tree", "tree").await.unwrap_err();
    assert!(error.to_string().contains("more than the 5 files"), "{error}");
    bench.check_usable().await;
    data.copy(&bench, "data/most", "x").await.unwrap();
}

/// Sizes no memory has room for: what goes through it is one piece after another.
#[tokio::test]
async fn a_limit_of_time_ends_a_copy_in_the_middle_and_the_next_is_whole() {
    let (bench, data) = (Bench::fake(""), Data::new());
    let file = std::fs::File::create(data.path().join("huge")).unwrap();
    file.set_len(15 << 30).unwrap();
    bench.machine.connect(None).await.unwrap();
    let limit = Duration::from_secs(1);
    for round in 0..3 {
        let start = Instant::now();
        let copy = bench
            .machine
            .copy_from_host(&data.grants, "data/huge", "/dev/null", Some(limit));
        let error = copy.await.unwrap_err();
        assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
        let text = error.to_string();
        assert!(timed_out_by(&error, LimitName::Argument), "{text}");
        assert!(text.contains("bytes had been read on the host"), "{text}");
        data.write("small", format!("small {round}").as_bytes(), 0o644);
        data.write("large", &bytes(70_000 + round), 0o644);
        data.copy(&bench, "data/small", "small").await.unwrap();
        data.copy(&bench, "data/large", "large").await.unwrap();
        assert_eq!(bench.text("cat small").await, format!("small {round}"));
        assert!(std::fs::read(here(&bench).join("large")).unwrap() == bytes(70_000 + round));
    }
    bench.check_usable().await;
}

#[tokio::test]
async fn a_dead_machine_ends_a_copy_at_once() {
    let (bench, data) = (Bench::fake(""), Data::new());
    let file = std::fs::File::create(data.path().join("huge")).unwrap();
    file.set_len(15 << 30).unwrap();
    bench.machine.connect(None).await.unwrap();
    let copy = bench
        .machine
        .copy_from_host(&data.grants, "data/huge", "/dev/null", None);
    let crash = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        bench.machine.crash(None).await.unwrap();
        start
    };
    let (copied, crashed) = tokio::join!(copy, crash);
    let error = copied.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    assert!(crashed.elapsed() < LATE, "{:?}", crashed.elapsed());
    data.write("small", b"after", 0o644);
    data.copy(&bench, "data/small", "small").await.unwrap();
    assert_eq!(bench.text("cat small").await, "after");
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let data = Data::new();
    data.write("large", &bytes(100_000), 0o644);
    std::fs::create_dir(data.path().join("tree")).unwrap();
    let programs = data.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    for program in ["bash", "sh", "mkdir", "cat", "setsid", "stty", "sleep", "rm"] {
        let directories = std::env::var("PATH").unwrap();
        let mut found = directories
            .split(':')
            .map(|directory| Path::new(directory).join(program));
        symlink(found.find(|path| path.exists()).unwrap(), programs.join(program)).unwrap();
    }
    let bench = Bench::fake_after(&format!("export PATH='{}'", programs.display()), "");
    for (source, program) in [("data/large", "head"), ("data/tree", "tar")] {
        let error = data.copy(&bench, source, program).await.unwrap_err();
        assert!(
            matches!(&error.cause, Cause::Unsupported(text) if text.contains(program)),
            "{error}"
        );
    }
    let copy = bench
        .machine
        .copy_from_host_via_shell(&data.grants, "data/large", "x", None);
    let error = copy.await.unwrap_err();
    assert!(
        matches!(&error.cause, Cause::Unsupported(text) if text.contains("base64")),
        "{error}"
    );
    let output = proctor::output_directory::OutputDirectory::open(data.path()).unwrap();
    let error = bench
        .machine
        .copy_from_machine(&output, "/etc/passwd", "", None)
        .await
        .unwrap_err();
    assert!(
        matches!(&error.cause, Cause::Unsupported(text) if text.contains("tar")),
        "{error}"
    );
}

#[tokio::test]
async fn over_the_shell_alone_files_of_any_size_arrive() {
    for options in ["", "--fake-one-console"] {
        let (bench, data) = (Bench::fake(options), Data::new());
        for (size, wanted) in [
            (0, 0o644),
            (1, 0o755),
            (96 << 10, 0o600),
            ((96 << 10) + 1, 0o644),
            (1_000_000, 0o751),
        ] {
            data.write("source", &bytes(size), wanted);
            let copy = bench
                .machine
                .copy_from_host_via_shell(&data.grants, "data/source", "deep/it's", None);
            copy.await.unwrap();
            let target = here(&bench).join("deep/it's");
            assert!(std::fs::read(&target).unwrap() == bytes(size), "{size}");
            assert_eq!(mode(&target), wanted, "{size}");
        }
        let limit = Some(Duration::from_millis(200));
        let file = std::fs::File::create(data.path().join("huge")).unwrap();
        file.set_len(15 << 30).unwrap();
        let start = Instant::now();
        let copy = bench
            .machine
            .copy_from_host_via_shell(&data.grants, "data/huge", "x", limit);
        let error = copy.await.unwrap_err();
        assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
        bench.check_usable().await;
    }
}
