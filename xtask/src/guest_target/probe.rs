//! Tries a toolchain: what cannot build a component is not kept.

use std::fs;

use super::TARGET;
use super::way::GuestTarget;
use crate::error::{Error, FileContext, Result};
use crate::process::capture;

/// Uses the standard library, so a missing or foreign one is noticed.
const SOURCE: &str =
    "#[unsafe(no_mangle)]\npub extern \"C\" fn probe() { println!(\"{:?}\", std::time::Instant::now()); }\n";
/// How a component, unlike a core module, begins.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Builds a component.
pub(super) fn build_component(target: &GuestTarget) -> Result<()> {
    let directory = tempfile::tempdir().while_trying_to("make", &std::env::temp_dir())?;
    let source = directory.path().join("probe.rs");
    let output = directory.path().join("probe.wasm");
    fs::write(&source, SOURCE).while_trying_to("write", &source)?;
    let mut compile = target.rustc();
    compile
        .args(["--edition", "2024", "--crate-type", "cdylib", "--target", TARGET, "-o"])
        .arg(&output)
        .arg(&source);
    capture(&mut compile)?;
    let bytes = fs::read(&output).while_trying_to("read", &output)?;
    if bytes.starts_with(COMPONENT) {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "what the compiler made for {TARGET} is no component"
    )))
}
