//! One command, from its line to its outcome.

use std::time::Instant;

use base64::Engine as _;
use tokio::sync::mpsc;

use super::connection::{Console, Input};
use super::engine::{Engine, GONE, Seen};
use super::handle::{Outcome, Request};
use super::notice::{self, Notice};
use super::port::PortItem;
use super::recovery::Loss;
use crate::error::seconds;
use crate::limits::{GUEST_PING, GUEST_PING_FIRST, KILL_GRACE, QUOTED_BYTES, SHELL_RESTORE};
use crate::text;

/// What the guest takes of a command at a time, at most doubled by escapes: a tty's buffer. It answers after each piece.
const PIECE: usize = 2_000;

/// The line that stands for the rest of a command that will not come.
const ABANDON: &[u8] = b"\x1f2\n";

/// How far a command has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The process that leads the command's group.
    process: Option<i32>,
    /// What was too much or too late, once the command has been killed for it.
    killed: Option<Killed>,
    /// What came over the console, where no port was free.
    console_length: Option<usize>,
    console_output: Vec<u8>,
}

/// What a command came to.
enum Ending {
    /// This.
    Outcome(Outcome),
    /// Its shell died.
    Lost(Loss),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Killed {
    Late,
    TooLarge,
    Abandoned,
}

impl Engine {
    /// Runs a command and answers the request.
    pub(super) async fn execute(&mut self, request: Request) {
        let Request {
            mut command,
            streams,
            deadline,
            most,
            taken,
            mut reply,
        } = request;
        if reply.is_closed() || taken.send(()).is_err() {
            return;
        }
        if self.session.worker.is_none() {
            let restored = tokio::select! {
                restored = self.await_worker() => restored,
                () = reply.closed() => return,
                () = tokio::time::sleep_until(deadline.into()) => {
                    // Whoever asked may have given up.
                    let _ = reply.send(Outcome::TimedOut { output: Vec::new() });
                    return;
                }
            };
            if !restored {
                let reason = "the worker shell did not come back".to_owned();
                let _ = reply.send(Outcome::Lost {
                    reason: reason.clone(),
                    restored,
                });
                self.lose(reason);
                return;
            }
        }
        self.number += 1;
        let expected = &self.connection.expected;
        expected.set(&self.session.name, self.number, most, streams.output);
        let beginning = self.feed.prepare(&self.session.name, self.number, streams.input);
        command.insert_str(0, &beginning);
        let ending = match self.send_command(&command, most, deadline).await {
            Ok(None) => self.await_end(most, deadline, streams.notices, &mut reply).await,
            Ok(Some(ending)) => Some(ending),
            Err(reason) => Some(Ending::Outcome(Outcome::Broken(reason))),
        };
        self.connection.expected.close_sink();
        let succeeded = matches!(&ending, Some(Ending::Outcome(Outcome::Ended { status: 0, .. })));
        self.feed.end(succeeded).await;
        match ending {
            Some(Ending::Outcome(outcome)) => {
                let _ = reply.send(outcome);
            }
            Some(Ending::Lost(loss)) => self.recover(loss, deadline, reply).await,
            // The machine is gone, and with it the reply's sender: the caller sees that.
            None => drop(reply),
        }
    }

    /// The console on which the worker listens.
    fn worker_console(&self) -> Console {
        if self.session.alone {
            Console::Control
        } else {
            Console::Worker
        }
    }

    /// Hands the command over, piece by piece. An outcome where it came to an end before it began.
    async fn send_command(&mut self, command: &str, most: usize, deadline: Instant) -> Result<Option<Ending>, String> {
        let console = self.worker_console();
        let mut pieces = command.as_bytes().chunks(PIECE);
        let plain = pieces.len() <= 1 && !command.contains(['\n', '\x1f']);
        let (number, most) = (self.number, most + 1);
        let mut line = if plain {
            format!("run {number} {most}:").into_bytes()
        } else {
            format!("take {number} {most} {}:", pieces.len()).into_bytes()
        };
        push_piece(&mut line, pieces.next().unwrap_or_default());
        self.connection.send(console, &line).await?;
        for piece in pieces {
            let until = tokio::time::Instant::from_std(deadline);
            match tokio::time::timeout_at(until, self.await_more()).await {
                Ok(None) => {
                    line.clear();
                    push_piece(&mut line, piece);
                    self.connection.send(console, &line).await?;
                }
                Ok(Some(Seen::Nothing)) => return Err(GONE.into()),
                Ok(Some(seen)) => return Ok(Some(Ending::Lost(Loss { seen, process: None }))),
                Err(_) if self.session.alone => {
                    // This shell cannot be replaced: it is told that no more comes, once it asks.
                    let asked = tokio::time::timeout(KILL_GRACE, self.await_more()).await;
                    if !matches!(asked, Ok(None)) {
                        self.replace_worker().await?;
                    }
                    self.connection.send(console, ABANDON).await?;
                    let output = Vec::new();
                    return Ok(Some(Ending::Outcome(Outcome::TimedOut { output })));
                }
                Err(_) => {
                    // The worker waits for the rest of a command that will not come.
                    self.replace_worker().await?;
                    let output = Vec::new();
                    return Ok(Some(Ending::Outcome(Outcome::TimedOut { output })));
                }
            }
        }
        Ok(None)
    }

    /// Waits until the guest asks for more of the command. What it saw instead, where it will not.
    async fn await_more(&mut self) -> Option<Seen> {
        while let Some(input) = self.connection.receive().await {
            match self.see(input) {
                Seen::Command(word, number, _) if word == "more" && number == self.number => return None,
                Seen::WorkerDown(status) => return Some(Seen::WorkerDown(status)),
                Seen::NewShell => return Some(Seen::NewShell),
                _ => {}
            }
        }
        Some(Seen::Nothing)
    }

    /// Waits for the end, and brings it about where the command runs over. `None`: the machine is gone.
    async fn await_end(
        &mut self,
        most: usize,
        deadline: Instant,
        mut notices: Option<mpsc::Receiver<Notice>>,
        reply: &mut tokio::sync::oneshot::Sender<Outcome>,
    ) -> Option<Ending> {
        let mut progress = Progress::default();
        let mut deadline = deadline;
        let mut heard = Instant::now();
        let ping = GUEST_PING.min(self.silence / 4);
        let mut next_ping = heard + GUEST_PING_FIRST.min(ping);
        loop {
            let wake = deadline.min(next_ping);
            let told = progress.process.filter(|_| progress.killed.is_none());
            if reply.is_closed() && progress.killed.is_none() {
                self.kill(&mut progress, Killed::Abandoned, &mut deadline).await;
                continue;
            }
            // Looked at by ourselves: under a flood of input the runtime never comes to the timer.
            let input = if Instant::now() >= wake {
                None
            } else {
                tokio::select! {
                    biased;
                    // First: what is printed without end may be what is to be interrupted.
                    notice = notice::next(&mut notices), if told.is_some() => {
                        if let Some(process) = told {
                            self.notify(process, notice).await;
                        }
                        continue;
                    }
                    input = self.connection.receive() => Some(input?),
                    () = reply.closed(), if progress.killed.is_none() => continue,
                    () = tokio::time::sleep_until(wake.into()) => None,
                }
            };
            let Some(input) = input else {
                let now = Instant::now();
                if now >= deadline {
                    if let Some(killed) = progress.killed {
                        return Some(Ending::Outcome(self.give_up(killed).await));
                    }
                    self.kill(&mut progress, Killed::Late, &mut deadline).await;
                } else if now.duration_since(heard) > self.silence {
                    self.lose(format!(
                        "the guest's shell gave no sign of life for {}",
                        seconds(self.silence)
                    ));
                    return Some(Ending::Outcome(Outcome::Silent));
                } else {
                    next_ping = now + ping;
                    self.ping().await;
                }
                continue;
            };
            heard = Instant::now();
            let outcome = match input {
                Input::Port(port, item) => self.see_port(port, item, &mut progress, &mut deadline).await,
                input => match self.see(input) {
                    Seen::Command(word, number, rest) if number == self.number => {
                        self.see_frame(&word, &rest, most, &mut progress, &mut deadline).await
                    }
                    seen @ (Seen::WorkerDown(_) | Seen::NewShell) => {
                        let process = progress.process;
                        return Some(Ending::Lost(Loss { seen, process }));
                    }
                    _ => None,
                },
            };
            if let Some(outcome) = outcome {
                return Some(Ending::Outcome(match (progress.killed, outcome) {
                    (Some(Killed::TooLarge), _) => Outcome::TooLarge,
                    (Some(_), Outcome::Ended { output, .. }) => Outcome::TimedOut { output },
                    (_, outcome) => outcome,
                }));
            }
        }
    }

    async fn see_port(
        &mut self,
        port: usize,
        item: PortItem,
        progress: &mut Progress,
        deadline: &mut Instant,
    ) -> Option<Outcome> {
        match item {
            PortItem::Started { number, process } if number == self.number => {
                if let Some(writer) = self.connection.port(port) {
                    self.feed.start(port, writer);
                }
                self.started(Some(process), progress, deadline).await;
            }
            PortItem::Ended { number, status, output } if number == self.number => {
                return Some(Outcome::Ended { status, output });
            }
            PortItem::TooLarge { number } if number == self.number => {
                self.kill(progress, Killed::TooLarge, deadline).await;
            }
            item => {
                self.see(Input::Port(port, item));
            }
        }
        None
    }

    /// A frame on the console about the running command: it found no free port.
    pub(super) async fn see_frame(
        &mut self,
        word: &str,
        rest: &[u8],
        most: usize,
        progress: &mut Progress,
        deadline: &mut Instant,
    ) -> Option<Outcome> {
        let number = || {
            std::str::from_utf8(rest)
                .ok()?
                .split(' ')
                .find(|word| !word.is_empty())?
                .parse::<i64>()
                .ok()
        };
        match word {
            "start" => {
                let process = number().and_then(|process| process.try_into().ok());
                self.started(process, progress, deadline).await;
            }
            "length" => {
                progress.console_length = number().and_then(|length| length.try_into().ok());
                if progress.console_length.is_none_or(|length| length > most) {
                    progress.killed = Some(Killed::TooLarge);
                }
                // The command has ended; what takes time now is the console.
                *deadline = (*deadline).max(Instant::now() + SHELL_RESTORE);
            }
            "data" => {
                let digits: Vec<u8> = rest
                    .iter()
                    .copied()
                    .filter(|byte| !byte.is_ascii_whitespace())
                    .collect();
                match base64::engine::general_purpose::STANDARD.decode(digits) {
                    Ok(output) if Some(output.len()) == progress.console_length => {
                        progress.console_output = output;
                    }
                    _ if progress.killed == Some(Killed::TooLarge) => {}
                    _ => {
                        return Some(damaged());
                    }
                }
            }
            "end" => {
                let status = number().and_then(|status| status.try_into().ok())?;
                // Its length or the output itself may have been lost to other bytes on the line.
                let whole = progress.console_length == Some(progress.console_output.len());
                if !whole && progress.killed.is_none() {
                    return Some(damaged());
                }
                return Some(Outcome::Ended {
                    status,
                    output: std::mem::take(&mut progress.console_output),
                });
            }
            "broken" => {
                return Some(Outcome::Broken(text::clean(rest, QUOTED_BYTES)));
            }
            _ => {}
        }
        None
    }

    /// Has the running command killed, with its children, and allows a short time for its end to be reported.
    async fn kill(&mut self, progress: &mut Progress, why: Killed, deadline: &mut Instant) {
        progress.killed = Some(why);
        self.send_kill(progress, deadline).await;
    }

    /// Notes the process that leads the command, which may have been waited for.
    async fn started(&mut self, process: Option<i32>, progress: &mut Progress, deadline: &mut Instant) {
        progress.process = process;
        if progress.killed.is_some() {
            self.send_kill(progress, deadline).await;
        }
    }

    async fn send_kill(&mut self, progress: &Progress, deadline: &mut Instant) {
        *deadline = Instant::now() + KILL_GRACE;
        if let Some(process) = progress.process {
            let line = if self.session.alone {
                "kill\n".into()
            } else {
                format!("__proctor_kill {process}\n")
            };
            // Where the first shell does not take the line, the grace passes and the worker is given up.
            let _ = self.connection.send(Console::Control, line.as_bytes()).await;
        }
    }

    async fn ping(&mut self) {
        let line = if self.session.alone {
            "ping\n".to_owned()
        } else {
            format!("__proctor_pong {}\n", self.session.worker.unwrap_or_default())
        };
        // No answer tells enough.
        let _ = self.connection.send(Console::Control, line.as_bytes()).await;
    }

    /// The command was killed and yet did not end in time.
    async fn give_up(&mut self, killed: Killed) -> Outcome {
        if let Err(reason) = self.replace_worker().await {
            self.lose(reason);
        }
        match killed {
            Killed::TooLarge => Outcome::TooLarge,
            Killed::Late | Killed::Abandoned => Outcome::TimedOut {
                output: self.connection.give_up(self.number),
            },
        }
    }
}

/// What came over the console is not what the guest sent.
fn damaged() -> Outcome {
    Outcome::Broken("the command's output was damaged on the guest's console".into())
}

/// Writes a piece of a command as a line.
fn push_piece(line: &mut Vec<u8>, piece: &[u8]) {
    for byte in piece {
        match byte {
            b'\n' => line.extend_from_slice(b"\x1f0"),
            0x1f => line.extend_from_slice(b"\x1f1"),
            byte => line.push(*byte),
        }
    }
    line.push(b'\n');
}
