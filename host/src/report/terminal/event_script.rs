//! Events in the order in which a test plays them, and what the terminal makes of them.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use super::{Terminal, TerminalOptions};
use crate::event::{
    CommandReport, Counts, ErrorReport, Event, EventKind, FailureReport, Level, Outcome, Report, Source, SpanId,
    SpanKind, State,
};

/// Bytes that a terminal's stream and its test share.
#[derive(Clone, Default)]
pub(super) struct Shared(pub(super) Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Plays events to a terminal, at the times that [`Script::at`] sets.
pub(super) struct Script {
    terminal: Terminal,
    written: Shared,
    offset: Duration,
    test: Option<Arc<str>>,
    spans: Vec<SpanId>,
}

impl Script {
    pub(super) fn new(options: TerminalOptions) -> Self {
        let written = Shared::default();
        Self::of(Terminal::new(written.clone(), options), written)
    }

    pub(super) fn of(terminal: Terminal, written: Shared) -> Self {
        Self {
            terminal,
            written,
            offset: Duration::ZERO,
            test: None,
            spans: Vec::new(),
        }
    }

    pub(super) fn plain() -> Self {
        Self::new(TerminalOptions::default())
    }

    pub(super) fn flush(&mut self) {
        self.terminal.flush();
    }

    /// What has been written, after the last event.
    pub(super) fn finish(mut self) -> String {
        self.terminal.finish();
        let bytes = self.written.0.lock().unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    }

    /// What follows happens so many milliseconds after the start.
    pub(super) fn at(&mut self, milliseconds: u64) -> &mut Self {
        self.offset = Duration::from_millis(milliseconds);
        self
    }

    pub(super) fn emit(&mut self, kind: EventKind) -> &mut Self {
        let (offset, test, span) = (self.offset, self.test.clone(), self.spans.last().copied());
        self.terminal.event(&Event {
            wall: SystemTime::UNIX_EPOCH,
            offset,
            test,
            span,
            kind,
        });
        self
    }

    pub(super) fn run(&mut self, machines: &[&str], vlans: &[u32]) -> &mut Self {
        let machines = machines.iter().map(|&machine| machine.into()).collect();
        self.emit(EventKind::RunStarted {
            version: "0.1.0".into(),
            command: vec!["proctor".into(), "run".into(), "test.wasm".into()],
            directory: "/tmp".into(),
            machines,
            vlans: vlans.into(),
            granted: Vec::new(),
            output: "/tmp/out".into(),
            tests: Vec::new(),
        })
    }

    pub(super) fn end(&mut self, counts: Counts) -> &mut Self {
        let elapsed = self.offset;
        self.emit(EventKind::RunFinished { counts, elapsed })
    }

    pub(super) fn test(&mut self, name: &str) -> &mut Self {
        self.test = Some(name.into());
        self.emit(EventKind::test_started())
    }

    pub(super) fn outcome(&mut self, outcome: Outcome, elapsed: u64, boot: u64) -> &mut Self {
        let (elapsed, boot) = (Duration::from_millis(elapsed), Duration::from_millis(boot));
        self.spans.clear();
        self.emit(EventKind::TestFinished { outcome, elapsed, boot });
        self.test = None;
        self
    }

    pub(super) fn open(&mut self, id: u64, kind: SpanKind, name: &str) -> &mut Self {
        self.emit(EventKind::SpanStarted {
            id: SpanId(id),
            kind,
            name: name.into(),
        });
        self.spans.push(SpanId(id));
        self
    }

    pub(super) fn close(&mut self, id: u64, name: &str, elapsed: u64, failure: Option<FailureReport>) -> &mut Self {
        self.spans.retain(|span| *span != SpanId(id));
        let elapsed = Duration::from_millis(elapsed);
        self.emit(EventKind::SpanFinished {
            id: SpanId(id),
            name: name.into(),
            elapsed,
            failure,
        })
    }

    pub(super) fn calls(&mut self, id: u64, machine: &str, action: &str) -> &mut Self {
        let machine = Some(machine.into()).filter(|name: &String| !name.is_empty());
        self.emit(EventKind::CallStarted {
            id: SpanId(id),
            interface: "shell".into(),
            function: action.into(),
            machine,
            action: action.into(),
        })
    }

    pub(super) fn returns(&mut self, id: u64, elapsed: u64, error: Option<ErrorReport>) -> &mut Self {
        let elapsed = Duration::from_millis(elapsed);
        self.emit(EventKind::CallFinished {
            id: SpanId(id),
            machine: None,
            action: String::new(),
            result: None,
            command: None,
            error,
            elapsed,
        })
    }

    pub(super) fn says(&mut self, level: Level, source: Source, text: &str) -> &mut Self {
        self.emit(EventKind::Message {
            level,
            source,
            text: text.into(),
        })
    }

    pub(super) fn console(&mut self, machine: &str, line: &str) -> &mut Self {
        // A machine does not know in which test it is.
        let (offset, line) = (self.offset, line.into());
        let kind = EventKind::Console {
            machine: machine.into(),
            line,
        };
        self.terminal.event(&Event {
            wall: SystemTime::UNIX_EPOCH,
            offset,
            test: None,
            span: None,
            kind,
        });
        self
    }

    pub(super) fn state(&mut self, machine: &str, state: State, detail: &str) -> &mut Self {
        self.emit(EventKind::State {
            source: Source::Machine(machine.into()),
            state,
            detail: detail.into(),
        })
    }
}

/// Two machines, a subtest within a subtest, a call that lasts and one that does not: all is well.
pub(super) fn play_passing_run(script: &mut Script) {
    script.run(&["server", "client"], &[1]);
    script.emit(EventKind::State {
        source: Source::Vlan(1),
        state: State::Ready,
        detail: "vde_switch pid 122, after 0.01 s".into(),
    });
    script.emit(EventKind::ComponentLoading {
        file: "web.wasm".into(),
    });
    script.at(30).emit(EventKind::ComponentLoaded {
        file: "web.wasm".into(),
        tests: 1,
        elapsed: Duration::from_millis(28),
    });
    script.test("serves_pages");
    script.at(31).calls(1, "", "start_all()");
    script
        .at(40)
        .state("server", State::Booting, "pid 123")
        .at(42)
        .state("client", State::Booting, "pid 124");
    script.at(900).console("server", "[    0.000000] Linux version 6.1");
    script
        .at(4_940)
        .state("server", State::Ready, "after 4.90 s")
        .at(5_040)
        .state("client", State::Ready, "after 5.00 s");
    script.at(5_041).returns(1, 5_010, None);
    script
        .says(Level::Debug, Source::Host, "hidden")
        .says(Level::Info, Source::Test, "two lines,\nthe second here");
    script.open(2, SpanKind::Subtest, "the server serves");
    script
        .at(5_050)
        .calls(3, "server", "succeed(\"systemctl is-active nginx\")")
        .at(5_061)
        .returns(3, 11, None);
    script.open(4, SpanKind::Group, "fetching");
    script
        .at(5_100)
        .calls(5, "client", "wait_until_succeeds(\"curl -sf http://server/\")");
    script
        .at(5_300)
        .console("server", "nginx: ready")
        .at(5_400)
        .says(Level::Warning, Source::Host, "slow")
        .emit(EventKind::Screenshot {
            machine: "server".into(),
            file: "shots/page.png".into(),
        });
    script
        .at(17_400)
        .returns(5, 12_300, None)
        .at(17_401)
        .close(4, "fetching", 12_339, None);
    script
        .at(17_410)
        .open(6, SpanKind::Subtest, "twice")
        .at(17_500)
        .close(6, "twice", 90, None);
    script.at(17_501).close(2, "the server serves", 12_460, None);
    script.at(17_510).outcome(Outcome::Passed, 17_480, 5_010);
    script.at(17_600).state("server", State::Down, "exit status: 0");
    script.at(17_610).end(Counts {
        passed: 1,
        ..Counts::default()
    });
}

/// A command of several lines that fails.
fn command_failure() -> FailureReport {
    FailureReport {
        message: "the page is not there".into(),
        place: Some("src/lib.rs:42:9".into()),
        error: Some(ErrorReport {
            kind: "command-failed".into(),
            limit: None,
            machine: Some("client".into()),
            action: "succeed(\"for page in index about; do\\n  curl -sf http://server/$page …\")".into(),
            message: "command failed (exit code 22)".into(),
            elapsed: Duration::from_millis(350),
            command: Some(CommandReport {
                command: "for page in index about; do\n  curl -sf http://server/$page.html\ndone".into(),
                status: 22,
                output: "<html>\n\n  <body>It works!</body>\n</html>\n".into(),
            }),
            console: Vec::new(),
            journal: Vec::new(),
        }),
        ..FailureReport::default()
    }
}

/// A test that fails in a subtest within a subtest, 0.1 s after the start.
pub(super) fn play_failing_test(script: &mut Script, name: &str) {
    let failure = command_failure();
    script
        .at(100)
        .test(name)
        .open(1, SpanKind::Subtest, "pages")
        .open(2, SpanKind::Subtest, "about");
    script
        .at(110)
        .calls(3, "client", &failure.error.as_ref().unwrap().action);
    script.at(460).returns(3, 350, failure.error.clone());
    script
        .at(461)
        .close(2, "about", 361, Some(failure.clone()))
        .close(1, "pages", 361, Some(failure.clone()));
    script.at(462).outcome(Outcome::Failed(failure), 362, 0);
}
