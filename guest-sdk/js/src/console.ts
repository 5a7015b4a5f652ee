// A machine's serial console and its virtual terminals.

import * as console from "proctor:driver/console@0.1.0";

import { text } from "./argument";
import type { TimeoutOptions } from "./command";
import { call, passWithin } from "./gate";
import { timeoutOf } from "./shell";
import { WithUnits } from "./units";

/** A pattern as the host takes it: the source of a regular expression, or a text that is one. */
export function patternOf(pattern: string | RegExp): string {
  const source = pattern instanceof RegExp ? `${/i/.test(pattern.flags) ? "(?i)" : ""}${pattern.source}` : pattern;
  return text(source, "the pattern");
}

/**
 * The serial console and virtual terminals. Patterns are texts or regular expressions in the syntax of Rust's crate
 * `regex`, which is that of JavaScript without look-around and back references; `^` and `$` match at line ends. Of a
 * RegExp's flags `i` counts. One that is wrong is an `invalid-argument`.
 */
export abstract class WithConsole extends WithUnits {
  /**
   * Waits until the serial console's text matches: all lines since where the last match of this function ended, at
   * first all since the machine's start, the last line perhaps not complete yet. Returns what matched.
   *
   * @throws {ProctorError} `machine-down` as soon as the machine stops; `timed-out`, which tells the last lines.
   */
  waitForConsoleText(pattern: string | RegExp, options?: TimeoutOptions): string {
    const source = patternOf(pattern);
    return passWithin(timeoutOf(options), (timeout) => console.waitForConsoleText(this.resource, source, timeout));
  }

  /**
   * All lines of the serial console since the machine was last started, the last one perhaps not complete yet; the last
   * 16 MB of them.
   */
  getConsoleLog(): string {
    return call(() => console.getConsoleLog(this.resource));
  }

  /**
   * Types into the serial console. The machine may not have read it when this returns.
   *
   * @throws {ProctorError} `timed-out` where nobody on the machine reads.
   */
  sendConsole(characters: string, options?: TimeoutOptions): void {
    text(characters, "the text");
    passWithin(timeoutOf(options), (timeout) => console.sendConsole(this.resource, characters, timeout));
  }

  /**
   * What a virtual terminal shows, `1` for `/dev/tty1`: its lines without their trailing blanks.
   *
   * @throws {ProctorError} `unsupported` where the machine has no such terminal.
   */
  getTtyText(tty: string | number, options?: TimeoutOptions): string {
    const name = text(String(tty), "the terminal");
    return passWithin(timeoutOf(options), (timeout) => console.getTtyText(this.resource, name, timeout));
  }

  /**
   * Waits until what a virtual terminal shows matches. Returns what matched.
   *
   * @throws {ProctorError} `timed-out`, which tells what it showed last.
   */
  waitUntilTtyMatches(tty: string | number, pattern: string | RegExp, options?: TimeoutOptions): string {
    const name = text(String(tty), "the terminal");
    const source = patternOf(pattern);
    return passWithin(timeoutOf(options), (timeout) =>
      console.waitUntilTtyMatches(this.resource, name, source, timeout),
    );
  }

  /** Writes what a virtual terminal shows to the log. */
  dumpTtyContents(tty: string | number, options?: TimeoutOptions): void {
    const name = text(String(tty), "the terminal");
    passWithin(timeoutOf(options), (timeout) => console.dumpTtyContents(this.resource, name, timeout));
  }
}
