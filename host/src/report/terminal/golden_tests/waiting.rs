//! What is told while a call goes on.

use super::*;

#[test]
fn a_long_wait_is_told_now_and_then_and_to_who_asks() {
    let mut script = Script::plain();
    script
        .at(0)
        .test("first")
        .calls(1, "server", "wait-for-unit(\"nginx\")");
    for elapsed in [1, 29, 30, 31, 59, 60] {
        let machines = vec![waited_for(100 - elapsed)];
        script.at(1_000 * elapsed).emit(EventKind::CallWaiting {
            action: "server: wait-for-unit(\"nginx\")".into(),
            elapsed: Duration::from_secs(elapsed),
            machines,
            limit: PassedLimit {
                name: "timeout".into(),
                value: "200.0 s".into(),
            },
            left: Duration::from_secs(if elapsed < 60 { 200 } else { 20 }),
        });
    }
    script.at(61_000).emit(EventKind::Status {
        in_progress: "server: wait-for-unit(\"nginx\"), for 61.0 s".into(),
        machines: vec![waited_for(39)],
        limit: Some(PassedLimit {
            name: "timeout".into(),
            value: "200.0 s".into(),
        }),
        left: Some(Duration::from_secs(19)),
    });
    script
        .at(62_000)
        .returns(1, 62_000, None)
        .at(62_010)
        .outcome(Outcome::Passed, 62_010, 0);
    assert_golden(&script.finish(), include_str!("../golden/long_wait.txt"));
}

#[test]
fn the_last_line_says_which_test_and_how_long_before_what() {
    let mut script = Script::new(TerminalOptions {
        status_line: true,
        ..TerminalOptions::default()
    });
    let tests = ["first", "second", "third"].map(|name| SelectedTest {
        name: name.into(),
        file: "test.wasm".into(),
    });
    script.emit(EventKind::RunStarted {
        version: String::new(),
        command: Vec::new(),
        directory: String::new(),
        machines: Vec::new(),
        vlans: Vec::new(),
        granted: Vec::new(),
        output: String::new(),
        tests: tests.into(),
    });
    script.test("first").outcome(Outcome::Passed, 0, 0).test("second");
    let action = "server: succeed(\"".to_owned() + &"long ".repeat(200);
    script.at(5_000).emit(EventKind::CallWaiting {
        action,
        elapsed: Duration::from_secs(5),
        machines: vec![waited_for(55)],
        limit: PassedLimit {
            name: "timeout".into(),
            value: "200.0 s".into(),
        },
        left: Duration::from_secs(195),
    });
    script.flush();
    let text = script.finish();
    let expected = "2/3 second  for 5s, at most 55s more (timeout of 60.0 s): server: succeed(\"long long ";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_line_is_seen_although_nothing_follows() {
    let written = Shared::default();
    let terminal = Terminal::new(written.clone(), TerminalOptions::default());
    let (reporter, events) = Reporter::start(vec![Box::new(terminal)]).unwrap();
    events.emit(EventKind::Console {
        machine: "m".into(),
        line: "login:".into(),
    });
    let patience = std::time::Instant::now() + Duration::from_secs(10);
    while written.0.lock().unwrap().is_empty() {
        assert!(std::time::Instant::now() < patience, "the line was kept back");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(String::from_utf8_lossy(&written.0.lock().unwrap()).ends_with("  m # login:\n"));
    reporter.finish();
}
