// What a machine shows on its screen.

import * as screen from "proctor:driver/screen@0.1.0";

import { text } from "./argument";
import type { TimeoutOptions } from "./command";
import { WithConsole, patternOf } from "./console";
import { passWithin } from "./gate";
import { timeoutOf } from "./shell";

/**
 * The screen. Reading text needs the program tesseract on the computer that runs the test; where it is missing, the
 * code `unsupported` says so at once. Patterns are as for the serial console.
 */
export abstract class WithScreen extends WithConsole {
  /**
   * Saves a picture of the screen as a PNG file beneath the output directory. A name without a suffix gets `.png`.
   * Returns the file's path below the output directory.
   *
   * @throws {ProctorError} `invalid-argument` where the name leads out of the directory.
   */
  screenshot(name: string, options?: TimeoutOptions): string {
    text(name, "the name");
    return passWithin(timeoutOf(options), (timeout) => screen.screenshot(this.resource, name, timeout));
  }

  /** The text on the screen. */
  getScreenText(options?: TimeoutOptions): string {
    return passWithin(timeoutOf(options), (timeout) => screen.getScreenText(this.resource, timeout));
  }

  /** The text on the screen as read from the picture as it is, enhanced, enhanced and negated. */
  getScreenTextVariants(options?: TimeoutOptions): string[] {
    return passWithin(timeoutOf(options), (timeout) => screen.getScreenTextVariants(this.resource, timeout));
  }

  /**
   * Waits until the text on the screen matches in one of its variants. Returns what matched.
   *
   * @throws {ProctorError} `timed-out`, which tells the text that was read last.
   */
  waitForText(pattern: string | RegExp, options?: TimeoutOptions): string {
    const source = patternOf(pattern);
    return passWithin(timeoutOf(options), (timeout) => screen.waitForText(this.resource, source, timeout));
  }

  /**
   * Waits until the machine runs an X server and a graphical session has begun. That systemd tells, where the machine
   * has its journal; for a session that is none of systemd's, wait for a window.
   *
   * @throws {ProctorError} `timed-out`, which tells what is missing.
   */
  waitForX(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => screen.waitForX(this.resource, timeout));
  }

  /**
   * The titles of all windows of the X server.
   *
   * @throws {ProctorError} `command-failed` where there is no X server; `unsupported` where the machine has no
   * `xwininfo`.
   */
  getWindowNames(options?: TimeoutOptions): string[] {
    return passWithin(timeoutOf(options), (timeout) => screen.getWindowNames(this.resource, timeout));
  }

  /**
   * Waits until there is a window whose title matches. Returns the title.
   *
   * @throws {ProctorError} `timed-out`, which tells the titles seen last; `unsupported` where the machine has no
   * `xwininfo`.
   */
  waitForWindow(pattern: string | RegExp, options?: TimeoutOptions): string {
    const source = patternOf(pattern);
    return passWithin(timeoutOf(options), (timeout) => screen.waitForWindow(this.resource, source, timeout));
  }
}
