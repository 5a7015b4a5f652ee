//! What each format makes of one record that holds every kind of event.

use std::path::Path;

use super::destination::{Destination, Earlier};
use super::every_kind::{RECORD, play};
use super::html::Html;
use super::junit::{Junit, Place};
use super::trace::Trace;
use super::xml::Xml;
use crate::event::Report;

/// Set, it makes the stored files what they should be.
const RENEW: &str = "PROCTOR_RENEW_GOLDEN";

/// Panics with the difference where a stored file is not what it should be. `path` is the file's, in the crate.
pub(super) fn assert_current(path: &str, stored: &str, actual: &str) {
    if stored == actual {
        return;
    }
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), actual).unwrap();
        return;
    }
    let difference = similar::TextDiff::from_lines(stored, actual);
    let difference = difference.unified_diff().header("stored", "actual").to_string();
    panic!("{path} differs; where that is right, run these tests with {RENEW}=1\n{difference}");
}

/// What a report makes of a record.
pub(super) fn made(record: &str, report: impl FnOnce(&Destination) -> Box<dyn Report>) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("report");
    play(record, &mut *report(&Destination::File(path.clone())));
    std::fs::read_to_string(path).unwrap()
}

pub(super) fn xml(to: &Destination) -> Box<dyn Report> {
    Box::new(Xml::create(to, Box::new(|error| panic!("{error}"))).unwrap())
}

pub(super) fn junit(to: &Destination) -> Box<dyn Report> {
    let place = Place {
        output: None,
        project: Some("/home/me/site".into()),
    };
    Box::new(Junit::create(to.clone(), Earlier::Removed, place, Box::new(|error| panic!("{error}"))).unwrap())
}

pub(super) fn html(to: &Destination) -> Box<dyn Report> {
    let nowhere = Path::new("/nonexistent");
    Box::new(
        Html::create(
            to.clone(),
            Earlier::Removed,
            nowhere,
            Box::new(|error| panic!("{error}")),
        )
        .unwrap(),
    )
}

pub(super) fn trace(to: &Destination) -> Box<dyn Report> {
    Box::new(Trace::create(to, Box::new(|error| panic!("{error}"))).unwrap())
}

#[test]
fn the_xml_log() {
    let text = made(RECORD, xml);
    roxmltree::Document::parse(&text).unwrap();
    assert_current(
        "src/report/testdata/every_kind.xml",
        include_str!("testdata/every_kind.xml"),
        &text,
    );
}

#[test]
fn the_junit_report() {
    let text = made(RECORD, junit);
    roxmltree::Document::parse(&text).unwrap();
    let stored = include_str!("testdata/every_kind.junit.xml");
    assert_current("src/report/testdata/every_kind.junit.xml", stored, &text);
}

#[test]
fn the_trace() {
    let text = made(RECORD, trace);
    let stored = include_str!("testdata/every_kind.trace.json");
    assert_current("src/report/testdata/every_kind.trace.json", stored, &text);
}

/// A page without what is the same in every one: its style, its scripts, and the policy that has their digests.
fn without_code(page: &str) -> String {
    let code = regex::Regex::new(
        r#"(?s)(<style>|<script[^>]*>|Content-Security-Policy" content=").+?(</style>|</script>|">)"#,
    );
    code.unwrap().replace_all(page, "$1…$2").into_owned()
}

#[test]
fn the_page() {
    let text = made(RECORD, html);
    assert!(text.starts_with("<!doctype html>") && text.ends_with("</html>\n"));
    // One step a line, for the reader of differences.
    let text = without_code(&text)
        .replace("<details", "\n<details")
        .replace("<div class=\"row", "\n<div class=\"row");
    let stored = include_str!("testdata/every_kind.html");
    assert_current("src/report/testdata/every_kind.html", stored, &text);
}
