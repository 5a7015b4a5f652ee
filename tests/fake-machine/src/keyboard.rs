//! The keyboard: which keys there are, and a record of what was pressed.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use serde_json::{Map, Value};

use crate::gate::lock;

/// The names of keys that QEMU knows.
#[rustfmt::skip]
const NAMES: [&str; 150] = [
    "unmapped", "shift", "shift_r", "alt", "alt_r", "ctrl", "ctrl_r", "menu", "esc", "1", "2", "3", "4", "5", "6",
    "7", "8", "9", "0", "minus", "equal", "backspace", "tab", "q", "w", "e", "r", "t", "y", "u", "i", "o", "p",
    "bracket_left", "bracket_right", "ret", "a", "s", "d", "f", "g", "h", "j", "k", "l", "semicolon", "apostrophe",
    "grave_accent", "backslash", "z", "x", "c", "v", "b", "n", "m", "comma", "dot", "slash", "asterisk", "spc",
    "caps_lock", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "num_lock", "scroll_lock", "kp_divide",
    "kp_multiply", "kp_subtract", "kp_add", "kp_enter", "kp_decimal", "sysrq", "kp_0", "kp_1", "kp_2", "kp_3",
    "kp_4", "kp_5", "kp_6", "kp_7", "kp_8", "kp_9", "less", "f11", "f12", "print", "home", "pgup", "pgdn", "end",
    "left", "up", "down", "right", "insert", "delete", "stop", "again", "props", "undo", "front", "copy", "open",
    "paste", "find", "cut", "lf", "help", "meta_l", "meta_r", "compose", "pause", "ro", "hiragana", "henkan", "yen",
    "muhenkan", "katakanahiragana", "kp_comma", "kp_equals", "power", "sleep", "wake", "audionext", "audioprev",
    "audiostop", "audioplay", "audiomute", "volumeup", "volumedown", "mediaselect", "mail", "calculator", "computer",
    "ac_home", "ac_back", "ac_forward", "ac_refresh", "ac_bookmarks", "lang1", "lang2",
];
/// How long QEMU holds a key where it is not told, in milliseconds.
const HOLD: u64 = 100;

/// The keyboard; a line is recorded for keys that are pressed together.
#[derive(Debug)]
pub(crate) struct Keyboard {
    record: Mutex<PathBuf>,
}

impl Keyboard {
    pub(crate) fn new(record: PathBuf) -> Self {
        Self {
            record: Mutex::new(record),
        }
    }

    /// Presses what `send-key` names, and returns the names. Errors: QEMU's words for what is wrong.
    pub(crate) fn press(&self, arguments: &Map<String, Value>) -> Result<Vec<String>, String> {
        let keys = match arguments.get("keys") {
            Some(Value::Array(keys)) => keys,
            None => return Err("Parameter 'keys' is missing".to_owned()),
            Some(_) => return Err("Invalid parameter type for 'keys', expected: array".to_owned()),
        };
        let hold = arguments.get("hold-time").and_then(Value::as_u64).unwrap_or(HOLD);
        let names = keys.iter().map(name).collect::<Result<Vec<_>, _>>()?;
        self.note(&format!("{} {hold}\n", names.join("+")))
            .map_err(|error| format!("cannot record the keys: {error}"))?;
        Ok(names)
    }

    fn note(&self, line: &str) -> io::Result<()> {
        let record = lock(&self.record);
        let mut file = OpenOptions::new().create(true).append(true).open(&*record)?;
        file.write_all(line.as_bytes())
    }
}

/// What a key is called in the record.
fn name(key: &Value) -> Result<String, String> {
    match (key.get("type").and_then(Value::as_str), key.get("data")) {
        (Some("qcode"), Some(Value::String(name))) if NAMES.contains(&name.as_str()) => Ok(name.clone()),
        (Some("qcode"), Some(Value::String(name))) => Err(format!("Parameter 'data' does not accept value '{name}'")),
        (Some("number"), Some(Value::Number(code))) => Ok(format!("{code}")),
        (Some(_), Some(_)) => Err("Invalid parameter type for 'data'".to_owned()),
        _ => Err("Parameter 'type' is missing".to_owned()),
    }
}
