//! Regular expressions that tests hand over, and the texts in which they were not found.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use regex::{Regex, RegexBuilder};
use rustix::process::{Pid, setpriority_process};
use tokio::sync::{Semaphore, oneshot};

use super::handle::Machine;
use crate::error::Cause;
use crate::limits::{
    GIVEN_UP_SEARCH_NICENESS, PATTERN_BYTES, PATTERN_PROGRAM_BYTES, PATTERN_QUOTED_BYTES, SEARCHES, SOUGHT_LINE_BYTES,
    SOUGHT_QUOTED_LINES,
};
use crate::text;

/// Compiles a test's pattern, in which `^` and `$` match at line ends.
/// Errors: [`Cause::InvalidArgument`] for one that is wrong, or larger than a pattern may be.
pub(super) fn compile(pattern: &str) -> Result<Regex, Cause> {
    if pattern.len() > PATTERN_BYTES {
        let length = pattern.len();
        return Err(Cause::InvalidArgument(format!(
            "a pattern of {length} bytes; at most {PATTERN_BYTES} are allowed"
        )));
    }
    let compiled = RegexBuilder::new(pattern)
        .multi_line(true)
        .size_limit(PATTERN_PROGRAM_BYTES)
        .dfa_size_limit(PATTERN_PROGRAM_BYTES)
        .build();
    compiled.map_err(|error| {
        let reason = match &error {
            regex::Error::CompiledTooBig(_) => {
                format!("it takes more than {PATTERN_PROGRAM_BYTES} bytes once compiled; use smaller repetitions")
            }
            // Of several lines the last says what is wrong; those before it show where.
            _ => error
                .to_string()
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ")
                .to_owned(),
        };
        let pattern = text::quote(pattern, PATTERN_QUOTED_BYTES);
        Cause::InvalidArgument(format!(
            "pattern `{pattern}`: {}",
            text::quote(&reason, PATTERN_QUOTED_BYTES)
        ))
    })
}

/// A test's pattern, to be sought in what a machine says.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    regex: Regex,
    searches: Searches,
}

/// How many searches of one machine's texts may run at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Searches(Arc<Semaphore>);

impl Default for Searches {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(SEARCHES)))
    }
}

/// The thread of a search. Nothing can stop it: where nobody waits for it any more, it goes behind everything else.
struct SearchThread(Arc<AtomicI32>);

impl Drop for SearchThread {
    fn drop(&mut self) {
        // Zero before it runs and after its end.
        if let Some(thread) = Pid::from_raw(self.0.load(Ordering::Acquire)) {
            // Where it has ended meanwhile there is nothing to be done.
            let _ = setpriority_process(Some(thread), GIVEN_UP_SEARCH_NICENESS);
        }
    }
}

impl Machine {
    /// A test's pattern for this machine's texts. Errors: as [`compile`].
    pub(super) fn pattern(&self, pattern: &str) -> Result<Pattern, Cause> {
        Ok(Pattern {
            regex: compile(pattern)?,
            searches: self.inner().searches.clone(),
        })
    }
}

impl Pattern {
    /// Seeks it on a thread of its own: with a pattern that has many states a large text takes minutes. Whoever calls
    /// bounds it. A search that is dropped goes on to its end with the least priority and counts until then.
    /// Waits where [`SEARCHES`] run already.
    pub(super) async fn search<T: Send + 'static>(
        &self,
        search: impl FnOnce(&Regex) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>, Cause> {
        let failed = |error: &dyn std::fmt::Display| Cause::Host(format!("the search failed: {error}"));
        let permit = Arc::clone(&self.searches.0)
            .acquire_owned()
            .await
            .map_err(|error| failed(&error))?;
        let regex = self.regex.clone();
        let id = Arc::new(AtomicI32::new(0));
        let thread = SearchThread(Arc::clone(&id));
        let (sender, receiver) = oneshot::channel();
        let work = move || {
            id.store(nix::unistd::gettid().as_raw(), Ordering::Release);
            let found = search(&regex);
            id.store(0, Ordering::Release);
            drop(permit);
            // Nobody waits any more where the search was given up.
            let _ = sender.send(found);
        };
        std::thread::Builder::new()
            .name("search".into())
            .spawn(work)
            .map_err(|error| failed(&error))?;
        let found = receiver.await.map_err(|_| failed(&"it panicked"))?;
        drop(thread);
        Ok(found)
    }
}

/// The last lines of a text in which a pattern was not found, each on a line of its own, for an error.
pub(super) fn quote_lines(lines: &[&str]) -> String {
    let skip = lines.len().saturating_sub(SOUGHT_QUOTED_LINES);
    let lines = lines.iter().skip(skip);
    lines
        .map(|line| format!("\n    {}", text::quote(line, SOUGHT_LINE_BYTES)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use super::*;

    /// A search that goes on until something is sent, and says which thread it is.
    fn endless(threads: mpsc::Sender<i32>) -> (mpsc::Sender<()>, impl FnOnce(&Regex) -> Option<()>) {
        let (end, ended) = mpsc::channel();
        let search = move |_: &Regex| {
            threads.send(nix::unistd::gettid().as_raw()).unwrap();
            ended.recv().ok()
        };
        (end, search)
    }

    fn niceness(thread: i32) -> i32 {
        let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).unwrap();
        let fields = stat.rsplit_once(')').unwrap().1;
        fields.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn searches_that_are_given_up_are_few_and_stand_behind() {
        let pattern = Pattern {
            regex: compile("x").unwrap(),
            searches: Searches::default(),
        };
        let (sender, threads) = mpsc::channel();
        let mut ends = Vec::new();
        for _ in 0..SEARCHES {
            let (end, search) = endless(sender.clone());
            ends.push(end);
            let given_up = tokio::time::timeout(Duration::from_millis(50), pattern.search(search)).await;
            assert!(given_up.is_err());
            let (thread, start) = (threads.recv().unwrap(), Instant::now());
            while niceness(thread) != GIVEN_UP_SEARCH_NICENESS {
                assert!(start.elapsed() < Duration::from_secs(60));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        let (end, search) = endless(sender);
        let waits = tokio::time::timeout(Duration::from_millis(50), pattern.search(search)).await;
        assert!(waits.is_err() && threads.try_recv().is_err() && end.send(()).is_err());
        ends.pop().unwrap().send(()).unwrap();
        let found = pattern.search(|regex| Some(regex.is_match("x"))).await.unwrap();
        assert_eq!(found, Some(true));
    }

    #[tokio::test]
    async fn a_search_that_panics_is_a_fault_of_ours() {
        let pattern = Pattern {
            regex: compile("x").unwrap(),
            searches: Searches::default(),
        };
        let failed = pattern.search(|_| -> Option<()> { panic!("on purpose") }).await;
        assert!(matches!(failed, Err(Cause::Host(text)) if text.contains("panicked")));
        assert_eq!(pattern.searches.0.available_permits(), SEARCHES);
    }

    fn refusal(pattern: &str) -> String {
        compile(pattern).unwrap_err().to_string()
    }

    #[test]
    fn line_ends_are_matched_in_the_middle_of_the_text() {
        let pattern = compile("^b$").unwrap();
        assert!(pattern.is_match("a\nb\nc"));
        assert!(!compile(r"\Ab").unwrap().is_match("a\nb"));
    }

    #[test]
    fn wrong_patterns_are_refused_in_one_line() {
        let text = refusal("a(b");
        assert_eq!(text, "invalid argument: pattern `a(b`: unclosed group");
        assert!(refusal("(?=x)").contains("look-around"), "{}", refusal("(?=x)"));
        assert!(refusal("a(\n").lines().count() == 1);
    }

    #[test]
    fn patterns_are_bounded_in_length_and_in_what_they_become() {
        assert!(refusal(&"x".repeat(PATTERN_BYTES + 1)).contains("at most"));
        assert!(refusal("(?:(?:x{1000}){1000}){1000}").contains("once compiled"));
        assert!(refusal(&"(".repeat(PATTERN_BYTES)).len() < 2_000);
    }
}
