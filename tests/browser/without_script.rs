//! The page where scripts do not run.

use serde_json::json;

use crate::browser::Browser;
use crate::reading::failing;

#[tokio::test]
async fn the_page_is_whole_without_its_script() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, number) = failing();
    let file = page.make();
    browser
        .devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }))
        .await;
    browser.open_without_script(&file, "").await;
    assert_eq!(browser.value("document.documentElement.className").await, json!(""));
    assert!(
        browser
            .text("document.body.innerText")
            .await
            .starts_with("To the log\nOf 2 tests, 1 failed, 1 passed.")
    );
    // What only a script could serve is not shown.
    for served in ["#search", ".tools"] {
        let shown = format!("document.querySelector('{served}').offsetParent");
        assert_eq!(browser.value(&shown).await, json!(null), "{served}");
    }
    let failure = browser.text("document.querySelector('.failure').innerText").await;
    assert!(failure.contains("mount: wrong fs type"), "{failure}");
    let way = browser
        .text("document.querySelector('.failures a').getAttribute('href')")
        .await;
    assert_eq!(way, format!("#e{number}"));
    // The rest unfolds by a click.
    browser.click("details.test.passed > summary").await;
    browser
        .wait("document.querySelector('details.test.passed').innerText.includes('first of calm')")
        .await;
    browser
        .value("document.querySelector('#c1 > summary').scrollIntoView()")
        .await;
    browser.click("#c1 > summary").await;
    browser
        .wait("document.querySelector('#c1').innerText.includes('the disk is on fire')")
        .await;
    let console = browser.text("document.querySelector('#c1 pre').innerText").await;
    assert_eq!(console.lines().count(), 3, "{console}");
    // A link leads to a line, and unfolds the way.
    browser.click("#slowest > summary").await;
    let lanes = browser
        .number("document.querySelectorAll('svg.states rect.ready').length")
        .await;
    assert!(lanes >= 2.0, "{lanes}");
}
