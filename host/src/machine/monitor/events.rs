//! What QEMU tells without being asked.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::error::Cause;
use crate::limits::MONITOR_EVENT_BYTES;

/// Which events are meant.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventFilter {
    /// The event's name; any, where there is none.
    pub(crate) name: Option<String>,
    /// Members that the event's data must have, with these values.
    pub(crate) data: Map<String, Value>,
}

impl EventFilter {
    /// Events of this name.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: Some(name.into()),
            data: Map::new(),
        }
    }

    fn is_met_by(&self, event: &Map<String, Value>) -> bool {
        let named = self
            .name
            .as_ref()
            .is_none_or(|name| event.get("event").and_then(Value::as_str) == Some(name));
        named
            && self
                .data
                .iter()
                .all(|(member, value)| event.get("data").and_then(|data| data.get(member)) == Some(value))
    }
}

/// The events so far; of many, the last.
#[derive(Debug)]
pub(crate) struct EventLog {
    kept: Mutex<Kept>,
    /// How many there have been, or why there will be no more.
    news: watch::Sender<Result<u64, Cause>>,
}

#[derive(Debug, Default)]
pub(super) struct Kept {
    events: VecDeque<(Map<String, Value>, usize)>,
    pub(super) bytes: usize,
    /// The number of the first event that is kept.
    first: u64,
}

impl Default for EventLog {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            news: watch::channel(Ok(0)).0,
        }
    }
}

impl EventLog {
    pub(super) fn add(&self, event: Map<String, Value>) {
        let bytes = serde_json::to_string(&event).map_or(0, |text| text.len());
        let mut kept = self.kept();
        kept.bytes += bytes;
        kept.events.push_back((event, bytes));
        while kept.bytes > MONITOR_EVENT_BYTES
            && let Some((_, bytes)) = kept.events.pop_front()
        {
            kept.bytes -= bytes;
            kept.first += 1;
        }
        let count = kept.first + kept.events.len() as u64;
        drop(kept);
        self.news.send_modify(|news| *news = Ok(count));
    }

    pub(super) fn close(&self, cause: Cause) {
        self.news.send_modify(|news| *news = Err(cause));
    }

    /// How many events there have been.
    pub(crate) fn count(&self) -> u64 {
        let kept = self.kept();
        kept.first + kept.events.len() as u64
    }

    /// Waits for an event from number `from` on. Returns it with the number of the one after it.
    /// Errors: the connection has ended and it will not come.
    pub(crate) async fn wait(&self, from: u64, filter: &EventFilter) -> Result<(Map<String, Value>, u64), Cause> {
        let mut news = self.news.subscribe();
        let mut from = from;
        loop {
            // What comes from here on is news.
            let state = news.borrow_and_update().clone();
            if let Some(found) = self.find(&mut from, filter) {
                return Ok(found);
            }
            state?;
            if news.changed().await.is_err() {
                return Err(Cause::Monitor("the connection was closed".into()));
            }
        }
    }

    pub(super) fn find(&self, from: &mut u64, filter: &EventFilter) -> Option<(Map<String, Value>, u64)> {
        let kept = self.kept();
        let skip = usize::try_from(from.saturating_sub(kept.first)).unwrap_or(usize::MAX);
        let found = kept
            .events
            .iter()
            .enumerate()
            .skip(skip)
            .find(|(_, (event, _))| filter.is_met_by(event));
        let found = found.map(|(index, (event, _))| (event.clone(), kept.first + index as u64 + 1));
        *from = kept.first + kept.events.len() as u64;
        found
    }

    pub(super) fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(event) => event,
            _ => panic!("no object"),
        }
    }

    #[tokio::test]
    async fn events_are_found_by_name_and_data_and_only_once() {
        let log = EventLog::default();
        for number in 0..3 {
            log.add(event(
                json!({ "event": "A", "data": { "number": number, "even": number % 2 == 0 } }),
            ));
        }
        log.add(event(json!({ "event": "B" })));
        let filter = |name: Option<&str>, data: Value| EventFilter {
            name: name.map(str::to_owned),
            data: event(data),
        };
        let even = filter(Some("A"), json!({ "even": true }));
        let (first, next) = log.wait(0, &even).await.unwrap();
        assert_eq!((first["data"]["number"].as_u64(), next), (Some(0), 1));
        let (second, next) = log.wait(next, &even).await.unwrap();
        assert_eq!((second["data"]["number"].as_u64(), next), (Some(2), 3));
        assert_eq!(log.wait(next, &filter(None, json!({}))).await.unwrap().0["event"], "B");
        assert_eq!(log.count(), 4);
        // In vain, and not for ever.
        log.close(Cause::Monitor("gone".into()));
        assert!(log.wait(next, &even).await.is_err());
        assert!(log.wait(0, &even).await.is_ok());
    }

    #[tokio::test]
    async fn a_flood_is_kept_within_bounds() {
        let log = EventLog::default();
        let text = "x".repeat(1_000);
        for number in 0..10_000 {
            log.add(event(
                json!({ "event": "A", "data": { "number": number, "text": text } }),
            ));
        }
        assert!(log.kept().bytes <= MONITOR_EVENT_BYTES);
        assert_eq!(log.count(), 10_000);
        let (oldest, next) = log.wait(0, &EventFilter::default()).await.unwrap();
        assert_eq!(oldest["data"]["number"].as_u64(), Some(next - 1));
    }
}
