//! The prompt of an interactive session.

mod editor;
mod output;
mod suspension;

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, CompletionType, Config, Editor};

use super::arguments::{Failure, say};
use crate::limits::{HISTORY, HISTORY_BYTES, SCRIPT_BYTES, STATEMENT_BYTES};
use crate::report::terminal::{Terminal, TerminalOptions};
use crate::session::{self, Prompt, Session};
use crate::user_directories::state_directory;
use editor::Assistant;
use output::{Output, Screen};

const PROMPT: &str = ">>> ";

/// A session that has not begun.
pub(super) struct Interactive {
    /// The interpreter's end of it.
    pub(super) session: Arc<Session>,
    prompt: Prompt,
    editor: Option<Editor<Assistant, FileHistory>>,
    history: Option<PathBuf>,
    screen: Screen,
}

/// Sets the terminal as it was when it is dropped, whatever became of the session.
pub(super) struct Restore(Screen);

impl Drop for Restore {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Interactive {
    /// Looks at the terminal. `history` is the file that keeps what is typed. Errors: the terminal cannot be used.
    pub(super) fn new(history: Option<PathBuf>) -> Result<Self, Failure> {
        let history = history.filter(|path| is_usable(path));
        let connected = Arc::default();
        let screen = Screen::new(&connected);
        let (session, prompt) = Session::new(session::Terminal::of_process(&connected));
        let editor = std::io::stdin()
            .is_terminal()
            .then(|| editor(history.as_deref()))
            .transpose();
        Ok(Self {
            session,
            prompt,
            editor: editor.map_err(|error| Failure::usage(format!("the terminal cannot be used: {error}")))?,
            history,
            screen,
        })
    }

    /// What sets the terminal as it was.
    pub(super) fn restore(&self) -> Restore {
        Restore(self.screen.clone())
    }

    /// The log, above the prompt.
    pub(super) fn terminal(&self, options: TerminalOptions) -> Terminal {
        let options = TerminalOptions {
            colour: colours(),
            plain_test: true,
            ..options
        };
        Terminal::new(Output::new(&self.screen), options)
    }

    /// Lets somebody type, on a thread of its own. Errors: the system has no thread to give.
    pub(super) fn start(mut self) -> std::io::Result<()> {
        // Where only its input is a terminal, what comes is shown beneath.
        if let Some(Ok(printer)) = self.editor.as_mut().map(Editor::create_external_printer) {
            self.screen.show_above(printer)?;
        }
        let thread = std::thread::Builder::new().name("prompt".into());
        thread.spawn(move || match self.editor {
            Some(editor) => edit(editor, self.prompt, self.history.as_deref(), &self.screen),
            None => read(self.prompt),
        })?;
        Ok(())
    }
}

/// Whether a file can keep what is typed: a pipe would be waited for, and a link leads to what may be anything.
fn is_usable(history: &Path) -> bool {
    match history.symlink_metadata() {
        Ok(metadata) if metadata.is_file() && metadata.len() <= HISTORY_BYTES => true,
        Ok(_) => {
            say(format_args!(
                "warning: {history:?} is no file, or too large: what is typed is not kept"
            ));
            false
        }
        // It is made.
        Err(_) => true,
    }
}

/// The file that keeps what is typed: in the user's directory for what programs remember.
pub(super) fn history() -> Option<PathBuf> {
    let directory = state_directory()?;
    std::fs::create_dir_all(&directory).ok()?;
    Some(directory.join("history"))
}

/// Whether colours are to be used.
fn colours() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

fn editor(history: Option<&Path>) -> rustyline::Result<Editor<Assistant, FileHistory>> {
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .completion_type(CompletionType::List)
        .color_mode(if colours() {
            ColorMode::Enabled
        } else {
            ColorMode::Disabled
        })
        .build();
    let mut editor = Editor::with_config(config)?;
    if let Some(history) = history {
        // There is none in the first session.
        let _ = editor.load_history(history);
    }
    Ok(editor)
}

fn stubborn() {
    say(format_args!(
        "what is in progress cannot be interrupted; Ctrl-C once more ends the session"
    ));
}

/// Lets somebody type until they have done, or the session ends otherwise.
fn edit(mut editor: Editor<Assistant, FileHistory>, prompt: Prompt, history: Option<&Path>, screen: &Screen) {
    let prompt = Arc::new(Mutex::new(prompt));
    let locked = || prompt.lock().unwrap_or_else(PoisonError::into_inner);
    let assistant = Assistant::new(&prompt, colours());
    assistant.bind(&mut editor);
    editor.set_helper(Some(assistant));
    while locked().wait(&mut stubborn) {
        screen.set_typing(true);
        let typed = editor.readline(PROMPT);
        screen.set_typing(false);
        match typed {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => {
                // It may be full, or the same as the last.
                let _ = editor.add_history_entry(text.as_str());
                if let Some(history) = history {
                    // A session without a history is one nevertheless.
                    let _ = editor.append_history(history);
                }
                if !execute(&mut locked(), text) {
                    break;
                }
            }
            Err(ReadlineError::Interrupted) => say(format_args!("KeyboardInterrupt")),
            Err(ReadlineError::Eof) => break,
            Err(error) => {
                say(format_args!("the terminal cannot be read: {error}"));
                break;
            }
        }
    }
    // Without whoever types the session ends; the assistant holds the prompt, too.
    drop(editor);
}

/// The same for what comes from a file or a pipe: a script.
fn read(mut prompt: Prompt) {
    let mut text = String::new();
    if !prompt.wait(&mut stubborn) {
        return;
    }
    match std::io::stdin().lock().take(SCRIPT_BYTES + 1).read_to_string(&mut text) {
        Err(error) => say(format_args!("standard input cannot be read: {error}")),
        Ok(length) if length as u64 > SCRIPT_BYTES => {
            say(format_args!(
                "standard input is too long: more than {SCRIPT_BYTES} bytes"
            ));
        }
        Ok(_) => {
            prompt.execute_all(text);
            prompt.wait(&mut stubborn);
        }
    }
}

/// Returns whether the session goes on.
fn execute(prompt: &mut Prompt, text: String) -> bool {
    if text.len() > STATEMENT_BYTES {
        say(format_args!("that is too long: more than {STATEMENT_BYTES} bytes"));
        return true;
    }
    prompt.execute(text)
}

#[cfg(test)]
mod tests {
    use rustyline::history::History as _;

    use super::*;

    #[test]
    fn a_history_that_is_too_large_is_not_used() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("history");
        assert!(is_usable(&path), "it is made");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(HISTORY_BYTES).unwrap();
        assert!(is_usable(&path));
        file.set_len(HISTORY_BYTES + 1).unwrap();
        assert!(!is_usable(&path));
    }

    #[test]
    fn a_history_keeps_the_last_statements() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("history");
        let typed: String = (0..HISTORY + 5).map(|number| format!("x = {number}\n")).collect();
        std::fs::write(&path, typed).unwrap();
        let mut editor = editor(Some(&path)).unwrap();
        editor.add_history_entry("the last").unwrap();
        editor.append_history(&path).unwrap();
        let kept = |editor: &Editor<Assistant, FileHistory>| {
            let mut lines = editor.history().iter();
            (
                editor.history().len(),
                lines.next().cloned(),
                lines.next_back().cloned(),
            )
        };
        let expected = (HISTORY, Some("x = 6".to_owned()), Some("the last".to_owned()));
        assert_eq!(kept(&editor), expected);
        // In the file, too.
        assert_eq!(kept(&super::editor(Some(&path)).unwrap()), expected);
        let file = std::fs::read_to_string(&path).unwrap();
        assert!(file.lines().count() <= HISTORY + 1, "{}", file.lines().count());
    }
}
