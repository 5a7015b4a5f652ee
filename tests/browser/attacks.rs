//! Whatever a record holds, nothing of it runs and nothing of it is missing.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::Page;

/// What would run, in every place where a text may come to stand: elements, attributes, scripts, styles, comments.
const ATTACKS: [&str; 14] = [
    "<script>window.planted=1</script>",
    "</script><script>window.planted=2</script>",
    "<!--<script>",
    "-->]]></style></title></textarea></pre></svg></details><script>window.planted=3</script>",
    "<img src=x onerror=window.planted=4>",
    "\" onmouseover=\"window.planted=5\" autofocus onfocus=\"window.planted=5\" x=\"",
    "' onclick='window.planted=6' x='",
    "<svg><script>window.planted=7</script></svg><svg onload=window.planted=7>",
    "<iframe srcdoc=\"<script>parent.planted=8</script>\"></iframe>",
    "<base href=\"https://example.org/\"><meta http-equiv=refresh content=\"0;url=javascript:window.planted=9\">",
    "javascript:window.planted=10",
    "<style>*{display:none}</style><link rel=stylesheet href=x>",
    "<!--{script}-->&lt;b&gt;&#x3c;",
    "{{7*7}}${7*7}<details open ontoggle=window.planted=11>",
];

/// One text with all attacks in it, and a name by which it is found again.
fn planted(field: &str) -> String {
    format!("field-{field} {}", ATTACKS.join(" "))
}

/// Plants the attacks in every string of an event, under the name of its place. What has to be one of certain words
/// stays.
fn plant(value: &mut Value, path: &str, fields: &mut Vec<String>) {
    const WORDS: [&str; 8] = ["event", "level", "state", "source", "kind", "verdict", "time", "test"];
    match value {
        Value::String(text) => {
            let field = path.replace(['.', '[', ']'], "_");
            *text = planted(&field);
            fields.push(field);
        }
        Value::Array(items) => {
            for (place, item) in items.iter_mut().enumerate() {
                plant(item, &format!("{path}_{place}"), fields);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let is_word = WORDS.contains(&name.as_str()) && member.is_string() && !path.ends_with("error");
                if !is_word {
                    plant(member, &format!("{path}_{name}"), fields);
                }
            }
        }
        _ => {}
    }
}

/// One event of every kind, with something in every field.
fn every_event() -> Vec<Value> {
    let limit = json!({ "name": "n", "value": "v" });
    let command = json!({ "command": "c", "status": 1, "output": "o" });
    let error = json!({
        "machine": "m", "action": "a", "kind": "k", "message": "m", "limit": limit, "elapsed": 1.0, "command": command,
        "console": ["l"], "journal": ["j"],
    });
    let machine = json!({
        "name": "m", "state": "ready", "seen": "s", "limit": limit, "left": 1.0, "console": ["l"],
    });
    let failure = json!({
        "message": "m", "place": "p", "error": error, "backtrace": ["f"], "in_progress": "i", "limit": limit,
        "machines": [machine],
    });
    let mut outcome = failure.clone();
    outcome["verdict"] = json!("failed");
    vec![
        json!({ "event": "component_loading", "file": "f" }),
        json!({
            "event": "run_started", "version": "v", "command": ["c", "d"], "directory": "d", "machines": ["m"], "vlans": [1],
            "granted": ["g"], "output": "o",
        }),
        json!({ "event": "test_started", "file": "f", "description": "d", "attempt": 1 }),
        json!({ "event": "state", "source": { "machine": "m" }, "state": "booting", "detail": "d" }),
        json!({ "event": "state", "source": { "vlan": 1 }, "state": "ready", "detail": "d" }),
        json!({ "event": "span_started", "id": 1, "kind": "subtest", "name": "n" }),
        json!({ "event": "call_started", "id": 2, "interface": "i", "function": "f", "machine": "m", "action": "a" }),
        json!({
            "event": "call_finished", "id": 2, "machine": "m", "action": "a", "result": "r", "command": command,
            "error": null, "elapsed": 1.0,
        }),
        json!({ "event": "call_started", "id": 3, "interface": "i", "function": "f", "machine": "m", "action": "a" }),
        json!({
            "event": "call_finished", "id": 3, "machine": "m", "action": "a", "result": null, "command": null, "error": error,
            "elapsed": 1.0,
        }),
        json!({ "event": "message", "level": "info", "source": "test", "text": "t" }),
        json!({ "event": "message", "level": "warning", "source": { "machine": "m" }, "text": "t" }),
        json!({ "event": "console", "machine": "m", "line": "l" }),
        json!({ "event": "console_skipped", "lines": 12_345 }),
        json!({ "event": "screenshot", "machine": "m", "file": "f" }),
        json!({ "event": "file_saved", "machine": "m", "file": "f" }),
        json!({ "event": "limit_passed", "limit": limit, "machine": "m", "in_progress": "i", "elapsed": 1.0 }),
        json!({ "event": "status", "in_progress": "i", "machines": [machine] }),
        json!({ "event": "show_serial", "shown": false }),
        json!({ "event": "span_finished", "id": 1, "name": "n", "elapsed": 1.0, "failure": failure }),
        json!({ "event": "test_finished", "outcome": outcome, "elapsed": 1.0, "boot": 0.5 }),
    ]
}

/// All that the page shows or holds as text, with what stands in attributes that are shown.
const ALL_TEXT: &str = "(() => {
    document.querySelectorAll('details').forEach(row => { row.open = true; });
    const shown = ['title', 'alt', 'href', 'aria-label', 'data-name', 'data-m'];
    const attributes = [...document.querySelectorAll('*')].flatMap(element => shown.map(name => element.getAttribute(name) ?? ''));
    return [document.title, document.body.textContent, ...attributes].join('\\n');
})()";

/// Panics where anything of the attacks came alive.
async fn check_dead(browser: &Browser) {
    assert_eq!(browser.value("window.planted === undefined").await, json!(true));
    let alive = "[...document.querySelectorAll('*')].filter(element => \
         [...element.attributes].some(attribute => attribute.name.startsWith('on') || attribute.name === 'srcdoc') \
         || ['IFRAME', 'BASE', 'LINK', 'OBJECT', 'EMBED'].includes(element.tagName) \
         || /^(javascript|data|https?):/i.test(element.getAttribute('href') ?? '')).map(element => element.outerHTML.slice(0, 200))";
    assert_eq!(browser.value(alive).await, json!([]));
    assert_eq!(browser.number("document.scripts.length").await as u64, 2);
    assert_eq!(
        browser.number("document.querySelectorAll('style').length").await as u64,
        1
    );
    let asked =
        "performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith('data:'))";
    assert_eq!(browser.value(asked).await, json!([]));
}

#[tokio::test]
async fn nothing_planted_in_any_field_of_any_event_runs_or_is_missing() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let mut page = Page::empty();
    let mut fields = Vec::new();
    let mut name = Value::from("test");
    plant(&mut name, "test", &mut fields);
    for (place, mut event) in every_event().into_iter().enumerate() {
        let kind = event["event"].as_str().unwrap().to_owned();
        plant(&mut event, &format!("{place}-{kind}"), &mut fields);
        event["test"] = name.clone();
        page.event(event);
    }
    page.end(0, 1);
    browser.open(&page.make(), "").await;
    for keys in ["e", "1", "2", "3", "4", "5", "6"] {
        browser.press(keys).await;
    }
    let text = browser.text(ALL_TEXT).await;
    check_dead(&browser).await;
    for field in &fields {
        // These say what another event has said before: the end of a call or span its beginning, errors that of the call.
        let said_before = [
            "7-call_finished_action",
            "7-call_finished_machine",
            "9-call_finished_action",
            "9-call_finished_machine",
            "19-span_finished_name",
        ];
        let doubled = field.starts_with("19-span_finished_failure");
        if said_before.contains(&field.as_str()) || doubled {
            continue;
        }
        assert!(text.contains(&format!("field-{field} ")), "{field} is missing");
    }
    for attack in ATTACKS {
        assert!(text.contains(attack), "{attack}");
    }
    assert!(text.contains("12345 console lines"));
    // Searched and hovered over, it is as dead.
    browser.search("<img").await;
    browser
        .wait("document.querySelector('#found').textContent.endsWith('1 line')")
        .await;
    let tab = browser
        .text("[...document.querySelectorAll('.tab')].find(tab => tab.textContent.endsWith('1')).id")
        .await;
    browser.click(&format!("#{tab}")).await;
    browser
        .wait("document.querySelector('.line mark')?.textContent === '<img'")
        .await;
    check_dead(&browser).await;
}

#[tokio::test]
async fn a_record_by_hand_with_bytes_that_are_no_text_harms_nobody() {
    let Some(browser) = Browser::start(1400, 900).await else {
        return;
    };
    let mut page = Page::new(&["alpha"]);
    page.test("odd");
    let odd =
        "a\u{0}b\u{1b}[31mred\u{1b}]0;title\u{7}\r\u{2028}\u{2029}\u{202e}turned\u{feff}\u{fffd}\u{85}\nnext\tend";
    page.console("alpha", odd);
    page.message("info", odd);
    page.passes();
    page.end(1, 0);
    let file = page.make();
    let written = std::fs::read_to_string(&file).unwrap();
    let control = |c: char| (c.is_control() && !"\n\t".contains(c)) || "\u{2028}\u{2029}\u{202e}\u{feff}".contains(c);
    assert_eq!(written.find(control), None);
    browser.open(&file, "").await;
    browser.press("e").await;
    let shown =
        "a\\u{0}b\\u{1b}[31mred\\u{1b}]0;title\\u{7}\\u{d}\\u{2028}\\u{2029}\\u{202e}turned\\u{feff}\u{fffd}\\u{85}";
    let text = browser.text("document.body.textContent").await;
    assert_eq!(text.matches(shown).count(), 2, "{text}");
    // A line feed within a line begins none, or there would be lines that nobody printed.
    let console = browser.text("document.querySelector('#c0 .rows').textContent").await;
    assert!(console.ends_with(&format!("{shown}\\u{{a}}next\tend")), "{console}");

    // What is no text at all ends the record there: what was before is shown, and that something is missing.
    let tampered: [&[u8]; 4] = [b"\xff\xfe", br"\ud800", br"\udc00\ud800", b"\x00"];
    for bytes in tampered {
        let record = page.directory().join("raw.jsonl");
        let mut lines = br#"{"time":"2026-01-02T03:04:05Z","offset":0.1,"test":null,"span":null,"event":"console","machine":"m","line":"before"}"#.to_vec();
        lines.extend_from_slice(b"\n");
        lines.extend_from_slice(br#"{"time":"2026-01-02T03:04:05Z","offset":0.1,"test":null,"span":null,"event":"console","machine":"m","line":"#);
        lines.extend_from_slice(b"\"<script>window.planted=1</script>");
        lines.extend_from_slice(bytes);
        lines.extend_from_slice(b"\"}\n");
        std::fs::write(&record, lines).unwrap();
        let page = page.directory().join("raw.html");
        let mut proctor = std::process::Command::new(proctor_tests::path_from_environment("PROCTOR_BIN"));
        let output = proctor
            .arg("report")
            .arg(&record)
            .arg("--html")
            .arg(&page)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        browser.open(&page, "").await;
        let text = browser.text("document.body.textContent").await;
        assert!(
            text.contains("before") && text.contains("cannot be read further"),
            "{text}"
        );
        check_dead(&browser).await;
    }
}
