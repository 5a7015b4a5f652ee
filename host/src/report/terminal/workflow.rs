//! Commands of GitHub Actions' workflows: groups that fold, and annotations.
//!
//! Source: "Workflow commands for GitHub Actions" of GitHub's documentation. The runner obeys commands wherever in a log
//! they stand, so what tests and machines print would be obeyed, too: all but our own are stopped by a token that nobody
//! else knows.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::{Component, Path};

use super::lines::Lines;

/// Writes them where a workflow runs us.
#[derive(Debug)]
pub(super) struct Workflow {
    token: Option<String>,
}

impl Workflow {
    /// Where `wanted`; otherwise nothing is ever written.
    pub(super) fn new(wanted: bool) -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self {
            token: wanted.then(|| format!("proctor-{:016x}{:016x}", random(), random())),
        }
    }

    /// The log begins: nothing in it is to be obeyed.
    pub(super) fn begin(&self, lines: &mut Lines) {
        if let Some(token) = &self.token {
            lines.push_lines(&format!("::stop-commands::{token}"));
        }
    }

    /// The log has ended.
    pub(super) fn end(&self, lines: &mut Lines) {
        if let Some(token) = &self.token {
            lines.push_lines(&format!("::{token}::"));
        }
    }

    /// What follows can be folded, under this name.
    pub(super) fn begin_group(&self, lines: &mut Lines, name: &str) {
        self.command(lines, &format!("::group::{}", data(name)));
    }

    /// What follows stands by itself.
    pub(super) fn end_group(&self, lines: &mut Lines) {
        self.command(lines, "::endgroup::");
    }

    /// Something at a place in the sources, or nowhere in particular. `kind` is `error` or `warning`.
    pub(super) fn annotate(&self, lines: &mut Lines, kind: &str, title: &str, place: Option<&str>, message: &str) {
        let mut properties = format!("title={}", property(title));
        if let Some((file, line, column)) = place.and_then(parts) {
            properties.push_str(&format!(",file={},line={line}", property(file)));
            if let Some(column) = column {
                properties.push_str(&format!(",col={column}"));
            }
        }
        self.command(lines, &format!("::{kind} {properties}::{}", data(message)));
    }

    fn command(&self, lines: &mut Lines, command: &str) {
        if let Some(token) = &self.token {
            lines.push_lines(&format!("::{token}::\n{command}\n::stop-commands::{token}"));
        }
    }
}

/// A place, its file named by the path that it has in the repository; `None` where that cannot be told. Compilers name
/// files from where a build began, which is a directory of the repository: that of its component or of this process, or
/// one around it.
pub(super) fn place_in(repository: &Path, component: &Path, place: &str) -> Option<String> {
    let (file, _, _) = parts(place)?;
    let after = place.get(file.len()..)?;
    let file = Path::new(file);
    let repository = repository.canonicalize().ok()?;
    let shown = |path: &Path| Some(format!("{}{after}", path.strip_prefix(&repository).ok()?.to_str()?));
    if file.is_absolute() {
        return shown(file);
    }
    if !file.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let begins = [std::env::current_dir().ok(), component.canonicalize().ok()];
    let around = begins.iter().flatten().flat_map(|path| path.ancestors());
    let mut within = around
        .filter(|path| path.starts_with(&repository))
        .map(|path| path.join(file));
    shown(&within.find(|path| path.is_file())?)
}

/// The parts of `file:line:column` or `file:line`.
fn parts(place: &str) -> Option<(&str, u32, Option<u32>)> {
    let (before, last) = place.rsplit_once(':')?;
    let last: u32 = last.parse().ok()?;
    match before.rsplit_once(':').map(|(file, line)| (file, line.parse())) {
        Some((file, Ok(line))) => Some((file, line, Some(last))),
        _ => Some((before, last, None)),
    }
}

/// As the runner reads a command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As the runner reads a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_lines_and_perhaps_columns() {
        assert_eq!(parts("a/b.rs:3:7"), Some(("a/b.rs", 3, Some(7))));
        assert_eq!(parts("a:b.py:3"), Some(("a:b.py", 3, None)));
        assert_eq!(parts("nowhere"), None);
        assert_eq!(parts("a:b"), None);
    }

    #[test]
    fn files_are_named_by_their_paths_in_the_repository() {
        let scratch = tempfile::tempdir().unwrap();
        let sources = scratch.path().join("tests/system/one/src");
        let target = scratch.path().join("tests/target/release");
        std::fs::create_dir_all(&sources).unwrap();
        std::fs::create_dir_all(&target).unwrap();
        std::fs::create_dir_all(scratch.path().join("tests/one")).unwrap();
        for file in [
            sources.join("lib.rs"),
            target.join("one.wasm"),
            scratch.path().join("outside.rs"),
        ] {
            std::fs::write(file, "").unwrap();
        }
        let component = target.join("one.wasm");
        let place = |place: &str| place_in(scratch.path(), &component, place);
        assert_eq!(
            place("system/one/src/lib.rs:3:7").unwrap(),
            "tests/system/one/src/lib.rs:3:7"
        );
        let whole = sources.canonicalize().unwrap().join("lib.rs");
        assert_eq!(
            place(&format!("{}:3", whole.display())).unwrap(),
            "tests/system/one/src/lib.rs:3"
        );
        for unknown in [
            "nowhere",
            "missing.rs:3",
            "../outside.rs:3",
            "/etc/passwd:3",
            "system:1",
        ] {
            assert_eq!(place(unknown), None, "{unknown}");
        }
        let inside = place_in(&scratch.path().join("tests"), &component, "outside.rs:1");
        assert_eq!(inside, None);
    }

    #[test]
    fn what_means_something_to_the_runner_is_written_otherwise() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b::c"), "a%2Cb%3A%3Ac");
    }
}
