//! Somebody at a terminal, connected to a machine.

use tokio::sync::mpsc;

use super::handle::Machine;
use super::serial_console::type_in;
use super::shell::{NEED_PORT, NO_PORT, Notice, Streams};
use super::wait::Bound;
use crate::error::{Cause, Result};
use crate::limits::{LONGEST, LimitName, SERIAL_WRITE, TERMINAL_NAME_BYTES, TERMINAL_PIECES};

/// What is typed and what is to be shown, byte for byte. Whoever types leaves by closing the first.
#[derive(Debug)]
pub struct Typist {
    /// What is typed.
    pub input: mpsc::Receiver<Vec<u8>>,
    /// Takes what is to be shown.
    pub output: mpsc::Sender<Vec<u8>>,
    /// What a shell is told beside that.
    pub notices: mpsc::Receiver<Notice>,
}

/// The terminal that a shell is given.
#[derive(Debug, Clone)]
pub struct TerminalKind {
    /// Its name, as in `$TERM`.
    pub name: String,
    /// Its rows and columns.
    pub size: (u16, u16),
}

impl TerminalKind {
    /// The name as a word of a command.
    fn word(&self) -> &str {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-+._".contains(&byte);
        let usable = (1..=TERMINAL_NAME_BYTES).contains(&self.name.len()) && self.name.bytes().all(plain);
        if usable { &self.name } else { "vt100" }
    }
}

impl Machine {
    /// Whether a shell of the machine can be given a terminal, for which it needs the program `script` of util-linux. The
    /// machine is started, and its boot waited for, where needed. Errors: as [`Machine::execute`].
    pub async fn has_terminals(&self) -> Result<bool> {
        let look = "script --version < /dev/null 2> /dev/null | grep -q util-linux";
        Ok(self.execute(look, None).await?.status == 0)
    }

    /// Connects whoever types with a shell of the machine, which has this terminal or none. Returns when the shell ends, or
    /// whoever types leaves: then the shell is killed.
    /// Errors: as [`Machine::execute`], no line to the shell that is free.
    pub async fn interact_with_shell(&self, terminal: Option<&TerminalKind>, typist: Typist) -> Result {
        let Typist {
            mut input,
            output,
            notices,
        } = typist;
        let shell = match terminal {
            Some(kind) => {
                let ((rows, columns), name) = (kind.size, kind.word());
                let inside = format!("stty sane rows {rows} cols {columns}; exec \"$BASH\" -i");
                format!("export TERM={name} BASH SHELL=\"$BASH\"; exec script -q -c '{inside}' /dev/null")
            }
            // In a session of its own, for in the background of the console's it would be stopped.
            None => "TERM=dumb setsid \"$BASH\" --noediting -i".into(),
        };
        let command = format!("{NEED_PORT}exec 2>&1 <&1; {shell}");
        let work = async {
            let (feed, fed) = mpsc::channel(TERMINAL_PIECES);
            let streams = Streams {
                input: Some(fed),
                output: Some(output),
                notices: Some(notices),
            };
            let typing = async {
                while let Some(typed) = input.recv().await {
                    if feed.send(typed).await.is_err() {
                        // The shell has ended.
                        std::future::pending::<()>().await;
                    }
                }
            };
            tokio::select! {
                biased;
                attempt = self.attempt_with(&command, LONGEST, streams) => match attempt?.result.status {
                    NO_PORT => Err(Cause::Unsupported("jobs in the machine's background hold all lines to its shell".into())),
                    _ => Ok(()),
                },
                () = typing => Ok(()),
            }
        };
        self.call("interact-with-shell", work).await
    }

    /// Connects whoever types with the machine's serial console. Returns when they leave.
    /// Errors: a machine that is down; a console that takes nothing for [`SERIAL_WRITE`].
    pub async fn interact_with_console(&self, typist: Typist) -> Result {
        let Typist { mut input, output, .. } = typist;
        let work = async {
            let running = self.expect_running().await?;
            let mut said = self.inner().console.tap();
            let showing = async {
                while let Some(bytes) = said.recv().await {
                    if output.send(bytes).await.is_err() {
                        return;
                    }
                }
            };
            let typing = async {
                while let Some(typed) = input.recv().await {
                    type_in(&running, &typed, Bound::from_now(LimitName::SerialWrite, SERIAL_WRITE)).await?;
                }
                Ok(())
            };
            let both = async {
                tokio::select! {
                    typed = typing => typed,
                    // The console ends with the machine.
                    () = async { showing.await; std::future::pending().await } => Ok(()),
                }
            };
            running.unless_down(both).await?
        };
        self.call("interact-with-console", work).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminals_name_is_a_word() {
        for (name, word) in [
            ("xterm-256color", "xterm-256color"),
            ("", "vt100"),
            ("x; reboot", "vt100"),
            (&"x".repeat(TERMINAL_NAME_BYTES + 1), "vt100"),
        ] {
            let kind = TerminalKind {
                name: name.into(),
                size: (24, 80),
            };
            assert_eq!(kind.word(), word);
        }
    }
}
