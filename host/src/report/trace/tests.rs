//! What viewers make of it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::limits::{TRACE_CONSOLE_LINES, TRACE_TEXT_BYTES};
use crate::report::every_kind::{RECORD, lines};
use crate::report::golden_tests::{made, trace};

/// A trace read back: what happened on each lane, by the names of its process and its thread.
fn read(text: &str) -> BTreeMap<(String, String), Vec<Value>> {
    let trace: Value = serde_json::from_str(text).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let mut names: BTreeMap<(u64, u64, &str), String> = BTreeMap::new();
    let mut lanes: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for event in events {
        let (process, thread) = (event["pid"].as_u64().unwrap(), event["tid"].as_u64().unwrap());
        if event["ph"] == "M" {
            if let Some(name) = event["args"]["name"].as_str() {
                names.insert((process, thread, event["name"].as_str().unwrap()), name.into());
            }
            continue;
        }
        // Named before anything happens on it.
        let of = &names[&(process, 0, "process_name")];
        let name = &names[&(process, thread, "thread_name")];
        lanes.entry((of.clone(), name.clone())).or_default().push(event.clone());
    }
    lanes
}

/// Panics unless slices on a lane nest, time never goes back, and nothing stays open.
fn check(lane: &[Value]) {
    let (mut open, mut last) = (0, 0.0);
    for event in lane {
        let at = event["ts"].as_f64().unwrap();
        assert!(at >= last, "{event} is earlier than {last}");
        last = at;
        match event["ph"].as_str().unwrap() {
            "B" => open += 1,
            "E" => open -= 1,
            "i" => assert_eq!(event["s"], "t"),
            other => panic!("{other}"),
        }
        assert!(open >= 0, "{event} ends nothing");
    }
    assert_eq!(open, 0);
}

/// The slices and instants of a lane in words: `>` begins, `<` ends, `!` is an instant.
fn words(lane: &[Value]) -> Vec<String> {
    let word = |event: &Value| {
        let sign = match event["ph"].as_str().unwrap() {
            "B" => ">",
            "E" => return "<".to_owned(),
            _ => "!",
        };
        format!(
            "{sign}{}",
            event["name"]
                .as_str()
                .unwrap()
                .split_whitespace()
                .next()
                .unwrap_or_default()
        )
    };
    lane.iter().map(word).collect()
}

#[test]
fn there_is_a_lane_for_each_test_machine_and_vlan() {
    let lanes = read(&made(RECORD, trace));
    lanes.values().for_each(|lane| check(lane));
    let name = |of: &str, name: &str| (of.to_owned(), name.to_owned());
    for expected in [
        name("run", "components"),
        name("VLANs", "VLAN 1"),
        name("tests", "pages::serves_pages"),
        name("tests", "login::is_stopped"),
        name("machine server", "state"),
        name("machine server", "calls"),
        name("machine server", "console"),
        name("machine client", "state"),
        name("machine client", "calls"),
        name("machine client", "console"),
    ] {
        assert!(lanes.contains_key(&expected), "{expected:?}: {:?}", lanes.keys());
    }
    let states = words(&lanes[&name("machine server", "state")]);
    assert_eq!(
        states,
        [
            ">off",
            "<",
            ">booting",
            "<",
            ">ready",
            "!screenshot",
            "<",
            ">down",
            "<",
            ">off",
            "<"
        ]
    );
    let test = words(&lanes[&name("tests", "pages::serves_pages")]);
    let begin = [
        ">pages::serves_pages",
        ">start-all",
        "<",
        "!two",
        "!slow",
        "!it",
        ">pages",
        ">succeed(\"systemctl",
        "<",
    ];
    assert_eq!(test[..begin.len()], begin);
    // The outer span ends with the inner one, which goes on for longer.
    let out_of_turn = [">outer", ">inner", ">get-screen-text", "<", "<", "<"];
    assert!(test.windows(6).any(|window| window == out_of_turn), "{test:?}");
    let verdicts = lanes[&name("tests", "pages::serves_pages")]
        .iter()
        .filter_map(|event| event["args"]["verdict"].as_str());
    assert_eq!(verdicts.collect::<Vec<_>>(), ["failed", "passed"]);
    // A call that never returned ends with its test.
    assert_eq!(words(&lanes[&name("machine client", "calls")]).last().unwrap(), "<");
}

#[test]
fn it_is_whole_wherever_the_record_is_cut_off() {
    let all: Vec<&str> = lines(RECORD).collect();
    for count in 0..=all.len() {
        let record: String = all.iter().take(count).map(|line| format!("{line}\n")).collect();
        read(&made(&record, trace)).values().for_each(|lane| check(lane));
    }
}

#[test]
fn serial_lines_and_texts_are_bounded() {
    let line = lines(RECORD)
        .find(|line| line.contains(r#""event":"console""#))
        .unwrap();
    let long = line.replace("Linux", &"ü".repeat(TRACE_TEXT_BYTES));
    assert!(long.len() > line.len());
    let record = format!("{long}\n").repeat(TRACE_CONSOLE_LINES + 100);
    let text = made(&record, trace);
    assert_eq!(text.matches("\"cat\":\"console\"").count(), TRACE_CONSOLE_LINES);
    assert_eq!(text.matches("further serial lines are not shown").count(), 1);
    assert!(
        text.len() < 2 * TRACE_CONSOLE_LINES * TRACE_TEXT_BYTES,
        "{}",
        text.len()
    );
    assert!(text.contains('…'));
}
