//! A machine's X server and its windows.

use std::time::Duration;

use super::command::{action, describe_output};
use super::handle::Machine;
use super::pattern;
use crate::error::{Cause, Result};
use crate::limits::WINDOWS;

/// Succeeds when the X server's socket is there and, where the machine has a journal, systemd has told there that a
/// graphical session has begun. Says what is missing.
const GRAPHICAL_SESSION: &str = r#"socket=${PROCTOR_X11:-/tmp/.X11-unix}/X0
[ -e "$socket" ] || { echo "there is no $socket"; exit 1; }
command -v journalctl > /dev/null || exit 0
[[ $(journalctl -b --no-pager SYSLOG_IDENTIFIER=systemd) =~ Reached\ target\ [^$'\n']*Current\ graphical ]] || {
  echo "$socket is there, but systemd has not reached the target of a graphical session"
  exit 1
}"#;
/// Lists the windows.
const WINDOW_TREE: &str = "xwininfo -root -tree";
/// A shell's status for a program that there is not.
const NO_PROGRAM: i32 = 127;

impl Machine {
    /// Waits until the machine runs an X server on display 0 and, where it has systemd's journal, that tells that a
    /// graphical session has begun. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`]; a passed timeout, with what is missing.
    pub async fn wait_for_x(&self, timeout: Option<Duration>) -> Result {
        let work = async {
            self.connected().await?;
            let mut wait = self.wait_from_now(timeout);
            loop {
                let attempt = self.attempt(GRAPHICAL_SESSION, wait.left()).await?;
                if attempt.timed_out {
                    wait.cut_off("journalctl was still running".into()).await?;
                    continue;
                }
                if attempt.result.status == 0 {
                    return Ok(());
                }
                let seen = String::from_utf8_lossy(&attempt.result.stdout);
                let seen = match seen.trim_end() {
                    "" => format!("a look that ended with status {}", attempt.result.status),
                    seen => crate::text::quote(seen, 200),
                };
                wait.not_yet(seen).await?;
            }
        };
        self.call("wait-for-x", work).await
    }

    /// The titles of all windows of the X server. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::succeed`]; the machine has no `xwininfo`.
    pub async fn window_names(&self, timeout: Option<Duration>) -> Result<Vec<String>> {
        let work = async {
            let result = self.in_time(WINDOW_TREE, timeout).await?;
            match result.status {
                0 => Ok(titles(&String::from_utf8_lossy(&result.stdout))),
                NO_PROGRAM => Err(no_program()),
                _ => Err(Cause::CommandFailed(result)),
            }
        };
        self.call("get-window-names", work).await
    }

    /// Waits until there is a window whose title matches. Returns the title.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: as [`Machine::execute`]; a wrong pattern; the machine
    /// has no `xwininfo`; a passed timeout, with the titles seen last.
    pub async fn wait_for_window(&self, pattern: &str, timeout: Option<Duration>) -> Result<String> {
        let work = async {
            let pattern = self.pattern(pattern)?;
            self.connected().await?;
            let mut wait = self.wait_from_now(timeout);
            loop {
                let attempt = self.attempt(WINDOW_TREE, wait.left()).await?;
                if attempt.timed_out {
                    wait.cut_off("xwininfo was still running".into()).await?;
                    continue;
                }
                let result = attempt.result;
                let seen = match result.status {
                    0 => {
                        let titles = titles(&String::from_utf8_lossy(&result.stdout));
                        let seen = describe(&titles);
                        let search = pattern.search(|pattern| titles.into_iter().find(|title| pattern.is_match(title)));
                        match wait.search(search, || seen.clone()).await? {
                            Some(found) => return Ok(found),
                            None => seen,
                        }
                    }
                    NO_PROGRAM => return Err(no_program()),
                    // The server may come yet.
                    status => format!(
                        "xwininfo ended with status {status}, {}",
                        describe_output(&result.stdout)
                    ),
                };
                wait.not_yet(seen).await?;
            }
        };
        self.call(action("wait-for-window", pattern), work).await
    }
}

/// The titles among which something was not found, for an error.
fn describe(titles: &[String]) -> String {
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    match pattern::quote_lines(&titles) {
        titles if titles.is_empty() => "no windows with a title".into(),
        titles => format!("windows:{titles}"),
    }
}

fn no_program() -> Cause {
    Cause::Unsupported("the machine has no program xwininfo (package x11-utils or xorg.xwininfo)".into())
}

/// The titles in what `xwininfo -root -tree` prints: lines of a number, a title in quotes, the window's classes.
pub(super) fn titles(printed: &str) -> Vec<String> {
    let title = |line: &str| {
        let (number, rest) = line.trim_start().split_once(" \"")?;
        // The root window has words before its number.
        let number = number.rsplit(' ').next()?.strip_prefix("0x")?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        // A title can hold quotes: it ends before the classes, or at the end of the line.
        let title = match rest.rfind("\": (") {
            Some(end) => rest.get(..end)?,
            None => rest.trim_end().trim_end_matches(':').strip_suffix('"')?,
        };
        Some(title.to_owned())
    };
    printed.lines().filter_map(title).take(WINDOWS).collect()
}

#[cfg(test)]
mod tests {
    use super::titles;

    #[test]
    fn titles_are_found_in_the_tree() {
        let printed = r#"
xwininfo: Window id: 0x533 (the root window) (has no name)

  Root window id: 0x533 (the root window) (has no name)
  Parent window id: 0x0 (none)
     4 children:
     0x1200009 "user@machine: ~": ("xterm" "XTerm")  484x316+0+0  +0+0
        1 child:
        0x1200014 (has no name): ()  484x316+0+0  +0+0
     0x80000d "say "hello": (twice)": ("a" "B")  10x10+10+10  +10+10
     0x80000e "": ()  1x1+0+0  +0+0
     0x800003 "no class": ()  1x1+-100+-100  +-100+-100
     0xzz "no number": ()  1x1+0+0  +0+0
"#;
        assert_eq!(
            titles(printed),
            ["user@machine: ~", "say \"hello\": (twice)", "", "no class"]
        );
        assert!(titles("").is_empty());
    }
}
