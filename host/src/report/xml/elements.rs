//! Elements and their attributes, as bytes.

use quick_xml::Writer;
use quick_xml::events::BytesText;

use crate::report::xml_text::xml_text;

/// What the file begins with.
pub(super) const OPENING: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<logfile>\n";
/// What begins an element that holds others. Its `head` comes first.
pub(super) const NEST: &[u8] = b"<nest>";
/// What ends it.
pub(super) const NEST_END: &str = "</nest>\n";
/// What the file ends with.
pub(super) const CLOSING: &str = "</logfile>\n";

/// What is said of a line beside its text, under the names that the NixOS driver's style sheet knows.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Attributes<'a> {
    /// The machine that it is about.
    pub(super) machine: Option<&'a str>,
    /// Whether the machine printed it.
    pub(super) serial: bool,
    /// The picture that it is about, below the output directory.
    pub(super) image: Option<&'a str>,
    /// Whether it tells of a failure.
    pub(super) error: bool,
    /// Whether it is a warning.
    pub(super) warning: bool,
}

/// Writes an element that holds nothing but text.
pub(super) fn write(to: &mut Vec<u8>, name: &str, attributes: Attributes<'_>, text: &str) {
    let machine = attributes.machine.map(xml_text);
    let image = attributes.image.map(xml_text);
    let pairs = [
        machine.as_deref().map(|machine| ("machine", machine)),
        attributes.serial.then_some(("type", "serial")),
        image.as_deref().map(|image| ("image", image)),
        attributes.error.then_some(("error", "error")),
        attributes.warning.then_some(("warning", "warning")),
    ];
    let text = xml_text(text);
    let mut writer = Writer::new(to);
    let element = writer.create_element(name).with_attributes(pairs.into_iter().flatten());
    let written = element.write_text_content(BytesText::new(&text));
    debug_assert!(written.is_ok(), "memory takes everything");
}
