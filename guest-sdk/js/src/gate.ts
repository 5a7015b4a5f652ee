// Calls of the host: their errors become those of this package, and polling conditions that are due come before them.

import type { HostError } from "proctor:driver/types@0.1.0";

import { ProctorError } from "./error";

/** What looks at the conditions that the host names. */
let evaluateDue: (conditions: readonly number[]) => void = () => {};

/** Says what looks at conditions: theirs is the only module that needs to call the host as those do. */
export function onConditionsDue(evaluate: (conditions: readonly number[]) => void): void {
  evaluateDue = evaluate;
}

/** The host's error where that is what was thrown. */
export function hostError(thrown: unknown): HostError | undefined {
  if (!(thrown instanceof Error) || !Object.hasOwn(thrown, "payload")) return undefined;
  return (thrown as Error & { payload: HostError }).payload;
}

/** Calls the host. */
export function call<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    const error = hostError(thrown);
    throw error === undefined ? thrown : ProctorError.fromHost(error);
  }
}

/** A call that runs something on a machine: conditions that are due come before it. */
export function pass<T>(action: () => T): T {
  return passWithin(null, () => action());
}

/**
 * The same for a call with a timeout, or a sleep: when it breaks off for conditions, it is made again with the rest.
 */
export function passWithin<T>(timeout: number | null, action: (timeout: number | null) => T): T {
  let left = timeout;
  for (;;) {
    try {
      return action(left);
    } catch (thrown) {
      const error = hostError(thrown);
      if (error === undefined) throw thrown;
      if (error.cause.tag !== "conditions-due") throw ProctorError.fromHost(error);
      evaluateDue(error.cause.val.conditions);
      left = error.cause.val.remaining ?? left;
    }
  }
}
