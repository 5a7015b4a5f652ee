//! A record with every kind of event in it, hostile text among them.

use serde_json::Value;

use super::json_lines;
use super::schema::EVENT_SCHEMA;
use crate::event::{Event, Report};

/// The record.
pub(super) const RECORD: &str = include_str!("testdata/every_kind.jsonl");

/// The lines of a record.
pub(super) fn lines(record: &str) -> impl Iterator<Item = &str> {
    record.lines()
}

/// The events of a record.
pub(super) fn events(record: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let whole = json_lines::read(record.as_bytes(), |event| events.push(event));
    assert!(whole.unwrap());
    events
}

/// Gives all events of a record to a report.
pub(super) fn play(record: &str, report: &mut dyn Report) {
    events(record).iter().for_each(|event| report.event(event));
    report.finish();
}

#[test]
fn every_kind_of_event_is_in_the_record() {
    let schema: Value = serde_json::from_str(EVENT_SCHEMA).unwrap();
    let variants = schema["oneOf"].as_array().unwrap().iter();
    let kinds: Vec<&str> = variants
        .map(|variant| variant["properties"]["event"]["const"].as_str().unwrap())
        .collect();
    assert!(kinds.len() > 15, "{kinds:?}");
    let there: Vec<String> = lines(RECORD)
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["event"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let missing: Vec<&&str> = kinds
        .iter()
        .filter(|kind| !there.iter().any(|event| event == *kind))
        .collect();
    assert!(
        missing.is_empty(),
        "add these to testdata/every_kind.jsonl: {missing:?}"
    );
}

#[test]
fn the_record_is_as_it_would_be_written() {
    for (line, event) in lines(RECORD).zip(events(RECORD)) {
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
    }
}
