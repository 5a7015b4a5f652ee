//! Where what a test leaves goes: files beneath one directory, whatever names a test or a machine thinks of.

use std::collections::HashSet;
use std::fs::TryLockError;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};

use crate::error::Cause;
use crate::limits::{LimitName, Limits, OUTPUT_PATH_BYTES, PATH_COMPONENT_BYTES, Value};
use crate::text;

/// What a run writes itself into the output directory: no test may.
pub const OWN_FILES: [&str; 2] = ["events.jsonl", "report.html"];

/// The directory for one test's files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct OutputDirectory {
    root: Arc<Dir>,
    path: PathBuf,
    /// The test's own directory below the root, which is made with the first file; empty where it is the root.
    own: PathBuf,
    allowance: Arc<Allowance>,
    /// The pictures of the attempt.
    pictures: Arc<Mutex<HashSet<String>>>,
    /// Paths below the root that no test may write to.
    reserved: Arc<[PathBuf]>,
}

/// What may still be written.
#[derive(Debug)]
pub(crate) struct Allowance {
    limits: Limits,
    bytes: AtomicU64,
    files: AtomicU64,
}

impl Allowance {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            bytes: AtomicU64::new(0),
            files: AtomicU64::new(0),
        }
    }

    /// So much more is going to be written. Errors: more than may be, then and from then on.
    pub(crate) fn take(&self, bytes: u64, files: u64) -> Result<(), Cause> {
        let (most_bytes, most_files) = (self.limits.output_bytes, self.limits.output_files);
        let total = |counter: &AtomicU64, more| counter.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        let (bytes, files) = (total(&self.bytes, bytes), total(&self.files, files));
        let passed = if bytes > most_bytes {
            format!("{} of {} passed", LimitName::OutputBytes, Value::Size(most_bytes))
        } else if files > most_files {
            format!("{} of {most_files} passed", LimitName::OutputFiles)
        } else {
            return Ok(());
        };
        Err(Cause::InvalidArgument(format!(
            "{passed}: the test writes more to the output directory"
        )))
    }
}

/// A path below an output directory, ready to be shown.
pub(crate) fn shown(path: &Path) -> String {
    text::clean_path(path, OUTPUT_PATH_BYTES)
}

/// A text as a part of a file's name; what may not stand there stands there as its bytes.
fn escaped(text: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "-_+=@".contains(character);
    let mut escaped = String::new();
    for character in text.chars() {
        if plain(character) {
            escaped.push(character);
        } else {
            let bytes = character.to_string().into_bytes();
            escaped.extend(bytes.iter().map(|byte| format!("%{byte:02x}")));
        }
    }
    escaped
}

impl OutputDirectory {
    /// A directory that there is. Errors: it cannot be opened.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            root: Arc::new(Dir::open_ambient_dir(path, ambient_authority())?),
            path: path.into(),
            own: PathBuf::new(),
            allowance: Arc::new(Allowance::new(&Limits::default())),
            pictures: Arc::default(),
            reserved: OWN_FILES.map(PathBuf::from).into(),
        })
    }

    /// The same, where files of these paths are reports of the run. Those elsewhere do not matter.
    #[must_use]
    pub fn reserving(&self, reports: &[PathBuf]) -> Self {
        let root = std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let below = reports.iter().filter_map(|report| report.strip_prefix(&root).ok());
        Self {
            reserved: self.reserved.iter().cloned().chain(below.map(Path::to_owned)).collect(),
            ..self.clone()
        }
    }

    /// Whether a test may write to a path. Errors: as [`OutputDirectory::create_file`], of the path alone.
    pub(crate) fn check(&self, relative: &str) -> Result<(), Cause> {
        self.resolve(relative).map(drop)
    }

    /// Marks the directory as that of one run for as long as the answer lives. None where another run has done so.
    /// Errors: it cannot be opened; the file system knows no marks.
    pub fn claim(&self) -> std::io::Result<Option<std::fs::File>> {
        let directory = std::fs::File::open(&self.path)?;
        match directory.try_lock() {
            Ok(()) => Ok(Some(directory)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Removes a file of the run's own that an earlier run left. Errors: it stays.
    pub fn remove_own_file(&self, name: &str) -> std::io::Result<()> {
        match self.root.remove_file(name) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The same for a test that has written nothing yet, under these limits.
    #[must_use]
    pub fn under(&self, limits: &Limits) -> Self {
        Self {
            allowance: Arc::new(Allowance::new(limits)),
            pictures: Arc::default(),
            ..self.clone()
        }
    }

    /// The name of a picture, with a number where the attempt has one of that name: what one machine shows is not to take
    /// the place of what another does.
    pub(crate) fn unused(&self, name: &str) -> String {
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        let (stem, suffix) = match name.rsplit_once('.') {
            Some((stem, suffix)) if !stem.is_empty() && !stem.ends_with('/') && !suffix.contains('/') => {
                (stem, format!(".{suffix}"))
            }
            _ => (name, String::new()),
        };
        let numbered = (2_u64..).map(|number| format!("{stem}-{number}{suffix}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        // One of them is.
        let free = names.find(|name| !pictures.contains(name)).unwrap_or_default();
        pictures.insert(free.clone());
        free
    }

    /// What may still be written.
    pub(crate) fn allowance(&self) -> &Arc<Allowance> {
        &self.allowance
    }

    /// What guards the files below the root where they are written by others: what may still be written, and the paths that
    /// are not to be touched.
    pub(crate) fn guard(&self) -> (Arc<Allowance>, Arc<[PathBuf]>) {
        let reserved = self.reserved.iter().map(|path| self.path.join(path)).collect();
        (Arc::clone(&self.allowance), reserved)
    }

    /// The path of the test's own directory, which is made where there is none. Errors: it cannot be made.
    pub fn own_path(&self) -> Result<PathBuf, Cause> {
        let (_, path) = self.create_directory("")?;
        // Joined with nothing it would end with a slash.
        Ok(self.path.join(path).components().collect())
    }

    /// The directory of one of several tests, below this one. What may not stand in a file's name stands there as its
    /// bytes, so that no two tests have the same.
    #[must_use]
    pub fn of_test(&self, name: &str) -> Self {
        // Stores of files take no colons. A dot, which stands for nothing else here, stands for two.
        let parts: Vec<String> = name.split("::").map(escaped).collect();
        let mut directory = if parts.iter().any(String::is_empty) {
            escaped(name)
        } else {
            parts.join(".")
        };
        if directory.len() > PATH_COMPONENT_BYTES {
            // Those that begin alike are told apart by a number.
            let mut hasher = DefaultHasher::new();
            name.hash(&mut hasher);
            let number = format!("_{:016x}", hasher.finish());
            directory.truncate(directory.floor_char_boundary(PATH_COMPONENT_BYTES - number.len()));
            directory.push_str(&number);
        }
        Self {
            own: self.own.join(directory),
            ..self.clone()
        }
    }

    /// The path of the root.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a file anew, and the directories above it. Returns it with its path below the root.
    /// Errors: the path leads out, a directory stands there, the disk is full.
    pub fn create_file(&self, relative: &str) -> Result<(File, PathBuf), Cause> {
        let path = self.resolve(relative)?;
        if path == self.own {
            return Err(Cause::InvalidArgument("a file needs a name".into()));
        }
        self.allowance.take(0, 1)?;
        let failed = |error: std::io::Error| failed("make", &path, &error);
        if let Some(parent) = path.parent() {
            self.root.create_dir_all(parent).map_err(failed)?;
        }
        // What stands there may be a link or a pipe: it is replaced, not written to.
        match self.root.remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        let file = self.root.open_with(&path, options.write(true).create_new(true));
        Ok((file.map_err(failed)?, path))
    }

    /// Makes a file of the run's own anew: one of [`OWN_FILES`]. Errors: the file cannot be made.
    pub fn create_own_file(&self, name: &str) -> std::io::Result<std::fs::File> {
        self.remove_own_file(name)?;
        let mut options = OpenOptions::new();
        let file = self.root.open_with(name, options.write(true).create_new(true))?;
        Ok(file.into_std())
    }

    /// Writes a file anew. Returns its path below the root. Errors: as [`OutputDirectory::create_file`].
    pub fn write_file(&self, relative: &str, content: &[u8]) -> Result<PathBuf, Cause> {
        self.allowance.take(content.len() as u64, 0)?;
        let (mut file, path) = self.create_file(relative)?;
        if let Err(error) = file.write_all(content) {
            // A part of a file would pass for one. What failed is the news.
            let _ = self.root.remove_file(&path);
            return Err(failed("write", &path, &error));
        }
        Ok(path)
    }

    /// Makes a directory where there is none, and those above it. Returns it with its path below the root.
    /// Errors: as [`OutputDirectory::create_file`].
    pub fn create_directory(&self, relative: &str) -> Result<(Dir, PathBuf), Cause> {
        let path = self.resolve(relative)?;
        self.allowance.take(0, 1)?;
        let here = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &path
        };
        let failed = |error: std::io::Error| failed("make", &path, &error);
        self.root.create_dir_all(here).map_err(failed)?;
        let directory = self.root.open_dir(here).map_err(failed)?;
        Ok((directory, path))
    }

    fn resolve(&self, relative: &str) -> Result<PathBuf, Cause> {
        let path = Path::new(relative);
        let inside = path
            .components()
            .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
        if !inside || relative.contains('\0') || relative.len() > OUTPUT_PATH_BYTES {
            let shown = text::quote(relative, 100);
            return Err(Cause::InvalidArgument(format!(
                "`{shown}` is no path below the output directory: neither `..` nor a leading `/`, at most \
                 {OUTPUT_PATH_BYTES} bytes"
            )));
        }
        let normal = path
            .components()
            .filter(|component| matches!(component, Component::Normal(_)));
        let path = self.own.join(normal.collect::<PathBuf>());
        if self.reserved.iter().any(|reserved| path.starts_with(reserved)) {
            let shown = text::quote(relative, 100);
            return Err(Cause::InvalidArgument(format!(
                "`{shown}` is where Proctor writes a report of its own"
            )));
        }
        Ok(path)
    }
}

/// The error of a file beneath the output directory: the name's fault, or this computer's.
pub(crate) fn failed(doing: &str, path: &Path, error: &std::io::Error) -> Cause {
    let text = format!("cannot {doing} {path:?} in the output directory: {error}");
    match error.kind() {
        ErrorKind::AlreadyExists
        | ErrorKind::NotADirectory
        | ErrorKind::IsADirectory
        | ErrorKind::DirectoryNotEmpty
        | ErrorKind::InvalidFilename
        | ErrorKind::InvalidInput => Cause::InvalidArgument(text),
        // How cap-std says that a link led out: an error of its own, not the system's.
        ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Cause::InvalidArgument(text),
        _ => Cause::Host(text),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn scene() -> (tempfile::TempDir, OutputDirectory) {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::create_dir(scratch.path().join("out")).unwrap();
        std::fs::write(scratch.path().join("outside"), "untouched").unwrap();
        let output = OutputDirectory::open(&scratch.path().join("out")).unwrap();
        (scratch, output)
    }

    #[test]
    fn files_are_made_with_their_directories_and_made_anew() {
        let (scratch, output) = scene();
        for text in ["longer text", "short"] {
            let (mut file, path) = output.create_file("./a/b.txt").unwrap();
            file.write_all(text.as_bytes()).unwrap();
            assert_eq!(path, Path::new("a/b.txt"));
        }
        let written = std::fs::read_to_string(scratch.path().join("out/a/b.txt")).unwrap();
        assert_eq!(written, "short");
        let (_, path) = output.of_test("two machines/α ..").create_file("x").unwrap();
        assert_eq!(path, Path::new("two%20machines%2fα%20%2e%2e/x"));
        assert_eq!(output.create_directory("").unwrap().1, Path::new(""));
        for (name, directory) in [
            ("pages::serves::all", "pages.serves.all"),
            ("pages.serves", "pages%2eserves"),
            ("a:b", "a%3ab"),
            ("::a", "%3a%3aa"),
            ("a::", "a%3a%3a"),
            ("::::", "%3a%3a%3a%3a"),
            ("a::..::b", "a.%2e%2e.b"),
            ("a\0b", "a%00b"),
        ] {
            let (_, path) = output.of_test(name).create_file("x").unwrap();
            assert_eq!(path, Path::new(directory).join("x"), "{name:?}");
        }
        assert!(scratch.path().join("out/two%20machines%2fα%20%2e%2e/x").exists());
    }

    #[test]
    fn tests_with_long_names_have_directories_of_their_own() {
        let (_scratch, output) = scene();
        for long in ["x".repeat(500), "ü".repeat(250)] {
            let [first, second] = ["1", "2"].map(|end| output.of_test(&format!("{long}{end}")));
            let [first, second] = [first, second].map(|output| output.create_file("f").unwrap().1);
            assert_ne!(first, second);
            assert_eq!(output.of_test(&format!("{long}1")).create_file("f").unwrap().1, first);
        }
    }

    #[test]
    fn what_the_run_writes_itself_is_nobody_elses() {
        let scratch = tempfile::tempdir().unwrap();
        let output = OutputDirectory::open(scratch.path()).unwrap();
        for name in OWN_FILES {
            drop(output.create_own_file(name).unwrap());
            for name in [name.to_owned(), format!("./{name}"), format!("{name}/below")] {
                let refused = output.write_file(&name, b"").unwrap_err().to_string();
                assert!(refused.contains("a report of its own"), "{refused}");
                assert!(output.create_directory(&name).is_err());
            }
            output.write_file(&format!("below/{name}"), b"").unwrap();
            output.of_test("test").write_file(name, b"").unwrap();
            // Whatever an earlier run or a link has left there gives way.
            std::fs::remove_file(scratch.path().join(name)).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", scratch.path().join(name)).unwrap();
            drop(output.create_own_file(name).unwrap());
            assert!(std::fs::symlink_metadata(scratch.path().join(name)).unwrap().is_file());
        }
    }

    #[test]
    fn reports_that_a_user_asks_for_are_nobody_elses() {
        let scratch = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(scratch.path()).unwrap();
        let output = OutputDirectory::open(scratch.path()).unwrap();
        let output = output.reserving(&[
            root.join("log.xml"),
            root.join("test/t.json"),
            "/elsewhere/log.xml".into(),
        ]);
        assert!(output.write_file("log.xml", b"").is_err());
        assert!(output.of_test("test").write_file("t.json", b"").is_err());
        assert!(output.check("./log.xml").is_err() && output.check(OWN_FILES[0]).is_err());
        output.write_file("t.json", b"").unwrap();
        output.of_test("test").write_file("log.xml", b"").unwrap();
    }

    #[test]
    fn pictures_of_one_name_are_numbered() {
        let scratch = tempfile::tempdir().unwrap();
        let output = OutputDirectory::open(scratch.path()).unwrap();
        let names = ["a.png", "a.png", "a.png", "b/.png", "b/.png", "c.d/e", "c.d/e"];
        let numbered = names.map(|name| output.unused(name));
        assert_eq!(
            numbered,
            ["a.png", "a-2.png", "a-3.png", "b/.png", "b/.png-2", "c.d/e", "c.d/e-2"]
        );
        assert_eq!(output.under(&Limits::default()).unused("a.png"), "a.png");
    }

    #[test]
    fn nothing_leads_out() {
        let (scratch, output) = scene();
        let out = scratch.path().join("out");
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/../../x",
            "/etc/x",
            "a\0b",
            &"a/".repeat(3_000),
        ] {
            assert!(
                matches!(output.create_file(name), Err(Cause::InvalidArgument(_))),
                "{name:?}"
            );
        }
        symlink("..", out.join("up")).unwrap();
        symlink(scratch.path(), out.join("away")).unwrap();
        for name in ["up/outside", "away/outside", "up/new/x"] {
            assert!(
                matches!(output.create_file(name), Err(Cause::InvalidArgument(_))),
                "{name}"
            );
            assert!(output.create_directory(name).is_err(), "{name}");
        }
        // A link that stands where the file is to be is replaced.
        symlink("../outside", out.join("link")).unwrap();
        output.create_file("link").unwrap().0.write_all(b"x").unwrap();
        assert_eq!(std::fs::read(out.join("link")).unwrap(), b"x");
        assert_eq!(std::fs::read(scratch.path().join("outside")).unwrap(), b"untouched");
        let (_, own) = output.of_test("..").create_file("x").unwrap();
        assert_eq!(own, Path::new("%2e%2e/x"));
    }
}
