//! Search, and the range of the timeline.

use serde_json::json;

use crate::browser::Browser;
use crate::page::Page;
use crate::reading::failing;

/// The lines of the log in sight.
async fn seen(browser: &Browser) -> Vec<String> {
    let rows = "[...document.querySelectorAll('#steps .row')].filter(row => row.offsetParent !== null) \
                .map(row => (row.querySelector('summary b') ?? row.querySelector('code') ?? row.querySelector('.what')).textContent)";
    let rows = browser.value(rows).await;
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn words_machines_and_levels_leave_what_matches_and_the_way_to_it() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, _) = failing();
    browser.open(&page.make(), "").await;
    let before = seen(&browser).await;
    browser.search("HARMLESS beta").await;
    browser
        .wait("document.querySelector('#found').textContent === '1 step, 0 lines'")
        .await;
    assert_eq!(
        seen(&browser).await,
        ["storm", "harmless part", "succeed(\"echo harmless\")"]
    );
    browser.search("machine:alpha").await;
    browser
        .wait("document.querySelector('#found').textContent.startsWith('4 steps')")
        .await;
    assert!(!seen(&browser).await.contains(&"harmless part".to_owned()));
    assert_eq!(
        browser
            .text("document.querySelector('.panel:not([hidden])').dataset.name")
            .await,
        "alpha"
    );
    browser.search("level:error").await;
    browser
        .wait("document.querySelector('#found').textContent.startsWith('3 steps')")
        .await;
    assert_eq!(
        seen(&browser).await,
        ["storm", "fatal part", "succeed(\"mount /dev/vdb\")"]
    );
    // In the consoles it is marked and counted.
    browser.search("\"on fire\"").await;
    browser
        .wait("document.querySelector('#found').textContent.endsWith('1 line')")
        .await;
    assert_eq!(
        browser
            .text("document.querySelector('#tab-c1 .badge').textContent")
            .await,
        "1"
    );
    browser.click("#tab-c1").await;
    assert_eq!(
        browser.text("document.querySelector('#c1 mark').textContent").await,
        "on fire"
    );
    // Another line is found; the mark stays at the moment of the chosen step.
    let mark = "document.querySelector('#c1 .line.now').dataset.index";
    let marked = browser.text(mark).await;
    assert_ne!(marked, "0");
    browser.search("\"beta boots\"").await;
    browser
        .wait("document.querySelector('#found').textContent.endsWith('1 line')")
        .await;
    assert_eq!(browser.text(mark).await, marked);
    browser.search("no such thing").await;
    browser
        .wait("document.querySelector('#found').textContent === '0 steps, 0 lines'")
        .await;
    assert!(seen(&browser).await.is_empty());
    // All is as it was, but for the way to the chosen step.
    browser.press("\u{e00c}").await;
    browser.wait("document.querySelector('#query').value === ''").await;
    let after = seen(&browser).await;
    assert!(before.iter().all(|row| after.contains(row)), "{before:?} {after:?}");
}

#[tokio::test]
async fn a_range_of_the_timeline_filters_the_log() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let mut page = Page::new(&["alpha"]);
    page.test("long");
    for second in 0..100 {
        page.after(998).message("info", &format!("second {second}"));
        page.console("alpha", &format!("line {second}"));
    }
    page.passes();
    page.end(1, 0);
    browser.open(&page.make(), "").await;
    assert_eq!(seen(&browser).await.len(), 101);
    browser.drag("svg.lane.tests", 0.4, 0.5).await;
    browser
        .wait("document.querySelector('#query').value.startsWith('time:')")
        .await;
    let rows = seen(&browser).await;
    assert!((10..=12).contains(&rows.len()), "{rows:?}");
    assert!(rows.contains(&"second 45".to_owned()), "{rows:?}");
    assert_eq!(
        browser.value("document.querySelector('.range').hidden").await,
        json!(false)
    );
    let marked = "document.querySelector('.panel:not([hidden]) .line.now').lastChild.textContent";
    let line = browser.text(marked).await;
    assert!(["line 39", "line 40", "line 41"].contains(&line.as_str()), "{line}");
    // A range can be written as well, together with words.
    browser.search("time:10..20 \"second 15\"").await;
    browser
        .wait("document.querySelector('#found').textContent.startsWith('1 step')")
        .await;
    browser.press("\u{e00c}").await;
    browser.wait("document.querySelector('.range').hidden").await;
    assert_eq!(seen(&browser).await.len(), 101);
    // A click is a moment, not a range.
    browser.drag("svg.lane.states", 0.7, 0.7).await;
    let line = browser.text(marked).await;
    assert!(["line 68", "line 69", "line 70"].contains(&line.as_str()), "{line}");
    assert_eq!(browser.text("document.querySelector('#query').value").await, "");
}
