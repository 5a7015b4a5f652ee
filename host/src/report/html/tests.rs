//! Pages made of events, without a browser.

mod bounded;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::collect::Collector;
use super::document;
use super::run::{Run, StepKind};
use super::saved_files::SavedFiles;
use super::verdict::{Verdict, of_run};
use crate::event::{Counts, ErrorReport, Event, EventKind, FailureReport, Level, Outcome, Source, SpanId, SpanKind};

struct Script {
    collector: Collector,
    milliseconds: u64,
    span: Option<SpanId>,
    test: &'static str,
}

impl Script {
    fn new() -> Self {
        Self {
            collector: Collector::default(),
            milliseconds: 0,
            span: None,
            test: "t",
        }
    }

    fn emit(&mut self, kind: EventKind) -> &mut Self {
        self.milliseconds += 1;
        self.collector.event(&Event {
            wall: SystemTime::UNIX_EPOCH,
            offset: Duration::from_millis(self.milliseconds),
            test: Some(Arc::from(self.test)),
            span: self.span,
            kind,
        });
        self
    }

    fn message(&mut self, level: Level) -> &mut Self {
        let text = "x".into();
        let source = Source::Test;
        self.emit(EventKind::Message { level, source, text })
    }

    fn open(&mut self, id: u64) -> &mut Self {
        let (kind, name) = (SpanKind::Group, format!("span {id}"));
        self.emit(EventKind::SpanStarted {
            id: SpanId(id),
            kind,
            name,
        });
        self.span = Some(SpanId(id));
        self
    }

    fn call(&mut self, id: u64, error: Option<ErrorReport>) -> &mut Self {
        let action = format!("call {id}");
        self.emit(EventKind::CallStarted {
            id: SpanId(id),
            interface: String::new(),
            function: String::new(),
            machine: None,
            action: action.clone(),
        });
        self.emit(EventKind::CallFinished {
            id: SpanId(id),
            machine: None,
            action,
            result: None,
            command: None,
            error,
            elapsed: Duration::from_millis(1),
        })
    }

    fn outcome(&mut self, outcome: Outcome) -> &mut Self {
        self.span = None;
        self.emit(EventKind::TestFinished {
            outcome,
            elapsed: Duration::from_secs(1),
            boot: Duration::ZERO,
        })
    }

    fn counts(&mut self, counts: Counts) -> &mut Self {
        self.emit(EventKind::RunFinished {
            counts,
            elapsed: Duration::from_secs(2),
        })
    }

    fn run(self) -> Run {
        self.collector.finish()
    }
}

fn error(message: &str, action: &str) -> ErrorReport {
    ErrorReport {
        message: message.into(),
        action: action.into(),
        ..ErrorReport::default()
    }
}

fn page(run: &Run) -> String {
    let mut bytes = Vec::new();
    document::write(
        run,
        SavedFiles::new(Path::new("/nonexistent"), Path::new("/")),
        &mut bytes,
    )
    .unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_failure_stands_at_the_call_whose_error_the_test_ended_with() {
    let mut script = Script::new();
    script.emit(EventKind::test_started()).open(1);
    script.call(2, Some(error("boom", "call 2")));
    script.call(3, Some(error("boom", "call 3"))).call(4, None);
    let failure = FailureReport {
        error: Some(error("boom", "call 3")),
        ..FailureReport::new("it went boom")
    };
    script.outcome(Outcome::Failed(failure));
    let run = script.run();
    let failing: Vec<&StepKind> = run
        .steps
        .iter()
        .filter(|step| step.failure.is_some())
        .map(|step| &step.kind)
        .collect();
    assert!(
        matches!(failing.as_slice(), [StepKind::Call(call)] if call.action == "call 3"),
        "{failing:?}"
    );
    let on_the_way = run.steps.iter().filter(|step| step.leads_to_failure).count();
    assert_eq!(on_the_way, 3);
}

#[test]
fn the_failure_of_a_panic_stands_at_the_call_that_it_quotes() {
    let mut script = Script::new();
    script.emit(EventKind::test_started());
    script.call(1, Some(error("expected", "call 1")));
    script.call(2, Some(error("boom", "call 2"))).call(3, None);
    script.outcome(Outcome::Failed(FailureReport::new(
        "called `unwrap` on an error: call 2 failed",
    )));
    let run = script.run();
    let failing = run
        .steps
        .iter()
        .find(|step| step.failure.is_some())
        .map(|step| &step.kind);
    assert!(
        matches!(failing, Some(StepKind::Call(call)) if call.action == "call 2"),
        "{failing:?}"
    );
    // And tells what the panic did not.
    let (_, block) = page(&run)
        .split_once("class=\"failure")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert!(block.contains("<dt>error</dt><dd>boom</dd>"), "{block}");
}

#[test]
fn a_hanging_test_shows_the_console_until_its_end_and_the_call() {
    let mut script = Script::new();
    let console = |line: &str| EventKind::Console {
        machine: "m".into(),
        line: line.into(),
    };
    script.emit(console("of an earlier test"));
    script.emit(EventKind::test_started());
    script.emit(console("before it hung"));
    script.emit(EventKind::CallStarted {
        id: SpanId(1),
        interface: String::new(),
        function: String::new(),
        machine: Some("m".into()),
        action: "sleep(1000)".into(),
    });
    // The test takes a second, of which its end is told later.
    script.milliseconds = 1_100;
    script.emit(console("qemu: terminating on signal 15"));
    script.outcome(Outcome::Failed(FailureReport::new("timed out")));
    let page = page(&script.run());
    let (_, block) = page.split_once("console of m until then").unwrap();
    let (block, _) = block.split_once("</section>").unwrap();
    assert!(
        block.contains("before it hung") && !block.contains("terminating") && !block.contains("earlier"),
        "{block}"
    );
    assert!(
        page.contains("<code>sleep(1000)</code></span><span class=\"took\">not finished"),
        "{page}"
    );
}

#[test]
fn the_screen_stands_in_the_failures_box_and_nowhere_else() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::create_dir(scratch.path().join("t")).unwrap();
    for name in ["t/failure-m.png", "t/other.png"] {
        image::RgbImage::new(3, 2).save(scratch.path().join(name)).unwrap();
    }
    let mut script = Script::new();
    script.emit(EventKind::test_started());
    for file in ["t/other.png", "t/failure-m.png"] {
        let (machine, file) = ("m".into(), file.into());
        script.emit(EventKind::Screenshot { machine, file });
    }
    script.outcome(Outcome::Failed(FailureReport::new("why")));
    let mut bytes = Vec::new();
    let files = SavedFiles::new(scratch.path(), scratch.path());
    document::write(&script.run(), files, &mut bytes).unwrap();
    let page = String::from_utf8(bytes).unwrap();
    let (_, block) = page.split_once("class=\"failure").unwrap();
    let (block, rest) = block.split_once("</section>").unwrap();
    assert!(block.contains("alt=\"screenshot t/failure-m.png\""), "{block}");
    assert!(!block.contains("t/other.png"), "{block}");
    assert_eq!(page.matches("alt=\"screenshot t/failure-m.png\"").count(), 1);
    assert!(rest.contains("alt=\"screenshot t/other.png\""), "{rest}");
}

#[test]
fn a_failure_in_words_alone_stands_at_its_span_or_its_test() {
    for (message, place) in [("said by the span", 1), ("said by nobody", 0)] {
        let mut script = Script::new();
        script.emit(EventKind::test_started()).open(1);
        script.emit(EventKind::SpanFinished {
            id: SpanId(1),
            name: String::new(),
            elapsed: Duration::ZERO,
            failure: Some(FailureReport::new("said by the span")),
        });
        script.outcome(Outcome::Failed(FailureReport::new(message)));
        let run = script.run();
        assert_eq!(
            run.steps.iter().position(|step| step.failure.is_some()),
            Some(place),
            "{message}"
        );
    }
}

#[test]
fn events_in_no_order_at_all_make_a_page() {
    let mut script = Script::new();
    script.span = Some(SpanId(77));
    script
        .outcome(Outcome::Passed)
        .call(1, None)
        .outcome(Outcome::HostFailed(FailureReport::new("odd")));
    script.emit(EventKind::SpanFinished {
        id: SpanId(9),
        name: "never begun".into(),
        elapsed: Duration::MAX,
        failure: Some(FailureReport::new("why")),
    });
    script.emit(EventKind::ComponentLoaded {
        file: "f".into(),
        tests: 1,
        elapsed: Duration::ZERO,
    });
    script.emit(EventKind::test_started()).emit(EventKind::test_started());
    assert!(page(&script.run()).contains("never begun"));
    assert!(page(&Script::new().run()).ends_with("</html>\n"));
}

#[test]
fn the_verdict_is_a_sentence() {
    let counts = |passed, failed, could_not_run, not_run| Counts {
        passed,
        failed,
        could_not_run,
        not_run,
        ..Counts::default()
    };
    for (counts, verdict, sentence) in [
        (counts(0, 0, 0, 0), Verdict::Stopped, "No test ran."),
        (counts(3, 0, 0, 0), Verdict::Passed, "All 3 tests passed."),
        (counts(1, 0, 0, 0), Verdict::Passed, "The test passed."),
        (
            counts(3, 1, 1, 0),
            Verdict::Failed,
            "Of 5 tests, 1 failed, 1 could not run, 3 passed.",
        ),
        (
            counts(1, 0, 0, 4),
            Verdict::Stopped,
            "Of 5 tests, 4 did not run to the end, 1 passed.",
        ),
        (counts(0, 0, 1, 0), Verdict::Error, "Of 1 test, 1 could not run."),
    ] {
        let mut script = Script::new();
        script.counts(counts);
        assert_eq!(of_run(&script.run()), (verdict, sentence.into()));
    }
    let mut script = Script::new();
    script.emit(EventKind::test_started());
    script.outcome(Outcome::Failed(FailureReport::new("why\nand more")));
    script.counts(counts(0, 1, 0, 0));
    assert_eq!(of_run(&script.run()), (Verdict::Failed, "t failed: why".into()));
}

#[test]
fn what_fails_is_told_whatever_the_record_says_of_it() {
    let good = Counts {
        passed: 1,
        ..Counts::default()
    };
    let failed = || Outcome::Failed(FailureReport::new("why"));
    let mut alone = Script::new();
    alone.outcome(failed()).counts(good);
    let mut open = Script::new();
    open.emit(EventKind::test_started()).counts(good);
    let mut late = Script::new();
    late.counts(good).outcome(failed());
    let mut twice = Script::new();
    twice.emit(EventKind::test_started()).outcome(failed());
    twice
        .emit(EventKind::test_started())
        .outcome(Outcome::Passed)
        .counts(good);
    let mut never = Script::new();
    let message = "no".into();
    never.emit(EventKind::RunFailed { message }).counts(good);
    for (script, verdict, sentence) in [
        (alone, Verdict::Failed, "t failed: why"),
        (open, Verdict::Stopped, "Of 1 test, 1 did not run to the end."),
        (late, Verdict::Failed, "t failed: why"),
        (twice, Verdict::Failed, "Of 2 tests, 1 failed, 1 passed."),
        (never, Verdict::Error, "The run could not begin: no"),
    ] {
        let run = script.run();
        assert_eq!(of_run(&run), (verdict, sentence.into()));
        let remark = page(&run).contains("more went well than it shows");
        assert_eq!(remark, verdict != Verdict::Error, "{sentence}");
    }
}

#[test]
fn the_page_is_all_ascii_but_for_what_it_tells_and_its_parts_cannot_end_early() {
    let written = page(&Script::new().run());
    // What is hashed has to be the same bytes in every browser.
    for (begin, end) in [
        ("<style>", "</style>"),
        ("<script>", "</script>"),
        ("<script type=\"module\">", "</script>"),
    ] {
        let (_, part) = written.split_once(begin).unwrap();
        let (part, _) = part.split_once(end).unwrap();
        assert!(
            part.is_ascii() && !part.contains('\r') && !part.contains("<!--"),
            "{begin}"
        );
        assert!(part.len() > 300, "{begin}");
    }
    assert_eq!(written.matches("</script>").count(), 2);
    assert!(!written.contains("<!--{"), "a mark was not filled in");
    assert!(!written.contains("http://") && !written.contains("https://"));
}
