//! What a reader sees first, and what follows a click.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::{Page, failure};

/// Two machines; a test that passes, then one whose second subtest fails after other steps. Returns the number of the
/// event with which the failed call began.
pub fn failing() -> (Page, u64) {
    let mut page = Page::new(&["alpha", "beta"]);
    page.test("calm");
    for machine in ["alpha", "beta"] {
        page.state(machine, "booting");
        page.console(machine, &format!("{machine} boots"));
        page.after(200).state(machine, "ready");
    }
    page.subtest(1, "first of calm");
    page.command(2, "alpha", "true", 50, Value::Null);
    page.end_subtest(1, "first of calm", Value::Null);
    page.passes();
    page.test("storm");
    page.subtest(3, "harmless part");
    page.command(4, "beta", "echo harmless", 300, Value::Null);
    page.end_subtest(3, "harmless part", Value::Null);
    page.subtest(5, "fatal part");
    page.console("alpha", "alpha is fine");
    page.console("beta", "the disk is on fire");
    let error = json!({
        "machine": "beta", "action": "succeed(\"mount /dev/vdb\")", "kind": "command-failed",
        "message": "command failed (exit code 32)", "limit": null, "elapsed": 0.4,
        "command": { "command": "mount /dev/vdb", "status": 32, "output": "mount: wrong fs type\n" },
        "console": ["last words of beta"], "journal": ["unit of beta failed"],
    });
    let number = page.command(6, "beta", "mount /dev/vdb", 400, error.clone());
    let mut why = failure("the disk cannot be mounted");
    why["error"] = error;
    why["place"] = json!("src/storm.rs:12:3");
    page.end_subtest(5, "fatal part", why.clone());
    page.after(500).console("beta", "long after");
    why["verdict"] = json!("failed");
    page.end_test(why);
    for machine in ["alpha", "beta"] {
        page.state(machine, "down");
    }
    page.end(1, 1);
    (page, number)
}

#[tokio::test]
async fn a_failure_is_unfolded_and_in_view_and_everything_else_is_folded() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, number) = failing();
    browser.open(&page.make(), "").await;
    assert_eq!(
        browser.text("document.querySelector('h1').innerText").await,
        "Of 2 tests, 1 failed, 1 passed."
    );
    assert_eq!(
        browser.text("document.querySelector('#again').textContent").await,
        "cd /home/me && proctor run 'a test.wasm' --test storm"
    );
    let listed = "[...document.querySelectorAll('#tests li')].map(row => row.className + ' ' + row.querySelector('a').textContent).join()";
    assert_eq!(browser.text(listed).await, "passed calm,failed storm");
    let open = "[...document.querySelectorAll('details.row[open]')].map(row => row.querySelector('b, code').textContent).join()";
    assert_eq!(browser.text(open).await, "storm,fatal part,succeed(\"mount /dev/vdb\")");
    let shown = browser.text("document.querySelector('.failure').innerText").await;
    for told in [
        "failed storm",
        "fatal part",
        "the disk cannot be mounted",
        "src/storm.rs:12:3",
        "mount /dev/vdb",
        "status 32",
        "mount: wrong fs type",
        "last words of beta",
        "unit of beta failed",
        "command-failed",
        "beta",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    // In view: within the log, and what was before it is seen, too.
    let top = browser
        .number(&format!(
            "document.querySelector('#e{number}').getBoundingClientRect().top"
        ))
        .await;
    let log = browser
        .number("document.querySelector('#log').getBoundingClientRect().top")
        .await;
    assert!(top > log && top < 900.0 * 0.8, "{top} {log}");
    // The console of the machine concerned is at the moment.
    assert_eq!(shown_console(&browser).await, "beta");
    assert_eq!(marked_line(&browser).await, "the disk is on fire");
}

async fn shown_console(browser: &Browser) -> String {
    browser
        .text("document.querySelector('.panel:not([hidden])').dataset.name")
        .await
}

async fn marked_line(browser: &Browser) -> String {
    browser
        .text("document.querySelector('.panel:not([hidden]) .line.now').lastChild.textContent")
        .await
}

#[tokio::test]
async fn a_step_moves_the_consoles_and_a_console_line_marks_its_step() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, number) = failing();
    browser.open(&page.make(), "").await;
    browser.click("details.test.passed > summary").await;
    assert_eq!(
        browser
            .value("document.querySelector('details.test.passed').open")
            .await,
        json!(true)
    );
    browser.click("details.test.passed > summary").await;
    assert_eq!(
        browser
            .value("document.querySelector('details.test.passed').open")
            .await,
        json!(false)
    );
    // What a test did has been printed when it ends.
    browser.click("#tab-c0").await;
    assert_eq!(shown_console(&browser).await, "alpha");
    assert_eq!(marked_line(&browser).await, "alpha is fine");
    // Another step, of the other machine: its console comes up, at that moment.
    browser.click(&format!("#e{number} > summary .what")).await;
    assert_eq!(shown_console(&browser).await, "beta");
    assert_eq!(marked_line(&browser).await, "the disk is on fire");
    browser.click("#c1 .line:last-child").await;
    assert_eq!(marked_line(&browser).await, "long after");
    assert_eq!(
        browser.text("document.querySelector('.chosen b').textContent").await,
        "storm"
    );
    browser.click("#c1 .line:first-child").await;
    assert_eq!(
        browser.text("document.querySelector('.chosen b').textContent").await,
        "calm"
    );
    browser.click("#tab-c0").await;
    assert_eq!(marked_line(&browser).await, "alpha boots");
}

#[tokio::test]
async fn the_slowest_calls_and_the_run_are_told() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, number) = failing();
    browser.open(&page.make(), "").await;
    browser.click("#tab-slowest").await;
    let slowest = browser.text("document.querySelector('#slowest').innerText").await;
    let places = ["mount /dev/vdb", "echo harmless", "true"].map(|call| slowest.find(call).unwrap());
    assert!(places.is_sorted(), "{slowest}");
    browser.click("#slowest li:first-child a").await;
    assert_eq!(
        browser.text("document.querySelector('.chosen').id").await,
        format!("e{number}")
    );
    browser.click("#tab-run").await;
    assert!(
        browser
            .text("document.querySelector('#run').innerText")
            .await
            .contains("/home/me/out")
    );
}

#[tokio::test]
async fn runs_that_did_not_end_as_they_should_say_so() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let heading = "document.querySelector('#head').innerText";

    let mut cut = Page::new(&["alpha"]);
    cut.test("first");
    cut.passes();
    cut.test("second");
    cut.event(json!({
        "event": "call_started", "id": 1, "interface": "units", "function": "wait-for-unit", "machine": "alpha",
        "action": "wait-for-unit(\"x\")",
    }));
    cut.raw("{\"time\":");
    browser.open(&cut.make_as_it_goes().0, "").await;
    let text = browser.text(heading).await;
    assert!(
        text.starts_with("The record ends before the run did, during second. Before that, 1 passed."),
        "{text}"
    );
    assert!(text.contains("Proctor was killed"), "{text}");

    let mut not_begun = Page::empty();
    not_begun.event(json!({ "event": "run_failed", "message": "no switch" }));
    browser.open(&not_begun.make(), "").await;
    assert!(
        browser
            .text(heading)
            .await
            .starts_with("The run could not begin: no switch")
    );

    browser.open(&Page::empty().make(), "").await;
    assert!(
        browser
            .text(heading)
            .await
            .starts_with("The record ends before the run did")
    );

    let mut limit = Page::new(&["alpha"]);
    limit.test("slow");
    let passed = json!({ "name": "test", "value": "8.0 s" });
    let began = limit.event(json!({
        "event": "call_started", "id": 1, "interface": "units", "function": "wait-for-unit", "machine": "alpha",
        "action": "wait-for-unit(\"x\")",
    }));
    limit.event(json!({
        "event": "limit_passed", "limit": passed, "machine": "alpha", "in_progress": "wait-for-unit on alpha", "elapsed": 5.0,
    }));
    let mut why = failure("the test limit of 8.0 s passed");
    why["limit"] = passed;
    why["in_progress"] = json!("wait-for-unit on alpha, for 5.0 s");
    why["verdict"] = json!("interrupted");
    limit.end_test(why);
    limit.event(json!({
        "event": "run_finished", "counts": { "passed": 0, "failed": 0, "could_not_run": 0, "host_failed": 0, "not_run": 2 },
        "elapsed": 9.0,
    }));
    browser.open(&limit.make(), "").await;
    assert!(
        browser
            .text(heading)
            .await
            .starts_with("Of 2 tests, 2 did not run to the end.")
    );
    // The call that was under way is where it ended.
    let failing = browser.text("document.querySelector('.failing').id").await;
    assert_eq!(failing, format!("e{began}"));
    let log = browser.text("document.querySelector('#log').innerText").await;
    assert!(log.contains("limit test of 8.0 s passed after 5.00 s"), "{log}");
    assert!(log.contains("in progress: wait-for-unit on alpha, for 5.0 s"), "{log}");
}

#[tokio::test]
async fn an_attempt_that_passed_after_one_that_failed_is_told() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let mut page = Page::new(&["alpha"]);
    page.test("moody");
    let mut why = failure("a bad day");
    why["verdict"] = json!("failed");
    page.end_test(why);
    page.test("moody");
    page.passes();
    page.end(1, 0);
    let path = page.make();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("attempt 2"));
    let record = page.directory().join("events.jsonl");
    let written = std::fs::read_to_string(&record).unwrap();
    let (first, second) = written.rsplit_once("\"attempt\":1").unwrap();
    let mut again = Page::empty();
    for line in format!("{first}\"attempt\":2{second}").lines() {
        again.raw(line);
    }
    browser.open(&again.make(), "").await;
    let head = browser.text("document.querySelector('#head').innerText").await;
    assert!(head.starts_with("moody passed in 1.50 s."), "{head}");
    assert!(head.contains("Passed only when tried again: moody passed"), "{head}");
    let log = browser.text("document.querySelector('#log').innerText").await;
    assert!(log.contains("a bad day") && log.contains("attempt 2"), "{log}");
}
