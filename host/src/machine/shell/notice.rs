//! What a running command is told.

use tokio::sync::mpsc;

use super::connection::Console;
use super::engine::Engine;

/// What a command is told while it runs, by the first shell: not where that works alone, and then it listens to little else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The terminal of its child has so many rows and columns from now on.
    Size(u16, u16),
    /// What runs in the sessions that its children lead is interrupted.
    Interrupt,
}

/// The next notice. Waits for ever where none comes any more.
pub(super) async fn next(notices: &mut Option<mpsc::Receiver<Notice>>) -> Notice {
    if let Some(notices) = notices
        && let Some(notice) = notices.recv().await
    {
        return notice;
    }
    std::future::pending().await
}

impl Engine {
    /// Has the children of this process told something.
    pub(super) async fn notify(&mut self, process: i32, notice: Notice) {
        if self.session.alone {
            return;
        }
        let line = match notice {
            Notice::Size(rows, columns) => format!("__proctor_notify {process} {rows} {columns}\n"),
            Notice::Interrupt => format!("__proctor_notify {process}\n"),
        };
        // Where the first shell does not take the line, whoever types sees that nothing has come of it.
        let _ = self.connection.send(Console::Control, line.as_bytes()).await;
    }
}
