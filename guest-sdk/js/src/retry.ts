// Something of the test's own, tried again and again.

import { closure, milliseconds } from "./argument";
import { now, sleep } from "./clock";
import { checkOptions } from "./options";
import { requireRunning } from "./phase";
import { settled } from "./promise";

/**
 * The first pause between two tries, and the longest: what is waited for is soon noticed, and the machine has time for
 * other things.
 */
const PAUSES = { first: 20, longest: 1000 };
/** As long as a call may take where the run does not say. */
const DEFAULT_TIMEOUT = 15 * 60 * 1000;

/** The time of {@link retry} has passed. */
export class RetryTimeout extends Error {}

/** How something is tried again. */
export interface RetryOptions {
  /** How long, in milliseconds. Default: 15 minutes. */
  timeout?: number;
}

/**
 * Repeats something until it returns a value. It returns `undefined`, `null` or `false` where it is too early. Pauses
 * between two tries as long as a try took or a twentieth of the time so far, 20 ms at least and one second at most.
 *
 * ```js
 * const load = retry(() => {
 *   const load = Number(machine.succeed("cut -d' ' -f1 /proc/loadavg"));
 *   return load < 0.5 ? { load } : undefined;
 * }, { timeout: 60_000 });
 * ```
 *
 * @throws Its own errors, at once; and `action timed out after ... seconds` where the time has passed. One try is not
 * ended by that: give the calls in it a timeout.
 */
export function retry<T>(
  action: () => T,
  options: RetryOptions = {},
): Exclude<Awaited<T>, undefined | null | false | void> {
  requireRunning("retry()");
  closure(action, "the action");
  checkOptions(options, ["timeout"]);
  const timeout = milliseconds(options.timeout ?? DEFAULT_TIMEOUT, "the timeout");
  const start = now();
  for (;;) {
    const began = now();
    const value = settled(action(), "the action");
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<Awaited<T>, undefined | null | false | void>;
    }
    const elapsed = now() - start;
    if (elapsed >= timeout) {
      throw new RetryTimeout(
        `action timed out after ${(elapsed / 1000).toFixed(2)} seconds (timeout=${decimal(timeout / 1000)})`,
      );
    }
    // The longer it lasts, the less often.
    const wanted = Math.max(now() - began, (now() - start) / 20);
    const pause = Math.min(Math.max(wanted, PAUSES.first), PAUSES.longest);
    sleep(Math.min(pause, timeout - elapsed));
  }
}

/** With a place at least, as other languages write it. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
