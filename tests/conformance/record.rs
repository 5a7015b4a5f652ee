//! What a run recorded, as far as it has to be the same in every language.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use regex::Regex;
use serde_json::Value;

use crate::behaviours::Behaviour;

/// What a component's tests did.
#[derive(Debug)]
pub struct Recorded {
    /// The tests, as `proctor list` shows them.
    pub listed: BTreeSet<String>,
    /// What each did.
    pub tests: BTreeMap<String, Test>,
}

/// What a test did.
#[derive(Debug, Default)]
pub struct Test {
    /// How it ended.
    pub verdict: String,
    /// Why it failed.
    pub message: String,
    /// Where it failed.
    pub place: Option<String>,
    /// The kind of the error that led there.
    kind: Option<String>,
    /// What happened, a line each: indented as the spans are nested.
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// To be the same letter by letter.
    Said(String),
    /// A subtest or a condition that failed with a text.
    Failed(String, String),
}

impl Recorded {
    /// Reads what `proctor list` printed and a record.
    pub fn new(listed: &str, record: &str) -> Self {
        let mut tests: BTreeMap<String, Test> = BTreeMap::new();
        let mut functions = HashMap::new();
        for line in record.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let Some(name) = event["test"].as_str() else { continue };
            let test = tests.entry(name.to_owned()).or_default();
            test.take(&event, &mut functions);
        }
        Self {
            listed: listed.lines().map(str::to_owned).collect(),
            tests,
        }
    }
}

impl Test {
    fn take(&mut self, event: &Value, functions: &mut HashMap<u64, String>) {
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let id = event["id"].as_u64().unwrap_or_default();
        match event["event"].as_str().unwrap_or_default() {
            "message" if event["source"] == "test" => {
                let said = format!("log {} {:?}", text("level"), text("text"));
                self.steps.push(Step::Said(said));
            }
            "span_started" => {
                let said = format!("{} {:?} {{", text("kind"), text("name"));
                self.steps.push(Step::Said(said));
            }
            "span_finished" => match event["failure"]["message"].as_str() {
                None => self.steps.push(Step::Said(format!("}} {:?}", text("name")))),
                Some(failure) => {
                    let end = format!("}} {:?} failed", text("name"));
                    self.steps.push(Step::Failed(end, untimed(failure)));
                }
            },
            "call_started" => {
                functions.insert(id, format!("{}.{}", text("interface"), text("function")));
            }
            "call_finished" => {
                let function = functions.remove(&id).unwrap_or_default();
                let (error, command) = (&event["error"], &event["command"]);
                let said = format!(
                    "call {function} of {}: {} -> {}, command {} {:?}, error {} {:?}",
                    event["machine"],
                    text("action"),
                    untimed(&event["result"].to_string()),
                    command["status"],
                    command["output"].as_str().map(shortened),
                    error["kind"],
                    error["message"].as_str().map(untimed),
                );
                self.steps.push(Step::Said(said));
            }
            "test_started" => self
                .steps
                .push(Step::Said(format!("description {:?}", text("description")))),
            "test_finished" => {
                let outcome = &event["outcome"];
                self.verdict = outcome["verdict"].as_str().unwrap_or_default().to_owned();
                self.message = untimed(outcome["message"].as_str().unwrap_or_default());
                self.place = outcome["place"].as_str().map(str::to_owned);
                self.kind = outcome["error"]["kind"].as_str().map(str::to_owned);
            }
            _ => {}
        }
    }

    /// All of it, for comparison.
    pub fn text(&self, behaviour: &Behaviour) -> String {
        let own = |text: &str| {
            if behaviour.own_text {
                "its own text".to_owned()
            } else {
                format!("{text:?}")
            }
        };
        let mut lines = Vec::new();
        for step in &self.steps {
            lines.push(match step {
                Step::Said(text) => text.clone(),
                Step::Failed(end, text) => format!("{end}: {}", own(text)),
            });
        }
        lines.push(format!("{} {} {:?}", self.verdict, own(&self.message), self.kind));
        without_repetitions(lines).join("\n") + "\n"
    }
}

/// How often a condition is looked at in a time is no matter of the language: the same look again is left out.
fn without_repetitions(lines: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for line in lines {
        kept.push(line);
        if let [.., a, b, c, d] = kept.as_slice()
            && (a, b) == (c, d)
            && a.starts_with("condition ")
        {
            kept.truncate(kept.len() - 2);
        }
    }
    kept
}

/// A text without what it says of times that were measured.
fn untimed(text: &str) -> String {
    let measured = Regex::new(r"after \d+\.\d+ (s|seconds)").unwrap();
    measured.replace_all(text, "after N $1").into_owned()
}

/// The record has the end of an output; of that a little is enough.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

#[test]
fn times_that_were_measured_are_left_out() {
    assert_eq!(
        untimed("failed after 0.31 s: timed out: the call's own timeout of 0.30 s passed"),
        "failed after N s: timed out: the call's own timeout of 0.30 s passed"
    );
    assert_eq!(
        untimed("action timed out after 0.10 seconds (timeout=0.1)"),
        "action timed out after N seconds (timeout=0.1)"
    );
}
