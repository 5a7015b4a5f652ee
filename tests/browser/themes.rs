//! Light and dark.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::reading::failing;

/// Texts whose contrast with what is behind them is below what WCAG asks of small text.
const TOO_FAINT: &str = "(() => {
    const parse = colour => (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const behind = element => {
        for (let up = element; up; up = up.parentElement) {
            const [red, green, blue, alpha = 1] = parse(getComputedStyle(up).backgroundColor);
            if (alpha > 0.99) { return [red, green, blue]; }
        }
        return [255, 255, 255];
    };
    const light = colour => {
        const [red, green, blue] = colour.map(part => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const faint = [];
    let seen = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (walker.currentNode.data.trim() === '' || element.offsetParent === null || element.closest('svg, script')) { continue; }
        seen += 1;
        const one = light(parse(getComputedStyle(element).color).slice(0, 3));
        const two = light(behind(element));
        const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
        if (contrast < 4.5) { faint.push([element.tagName, element.className, contrast.toFixed(2), walker.currentNode.data.trim().slice(0, 30)]); }
    }
    return { faint, seen };
})()";

async fn check_contrast(browser: &Browser) {
    let found = browser.value(TOO_FAINT).await;
    assert!(found["seen"].as_u64().unwrap() > 60, "{found}");
    assert_eq!(found["faint"], json!([]));
}

#[tokio::test]
async fn both_themes_are_legible_and_the_choice_is_kept() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, _) = failing();
    let file = page.make();
    let ground = "getComputedStyle(document.documentElement).backgroundColor";
    browser.prefer("light").await;
    browser.open(&file, "").await;
    let light = browser.value(ground).await;
    browser.press("e").await;
    check_contrast(&browser).await;
    browser.prefer("dark").await;
    let dark = browser.value(ground).await;
    assert_ne!(light, dark);
    check_contrast(&browser).await;
    browser.click("#theme").await;
    assert_eq!(browser.value(ground).await, light);
    browser.reload().await;
    assert_eq!(browser.value(ground).await, light);
    browser.press("t").await;
    assert_eq!(browser.value(ground).await, dark);
}

#[tokio::test]
async fn a_narrow_window_has_everything() {
    let Some(browser) = Browser::start(420, 800).await else {
        return;
    };
    let (page, number) = failing();
    browser.open(&page.make(), "").await;
    let wide = "document.documentElement.scrollWidth";
    assert!(browser.number(wide).await <= 420.0);
    let top = browser
        .number(&format!(
            "document.querySelector('#e{number}').getBoundingClientRect().top"
        ))
        .await;
    assert!((0.0..700.0).contains(&top), "{top}");
    // The consoles come up when they are asked for.
    assert_eq!(
        browser.value("document.querySelector('#c1').offsetParent").await,
        Value::Null
    );
    browser.click("#tab-c1").await;
    browser
        .wait("document.querySelector('#c1 .line.now')?.offsetParent != null")
        .await;
    browser.click(".close").await;
    assert_eq!(
        browser.value("document.querySelector('#c1').offsetParent").await,
        Value::Null
    );
}
