//! Links to lines and to files.

use serde_json::json;

use crate::browser::Browser;
use crate::page::Page;
use crate::reading::failing;

#[tokio::test]
async fn a_link_to_a_line_survives_a_reload() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let (page, number) = failing();
    let file = page.make();
    let chosen = "document.querySelector('.chosen').id";
    // A step that is folded in: the page opens at it.
    let harmless = "[...document.querySelectorAll('.row.call')].find(row => row.textContent.includes('harmless')).id";
    browser.open(&file, "").await;
    let folded = browser.text(harmless).await;
    browser.open(&file, &folded).await;
    assert_eq!(browser.text(chosen).await, folded);
    assert_ne!(
        browser
            .value(&format!("document.getElementById('{folded}').offsetParent"))
            .await,
        json!(null)
    );
    // One that is clicked is in the address.
    browser.click(&format!("#e{number} > summary .t")).await;
    assert_eq!(browser.text("location.hash").await, format!("#e{number}"));
    browser.reload().await;
    assert_eq!(browser.text(chosen).await, format!("e{number}"));
    // A line of a console.
    browser.open(&file, "c1-2").await;
    assert_eq!(
        browser
            .text("document.querySelector('#c1 .line.now').lastChild.textContent")
            .await,
        "the disk is on fire"
    );
    browser.click("#c1 .line:first-child .t").await;
    assert_eq!(browser.text("location.hash").await, "#c1-1");
    browser.reload().await;
    assert_eq!(
        browser
            .text("document.querySelector('#c1 .line.now').lastChild.textContent")
            .await,
        "beta boots"
    );
    // What leads nowhere does no harm.
    for nowhere in ["e99999", "c7-1", "c1-999", "x'\"<", "c1-0"] {
        browser.open(&file, nowhere).await;
        assert_eq!(browser.text(chosen).await, format!("e{number}"), "{nowhere}");
    }
}

#[tokio::test]
async fn screenshots_are_shown_and_files_are_linked_beneath_the_directory() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let mut page = Page::new(&["alpha"]);
    let inside = page.directory().join("a test");
    std::fs::create_dir(&inside).unwrap();
    image::RgbImage::from_pixel(320, 200, image::Rgb([200, 30, 30]))
        .save(inside.join("shot #1.png"))
        .unwrap();
    std::fs::write(inside.join("what?.log"), "it was logged").unwrap();
    page.test("pictures");
    let shot = page.event(json!({ "event": "screenshot", "machine": "alpha", "file": "a test/shot #1.png" }));
    page.event(json!({ "event": "screenshot", "machine": "alpha", "file": "a test/gone.png" }));
    page.event(json!({ "event": "file_saved", "machine": "alpha", "file": "a test/what?.log" }));
    page.event(json!({ "event": "file_saved", "machine": null, "file": "../../etc/passwd" }));
    page.event(json!({ "event": "file_saved", "machine": null, "file": "/etc/passwd" }));
    page.passes();
    page.end(1, 0);
    let file = page.make();
    browser.open(&file, &format!("e{shot}")).await;
    browser
        .wait("document.querySelector('.thumb img').naturalWidth === 320")
        .await;
    browser.click(".thumb").await;
    browser
        .wait("document.querySelector('img.shot').offsetParent !== null")
        .await;
    browser.click("img.shot").await;
    assert_eq!(
        browser.value("document.querySelector('#picture').open").await,
        json!(true)
    );
    let links = browser
        .value("[...document.querySelectorAll('#files a.file')].map(link => link.getAttribute('href'))")
        .await;
    assert_eq!(
        links,
        json!(["a%20test/shot%20%231.png", "a%20test/gone.png", "a%20test/what%3F.log"])
    );
    assert!(
        browser
            .text("document.querySelector('#files').textContent")
            .await
            .contains("/etc/passwd")
    );
    browser.press("\u{e00c}").await;
    browser.click("#tab-files").await;
    browser.click("#files li:nth-child(3) a.file").await;
    browser
        .wait("document.body.textContent.includes('it was logged')")
        .await;
}
