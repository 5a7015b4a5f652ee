//! What the host writes to a command: into the bulk port over which the command's output comes.
//!
//! A port has no end of file that could be told, so a command has to know how much it shall read. What a killed one left
//! unread waits in the port for the next reader, which therefore skips all up to a mark: lines of one length, each of which
//! tells how many follow it, so that no byte needs to be read by itself.

use std::collections::BTreeSet;

use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::connection::PortWriter;
use crate::limits::FEED_END;

/// What the reader takes at a time.
const BLOCK: usize = 4096;
/// A line of the mark with its end.
const LINE: usize = 32;
/// So many that a whole block fits in, wherever blocks begin.
const LINES: usize = 2 * BLOCK / LINE;

/// What is written to the running command, and which ports hold what an earlier one has not read.
#[derive(Debug, Default)]
pub(super) struct Feed {
    waiting: Option<mpsc::Receiver<Vec<u8>>>,
    mark: Vec<u8>,
    writing: Option<(usize, JoinHandle<()>)>,
    unread: BTreeSet<usize>,
}

impl Feed {
    /// Prepares to write to the next command. Returns what that has to begin with.
    pub(super) fn prepare(&mut self, session: &str, number: u64, input: Option<mpsc::Receiver<Vec<u8>>>) -> String {
        self.mark.clear();
        self.waiting = input;
        if self.waiting.is_none() || self.unread.is_empty() {
            return String::new();
        }
        let name = format!("{session:.16}:{:08}", number % 100_000_000);
        let lines = (0..LINES).rev().map(|left| format!("{name:25}:{left:05}\n"));
        self.mark = lines.collect::<String>().into_bytes();
        skip(&name)
    }

    /// The command runs, and this is its port.
    pub(super) fn start(&mut self, port: usize, writer: PortWriter) {
        if let Some(input) = self.waiting.take() {
            let mark = std::mem::take(&mut self.mark);
            self.writing = Some((port, tokio::spawn(write(writer, mark, input))));
        }
    }

    /// The command has ended. One that succeeded has read all.
    pub(super) async fn end(&mut self, succeeded: bool) {
        self.waiting = None;
        let Some((port, mut task)) = self.writing.take() else {
            return;
        };
        if succeeded && tokio::time::timeout(FEED_END, &mut task).await.is_ok() {
            self.unread.remove(&port);
        } else {
            task.abort();
            self.unread.insert(port);
        }
    }
}

async fn write(writer: PortWriter, mark: Vec<u8>, mut input: mpsc::Receiver<Vec<u8>>) {
    let mut writer = writer.lock().await;
    // It fails only with the machine, whose end is told by others.
    if writer.write_all(&mark).await.is_err() {
        return;
    }
    while let Some(bytes) = input.recv().await {
        if writer.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

/// Bash that reads up to the end of a mark. The end of a block is enough to find the mark, and cheap to look at.
fn skip(name: &str) -> String {
    let (tail, line) = (2 * LINE, LINE - 1);
    format!(
        "LC_ALL=C; while IFS= read -r -N {BLOCK} -u 1 b; do b=${{b: -{tail}}}; n=${{b%$'\\n'*}}; n=${{n: -{line}}}; \
         [[ $n != '{name:25}:'????? ]] || break; done; b=${{b##*$'\\n'}}; n=$((10#${{n##*:}} * {LINE} - ${{#b}})); \
         [[ $n == 0 ]] || IFS= read -r -N $n -u 1 b; "
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    /// Runs what a command begins with on a pipe that holds this much of an earlier command's input, and returns what the
    /// command then reads.
    fn read_after(left: &[u8]) -> Vec<u8> {
        let (_sender, input) = mpsc::channel(1);
        let mut feed = Feed {
            unread: BTreeSet::from([3]),
            ..Feed::default()
        };
        let mut script = feed.prepare("0123456789abcdef", 7, Some(input));
        script.insert_str(0, "set -euo pipefail; exec 3>&1 1<&0; ");
        script.push_str("exec cat <&1 >&3");
        let mut bash = Command::new("bash");
        let bash = bash.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut bash = bash.spawn().unwrap();
        let mut pipe = bash.stdin.take().unwrap();
        for bytes in [left, &feed.mark, b"\0the input"] {
            pipe.write_all(bytes).unwrap();
        }
        drop(pipe);
        bash.wait_with_output().unwrap().stdout
    }

    #[test]
    fn what_an_earlier_command_left_is_skipped() {
        let line = b"0123456789abcdef:00000006:00001\n".repeat(300);
        let mixed: Vec<u8> = (0..=255).cycle().take(20_000).collect();
        for length in [
            0, 1, 31, 32, 33, 4031, 4032, 4033, 4064, 4095, 4096, 4097, 8191, 8192, 9_001,
        ] {
            for left in [&line, &mixed, &vec![0; 9_001], &vec![b'\n'; 9_001]] {
                let left = &left[..length];
                assert_eq!(read_after(left), b"\0the input", "{length} of {:?}", left.first());
            }
        }
    }

    #[test]
    fn nothing_is_skipped_where_nothing_was_left() {
        let (_sender, input) = mpsc::channel(1);
        assert_eq!(Feed::default().prepare("s", 1, Some(input)), "");
    }
}
