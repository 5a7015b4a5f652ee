//! Commands of GitHub Actions' workflows: groups that fold, and annotations.
//!
//! Source: "Workflow commands for GitHub Actions" of GitHub's documentation. The runner obeys commands wherever in a log
//! they stand, so what tests and machines print would be obeyed, too: all but our own are stopped by a token that nobody
//! else knows.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

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
    fn what_means_something_to_the_runner_is_written_otherwise() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b::c"), "a%2Cb%3A%3Ac");
    }
}
