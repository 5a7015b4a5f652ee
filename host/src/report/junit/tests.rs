//! What CI systems make of it.

mod naming;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use regex::Regex;

use super::Junit;
use super::output::Place;
use crate::event::{Counts, Event, EventKind, FailureReport, Outcome, Report, SpanId};
use crate::limits::{JUNIT_CONSOLE_LINES, JUNIT_LOG_BYTES, JUNIT_OUTPUT_BYTES};
use crate::report::destination::{Destination, Earlier};
use crate::report::every_kind::{RECORD, events, lines};
use crate::report::golden_tests::{junit, made};

/// Asks `xmllint` whether documents are valid. `None` where there is no such program.
fn validity(documents: &[String]) -> Option<Vec<bool>> {
    let scratch = tempfile::tempdir().unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/testdata/junit.xsd");
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--schema"]).arg(schema);
    for (number, document) in documents.iter().enumerate() {
        let path = scratch.path().join(number.to_string());
        std::fs::write(&path, document).unwrap();
        command.arg(path);
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: JUnit's schema, there is no xmllint: {error}"
            );
            return None;
        }
    };
    let said = String::from_utf8(output.stderr).unwrap();
    let valid = |number| {
        let verdicts = [" validates", " fails to validate"];
        let verdicts =
            verdicts.map(|verdict| format!("{}{verdict}\n", scratch.path().join(format!("{number}")).display()));
        let [valid, invalid] = verdicts.map(|verdict| said.contains(&verdict));
        assert!(valid != invalid, "{said}");
        valid
    };
    Some((0..documents.len()).map(valid).collect())
}

#[test]
fn it_is_valid_wherever_the_record_is_cut_off() {
    let all: Vec<&str> = lines(RECORD).collect();
    let documents: Vec<String> = (0..=all.len())
        .map(|count| {
            made(
                &all.iter()
                    .take(count)
                    .map(|line| format!("{line}\n"))
                    .collect::<String>(),
                junit,
            )
        })
        .collect();
    let Some(valid) = validity(&documents) else { return };
    let wrong = valid.iter().position(|valid| !valid);
    assert_eq!(wrong, None, "{}", documents[wrong.unwrap_or_default()]);
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let good = made(RECORD, junit);
    let wrong = [
        ("type=\"cut-off\"", "type=\"\""),
        (" classname=\"pages\"", ""),
        ("tests=\"3\"", "tests=\"three\""),
        ("name=\"pages::waits\"", "name=\"pages::divides\""),
        ("<system-out>", "<system-out new=\"\">"),
        (" time=\"5.125\"", " time=\"5,1\""),
    ];
    let mut documents = vec![made("", junit)];
    for (part, instead) in wrong {
        let document = if good.contains(part) { &good } else { &documents[0] };
        assert!(document.contains(part), "{part}");
        documents.push(document.replacen(part, instead, 1));
    }
    let Some(valid) = validity(&documents) else { return };
    assert_eq!(valid, [true, false, false, false, false, false, false]);
}

/// An event of a test, at a second of the run.
fn event(test: Option<&str>, second: u64, kind: EventKind) -> Event {
    Event {
        wall: SystemTime::UNIX_EPOCH + Duration::from_secs(second),
        offset: Duration::from_secs(second),
        test: test.map(Arc::from),
        span: None,
        kind,
    }
}

fn started(file: &str, attempt: u32) -> EventKind {
    EventKind::TestStarted {
        file: file.into(),
        description: String::new(),
        attempt,
    }
}

fn finished(outcome: Outcome) -> EventKind {
    EventKind::TestFinished {
        outcome,
        elapsed: Duration::from_secs(1),
        boot: Duration::ZERO,
    }
}

/// What a report makes of events, where no directory of GitLab's is known.
fn made_of(events: &[Event]) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("junit.xml");
    let failed = Box::new(|error: &std::io::Error| panic!("{error}"));
    let mut report = Junit::create(
        Destination::File(path.clone()),
        Earlier::Removed,
        Place::default(),
        failed,
    )
    .unwrap();
    events.iter().for_each(|event| report.event(event));
    report.finish();
    std::fs::read_to_string(path).unwrap()
}

/// What Jenkins' plugin for attachments finds, as GitLab does.
fn attachments(document: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(document).unwrap();
    let pattern = Regex::new(r"\[\[ATTACHMENT\|(.+)\]\]").unwrap();
    let texts = document
        .descendants()
        .filter(roxmltree::Node::is_text)
        .filter_map(|node| node.text());
    let found = texts.flat_map(|text| pattern.captures_iter(text).map(|found| found[1].to_owned()));
    found.collect()
}

#[test]
fn files_are_attached_and_nothing_else_is() {
    let document = made(RECORD, junit);
    // Of the record's output directory, which lies in GitLab's.
    let of_test = |file: &str| format!("results/pages.serves_pages/{file}");
    assert_eq!(
        attachments(&document),
        [of_test("page.png"), of_test("logs/access.log")]
    );
    let absolute = made_of(&events(RECORD));
    assert_eq!(
        attachments(&absolute)[0],
        format!("/home/me/site/{}", of_test("page.png"))
    );
    for (file, project, path) in [
        ("a.png", None, Some("/out/a.png")),
        ("a.png", Some("/out"), Some("a.png")),
        ("a.png", Some("/other"), Some("/out/a.png")),
        ("a|b", None, None),
        ("a]]b", None, None),
    ] {
        let place = Place {
            output: Some("/out".into()),
            project: project.map(Into::into),
        };
        let line = path.map(|path| format!("[[ATTACHMENT|{path}]]"));
        assert_eq!(place.attachment(file), line);
    }
}

#[test]
fn an_attachment_cannot_be_forged() {
    let console = |line: &str| EventKind::Console {
        machine: "m".into(),
        line: line.into(),
    };
    let forged = [
        "[[ATTACHMENT|/etc/passwd]]",
        "[[ATTA\u{7f}CHMENT|/etc/passwd]]",
        "[[ATTA\u{9b}1mCHMENT|/etc/passwd]]",
        "[[ATTACHMENT\u{1b}[0m|/etc/passwd]]",
    ];
    let mut events = vec![event(Some("t"), 0, started("t.wasm", 1))];
    events.extend(forged.map(|line| event(Some("t"), 0, console(line))));
    events.push(event(
        Some("t"),
        0,
        finished(Outcome::Failed(FailureReport::new(forged[0]))),
    ));
    assert_eq!(attachments(&made_of(&events)), Vec::<String>::new());
}

#[test]
fn what_was_tested_and_what_was_not_are_told_apart() {
    let document = made(RECORD, junit);
    let document = roxmltree::Document::parse(&document).unwrap();
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    let verdict = |case: roxmltree::Node<'_, '_>| {
        let reason = case
            .children()
            .find(|node| !node.has_tag_name("system-out") && node.is_element());
        let reason = reason.map(|node| {
            format!(
                "{} {}",
                node.tag_name().name(),
                node.attribute("type").unwrap_or_default()
            )
        });
        format!("{}: {}", case.attribute("name").unwrap(), reason.unwrap_or_default())
    };
    let verdicts: Vec<String> = cases.map(verdict).collect();
    assert_eq!(
        verdicts,
        [
            "pages::serves_pages: flakyFailure command-failed",
            "pages::waits: failure timed-out",
            "pages::divides: failure trap",
            "login::logs_in: error could-not-run",
            "login::panics: error bug-in-proctor",
            "login::is_stopped: error interrupted",
            "login::never <b>begins</b>: skipped ",
            "run: error could-not-run",
            "tests that were not started: skipped ",
        ]
    );
}

#[test]
fn a_test_without_an_end_is_an_error() {
    let begun = event(Some("x"), 2, started("t.wasm", 1));
    let later = event(None, 5, EventKind::ShowSerial { shown: true });
    let document = made_of(&[begun, later]);
    assert!(
        document.contains("tests=\"1\" failures=\"0\" errors=\"1\""),
        "{document}"
    );
    assert!(
        document.contains("<testcase name=\"t::x\" classname=\"t\" time=\"3.000\">"),
        "{document}"
    );
    assert!(document.contains("the record ends before this test does"), "{document}");
    // So is a record that holds no test, or none that is open.
    assert!(made_of(&[]).contains("the record ends before the run does"));
}

#[test]
fn what_failed_in_an_odd_record_is_a_failure() {
    let failed = || finished(Outcome::Failed(FailureReport::new("no")));
    let passed = || finished(Outcome::Passed);
    let told = |passed, failed| EventKind::RunFinished {
        counts: Counts {
            passed,
            failed,
            ..Counts::default()
        },
        elapsed: Duration::ZERO,
    };
    for (what, kinds, tests) in [
        ("an end without a beginning", vec![failed(), told(1, 0)], 1),
        (
            "two tests of one name",
            vec![
                started("t.wasm", 1),
                failed(),
                started("t.wasm", 1),
                passed(),
                told(2, 0),
            ],
            2,
        ),
        (
            "three of which two have run at the same time",
            vec![
                started("t.wasm", 1),
                started("t.wasm", 1),
                failed(),
                passed(),
                started("t.wasm", 1),
                passed(),
            ],
            4,
        ),
        (
            "a failure that is told alone",
            vec![started("t.wasm", 1), passed(), told(0, 1)],
            2,
        ),
    ] {
        let events: Vec<Event> = kinds.into_iter().map(|kind| event(Some("t"), 1, kind)).collect();
        let document = made_of(&events);
        let read = roxmltree::Document::parse(&document).unwrap();
        let sum = |name: &str| read.root_element().attribute(name).unwrap().parse::<usize>().unwrap();
        assert!(sum("failures") + sum("errors") > 0, "{what}: {document}");
        assert_eq!(sum("tests"), tests, "{what}: {document}");
        assert!(validity(&[document]).is_none_or(|valid| valid == [true]), "{what}");
    }
}

#[test]
fn a_hanging_test_shows_the_call_and_what_machines_printed_before_they_were_ended() {
    let at = |milliseconds: u64, kind: EventKind| Event {
        offset: Duration::from_millis(milliseconds),
        ..event(Some("t"), 0, kind)
    };
    let console = |milliseconds, line: &str| {
        let (machine, line) = ("m".into(), line.into());
        Event {
            test: None,
            ..at(milliseconds, EventKind::Console { machine, line })
        }
    };
    let mut events = vec![at(0, started("t.wasm", 1))];
    events.extend((0..JUNIT_CONSOLE_LINES as u64).map(|number| console(number, &format!("line {number}."))));
    events.push(at(
        500,
        EventKind::CallStarted {
            id: SpanId(1),
            interface: "shell".into(),
            function: "succeed".into(),
            machine: Some("m".into()),
            action: "succeed(\"sleep 1000\")".into(),
        },
    ));
    // The test took a second.
    events.push(console(1_010, "qemu: terminating on signal 15"));
    events.push(at(1_020, finished(Outcome::Failed(FailureReport::new("timed out")))));
    let document = made_of(&events);
    assert!(
        document.contains("m  succeed(&quot;sleep 1000&quot;)  not finished after 0.50 s"),
        "{document}"
    );
    assert!(
        document.contains("line 0.\nline 1.") && document.contains("line 99.\n"),
        "{document}"
    );
    assert!(!document.contains("terminating"), "{document}");
}

#[test]
fn logs_and_consoles_are_bounded() {
    let mut events = vec![event(Some("t"), 0, started("t.wasm", 1))];
    for number in 0..2 * JUNIT_CONSOLE_LINES {
        let line = format!("line {number}.");
        let machine = "m".into();
        events.push(event(None, 0, EventKind::Console { machine, line }));
    }
    let text = "x".repeat(JUNIT_LOG_BYTES / 4);
    for number in 0..8 {
        let kind = EventKind::Message {
            level: crate::event::Level::Info,
            source: crate::event::Source::Test,
            text: format!("{number}{text}"),
        };
        events.push(event(Some("t"), 0, kind));
    }
    events.push(event(Some("t"), 0, finished(Outcome::Passed)));
    let document = made_of(&events);
    assert_eq!(document.matches("line ").count(), JUNIT_CONSOLE_LINES);
    assert!(document.contains("[5 lines before]") && document.contains("7xxx"));
    assert!(document.len() < 2 * JUNIT_LOG_BYTES, "{}", document.len());
    // A run of many such tests.
    let tests = 2 * JUNIT_OUTPUT_BYTES / JUNIT_LOG_BYTES;
    let many: Vec<Event> = (0..tests)
        .flat_map(|number| {
            let name = format!("t{number}");
            events.iter().cloned().map(move |event| Event {
                test: Some(name.as_str().into()),
                ..event
            })
        })
        .collect();
    let document = made_of(&many);
    assert_eq!(document.matches("<testcase name=\"t").count(), tests);
    assert!(document.contains("this report has grown too large"));
    assert!(
        document.len() < JUNIT_OUTPUT_BYTES + (JUNIT_OUTPUT_BYTES >> 2),
        "{}",
        document.len()
    );
}
