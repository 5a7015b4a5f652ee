//! The page by keyboard alone.

use serde_json::json;

use crate::browser::Browser;
use crate::reading::failing;

#[tokio::test]
async fn everything_can_be_reached_by_keys() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, number) = failing();
    browser.open(&page.make(), "").await;
    let chosen = "document.querySelector('.chosen').id";
    let focused = "document.activeElement.closest('.row')?.id ?? document.activeElement.id";
    // Steps: up, fold, down.
    browser.press("k").await;
    assert_ne!(browser.text(chosen).await, format!("e{number}"));
    assert_eq!(browser.text(focused).await, browser.text(chosen).await);
    browser.press("f").await;
    assert_eq!(browser.text(chosen).await, format!("e{number}"));
    let open = format!("document.querySelector('#e{number}').open");
    browser.press("\u{e012}").await;
    assert_eq!(browser.value(&open).await, json!(false));
    browser.press("\u{e014}").await;
    assert_eq!(browser.value(&open).await, json!(true));
    let unfolded = "document.querySelectorAll('details.row:not([open])').length";
    browser.press("e").await;
    assert_eq!(browser.number(unfolded).await as u64, 0);
    browser.press("E").await;
    assert!(browser.number(unfolded).await as u64 > 0);
    // Consoles and other tabs.
    let selected = "document.querySelector('[role=tab][aria-selected=true]').id";
    browser.press("1").await;
    assert_eq!(browser.text(selected).await, "tab-c0");
    browser.press("2").await;
    assert_eq!(browser.text(selected).await, "tab-c1");
    browser.value("document.querySelector('#tab-c1').focus()").await;
    browser.press("\u{e014}").await;
    assert_eq!(browser.text(selected).await, "tab-tests");
    assert_eq!(browser.text(focused).await, "tab-tests");
    // Search, its matches, and away with it.
    browser.press("/").await;
    assert_eq!(browser.text(focused).await, "query");
    browser.press("harmless\u{e007}").await;
    browser
        .wait("document.querySelector('#found').textContent.startsWith('2 steps')")
        .await;
    let first = browser.text(chosen).await;
    browser.press("\u{e007}").await;
    assert_ne!(browser.text(chosen).await, first);
    browser.press("\u{e00c}").await;
    assert_eq!(browser.text("document.querySelector('#found').textContent").await, "");
    // The list of keys names them all.
    browser.press("?").await;
    assert_eq!(browser.value("document.querySelector('#help').open").await, json!(true));
    let keys = browser
        .text("[...document.querySelectorAll('#help kbd')].map(key => key.textContent).join(' ')")
        .await;
    for key in ["/", "j", "k", "e", "f", "1", "9", "[", "]", "t", "Esc"] {
        assert!(keys.split(' ').any(|named| named == key), "{key}: {keys}");
    }
    browser.press("\u{e00c}").await;
    assert_eq!(
        browser.value("document.querySelector('#help').open").await,
        json!(false)
    );
    // By Tab from the top, everything that can be clicked comes in turn, and is seen to.
    browser.value("document.activeElement.blur()").await;
    browser.press("\u{e004}").await;
    assert_eq!(browser.text("document.activeElement.className").await, "skip");
    let mut reached = Vec::new();
    for _ in 0..20 {
        browser.press("\u{e004}").await;
        reached.push(
            browser
                .text("document.activeElement.id || document.activeElement.className")
                .await,
        );
    }
    for wanted in ["copy", "theme", "keys", "query", "unfold", "fold"] {
        assert!(reached.iter().any(|one| one == wanted), "{wanted}: {reached:?}");
    }
    let outline = "getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.text(outline).await, "solid");
}
