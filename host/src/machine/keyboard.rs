//! A machine's keyboard, with an American layout.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::command::action;
use super::handle::Machine;
use super::launch::Running;
use crate::error::{Cause, Result};
use crate::limits::{KEY_DELAY, KEY_HOLD, KEYS_TOGETHER, TYPED_CHARACTERS};
use crate::text;

/// A key as QEMU knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// By its name on a keyboard.
    Named(String),
    /// By its code in a PC's first set of scan codes.
    Code(u8),
}

/// The keys that type characters with and without shift, where they are not simply letters.
const SIGNS: [(char, char, &str); 21] = [
    ('1', '!', "1"),
    ('2', '@', "2"),
    ('3', '#', "3"),
    ('4', '$', "4"),
    ('5', '%', "5"),
    ('6', '^', "6"),
    ('7', '&', "7"),
    ('8', '*', "8"),
    ('9', '(', "9"),
    ('0', ')', "0"),
    ('-', '_', "minus"),
    ('=', '+', "equal"),
    ('[', '{', "bracket_left"),
    (']', '}', "bracket_right"),
    (';', ':', "semicolon"),
    ('\'', '"', "apostrophe"),
    ('`', '~', "grave_accent"),
    ('\\', '|', "backslash"),
    (',', '<', "comma"),
    ('.', '>', "dot"),
    ('/', '?', "slash"),
];

impl Machine {
    /// Presses keys together and releases them. `key` is a character that can be typed, or names joined by `-`, each as
    /// QEMU has it, a character, or a scan code as `0x1c`. Returns when all are released and `delay` has passed;
    /// default [`KEY_DELAY`]. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: what is no key, a machine that is down, a monitor that refuses, a passed timeout.
    pub async fn send_key(&self, key: &str, delay: Option<Duration>, timeout: Option<Duration>) -> Result {
        let work = async {
            let keys = parse(key)?;
            let running = self.expect_running().await?;
            let wait = self.wait_from_now(timeout);
            let pressing = press(&running, &keys, delay.unwrap_or(KEY_DELAY));
            match tokio::time::timeout(wait.left(), pressing).await {
                Ok(pressed) => pressed,
                Err(_) => Err(wait.passed(Some("the key was sent".into()))),
            }
        };
        self.call(action("send-key", key), work).await
    }

    /// Types text: printable ASCII, line feeds and tabs, `delay` after each key; default [`KEY_DELAY`].
    /// Errors: as [`Machine::send_key`]; before anything is typed where something cannot be.
    pub async fn send_chars(&self, text: &str, delay: Option<Duration>, timeout: Option<Duration>) -> Result {
        let work = async {
            let strokes = strokes(text)?;
            let running = self.expect_running().await?;
            let wait = self.wait_from_now(timeout);
            let typed = AtomicUsize::new(0);
            let typing = async {
                for keys in &strokes {
                    press(&running, keys, delay.unwrap_or(KEY_DELAY)).await?;
                    typed.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            };
            match tokio::time::timeout(wait.left(), typing).await {
                Ok(done) => done,
                Err(_) => {
                    let (typed, all) = (typed.into_inner(), strokes.len());
                    Err(wait.passed(Some(format!("{typed} of {all} characters were typed"))))
                }
            }
        };
        self.call(action("send-chars", text), work).await
    }
}

/// Presses keys one after the other and releases them in the opposite order, with a pause after each, as QEMU does it.
/// It answers before it has done so: what is not waited for would queue up, of which it drops what is too much.
pub(super) async fn press(running: &Running, keys: &[Key], delay: Duration) -> Result<(), Cause> {
    let values: Vec<Value> = keys.iter().map(Key::value).collect();
    let hold = u64::try_from(KEY_HOLD.as_millis()).unwrap_or(u64::MAX);
    let arguments = json!({ "keys": values, "hold-time": hold });
    match running.monitored(running.monitor.execute("send-key", arguments)).await {
        Err(Cause::Monitor(reason)) if reason.contains("does not accept value") => {
            return Err(Cause::InvalidArgument(format!("no key has that name ({reason})")));
        }
        answer => answer?,
    };
    let presses = u32::try_from(2 * keys.len()).unwrap_or(u32::MAX);
    // The machine may end meanwhile: that may be what the keys were pressed for.
    let _ = running
        .unless_down(tokio::time::sleep(KEY_HOLD * presses + delay))
        .await;
    Ok(())
}

impl Key {
    fn value(&self) -> Value {
        match self {
            Self::Named(name) => json!({ "type": "qcode", "data": name }),
            Self::Code(code) => json!({ "type": "number", "data": code }),
        }
    }

    fn named(name: &str) -> Self {
        Self::Named(name.into())
    }
}

/// The keys that type a character, where it can be typed.
fn keys_of(character: char) -> Option<Vec<Key>> {
    let plain = |name: &str| Some(vec![Key::named(name)]);
    let shifted = |name: &str| Some(vec![Key::named("shift"), Key::named(name)]);
    match character {
        'a'..='z' => plain(character.encode_utf8(&mut [0; 4])),
        'A'..='Z' => shifted(character.to_ascii_lowercase().encode_utf8(&mut [0; 4])),
        ' ' => plain("spc"),
        '\n' => plain("ret"),
        '\t' => plain("tab"),
        _ => SIGNS.iter().find_map(|(without, with, name)| match character {
            _ if character == *without => plain(name),
            _ if character == *with => shifted(name),
            _ => None,
        }),
    }
}

/// What to press for a text. Errors: something in it cannot be typed.
pub(super) fn strokes(text: &str) -> Result<Vec<Vec<Key>>, Cause> {
    if text.len() > TYPED_CHARACTERS {
        let length = text.len();
        return Err(Cause::InvalidArgument(format!(
            "a text of {length} characters; at most {TYPED_CHARACTERS} can be typed at once"
        )));
    }
    let stroke = |(number, character): (usize, char)| {
        keys_of(character).ok_or_else(|| {
            let number = number + 1;
            Cause::InvalidArgument(format!(
                "{character:?}, character {number}, cannot be typed on an American keyboard, which has printable ASCII, \
                 line feed and tab; nothing was typed"
            ))
        })
    };
    text.chars().enumerate().map(stroke).collect()
}

/// The keys that names stand for.
pub(super) fn parse(key: &str) -> Result<Vec<Key>, Cause> {
    let mut characters = key.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return keys_of(character).ok_or_else(|| no_key(key, key));
    }
    let mut keys = Vec::new();
    for name in key.split('-') {
        let found = match name.strip_prefix("0x") {
            Some(code) => u8::from_str_radix(code, 16)
                .ok()
                .filter(|code| *code > 0)
                .map(|code| vec![Key::Code(code)]),
            None => parse_name(name),
        };
        for found in found.ok_or_else(|| no_key(name, key))? {
            if !keys.contains(&found) {
                keys.push(found);
            }
        }
        if keys.len() > KEYS_TOGETHER {
            let reason = format!("more than {KEYS_TOGETHER} keys cannot be pressed together");
            return Err(Cause::InvalidArgument(reason));
        }
    }
    Ok(keys)
}

fn parse_name(name: &str) -> Option<Vec<Key>> {
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        (None, _) => None,
        (Some(character), None) => keys_of(character),
        _ => name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
            .then(|| vec![Key::named(name)]),
    }
}

fn no_key(name: &str, key: &str) -> Cause {
    let (name, key) = (text::quote(name, 100), text::quote(key, 200));
    Cause::InvalidArgument(format!(
        "`{name}` in `{key}` is no key: a key is a character of an American keyboard, a name as `ret`, `f1`, `ctrl`, \
         `minus`, or a code as `0x1c`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(key: &str) -> Vec<String> {
        let keys = parse(key).unwrap();
        let name = |key| match key {
            Key::Named(name) => name,
            Key::Code(code) => format!("{code:#x}"),
        };
        keys.into_iter().map(name).collect()
    }

    #[test]
    fn every_printable_character_has_keys_of_its_own() {
        let text: String = (' '..='~').chain(['\n', '\t']).collect();
        let mut strokes = strokes(&text).unwrap();
        assert_eq!(strokes.len(), 97);
        strokes.sort_by_key(|keys| format!("{keys:?}"));
        strokes.dedup();
        assert_eq!(strokes.len(), 97);
    }

    #[test]
    fn keys_are_characters_names_and_codes() {
        assert_eq!(names("ctrl-alt-delete"), ["ctrl", "alt", "delete"]);
        assert_eq!(names("0x1c"), ["0x1c"]);
        assert_eq!(names("shift-0x02"), ["shift", "0x2"]);
        assert_eq!(names("A"), ["shift", "a"]);
        assert_eq!(names("shift-A"), ["shift", "a"]);
        assert_eq!(names("-"), ["minus"]);
        assert_eq!(names("\n"), ["ret"]);
        assert_eq!(names("ctrl-c"), ["ctrl", "c"]);
        assert_eq!(names("ctrl-/"), ["ctrl", "slash"]);
        assert_eq!(names("bracket_left"), ["bracket_left"]);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let many = "f1-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p";
        for key in [
            "", "ä", "ctrl--", "ctrl-", "Ctrl-c", "0x", "0x0", "0x100", "0xzz", "a b", "ctrl-ä", many,
        ] {
            assert!(matches!(parse(key), Err(Cause::InvalidArgument(_))), "{key:?}");
        }
    }

    #[test]
    fn what_cannot_be_typed_is_named() {
        let error = strokes("abcü").unwrap_err().to_string();
        assert!(error.contains("'ü', character 4"), "{error}");
        assert!(strokes("\u{7f}").is_err() && strokes("\r").is_err());
        assert!(
            strokes(&"x".repeat(TYPED_CHARACTERS + 1))
                .unwrap_err()
                .to_string()
                .contains("at most")
        );
    }
}
