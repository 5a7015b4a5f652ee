//! What a machine's virtual terminals show.

use std::time::Duration;

use super::command::{action, action_of};
use super::handle::Machine;
use super::pattern;
use crate::error::{Cause, Result};
use crate::limits::{TERMINAL_BYTES, VIRTUAL_TERMINALS};
use crate::text;

/// The characters of the codes from 128 in a console's font, code page 437, which the first 128 share with ASCII.
const UPPER_HALF: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// What the highest number of lines or columns means: so many, or more.
const MOST: usize = 255;

impl Machine {
    /// What a virtual terminal shows, `1` for `/dev/tty1`: its lines without their trailing blanks.
    /// Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`], a number that is none, a terminal that is not there, a passed timeout.
    pub async fn tty_text(&self, tty: &str, timeout: Option<Duration>) -> Result<String> {
        let work = async {
            let number = check(tty)?;
            let wait = self.wait_from_now(timeout);
            match self.look_at_terminal(number, wait.left()).await? {
                Some(Ok(shown)) => Ok(shown),
                Some(Err(reason)) => Err(Cause::Unsupported(reason)),
                None => Err(wait.passed(Some("cat was still running".into()))),
            }
        };
        self.call(action("get-tty-text", tty), work).await
    }

    /// Waits until what a virtual terminal shows matches. Returns what matched.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: as [`Machine::execute`], a number that is none, a wrong
    /// pattern; a passed timeout, with what the terminal showed last.
    pub async fn wait_until_tty_matches(&self, tty: &str, pattern: &str, timeout: Option<Duration>) -> Result<String> {
        let work = async {
            let number = check(tty)?;
            let pattern = self.pattern(pattern)?;
            self.connected().await?;
            let mut wait = self.wait_from_now(timeout);
            loop {
                let Some(look) = self.look_at_terminal(number, wait.left()).await? else {
                    wait.cut_off("cat was still running".into()).await?;
                    continue;
                };
                let seen = match look {
                    Ok(shown) => {
                        let seen = describe(number, &shown);
                        let search = pattern.search(move |pattern| Some(pattern.find(&shown)?.as_str().to_owned()));
                        match wait.search(search, || seen.clone()).await? {
                            Some(found) => return Ok(found),
                            None => seen,
                        }
                    }
                    Err(reason) => reason,
                };
                wait.not_yet(seen).await?;
            }
        };
        self.call(action_of("wait-until-tty-matches", &[tty, pattern]), work)
            .await
    }

    /// What a terminal shows, or why that cannot be seen; nothing where the look was cut off.
    async fn look_at_terminal(&self, number: u32, budget: Duration) -> Result<Option<Result<String, String>>, Cause> {
        // One program: it tells the size, too.
        let command = format!("cat \"${{PROCTOR_DEV:-/dev}}/vcsa{number}\" 2> /dev/null");
        let attempt = self.attempt(&command, budget).await?;
        if attempt.timed_out {
            return Ok(None);
        }
        if attempt.result.status != 0 {
            return Ok(Some(Err(format!(
                "the machine has no /dev/vcsa{number}, on which /dev/tty{number} is seen"
            ))));
        }
        let shown = parse(&attempt.result.stdout);
        Ok(Some(shown.ok_or_else(|| format!("/dev/vcsa{number} holds no screen"))))
    }
}

pub(super) fn check(tty: &str) -> Result<u32, Cause> {
    let number = tty
        .parse()
        .ok()
        .filter(|number| (1..=VIRTUAL_TERMINALS).contains(number));
    number
        .filter(|_| tty.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(|| {
            let tty = text::quote(tty, 100);
            Cause::InvalidArgument(format!(
                "`{tty}` is no virtual terminal; they have numbers from 1 to {VIRTUAL_TERMINALS}"
            ))
        })
}

fn describe(number: u32, shown: &str) -> String {
    let lines: Vec<&str> = shown.lines().filter(|line| !line.is_empty()).collect();
    match pattern::quote_lines(&lines) {
        lines if lines.is_empty() => format!("/dev/tty{number} is empty"),
        lines => format!("/dev/tty{number}:{lines}"),
    }
}

/// Reads a screen as the kernel gives it: the numbers of lines and columns, the cursor's column and line, then a
/// character and its colours for each cell. No screen is larger than [`TERMINAL_BYTES`].
pub(super) fn parse(bytes: &[u8]) -> Option<String> {
    let ([lines, columns, _, _], cells) = bytes.split_first_chunk()?;
    if bytes.len() > TERMINAL_BYTES {
        return None;
    }
    let count = cells.len() / 2;
    let columns = match (usize::from(*lines), usize::from(*columns)) {
        (lines, MOST) if lines < MOST => count.checked_div(lines)?,
        (_, columns) => columns,
    };
    if columns == 0 {
        return None;
    }
    let mut shown = String::with_capacity(count);
    for line in cells.chunks(2 * columns) {
        let line: String = line.iter().step_by(2).map(|code| character(*code)).collect();
        shown.push_str(line.trim_end());
        shown.push('\n');
    }
    Some(shown)
}

fn character(code: u8) -> char {
    match code {
        // What a font has there are ornaments.
        0..b' ' | 127 => ' ',
        128.. => UPPER_HALF.chars().nth(usize::from(code - 128)).unwrap_or(' '),
        _ => code.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(lines: u8, columns: u8, text: &[u8]) -> Vec<u8> {
        let mut bytes = vec![lines, columns, 0, 0];
        bytes.extend(text.iter().flat_map(|code| [*code, 7]));
        bytes
    }

    #[test]
    fn a_screen_is_folded_at_its_width() {
        let shown = parse(&screen(3, 4, b"ab  cdef    ")).unwrap();
        assert_eq!(shown, "ab\ncdef\n\n");
        assert_eq!(parse(&screen(1, 3, b"\0\x81\xff")).unwrap(), " ü\n");
        assert_eq!(character(255), '\u{a0}');
        assert_eq!(character(0xe1), 'ß');
        assert_eq!(UPPER_HALF.chars().count(), 128);
    }

    #[test]
    fn a_screen_wider_than_a_byte_can_tell_is_folded_by_its_lines() {
        let text = [b"x".repeat(300), b"y".repeat(300)].concat();
        let shown = parse(&screen(2, 255, &text)).unwrap();
        assert_eq!(shown, format!("{}\n{}\n", "x".repeat(300), "y".repeat(300)));
    }

    #[test]
    fn what_is_no_screen_is_refused() {
        assert!(parse(b"").is_none() && parse(b"\x01\x02\x03").is_none());
        assert!(parse(&screen(25, 0, b"text")).is_none() && parse(&screen(0, 255, b"text")).is_none());
        assert_eq!(parse(&screen(25, 80, b"cut")).unwrap(), "cut\n");
        assert!(parse(&screen(25, 80, &vec![b'x'; TERMINAL_BYTES / 2])).is_none());
    }

    #[test]
    fn terminals_have_numbers() {
        assert_eq!((check("1").unwrap(), check("63").unwrap()), (1, 63));
        for tty in ["0", "64", "", "tty1", "-1", "+1", "1;reboot", "99999999999"] {
            assert!(matches!(check(tty), Err(Cause::InvalidArgument(_))), "{tty:?}");
        }
    }
}
