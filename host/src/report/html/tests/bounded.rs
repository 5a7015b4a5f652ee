//! What a page leaves out of a record that is too large for one.

use super::super::bounds;
use super::*;

#[test]
fn floods_are_bounded_and_what_is_grave_is_kept() {
    let mut script = Script::new();
    script.emit(EventKind::test_started());
    for _ in 0..bounds::STEPS {
        script.message(Level::Info);
    }
    script.call(1, None).call(2, Some(error("boom", "call 2")));
    for _ in 0..2 * bounds::WARNINGS {
        script.message(Level::Warning);
    }
    let run = script.run();
    assert_eq!(run.steps.len(), 1 + bounds::STEPS + 1 + bounds::WARNINGS);
    let calls: Vec<&str> = run
        .steps
        .iter()
        .filter_map(|step| match &step.kind {
            StepKind::Call(call) => Some(call.action.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(calls, ["call 2"]);
    assert!(page(&run).contains(&format!("{} steps more than a page can show", run.left_out)));
}

#[test]
fn no_flood_hides_a_later_failure() {
    let mut script = Script::new();
    script.emit(EventKind::test_started());
    let large = "x".repeat(1 << 20);
    for number in 0..bounds::STEPS as u64 {
        script.message(Level::Warning);
        script.call(2 * number, Some(error(&format!("expected {number}"), "call")));
    }
    for _ in 0..40 {
        let text = large.clone();
        let (level, source) = (Level::Info, Source::Test);
        script.emit(EventKind::Message { level, source, text });
    }
    script.outcome(Outcome::Failed(FailureReport::new(large.clone())));
    for test in ["first", "second"] {
        script.test = test;
        script.emit(EventKind::test_started());
        let why = error(&format!("why {test}"), test);
        script.call(1, Some(why.clone()));
        let error = Some(why);
        let message = format!("{test}: {}", large.clone());
        script.outcome(Outcome::Failed(FailureReport {
            message,
            error,
            ..FailureReport::default()
        }));
    }
    for number in 0..bounds::FAILURE_BYTES / large.len() + 2 {
        let name: &'static str = format!("many {number}").leak();
        script.test = name;
        script.emit(EventKind::test_started());
        script.outcome(Outcome::Failed(FailureReport::new(format!(
            "{name}: {}",
            large.clone()
        ))));
    }
    let run = script.run();
    let failing = |test: &str| {
        let at = run.steps.iter().find(|step| match &step.kind {
            StepKind::Call(call) => call.error.as_ref().is_some_and(|error| error.action == test),
            _ => false,
        });
        at.and_then(|step| step.failure)
    };
    for test in ["first", "second"] {
        assert!(failing(test).is_some(), "{test}");
    }
    let written = page(&run);
    for (_, _, test) in run.tests() {
        assert!(
            written.contains(&format!("why {} did not pass", test.name)),
            "{}",
            test.name
        );
    }
    let texts: usize = run
        .tests()
        .filter_map(|(_, _, test)| Some(test.outcome.as_ref()?.failure()?.message.len()))
        .sum();
    assert!(texts < bounds::FAILURE_BYTES + 2 * large.len(), "{texts}");
}

#[test]
fn the_end_of_a_long_console_is_kept_and_its_lines_keep_their_numbers() {
    let mut script = Script::new();
    let lines = bounds::CONSOLE_LINES + 5;
    for number in 1..=lines {
        let line = format!("line {number}");
        script.emit(EventKind::Console {
            machine: "m".into(),
            line,
        });
    }
    let page = page(&script.run());
    assert!(page.contains("data-first=\"6\""));
    assert!(page.contains("\tline 6\n") && !page.contains("\tline 5\n"));
    assert!(page.contains("The first 5 lines are in "));
}

#[test]
fn nothing_nests_deeper_than_a_browser_can_bear() {
    let mut script = Script::new();
    script.emit(EventKind::test_started());
    for id in 1..5_000 {
        script.open(id);
    }
    let run = script.run();
    assert_eq!(run.steps.iter().map(|step| step.depth).max(), Some(bounds::DEEPEST));
    let written = page(&run);
    assert!(written.contains("span 4999") && written.ends_with("</html>\n"));
}
