// What the test has to say.

import * as host from "proctor:driver/log@0.1.0";
import type { Level } from "proctor:driver/log@0.1.0";

import { format } from "./inspect";
import { refuseOthers } from "./members";
import { isRunning } from "./phase";
import { cut } from "./text";

/** As many lines are kept of what is said while the component is made. */
const KEPT_LINES = 1000;
/** Of a longer message only the beginning goes to the host, which limits how much a test may hand to it at a time. */
const MESSAGE_BYTES = 4 * 1024 * 1024;

const kept: { level: Level; message: string }[] = [];

function write(level: Level, values: readonly unknown[]): void {
  const message = cut(format(values), MESSAGE_BYTES).toWellFormed();
  if (isRunning()) host.write(level, message);
  else if (kept.length < KEPT_LINES) kept.push({ level, message });
}

/** Writes what was said while the component was made. */
export function writeKeptLines(): void {
  for (const { level, message } of kept.splice(0)) host.write(level, message);
}

/**
 * Writes lines, of texts and other values, as `console.log` does, which writes to the same log. The host makes control
 * characters visible and cuts what is longer than a line may be.
 */
export const log = refuseOthers(
  {
    /** Writes a line for those who look closely. */
    debug: (...values: unknown[]): void => write("debug", values),
    /** Writes a line about what happens. */
    info: (...values: unknown[]): void => write("info", values),
    /** Writes a line about what may explain a later failure. */
    warning: (...values: unknown[]): void => write("warning", values),
    /** Writes a line about what is wrong. Does not fail the test. */
    error: (...values: unknown[]): void => write("error", values),
  },
  "`log` has no method",
);

/** Whether the serial consoles' lines are shown as they come. They are recorded in any case. On at first. */
export function showSerial(enabled: boolean): void {
  if (isRunning()) host.showSerial(Boolean(enabled));
}
