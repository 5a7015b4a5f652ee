//! What reads it at every moment.

use std::time::Duration;

use super::Xml;
use crate::event::{EventKind, Report, SpanId, SpanKind};
use crate::limits::XML_NESTS;
use crate::report::destination::Destination;
use crate::report::every_kind::{RECORD, events};

struct Scene {
    scratch: tempfile::TempDir,
    report: Xml,
}

impl Scene {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let destination = Destination::File(scratch.path().join("log.xml"));
        let report = Xml::create(&destination, Box::new(|error| panic!("{error}"))).unwrap();
        Self { scratch, report }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.scratch.path().join("log.xml")).unwrap()
    }
}

/// Panics unless a log holds the elements that the NixOS driver writes, with attributes that its style sheet knows.
fn check(text: &str) {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(document.root_element().has_tag_name("logfile"));
    for node in document
        .root_element()
        .descendants()
        .filter(roxmltree::Node::is_element)
    {
        let names: Vec<&str> = node.attributes().map(|attribute| attribute.name()).collect();
        let children: Vec<&str> = node
            .children()
            .filter(|node| node.is_element())
            .map(|node| node.tag_name().name())
            .collect();
        match node.tag_name().name() {
            "nest" => assert!(
                names.is_empty()
                    && children[0] == "head"
                    && children.iter().filter(|name| **name == "head").count() == 1
            ),
            "head" | "line" => {
                assert!(children.is_empty());
                let known = ["machine", "type", "image", "error", "warning"];
                assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
                assert!(node.attribute("type").is_none_or(|kind| kind == "serial"));
            }
            "logfile" => assert!(children.iter().all(|name| ["nest", "line"].contains(name))),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn it_is_well_formed_after_every_event() {
    let mut scene = Scene::new();
    check(&scene.text());
    let mut length = 0;
    for event in events(RECORD) {
        scene.report.event(&event);
        scene.report.flush();
        let text = scene.text();
        check(&text);
        assert!(text.len() >= length);
        length = text.len();
    }
    let before = scene.text();
    scene.report.finish();
    assert_eq!(scene.text(), before);
}

#[test]
fn what_lies_deep_can_be_read() {
    let mut scene = Scene::new();
    let mut event = events(RECORD).remove(0);
    for id in 0..10 * XML_NESTS as u64 {
        event.kind = EventKind::SpanStarted {
            id: SpanId(id),
            kind: SpanKind::Group,
            name: "deeper".into(),
        };
        scene.report.event(&event);
    }
    scene.report.flush();
    check(&scene.text());
    // From the outside in: nothing closes before all has ended.
    for id in 0..10 * XML_NESTS as u64 {
        event.kind = EventKind::SpanFinished {
            id: SpanId(id),
            name: "deeper".into(),
            elapsed: Duration::ZERO,
            failure: None,
        };
        scene.report.event(&event);
    }
    scene.report.finish();
    check(&scene.text());
    assert_eq!(scene.text().matches("</nest>").count(), XML_NESTS);
}

#[test]
fn a_flood_is_written_before_anybody_asks() {
    let mut scene = Scene::new();
    let all = events(RECORD);
    let console = all
        .iter()
        .find(|event| matches!(event.kind, EventKind::Console { .. }))
        .unwrap();
    let start = all
        .iter()
        .find(|event| matches!(event.kind, EventKind::TestStarted { .. }))
        .unwrap();
    scene.report.event(start);
    for _ in 0..10_000 {
        scene.report.event(console);
    }
    let text = scene.text();
    check(&text);
    assert!(text.matches("type=\"serial\"").count() > 5_000, "{}", text.len());
}

#[test]
fn what_a_record_embellishes_is_said() {
    for record in [RECORD.to_owned(), RECORD.replace("\"failed\":2", "\"failed\":1")] {
        let mut scene = Scene::new();
        events(&record).iter().for_each(|event| scene.report.event(event));
        scene.report.finish();
        let text = scene.text();
        check(&text);
        assert!(text.contains("1 passed, 2 failed, 1 could not run"), "{text}");
        assert_eq!(text.contains("more went well than it shows"), record != RECORD);
    }
}
