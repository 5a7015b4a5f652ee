//! Projects of tests: directories of source text in one of the languages that have an SDK, and how each becomes a
//! component.
//!
//! The SDKs and the interface are carried in this program and written below `.proctor` in the project: what a test is built
//! with fits the host that builds it, and nothing has to be published or fetched for it.

mod c;
mod carried;
mod component;
mod error;
mod freshness;
mod go;
mod interpreter;
mod javascript;
mod language;
mod python;
mod rust;
mod template;
mod tool;
mod toolchain;
mod watch;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use error::FileContext as _;
pub use error::{BuildError, Result};
pub use interpreter::interpreter;
pub use language::Language;
pub use template::{NewError, Template, new};
pub use toolchain::Tell;
use watch::watched;

use crate::plugin::Script;

/// Where a project keeps what is made for it: the SDK, the interface, what is between source text and component.
const OWN_DIRECTORY: &str = ".proctor";
/// There, the file that whoever builds the project locks.
const LOCK: &str = "lock";
/// The longest name that a project may call itself, in bytes: it becomes a file's name, with an ending.
const NAME_BYTES: usize = 200;

/// A directory of tests in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    directory: PathBuf,
    language: Language,
}

/// What a build made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The component.
    pub component: PathBuf,
    /// Whether there was something to do.
    pub is_new: bool,
}

fn has_scripts(directory: &Path) -> bool {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| Script::is_one(&path))
}

impl Project {
    /// The project in a directory. Errors: there is none, or there are several.
    pub fn find(directory: &Path) -> Result<Self> {
        let directory = directory.canonicalize().while_trying_to("find", directory)?;
        let found: Vec<_> = Language::ALL
            .into_iter()
            .filter(|language| language.marker_in(&directory).is_some())
            .collect();
        match found.as_slice() {
            [language] => Ok(Self {
                language: *language,
                directory,
            }),
            [] if has_scripts(&directory) => Err(BuildError::Scripts(directory)),
            [] => Err(BuildError::NoProject(directory)),
            several => Err(BuildError::SeveralProjects {
                markers: several
                    .iter()
                    .filter_map(|language| language.marker_in(&directory))
                    .collect(),
                directory,
            }),
        }
    }

    /// Sees to the tools of its language: fetches what can be fetched and returns where what is used lies. Errors: what is
    /// missing, and how to get it.
    pub fn prepare(&self, tell: Tell<'_>) -> Result<Vec<PathBuf>> {
        let _lock = self.begin(tell)?;
        match self.language {
            Language::C => c::prepare(self, tell),
            Language::Go => go::prepare(self, tell),
            Language::JavaScript => javascript::prepare(self, tell),
            Language::Python => python::prepare(self, tell),
            Language::Rust => rust::prepare(self),
        }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Builds it. The component goes to `output`, by default to `NAME.wasm` in the project's directory, where `NAME` is what
    /// the project calls itself. What the language's own tools have to say goes to standard error as it comes; what takes long
    /// is told before. The tools get as long as `limit`.
    pub fn build(&self, output: Option<&Path>, limit: Duration, tell: Tell<'_>) -> Result<Built> {
        let _lock = self.begin(tell)?;
        let made = watched(limit, tell, || match self.language {
            Language::C => c::build(self, tell),
            Language::Go => go::build(self, tell),
            Language::JavaScript => javascript::build(self, tell),
            Language::Python => python::build(self, tell),
            Language::Rust => rust::build(self),
        })?;
        let component = match output {
            Some(output) => output.to_owned(),
            None => self.directory.join(format!("{}.wasm", made.name)),
        };
        let is_new = carried::write_if_changed(&component, &made.component)?;
        Ok(Built { component, is_new })
    }

    /// Waits until no other process builds it, for builds leave what they are at in the same files, and writes the SDK. Nobody
    /// else builds it until what is returned is dropped.
    fn begin(&self, tell: Tell<'_>) -> Result<File> {
        let lock = self.lock(tell)?;
        carried::unpack(self.language, &self.own_directory())?;
        Ok(lock)
    }

    fn lock(&self, tell: Tell<'_>) -> Result<File> {
        let path = self.own_directory().join(LOCK);
        let locked = fs::create_dir_all(self.own_directory()).and_then(|()| {
            let lock = File::create(&path)?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    tell("waiting for another build of this project");
                    lock.lock()?;
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            Ok(lock)
        });
        locked.while_trying_to("lock", &path)
    }

    /// The SDK, as it was unpacked.
    fn sdk(&self) -> PathBuf {
        self.own_directory().join("sdk").join(self.language.sdk())
    }

    /// What the project calls itself or, where it does not, its directory's name. Never a path: it becomes a file's name.
    fn named(&self, own: Option<&str>) -> String {
        let is_name = |name: &&str| {
            let allowed = |c: char| !c.is_control() && c != '/' && c != '\\';
            (1..=NAME_BYTES).contains(&name.len()) && name.chars().all(allowed) && !name.starts_with(['.', '-'])
        };
        let directory = self.directory.file_name().unwrap_or("tests".as_ref());
        own.filter(is_name)
            .map_or_else(|| directory.to_string_lossy().into_owned(), str::to_owned)
    }

    /// An empty directory for what a tool needs while it runs: one that was killed leaves that behind. Errors: it cannot be
    /// made.
    fn empty_scratch(&self) -> Result<PathBuf> {
        let scratch = self.own_directory().join("tmp");
        if scratch.exists() {
            fs::remove_dir_all(&scratch).while_trying_to("remove", &scratch)?;
        }
        fs::create_dir_all(&scratch).while_trying_to("make", &scratch)?;
        Ok(scratch)
    }

    fn own_directory(&self) -> PathBuf {
        self.directory.join(OWN_DIRECTORY)
    }
}

/// What a language's tools made of a project.
struct Made {
    /// What the project calls itself.
    name: String,
    /// The component's bytes.
    component: Vec<u8>,
}
