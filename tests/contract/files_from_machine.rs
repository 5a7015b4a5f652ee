//! Copies from a machine to the output directory.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proctor::error::{Cause, Result};
use proctor::limits::{LimitName, Limits};
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, LATE, timed_out_by, write_script};

struct Output(tempfile::TempDir, OutputDirectory);

impl Output {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let output = OutputDirectory::open(directory.path()).unwrap();
        Self(directory, output)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    async fn copy(&self, bench: &Bench, source: &str, directory: &str) -> Result<PathBuf> {
        bench.machine.copy_from_machine(&self.1, source, directory, None).await
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// A fake machine with a program `tar` that is this script.
fn with_tar(limits: &Limits, script: &str) -> (Bench, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    write_script(&directory.path().join("tar"), &format!("#!/bin/bash\n{script}\n"));
    let before = format!("PATH='{}':$PATH", directory.path().display());
    (Bench::fake_after_with(limits, &before, ""), directory)
}

/// Writes a file of which a copy takes long: longer than a command of the fake machine may make one.
fn write_huge(bench: &Bench) {
    let file = std::fs::File::create(bench.state().join("tmp/huge")).unwrap();
    file.set_len(15 << 30).unwrap();
}

#[tokio::test]
async fn files_come_with_their_bytes_names_and_modes() {
    for options in ["", "--fake-one-console"] {
        let (bench, output) = (Bench::fake(options), Output::new());
        let make = "mkdir -p 'in it'; head -c 300000 /dev/urandom > random; : > empty; chmod 600 empty; \
            printf '\\000\\377\\002\\003' > ./-rf; chmod 4755 ./-rf; echo quoted > \"in it/it's\"; echo two > $'two\\nlines'; \
            ln -s random link";
        bench.text(make).await;
        for (name, wanted) in [
            ("random", 0o644),
            ("empty", 0o600),
            ("-rf", 0o755),
            ("in it/it's", 0o644),
            ("two\nlines", 0o644),
        ] {
            let path = output.copy(&bench, name, "").await.unwrap();
            assert_eq!(path, Path::new(name).file_name().unwrap());
            let source = bench.state().join("tmp").join(name);
            assert!(
                std::fs::read(output.path().join(&path)).unwrap() == std::fs::read(source).unwrap(),
                "{name:?}"
            );
            assert_eq!(mode(&output.path().join(&path)), wanted, "{name:?}");
        }
        let path = output.copy(&bench, "link", "below/this").await.unwrap();
        assert_eq!(path, Path::new("below/this/link"));
        let copied = std::fs::read(output.path().join(&path)).unwrap();
        assert!(
            copied == std::fs::read(bench.state().join("tmp/random")).unwrap(),
            "a link is followed"
        );
        // What stands there is replaced.
        bench.text("echo new > random").await;
        output.copy(&bench, "random", "").await.unwrap();
        assert_eq!(std::fs::read(output.path().join("random")).unwrap(), b"new\n");
        bench.check_usable().await;
        let messages = bench.record.messages();
        assert!(messages.iter().all(|text| !text.contains("not whole")), "{messages:?}");
    }
}

#[tokio::test]
async fn directories_come_without_what_is_dangerous_in_them() {
    for options in ["", "--fake-one-console"] {
        let (bench, output) = (Bench::fake(options), Output::new());
        let make = "mkdir -p tree/a/b tree/empty; cd tree; echo deep > a/b/file; head -c 200000 /dev/urandom > random; chmod 6711 random; \
            echo odd > $'bad \\xff\\nutf8'; ln random a/hard; mkfifo pipe; ln -s a/b/file inside; ln -s ../random a/up; \
            ln -s ../outside out; ln -s /etc/passwd absolute; ln -s a/../../x winding; chmod 500 a; chmod 750 .; touch \"$(printf 'n%.0s' {1..220})\"";
        bench.text(make).await;
        let path = output.copy(&bench, "tree/", "logs").await.unwrap();
        assert_eq!(path, Path::new("logs/tree"));
        let (copy, source) = (output.path().join(path), bench.state().join("tmp/tree"));
        assert_eq!(std::fs::read(copy.join("a/b/file")).unwrap(), b"deep\n");
        for name in ["random", "a/hard"] {
            assert!(std::fs::read(copy.join(name)).unwrap() == std::fs::read(source.join("random")).unwrap());
            assert_eq!(mode(&copy.join(name)), 0o711);
        }
        let odd = std::ffi::OsStr::from_bytes(b"bad \xff\nutf8");
        assert_eq!(std::fs::read(copy.join(odd)).unwrap(), b"odd\n");
        assert!(copy.join("n".repeat(220)).exists());
        assert_eq!((mode(&copy), mode(&copy.join("a"))), (0o750, 0o700));
        assert!(copy.join("empty").is_dir());
        assert_eq!(std::fs::read_link(copy.join("inside")).unwrap(), Path::new("a/b/file"));
        assert_eq!(std::fs::read_link(copy.join("a/up")).unwrap(), Path::new("../random"));
        bench.record.wait_for("the copy of `tree/` is not whole").await;
        for name in ["out", "absolute", "winding", "pipe"] {
            assert!(std::fs::symlink_metadata(copy.join(name)).is_err(), "{name}");
            assert_eq!(bench.record.count(&format!("`{name}`")), 1, "{name}");
        }
        assert_eq!(bench.record.count("the copy of `tree/` is not whole"), 1);
        let path = output.copy(&bench, "tree", "").await.unwrap();
        assert!(output.path().join(path).is_dir());
        assert!(!std::fs::symlink_metadata(&copy).unwrap().file_type().is_fifo());
        bench.text("chmod 700 tree/a; rm -r tree; [[ ! $(ls -A) ]]").await;
    }
}

#[tokio::test]
async fn what_is_not_there_or_nothing_to_copy_is_an_error() {
    let (bench, output) = (Bench::fake(""), Output::new());
    bench.text("mkfifo pipe; ln -s nowhere dangling; echo x > x").await;
    for (source, said) in [
        ("none", "there is no `none`"),
        ("pipe", "neither a file nor a directory"),
        ("dangling", "neither a file nor a directory"),
        ("/dev/null", "neither a file nor a directory"),
        ("/", "no last name"),
        ("x/..", "no last name"),
        ("", "empty path"),
        ("a\0b", "NUL"),
    ] {
        let error = output.copy(&bench, source, "").await.unwrap_err();
        assert!(
            matches!(&error.cause, Cause::InvalidArgument(text) if text.contains(said)),
            "{source:?}: {error}"
        );
    }
    for directory in ["..", "/tmp", "a/../../b", &"d".repeat(3_000)] {
        let error = output.copy(&bench, "x", directory).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    assert_eq!(std::fs::read_dir(output.path()).unwrap().count(), 0);
    bench.check_usable().await;
}

#[tokio::test]
async fn copies_have_limits_of_size() {
    let limits = Limits {
        copy_bytes: 100_000,
        copy_files: 5,
        ..Limits::default()
    };
    let (bench, output) = (Bench::fake_with(&limits, ""), Output::new());
    bench
        .text("head -c 100000 /dev/zero > most; head -c 100001 /dev/zero > more; mkdir files; touch files/{1..5}")
        .await;
    write_huge(&bench);
    output.copy(&bench, "most", "").await.unwrap();
    for source in ["more", "huge"] {
        let start = Instant::now();
        let error = output.copy(&bench, source, "").await.unwrap_err();
        assert!(error.to_string().contains("more than the 100000 bytes"), "{error}");
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
        bench.check_usable().await;
    }
    let error = output.copy(&bench, "files", "").await.unwrap_err();
    assert!(error.to_string().contains("more than the 5 files"), "{error}");
    output.copy(&bench, "most", "").await.unwrap();
}

#[tokio::test]
async fn a_limit_of_time_ends_a_copy_in_the_middle() {
    let (bench, output) = (Bench::fake(""), Output::new());
    bench.text("echo x > x").await;
    write_huge(&bench);
    let limit = Duration::from_secs(1);
    let start = Instant::now();
    let copy = bench.machine.copy_from_machine(&output.1, "huge", "", Some(limit));
    let error = copy.await.unwrap_err();
    assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
    assert!(timed_out_by(&error, LimitName::Argument), "{error}");
    assert!(error.to_string().contains("bytes had been copied"), "{error}");
    assert!(
        !output.path().join("huge").exists(),
        "a part of a file would pass for one"
    );
    output.copy(&bench, "x", "").await.unwrap();
    bench.check_usable().await;
    let copy = output.copy(&bench, "huge", "");
    let crash = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        bench.machine.crash(None).await.unwrap();
        start
    };
    let (copied, crashed) = tokio::join!(copy, crash);
    assert!(matches!(copied.unwrap_err().cause, Cause::MachineDown { .. }));
    assert!(crashed.elapsed() < LATE, "{:?}", crashed.elapsed());
}

#[tokio::test]
async fn what_cannot_be_written_is_told() {
    let (bench, output) = (Bench::fake(""), Output::new());
    bench.text("head -c 1000000 /dev/zero > much").await;
    std::fs::create_dir(output.path().join("much")).unwrap();
    let error = output.copy(&bench, "much", "").await.unwrap_err();
    assert!(
        matches!(&error.cause, Cause::InvalidArgument(text) if text.contains("\"much\"")),
        "{error}"
    );
    bench.check_usable().await;
}

#[tokio::test]
async fn a_tar_that_lies_does_no_harm() {
    let limits = Limits::default();
    for (script, said) in [
        ("echo no archive", "failed (exit code 1)"),
        ("head -c 10000 /dev/urandom", "no archive that can be read"),
        ("exit 0", "failed (exit code 1)"),
        ("echo the reason >&2; exit 2", "failed (exit code 2)"),
        ("kill -9 $$", "failed (exit code 137)"),
        ("while :; do cat /dev/urandom; done", "no archive that can be read"),
    ] {
        let (bench, _programs) = with_tar(&limits, script);
        let output = Output::new();
        let error = output.copy(&bench, "/etc/passwd", "").await.unwrap_err();
        assert!(error.to_string().contains(said), "{script}: {error}");
        if let Cause::CommandFailed(result) = &error.cause {
            assert_eq!(
                script.contains("reason"),
                result.stdout == b"the reason",
                "{script}: {error}"
            );
        }
        bench.check_usable().await;
    }
    // What changed while it was read is copied as it was, and said.
    let (bench, _programs) = with_tar(&limits, "/bin/tar \"$@\"; echo file changed as we read it >&2; exit 1");
    let output = Output::new();
    output.copy(&bench, "/etc/passwd", "").await.unwrap();
    bench.record.wait_for("file changed as we read it").await;
}

#[tokio::test]
async fn a_file_of_the_machine_cannot_take_the_records_place() {
    let bench = Bench::fake("");
    let scratch = tempfile::tempdir().unwrap();
    let output = OutputDirectory::open(scratch.path()).unwrap();
    std::fs::write(scratch.path().join("events.jsonl"), "the record").unwrap();
    bench
        .text("mkdir -p report.html; echo forged > events.jsonl; echo forged > report.html/x")
        .await;
    let home = bench.text("pwd").await;
    for (name, target) in [
        ("events.jsonl", "."),
        ("events.jsonl", "././"),
        ("report.html", ""),
        ("report.html/x", "report.html"),
    ] {
        let copied = bench
            .machine
            .copy_from_machine(&output, &format!("{home}/{name}"), target, None)
            .await;
        assert!(
            copied.unwrap_err().to_string().contains("a report of its own"),
            "{name}"
        );
    }
    assert_eq!(
        std::fs::read_to_string(scratch.path().join("events.jsonl")).unwrap(),
        "the record"
    );
    bench
        .machine
        .copy_from_machine(&output, &format!("{home}/events.jsonl"), "below", None)
        .await
        .unwrap();
}
