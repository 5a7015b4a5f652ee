//! An interactive session: between whoever types and the interpreter that executes it.
//!
//! The interpreter asks for one request after the other and so is never called while it does something.

mod alternate_screen;
mod interrupt;
mod prompt;
mod terminal;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::event::Events;
use crate::limits::{COMPLETION_BYTES, COMPLETIONS, OUTPUT_SHOWN, SESSION_REQUESTS};
use crate::text;

pub use interrupt::Interrupt;
pub use prompt::{Busy, Prompt};
pub use terminal::{Connection, Line, Terminal, restore as restore_terminal};

/// What is wanted of the interpreter.
#[derive(Debug)]
pub enum Request {
    /// Execute statements. Done when the answer's other end is dropped.
    Execute(String, std::sync::mpsc::SyncSender<()>),
    /// Execute all that there is, whose errors are the session's.
    ExecuteAll(String, std::sync::mpsc::SyncSender<()>),
    /// Tell how a name at the text's end may go on.
    Complete(String, std::sync::mpsc::SyncSender<Completion>),
    /// Tell what to make of a text.
    Inspect(String, std::sync::mpsc::SyncSender<Inspection>),
}

/// How a text may go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// From which byte on.
    pub start: usize,
    /// What may stand there.
    pub candidates: Vec<String>,
}

/// How a part of a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A word of the language's.
    Keyword,
    /// Quoted text.
    Text,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// A name that the language brings.
    Builtin,
    /// A name that is being given.
    Definition,
}

/// What to make of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Whether it can be executed.
    pub whole: bool,
    /// Or else with how many spaces the next line is to begin.
    pub indentation: usize,
    /// Parts of it: from which byte on, how many, and how they are shown.
    pub parts: Vec<(usize, usize, Style)>,
}

/// The interpreter's end of a session.
#[derive(Debug)]
pub struct Session {
    requests: tokio::sync::Mutex<mpsc::Receiver<Request>>,
    current: Mutex<Option<Answer>>,
    /// What whoever types wants to end.
    pub interrupt: Arc<Interrupt>,
    /// Where they type.
    pub terminal: Terminal,
}

/// Who waits for the interpreter.
#[derive(Debug)]
enum Answer {
    Done { _open: std::sync::mpsc::SyncSender<()> },
    Completion(std::sync::mpsc::SyncSender<Completion>),
    Inspection(std::sync::mpsc::SyncSender<Inspection>),
}

/// A request without the way back.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Execute this.
    Execute(String),
    /// Execute all of this.
    ExecuteAll(String),
    /// Tell how this may go on.
    Complete(String),
    /// Tell what to make of this.
    Inspect(String),
}

impl Session {
    /// A session whose output goes to this terminal, and the end of whoever types. They may when the interpreter first asks
    /// for a request.
    pub fn new(terminal: Terminal) -> (Arc<Self>, Prompt) {
        let (sender, requests) = mpsc::channel(SESSION_REQUESTS);
        let (open, busy) = Busy::new();
        let interrupt = Arc::new(Interrupt::default());
        let session = Self {
            requests: tokio::sync::Mutex::new(requests),
            current: Mutex::new(Some(Answer::Done { _open: open })),
            interrupt: Arc::clone(&interrupt),
            terminal,
        };
        (Arc::new(session), Prompt::new(sender, busy, interrupt))
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<Answer>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next request, when the last is done and its output is shown. `None`: nobody types any more.
    pub async fn next(&self, events: &Events) -> Option<Wanted> {
        if matches!(*self.current(), Some(Answer::Done { .. })) {
            // Whatever does not come through in that time is shown above the prompt.
            let _ = tokio::time::timeout(OUTPUT_SHOWN, events.reported()).await;
            // What was to end has ended.
            self.interrupt.take();
        }
        *self.current() = None;
        self.interrupt.set_idle(true);
        let request = self.requests.lock().await.recv().await;
        self.interrupt.set_idle(false);
        let (wanted, answer) = match request? {
            Request::Execute(text, open) => {
                self.interrupt.take();
                (Wanted::Execute(text), Answer::Done { _open: open })
            }
            Request::ExecuteAll(text, open) => (Wanted::ExecuteAll(text), Answer::Done { _open: open }),
            Request::Complete(text, reply) => (Wanted::Complete(text), Answer::Completion(reply)),
            Request::Inspect(text, reply) => (Wanted::Inspect(text), Answer::Inspection(reply)),
        };
        *self.current() = Some(answer);
        Some(wanted)
    }

    /// How the text may go on. What cannot be shown as it is, and what is too much, is left out.
    pub fn complete(&self, mut completion: Completion) {
        completion
            .candidates
            .retain(|text| text::clean(text.as_bytes(), COMPLETION_BYTES) == *text);
        completion.candidates.truncate(COMPLETIONS);
        if let Some(Answer::Completion(reply)) = &*self.current() {
            // Nobody waits any more.
            let _ = reply.try_send(completion);
        }
    }

    /// What to make of the text.
    pub fn inspected(&self, inspection: Inspection) {
        if let Some(Answer::Inspection(reply)) = &*self.current() {
            // As above.
            let _ = reply.try_send(inspection);
        }
    }

    /// The interpreter has ended, and with it the session.
    pub async fn end(&self) {
        self.interrupt.end();
        let mut requests = self.requests.lock().await;
        requests.close();
        while requests.try_recv().is_ok() {}
        // Last: who waits for this looks then whether the session goes on.
        *self.current() = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::Reporter;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    }

    #[test]
    fn requests_are_answered_one_after_the_other() {
        let (reporter, events) = Reporter::start(Vec::new()).unwrap();
        let (session, mut prompt) = Session::new(Terminal::none());
        let typing = std::thread::spawn(move || {
            assert!(prompt.wait(&mut || {}));
            let completion = prompt.complete("mach").unwrap();
            assert_eq!(
                (completion.start, completion.candidates),
                (0, vec!["machine".to_owned()])
            );
            assert!(prompt.inspect("if").unwrap().whole);
            assert!(prompt.execute("1 + 1".into()));
            assert!(prompt.wait(&mut || {}));
            prompt
        });
        let mut seen = Vec::new();
        runtime().block_on(async {
            while let Some(wanted) = session.next(&events).await {
                match &wanted {
                    Wanted::Complete(_) => session.complete(Completion {
                        start: 0,
                        candidates: vec!["machine".into(), "mach\x1b[2J".into(), "x".repeat(COMPLETION_BYTES + 1)],
                    }),
                    Wanted::Inspect(_) => session.inspected(Inspection {
                        whole: true,
                        ..Inspection::default()
                    }),
                    Wanted::Execute(_) | Wanted::ExecuteAll(_) => {}
                }
                seen.push(wanted);
                if seen.len() == 3 {
                    // It is done when the next is asked for, which never comes.
                    drop(tokio::time::timeout(Duration::from_millis(10), session.next(&events)).await);
                    break;
                }
            }
            session.end().await;
        });
        let mut prompt = typing.join().unwrap();
        assert!(!prompt.execute("after the end".into()));
        assert_eq!(prompt.complete("x"), None);
        assert_eq!(seen.last(), Some(&Wanted::Execute("1 + 1".into())));
        reporter.finish();
    }

    #[test]
    fn no_more_names_are_offered_than_anybody_reads() {
        let (session, _prompt) = Session::new(Terminal::none());
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        *session.current() = Some(Answer::Completion(reply));
        // What cannot be shown does not count.
        let names = (0..COMPLETIONS + 5).flat_map(|number| [format!("\x1b{number}"), format!("name_{number}")]);
        session.complete(Completion {
            start: 0,
            candidates: names.collect(),
        });
        let candidates = answer.recv().unwrap().candidates;
        assert_eq!(candidates.len(), COMPLETIONS);
        assert_eq!(candidates.last(), Some(&format!("name_{}", COMPLETIONS - 1)));
    }

    #[test]
    fn an_interpreter_that_ends_ends_the_wait() {
        let (session, mut prompt) = Session::new(Terminal::none());
        runtime().block_on(session.end());
        assert!(!prompt.wait(&mut || {}) || !prompt.execute("1".into()));
    }
}
