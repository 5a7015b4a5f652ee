//! What a machine's serial console says, and typing into it.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use super::command::action;
use super::console::Unmatched;
use super::handle::Machine;
use super::launch::Running;
use super::pattern;
use super::wait::Bound;
use crate::error::{Cause, Result};
use crate::limits::{LimitName, SERIAL_INPUT_BYTES, SERIAL_WRITE, SOUGHT_QUOTED_LINES};

impl Machine {
    /// Waits until the serial console's text matches: all lines since where the last match ended, the last perhaps not
    /// complete. Returns what matched. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: a wrong pattern; a machine that is down and did not say so before; a passed timeout, with the last lines.
    pub async fn wait_for_console_text(&self, pattern: &str, timeout: Option<Duration>) -> Result<String> {
        let work = async {
            let pattern = self.pattern(pattern)?;
            let wait = self.wait_from_now(timeout);
            let console = &self.inner().console;
            let running = self.expect_running().await;
            let mut more = console.subscribe();
            let mut text = console.unmatched();
            loop {
                // What was said before the end is seen by the look that follows it.
                let end = match &running {
                    Ok(running) => running.end.status().map(|status| running.down_with(status)),
                    Err(down) => Some(down.clone()),
                };
                more.mark_unchanged();
                text.update(console);
                let began = Instant::now();
                let sought = text.text();
                let search = pattern.search(move |pattern| {
                    let found = pattern.find(&sought)?;
                    Some((found.end(), found.as_str().to_owned()))
                });
                if let Some((end, matched)) = wait.search(search, || describe(&text)).await? {
                    console.set_matched(text.position(end));
                    return Ok(matched);
                }
                if let Some(down) = end {
                    return Err(down);
                }
                let left = wait.left();
                let Some(running) = running.as_ref().ok().filter(|_| !left.is_zero()) else {
                    return Err(wait.passed(Some(describe(&text))));
                };
                // A flood is searched for half of the time at the most.
                tokio::time::sleep(began.elapsed().min(left)).await;
                tokio::select! {
                    _ = more.changed() => {}
                    _ = running.end.wait() => {}
                    interrupted = wait.interrupted() => return Err(interrupted),
                    () = tokio::time::sleep(wait.left()) => {}
                }
            }
        };
        self.call(action("wait-for-console-text", pattern), work).await
    }

    /// What the serial console has said since the machine was last started, as much of the last as is kept.
    pub fn console_log(&self) -> String {
        self.inner().console.text()
    }

    /// Types into the serial console. Returns when all is typed; the guest may not have read it yet.
    /// Default timeout: [`crate::limits::Limits::call`].
    /// Errors: too much text, a machine that is down, a console that takes nothing for [`SERIAL_WRITE`], a passed timeout.
    pub async fn send_console(&self, text: &str, timeout: Option<Duration>) -> Result {
        let work = async {
            if text.len() > SERIAL_INPUT_BYTES {
                let length = text.len();
                return Err(Cause::InvalidArgument(format!(
                    "a text of {length} bytes; at most {SERIAL_INPUT_BYTES} can be typed at once"
                )));
            }
            let running = self.expect_running().await?;
            let own = self.wait_from_now(timeout).bound();
            running.unless_down(type_in(&running, text.as_bytes(), own)).await?
        };
        self.call(action("send-console", text), work).await
    }
}

/// The last lines among which something was not found.
fn describe(text: &Unmatched) -> String {
    match pattern::quote_lines(&text.last_lines(SOUGHT_QUOTED_LINES)) {
        lines if lines.is_empty() => "nothing new on the serial console".into(),
        lines => format!("the serial console's last lines:{lines}"),
    }
}

/// `call` bounds it all, [`SERIAL_WRITE`] each piece.
pub(super) async fn type_in(running: &Running, mut bytes: &[u8], call: Bound) -> Result<(), Cause> {
    let length = bytes.len();
    let broken = |error: std::io::Error| Cause::Host(format!("QEMU does not read its serial input: {error}"));
    let mut input = running.serial_input.lock().await;
    let input = input
        .as_mut()
        .ok_or_else(|| Cause::Host("QEMU has no serial input".into()))?;
    while !bytes.is_empty() {
        let bound = Bound::from_now(LimitName::SerialWrite, SERIAL_WRITE).or_sooner(Some(call));
        let Ok(written) = tokio::time::timeout(bound.left(), input.write(bytes)).await else {
            let taken = length - bytes.len();
            return Err(bound.passed(Some(format!("{taken} of {length} bytes were taken"))));
        };
        let written = written.map_err(broken)?;
        if written == 0 {
            return Err(broken(std::io::ErrorKind::WriteZero.into()));
        }
        bytes = bytes.get(written..).unwrap_or_default();
    }
    Ok(())
}
