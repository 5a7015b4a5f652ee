//! The screen: pictures, and the text in them.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat};
use proctor::error::Cause;
use proctor::limits::{LimitName, Limits};
use proctor::output_directory::OutputDirectory;
use proctor_tests::{
    Bench, LATE, PATIENCE, ROOM, fake_script, processes, separate_process, tesseract_is_installed, timed_out_by,
    write_script,
};

const SOON: Option<Duration> = Some(PATIENCE);

/// The screen of a real machine that begins to boot.
fn boot_screen() -> DynamicImage {
    image::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("contract/data/boot-screen.png")).unwrap()
}

/// One on which nothing stands.
fn empty_screen() -> DynamicImage {
    DynamicImage::new_rgb8(720, 400)
}

/// A machine with a screen, and the file that the screen shows.
struct Scene {
    bench: Bench,
    screen: PathBuf,
    /// For the file.
    _directory: tempfile::TempDir,
}

impl Scene {
    fn new(screen: &DynamicImage) -> Self {
        Self::under(&Limits::default(), screen)
    }

    fn under(limits: &Limits, screen: &DynamicImage) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("screen.ppm");
        let options = format!("--fake-screen '{}'", file.display());
        let bench = Bench::new(limits, &[], |scripts| fake_script(scripts, "machine", &options));
        let scene = Self {
            bench,
            screen: file,
            _directory: directory,
        };
        scene.show(screen);
        scene
    }

    /// In one piece: the machine may be looking.
    fn show(&self, screen: &DynamicImage) {
        let partial = self.screen.with_extension("partial");
        let picture = screen.to_rgb8();
        let header = format!("P6\n{} {}\n255\n", picture.width(), picture.height());
        std::fs::write(&partial, [header.as_bytes(), picture.as_raw()].concat()).unwrap();
        std::fs::rename(partial, &self.screen).unwrap();
    }

    /// Pictures that are left in the machine's state directory.
    fn left(&self) -> usize {
        let entries = std::fs::read_dir(self.bench.state()).unwrap();
        entries
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with("screen-")
            })
            .count()
    }
}

#[tokio::test]
async fn a_screenshot_is_a_png_file_in_the_output_directory() {
    let scene = Scene::new(&boot_screen());
    let machine = &scene.bench.machine;
    machine.start(false, None).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let output = OutputDirectory::open(scratch.path()).unwrap();
    for (name, path) in [
        ("boot", "boot.png"),
        ("a/b.png", "a/b.png"),
        ("x.picture", "x.picture"),
        // What was saved before stays.
        ("boot", "boot-2.png"),
    ] {
        let told = machine.screenshot(Ok(&output), name, None).await.unwrap();
        assert_eq!(told, Path::new(path));
        let bytes = std::fs::read(scratch.path().join(path)).unwrap();
        let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Png).unwrap();
        assert_eq!(picture.to_rgb8(), boot_screen().to_rgb8());
        assert!(bytes.len() < 20_000, "{} bytes", bytes.len());
    }
    for name in ["x/", "..", "../x", "/tmp/x", "", "a/../../x", "a\0b"] {
        let error = machine.screenshot(Ok(&output), name, None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{name:?}: {error}");
    }
    symlink("/tmp", scratch.path().join("out")).unwrap();
    assert!(machine.screenshot(Ok(&output), "out/x", None).await.is_err());
    let none = Err(Cause::Unsupported("there is no output directory".into()));
    let error = machine.screenshot(none, "x", None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
    assert_eq!(scene.left(), 0);
}

#[tokio::test]
async fn a_machine_without_a_screen_says_so() {
    let bench = Bench::fake("");
    let output = OutputDirectory::open(bench.scratch.path()).unwrap();
    let error = bench.machine.screenshot(Ok(&output), "x", None).await.unwrap_err();
    assert!(error.to_string().contains("not started"), "{error}");
    bench.machine.start(false, None).await.unwrap();
    let error = bench.machine.screenshot(Ok(&output), "x", None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Monitor(_)), "{error}");
    assert!(
        error.to_string().contains("no console to take a screendump from"),
        "{error}"
    );
    assert!(!bench.scratch.path().join("x.png").exists());
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_a_one_is_refused() {
    let scene = Scene::new(&boot_screen());
    let machine = &scene.bench.machine;
    machine.start(false, None).await.unwrap();
    let output = OutputDirectory::open(scene.bench.scratch.path()).unwrap();
    for bytes in [&b"no picture"[..], b"P6\n9999 9999\n255\n", b"P6\n10 10\n255\nshort"] {
        std::fs::write(&scene.screen, bytes).unwrap();
        let error = machine.screenshot(Ok(&output), "x", None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::Monitor(_)), "{error}");
    }
    // The fake machine copies it all: as long as it is, without taking the room.
    std::fs::File::create(&scene.screen)
        .unwrap()
        .set_len((64 << 20) + 1)
        .unwrap();
    let error = machine.screenshot(Ok(&output), "x", None).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the picture size limit (--limit picture-size) of 64 MiB passed"),
        "{error}"
    );
    assert_eq!(scene.left(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_on_the_screen_is_read() {
    if !tesseract_is_installed() {
        return;
    }
    let scene = Scene::new(&boot_screen());
    let machine = &scene.bench.machine;
    machine.start(false, None).await.unwrap();
    let start = Instant::now();
    let text = machine.screen_text(None).await.unwrap();
    eprintln!("one variant took {:?}", start.elapsed());
    assert!(text.contains("SeaBIOS (version 1.16.2-debian-1.16.2-1)\n"), "{text}");
    assert!(text.contains("Booting from ROM"), "{text}");
    let variants = machine.screen_text_variants(None).await.unwrap();
    assert_eq!(variants.len(), 3);
    assert!(variants.iter().all(|text| text.contains("SeaBIOS")), "{variants:?}");
    assert_eq!(scene.left(), 0);
    scene.show(&empty_screen());
    assert_eq!(machine.screen_text(None).await.unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_waited_for_and_the_last_told() {
    if !tesseract_is_installed() {
        return;
    }
    let scene = Scene::new(&empty_screen());
    let machine = &scene.bench.machine;
    let error = machine.wait_for_text("x", SOON).await.unwrap_err();
    assert!(error.to_string().contains("not started"), "{error}");
    machine.start(false, None).await.unwrap();
    // An error tells what has been read, of which there is to be something.
    let start = Instant::now();
    machine.screen_text(None).await.unwrap();
    let limit = Duration::from_secs(4).max(8 * start.elapsed());
    let start = Instant::now();
    let error = machine.wait_for_text("SeaBIOS", Some(limit)).await.unwrap_err();
    assert!(error.to_string().contains("no text on the screen"), "{error}");
    assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
    let show = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        scene.show(&boot_screen());
        Instant::now()
    };
    let (found, shown) = tokio::join!(machine.wait_for_text("^Booting +from", SOON), show);
    assert_eq!(found.unwrap(), "Booting from");
    let limit = limit.max(4 * shown.elapsed());
    let error = machine.wait_for_text("never shown", Some(limit)).await.unwrap_err();
    assert!(
        error.to_string().contains("on the screen:\n    SeaBIOS (version"),
        "{error}"
    );
    assert!(timed_out_by(&error, LimitName::Argument), "{error}");
    let error = machine.wait_for_text("(", SOON).await.unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    let (waited, _) = tokio::join!(machine.wait_for_text("never shown", None), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        machine.crash(None).await
    });
    assert!(matches!(waited.unwrap_err().cause, Cause::MachineDown { .. }));
    processes::wait_until_gone(scene.bench.run.path()).await;
}

/// Runs this test in a process whose programs are this computer's, but for tesseract, which is what `text` says, a
/// script, or missing.
fn with_tesseract(test: &str, text: Option<&str>) -> bool {
    let Some(mut own) = separate_process(test) else {
        return true;
    };
    let programs = tempfile::tempdir().unwrap();
    for directory in ["/bin", "/usr/bin"] {
        for entry in std::fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            // One directory may be the other.
            let _ = symlink(entry.path(), programs.path().join(entry.file_name()));
        }
    }
    let tesseract = programs.path().join("tesseract");
    let _ = std::fs::remove_file(&tesseract);
    if let Some(text) = text {
        write_script(&tesseract, text);
    }
    let own = own.env("PATH", programs.path()).output().unwrap();
    let printed = [own.stdout, own.stderr].concat();
    assert!(own.status.success(), "{}", String::from_utf8_lossy(&printed));
    false
}

/// Waits until none of the scripts in tesseract's place is left, nor what they started: they sleep longer than others.
async fn wait_until_readers_are_gone(run: &Path) {
    let sleeps = |(_, command): &(i32, String)| command.contains("sleep 1000");
    processes::wait_until("a reader is left", || !processes::of_run(run).iter().any(sleeps)).await;
}

#[tokio::test]
async fn a_missing_tesseract_is_said_at_once() {
    if !with_tesseract("screen::a_missing_tesseract_is_said_at_once", None) {
        return;
    }
    // Even where the machine has nothing to show.
    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    let start = Instant::now();
    for error in [
        bench.machine.screen_text(None).await.unwrap_err(),
        bench.machine.screen_text_variants(None).await.unwrap_err(),
        bench.machine.wait_for_text("x", None).await.unwrap_err(),
    ] {
        assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
        assert!(error.to_string().contains("apt-get install tesseract-ocr"), "{error}");
    }
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_tesseract_that_fails_is_quoted() {
    let script = "#!/bin/sh\ncat > /dev/null\necho 'Failed loading language eng' >&2\nexit 3\n";
    if !with_tesseract("screen::a_tesseract_that_fails_is_quoted", Some(script)) {
        return;
    }
    let scene = Scene::new(&boot_screen());
    scene.bench.machine.start(false, None).await.unwrap();
    for error in [
        scene.bench.machine.screen_text(None).await.unwrap_err(),
        scene.bench.machine.wait_for_text("x", SOON).await.unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(
            text.contains("exit status: 3") && text.contains("Failed loading language eng"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_tesseract_that_does_not_end_is_killed_with_its_children() {
    let script = "#!/bin/sh\nsetsid sleep 1000 &\nexec sleep 1000\n";
    let test = "screen::a_tesseract_that_does_not_end_is_killed_with_its_children";
    if !with_tesseract(test, Some(script)) {
        return;
    }
    let limits = Limits {
        text_recognition: Duration::from_millis(300),
        ..Limits::default()
    };
    let scene = Scene::under(&limits, &boot_screen());
    let (machine, run) = (&scene.bench.machine, scene.bench.run.path());
    machine.connect(None).await.unwrap();
    let start = Instant::now();
    let error = machine.screen_text(None).await.unwrap_err();
    let limit = LimitName::TextRecognition;
    assert!(
        matches!(error.cause, Cause::TimedOut { limit: named, .. } if named == limit),
        "{error}"
    );
    // A wait has its own limit only.
    let error = machine
        .wait_for_text("x", Some(Duration::from_millis(700)))
        .await
        .unwrap_err();
    assert!(timed_out_by(&error, LimitName::Argument), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    // And nothing else is: the machine runs on.
    wait_until_readers_are_gone(run).await;
    scene.bench.check_usable().await;
}

#[tokio::test]
async fn a_tesseract_that_prints_without_end_is_given_up() {
    let test = "screen::a_tesseract_that_prints_without_end_is_given_up";
    if !with_tesseract(test, Some("#!/bin/sh\nexec yes\n")) {
        return;
    }
    let scene = Scene::new(&boot_screen());
    scene.bench.machine.start(false, None).await.unwrap();
    let error = scene.bench.machine.screen_text(None).await.unwrap_err();
    assert!(error.to_string().contains("prints more than 262144 bytes"), "{error}");
    scene.bench.check_usable().await;
}

/// The first variant in which the text is found ends the others.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_match_wins() {
    // Only the picture as it is has so few columns; the others never end.
    let script =
        "#!/bin/bash\nread -r -N 16 head\ncase $head in *720?400*) echo found; exit ;; esac\nexec sleep 1000\n";
    if !with_tesseract("screen::the_first_match_wins", Some(script)) {
        return;
    }
    let scene = Scene::new(&boot_screen());
    let (machine, run) = (&scene.bench.machine, scene.bench.run.path());
    machine.connect(None).await.unwrap();
    let start = Instant::now();
    assert_eq!(machine.wait_for_text("f.und", SOON).await.unwrap(), "found");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    // What has been read when the time is over is told, though others are still read.
    let error = machine.wait_for_text("other", Some(ROOM)).await.unwrap_err();
    assert!(error.to_string().contains("on the screen:\n    found"), "{error}");
    wait_until_readers_are_gone(run).await;
    scene.bench.check_usable().await;
}
