//! Pictures of screens, and regular expressions.

use std::time::{Duration, Instant};

use crate::error::Cause;
use crate::fuzzing::assert_harmless_line;
use crate::machine::pattern;
use crate::machine::picture::{Picture, Variant};
pub(crate) use crate::machine::screen::picture_name;

/// The bytes are the file into which QEMU has written a machine's screen.
pub fn picture(bytes: &[u8]) {
    let picture = Picture::new(bytes.into());
    match picture.png() {
        Ok(png) => assert!(png.starts_with(b"\x89PNG")),
        Err(Cause::Monitor(reason)) => assert_harmless_line(&reason),
        Err(other) => panic!("{other}"),
    }
    for variant in Variant::ALL {
        match picture.prepare(variant) {
            Ok(prepared) => assert!(variant == Variant::Raw || prepared.starts_with(b"P5")),
            Err(Cause::Monitor(reason)) => assert_harmless_line(&reason),
            Err(other) => panic!("{other}"),
        }
    }
}

/// The first line is a pattern, the others are a text in which it is sought.
pub fn patterns(bytes: &[u8]) {
    let all = String::from_utf8_lossy(bytes);
    let (pattern, text) = all.split_once('\n').unwrap_or((&all, ""));
    match pattern::compile(pattern) {
        Ok(compiled) => {
            let began = Instant::now();
            let found = compiled.find(text);
            assert!(
                began.elapsed() < Duration::from_secs(1),
                "it took {:?}",
                began.elapsed()
            );
            if let Some(found) = found {
                assert!(text.contains(found.as_str()));
            }
        }
        Err(Cause::InvalidArgument(reason)) => {
            assert_harmless_line(&reason);
            assert!(reason.len() < 10_000, "{} bytes", reason.len());
        }
        Err(other) => panic!("{other} is no wrong argument"),
    }
}
