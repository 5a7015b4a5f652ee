// A machine's keyboard.

import * as keyboard from "proctor:driver/keyboard@0.1.0";

import { optionalMilliseconds, text } from "./argument";
import type { TimeoutOptions } from "./command";
import { passWithin } from "./gate";
import { WithScreen } from "./screen";
import { timeoutOf } from "./shell";

/** How keys are pressed. */
export interface KeyOptions extends TimeoutOptions {
  /** How many milliseconds pass after each key; a machine that is slow and loses keys needs more. Default: 10. */
  delay?: number | undefined;
}

/** The keyboard, which has an American layout. A key is held for 10 ms. */
export abstract class WithKeyboard extends WithScreen {
  /**
   * Presses keys together and releases them: a character that can be typed, or names joined by `-`, such as `ret`,
   * `ctrl-alt-delete`, `shift-a`, `f1`, `0x1c`.
   *
   * @throws {ProctorError} `invalid-argument` where there is no such key.
   */
  sendKey(key: string, options?: KeyOptions): void {
    text(key, "the key");
    const delay = optionalMilliseconds(options?.delay, "the delay");
    passWithin(timeoutOf(options, "delay"), (timeout) => keyboard.sendKey(this.resource, key, delay, timeout));
  }

  /**
   * Types text: printable ASCII, line feeds (Enter) and tabs.
   *
   * @throws {ProctorError} `invalid-argument` before anything is typed, where it holds something else.
   */
  sendChars(characters: string, options?: KeyOptions): void {
    text(characters, "the text");
    const delay = optionalMilliseconds(options?.delay, "the delay");
    passWithin(timeoutOf(options, "delay"), (timeout) => keyboard.sendChars(this.resource, characters, delay, timeout));
  }
}
