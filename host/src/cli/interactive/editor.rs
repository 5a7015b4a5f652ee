//! What helps whoever types: the interpreter is asked, which knows the names and the language.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::{AnsiColor, Style as Ansi};
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::History;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, ConditionalEventHandler, Context, Editor, Event, EventContext, EventHandler, Helper, KeyCode, KeyEvent,
    Modifiers, RepeatCount,
};

use super::suspension::Suspend;
use crate::session::{Inspection, Prompt, Style};

/// What Tab puts at the beginning of a line.
const INDENTATION: &str = "    ";

/// Asks the interpreter. Cheap to clone.
#[derive(Clone)]
pub(super) struct Assistant {
    prompt: Arc<Mutex<Prompt>>,
    /// The text that was looked at last, and what came of it.
    last: Arc<Mutex<Option<(String, Inspection)>>>,
    colours: bool,
}

impl Assistant {
    pub(super) fn new(prompt: &Arc<Mutex<Prompt>>, colours: bool) -> Self {
        Self {
            prompt: Arc::clone(prompt),
            last: Arc::default(),
            colours,
        }
    }

    /// Has Enter go on to another line where the text is not whole, and Ctrl-Z stop the process.
    pub(super) fn bind<I: History>(&self, editor: &mut Editor<Self, I>) {
        // What was typed before the terminal was read key by key has line feeds instead.
        for key in [KeyEvent(KeyCode::Enter, Modifiers::NONE), KeyEvent::ctrl('J')] {
            let enter = EventHandler::Conditional(Box::new(Enter(self.clone())));
            editor.bind_sequence(Event::from(key), enter);
        }
        let suspend = EventHandler::Conditional(Box::new(Suspend));
        editor.bind_sequence(Event::from(KeyEvent::ctrl('Z')), suspend);
    }

    fn inspect(&self, text: &str) -> Option<Inspection> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, inspection)) = last.as_ref().filter(|(known, _)| known == text) {
            return Some(inspection.clone());
        }
        let prompt = self.prompt.lock().unwrap_or_else(PoisonError::into_inner);
        let inspection = prompt.inspect(text)?;
        *last = Some((text.to_owned(), inspection.clone()));
        Some(inspection)
    }
}

struct Enter(Assistant);

impl ConditionalEventHandler for Enter {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let inspection = self.0.inspect(context.line())?;
        if inspection.whole {
            return Some(Cmd::AcceptLine);
        }
        // No deeper than there is room.
        let indentation = " ".repeat(inspection.indentation.min(context.line().len() + INDENTATION.len()));
        Some(Cmd::Insert(1, format!("\n{indentation}")))
    }
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..pos).unwrap_or_default();
        let begun = before.rsplit('\n').next().unwrap_or_default();
        if begun.trim().is_empty() {
            return Ok((pos, vec![INDENTATION.into()]));
        }
        let prompt = self.prompt.lock().unwrap_or_else(PoisonError::into_inner);
        let completion = prompt.complete(before).unwrap_or_default();
        // It comes from what may be anybody's script.
        let valid = completion.start <= pos && before.is_char_boundary(completion.start);
        Ok(if valid {
            (completion.start, completion.candidates)
        } else {
            (pos, Vec::new())
        })
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.inspect(line).filter(|_| self.colours) {
            Some(inspection) => Cow::Owned(coloured(line, &inspection)),
            None => Cow::Borrowed(line),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colours
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        let bold = Ansi::new().bold();
        match self.colours {
            true => Cow::Owned(format!("{bold}{prompt}{bold:#}")),
            false => Cow::Borrowed(prompt),
        }
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Validator for Assistant {
    // Where the terminal cannot do more than lines this alone tells that one does not suffice.
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let whole = self.inspect(context.input()).is_none_or(|inspection| inspection.whole);
        Ok(if whole {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}

impl Helper for Assistant {}

/// A text with its colours. Parts that are not in it, or not in order, are left as they are.
fn coloured(line: &str, inspection: &Inspection) -> String {
    let mut shown = String::with_capacity(2 * line.len());
    let mut done = 0;
    for (start, length, style) in &inspection.parts {
        let end = start.saturating_add(*length);
        if let (true, Some(before), Some(part)) = (*start >= done, line.get(done..*start), line.get(*start..end)) {
            let style = ansi(*style);
            shown.push_str(&format!("{before}{style}{part}{style:#}"));
            done = end;
        }
    }
    shown.push_str(line.get(done..).unwrap_or_default());
    shown
}

fn ansi(style: Style) -> Ansi {
    let colour = match style {
        Style::Keyword => AnsiColor::Magenta,
        Style::Text => AnsiColor::Green,
        Style::Number => AnsiColor::Yellow,
        Style::Comment => AnsiColor::BrightBlack,
        Style::Builtin => AnsiColor::Cyan,
        Style::Definition => AnsiColor::Blue,
    };
    colour.on_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_coloured_and_nonsense_is_not() {
        let coloured = |parts: &[(usize, usize, Style)]| {
            let inspection = Inspection {
                parts: parts.to_vec(),
                ..Inspection::default()
            };
            coloured("if ä: 1", &inspection)
        };
        let keyword = ansi(Style::Keyword);
        assert_eq!(
            coloured(&[(0, 2, Style::Keyword)]),
            format!("{keyword}if{keyword:#} ä: 1")
        );
        for nonsense in [
            (4, 1, Style::Text),
            (3, 1, Style::Text),
            (9, 1, Style::Text),
            (1, usize::MAX, Style::Text),
        ] {
            assert_eq!(coloured(&[nonsense]), "if ä: 1", "{nonsense:?}");
        }
        let twice = coloured(&[(3, 2, Style::Text), (0, 2, Style::Keyword)]);
        assert!(twice.starts_with("if ") && twice.ends_with(": 1"), "{twice:?}");
    }
}
