//! Why a test stopped that did not return.

use wasmtime::component::ResourceTableError;
use wasmtime::{Trap, WasmBacktrace};

use super::limiter::Exceeded;
use super::progress::Progress;
use crate::event::{FailureReport, PassedLimit};
use crate::limits::{BACKTRACE_FRAMES, FUNCTION_NAME_BYTES, LimitName, Limits, Value, WASMTIME_MESSAGE_BYTES};
use crate::text;

/// How a test's end without a return is to be judged.
#[derive(Debug)]
pub(super) enum Judgement {
    /// It is the test's fault.
    Test(FailureReport),
    /// It is ours.
    Host(FailureReport),
}

/// Judges an error that came out of a test. `said` is what the test itself had said before.
pub(super) fn judge(
    error: &wasmtime::Error,
    said: Option<FailureReport>,
    limits: &Limits,
    progress: &Progress,
) -> Judgement {
    let backtrace = backtrace(error);
    if let Some(mut said) = said {
        said.backtrace = backtrace;
        return Judgement::Test(said);
    }
    let report = |message: String| FailureReport {
        backtrace: backtrace.clone(),
        ..FailureReport::new(message)
    };
    let limit_passed = |limit: Option<PassedLimit>, message: String| {
        Judgement::Test(FailureReport {
            in_progress: Some(progress.describe()),
            limit,
            ..report(message)
        })
    };
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return limit_passed(Some(exceeded.limit()), exceeded.to_string());
    }
    if let Some(misuse) = error.downcast_ref::<Misuse>() {
        return limit_passed(None, misuse.0.clone());
    }
    if let Some(Trap::StackOverflow) = error.downcast_ref::<Trap>() {
        let (limit, most) = (LimitName::Stack, Value::Size(limits.stack as u64));
        let message = format!("{limit} of {most} passed: does the test call itself without end?");
        return limit_passed(Some(limit.passed(most)), message);
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        let message = match trap {
            Trap::MemoryOutOfBounds => {
                "the test trapped: out of bounds memory access (a stack that overflowed can look like this)".into()
            }
            Trap::UnreachableCodeReached => "the test trapped: it reached `unreachable` (a panic, an abort)".into(),
            trap => format!("the test trapped: {trap}"),
        };
        return Judgement::Test(report(message));
    }
    if let Some(exit) = error.downcast_ref::<wasmtime_wasi::I32Exit>() {
        // WASI 0.2 knows success and failure and no other numbers.
        let how = if exit.0 == 0 { "success" } else { "an error" };
        return Judgement::Test(report(format!("the test exited with {how} instead of returning")));
    }
    let full = error.downcast_ref::<ResourceTableError>();
    let text = text::clean_lines(error.root_cause().to_string().as_bytes(), WASMTIME_MESSAGE_BYTES);
    // wasmtime has no type for the component's own.
    if full.is_some_and(|error| matches!(error, ResourceTableError::Full)) || text.contains("handle limit exceeded") {
        let (limit, most) = (LimitName::Handles, limits.handles);
        let message = format!("{limit} of {most} passed: the test holds so many");
        return limit_passed(Some(limit.passed(most)), message);
    }
    // Nor has it types for these.
    if let Some(what) = text.strip_prefix("resource limit exceeded: ") {
        let (limit, most) = (LimitName::Instances, limits.instances);
        return limit_passed(Some(limit.passed(most)), format!("{limit} of {most} passed: {what}"));
    }
    if text.contains("fuel allocated for hostcalls") {
        let (limit, most) = (LimitName::CallBytes, Value::Size(limits.call_bytes as u64));
        let message = format!("{limit} of {most} passed: the test handed over more in one call");
        return limit_passed(Some(limit.passed(most)), message);
    }
    // With functions of the test on the stack it was the test that did something wasmtime refuses.
    if backtrace.is_empty() {
        Judgement::Host(report(text))
    } else {
        Judgement::Test(report(text))
    }
}

/// The test used a handle or a call as it may not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Misuse(pub(super) String);

fn backtrace(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for frame in backtrace.frames().iter().take(BACKTRACE_FRAMES) {
        let symbols = frame.symbols();
        if symbols.is_empty() {
            let name = frame
                .func_name()
                .map_or_else(|| format!("function {}", frame.func_index()), str::to_owned);
            lines.push(demangle(&name));
            continue;
        }
        for symbol in symbols {
            let name = symbol.name().map_or("?".to_owned(), demangle);
            let place = match (symbol.file(), symbol.line()) {
                (Some(file), Some(line)) => format!(" at {}:{line}", text::clean(file.as_bytes(), FUNCTION_NAME_BYTES)),
                _ => String::new(),
            };
            lines.push(format!("{name}{place}"));
        }
    }
    // Of a Rust panic, what happened before it is of interest, not how it was raised.
    const RAISING: [&str; 4] = [
        "core::panicking::",
        "__rustc::rust_begin_unwind",
        "core::result::unwrap_failed",
        "core::option::unwrap_failed",
    ];
    let raised = lines
        .iter()
        .rposition(|line| RAISING.iter().any(|start| line.starts_with(start)));
    lines.drain(..raised.map_or(0, |last| last + 1));
    if backtrace.frames().len() > BACKTRACE_FRAMES {
        lines.push("... and more".into());
    }
    lines
}

fn demangle(name: &str) -> String {
    text::clean(
        format!("{:#}", rustc_demangle::demangle(name)).as_bytes(),
        FUNCTION_NAME_BYTES,
    )
}
