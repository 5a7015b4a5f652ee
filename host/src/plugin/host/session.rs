//! `session`: somebody types, an interpreter executes.

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::error::{Cause, Error};
use crate::limits::PARTS;
use crate::machine::{Machine, TerminalKind, Typist};
use crate::plugin::bindings::proctor::driver::{session, types};
use crate::plugin::state::TestState;
use crate::session::{Completion, Connection, Inspection, Line, Session, Style, Wanted};

type Answer = Result<Result<(), types::Error>>;

impl session::Host for TestState {
    async fn next_request(&mut self) -> Result<Option<session::Request>> {
        let Some(session) = self.session.clone() else {
            return Ok(None);
        };
        self.finish();
        self.progress.rest();
        let wanted = session.next(&self.events).await;
        self.progress.end();
        Ok(wanted.map(|wanted| match wanted {
            Wanted::Execute(text) => session::Request::Execute(text),
            Wanted::ExecuteAll(text) => session::Request::ExecuteAll(text),
            Wanted::Complete(text) => session::Request::Complete(text),
            Wanted::Inspect(text) => session::Request::Inspect(text),
        }))
    }

    async fn answer_completion(&mut self, start: u32, candidates: Vec<String>) -> Result<()> {
        if let Some(session) = &self.session {
            session.complete(Completion {
                start: start as usize,
                candidates,
            });
        }
        Ok(())
    }

    async fn answer_inspection(&mut self, inspection: session::Inspection) -> Result<()> {
        if let Some(session) = &self.session {
            let parts = inspection.parts.into_iter().take(PARTS);
            session.inspected(Inspection {
                whole: inspection.whole,
                indentation: inspection.indentation as usize,
                parts: parts
                    .map(|part| (part.start as usize, part.length as usize, part.style.into()))
                    .collect(),
            });
        }
        Ok(())
    }

    async fn take_interrupt(&mut self) -> Result<bool> {
        Ok(self.session.as_ref().is_some_and(|session| session.interrupt.take()))
    }

    async fn interact_with_shell(&mut self, handle: Resource<Machine>) -> Answer {
        let (machine, session) = (self.machine(&handle)?, self.session.clone());
        let work = async {
            let session = expect(session.as_deref(), &machine, SHELL)?;
            // Before the terminal is another: the machine may have to boot.
            let line = if machine.has_terminals().await? {
                Line::Keys
            } else {
                Line::Lines
            };
            let (typist, connection) = connect(session, &machine, line, SHELL)?;
            let kind = (line == Line::Keys).then(|| TerminalKind {
                name: std::env::var("TERM").unwrap_or_default(),
                size: session.terminal.size(),
            });
            let done = machine.interact_with_shell(kind.as_ref(), typist).await;
            connection.finish().await;
            done
        };
        self.call_on(&machine, SHELL, work).await
    }

    async fn interact_with_console(&mut self, handle: Resource<Machine>) -> Answer {
        let (machine, session) = (self.machine(&handle)?, self.session.clone());
        let work = async {
            let session = expect(session.as_deref(), &machine, CONSOLE)?;
            let (typist, connection) = connect(session, &machine, Line::Keys, CONSOLE)?;
            let done = machine.interact_with_console(typist).await;
            connection.finish().await;
            done
        };
        self.call_on(&machine, CONSOLE, work).await
    }
}

const SHELL: &str = "interact-with-shell";
const CONSOLE: &str = "interact-with-console";

fn unsupported(machine: &Machine, action: &str, what: String) -> Error {
    Error {
        machine: Some(machine.name().into()),
        action: action.into(),
        elapsed: std::time::Duration::ZERO,
        cause: Cause::Unsupported(what),
    }
}

/// Errors: nobody is there who could type.
fn expect<'a>(session: Option<&'a Session>, machine: &Machine, action: &str) -> crate::error::Result<&'a Session> {
    session.ok_or_else(|| {
        unsupported(
            machine,
            action,
            "this is no interactive session (proctor run -I)".into(),
        )
    })
}

/// Errors: there is no terminal.
fn connect(
    session: &Session,
    machine: &Machine,
    line: Line,
    action: &str,
) -> crate::error::Result<(Typist, Connection)> {
    let what = if action == SHELL {
        "a shell"
    } else {
        "the serial console"
    };
    let greeting = format!(
        "connected to {what} of {}{}; {} comes back",
        machine.name(),
        line.remark(),
        line.way_back()
    );
    let connected = session.terminal.connect(line, &greeting, &session.interrupt);
    let mut connection =
        connected.map_err(|error| unsupported(machine, action, format!("the terminal cannot be used: {error}")))?;
    let typist = Typist {
        input: connection.take_input(),
        output: connection.output.clone(),
        notices: connection.take_notices(),
    };
    Ok((typist, connection))
}

impl From<session::Style> for Style {
    fn from(style: session::Style) -> Self {
        match style {
            session::Style::Keyword => Self::Keyword,
            session::Style::Text => Self::Text,
            session::Style::Number => Self::Number,
            session::Style::Comment => Self::Comment,
            session::Style::Builtin => Self::Builtin,
            session::Style::Definition => Self::Definition,
        }
    }
}
