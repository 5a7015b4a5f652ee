//! What QEMU's monitor says, and what a test asks of it.

use serde_json::{Map, Value};
use tokio::io::BufReader;

use super::command::object;
use super::connection::receive;
use super::events::{EventFilter, EventLog};
use crate::error::Cause;
use crate::fuzzing::assert_harmless_line;
use crate::limits::{MONITOR_EVENT_BYTES, QUOTED_BYTES};

/// The bytes are what comes over a monitor's socket: a message a line.
pub fn monitor_messages(bytes: &[u8]) {
    let (messages, cause) = receive_all(bytes, bytes.len().max(1));
    for size in [1, 7] {
        let (again, other) = receive_all(bytes, size);
        assert_eq!(again, messages, "other pieces, other messages");
        assert_eq!(other.to_string(), cause.to_string());
    }
    let Cause::Monitor(reason) = cause else {
        panic!("{cause} is no failure of a monitor");
    };
    assert_harmless_line(&reason);
    assert!(reason.len() <= 10 * QUOTED_BYTES + 100, "{} bytes", reason.len());
    let log = EventLog::default();
    let mut count = 0;
    for message in &messages {
        if message.contains_key("event") {
            log.add(message.clone());
            count += 1;
            assert!(log.kept().bytes <= MONITOR_EVENT_BYTES);
        } else {
            assert_harmless_line(&super::connection::refusal(message));
        }
    }
    assert_eq!(log.count(), count);
    // Each is found by its name and data, whatever they are, unless it is something else than a name.
    for message in messages.iter().filter(|message| message.contains_key("event")) {
        let filter = EventFilter {
            name: message.get("event").and_then(Value::as_str).map(str::to_owned),
            data: message
                .get("data")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
        };
        let found = log.find(&mut 0, &filter);
        assert!(
            found.is_some_and(|(_, next)| (1..=count).contains(&next)),
            "{message:?}"
        );
    }
}

/// All messages up to the end, read in pieces of at most so many bytes, and what the end is.
fn receive_all(bytes: &[u8], size: usize) -> (Vec<Map<String, Value>>, Cause) {
    let mut reader = BufReader::with_capacity(size, bytes);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async {
        let mut messages = Vec::new();
        loop {
            match receive(&mut reader).await {
                Ok(message) => messages.push(message),
                Err(cause) => return (messages, cause),
            }
        }
    })
}

/// The text is a command's arguments, or the data that an event must have.
pub(in crate::machine) fn arguments(text: &str) {
    match object("the arguments", Some(text)) {
        Ok(object) => {
            let line = Value::Object(object).to_string();
            assert!(!line.contains(['\n', '\r', '\0']), "a message is a line");
        }
        Err(Cause::InvalidArgument(reason)) => assert_harmless_line(&reason),
        Err(other) => panic!("{other} is no wrong argument"),
    }
}
