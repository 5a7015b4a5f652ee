// What the host is told of an error that ends a subtest or a test.

import type { Failure, HostError, Place } from "proctor:driver/types@0.1.0";

import { AssertionError } from "./assert";
import { ProctorError, recordOf } from "./error";
import { inspect } from "./inspect";
import { placeOf, shownStack } from "./place";
import { cut } from "./text";

/** Of a longer message only the beginning goes to the host, which limits how much a test may hand to it at a time. */
const MESSAGE_BYTES = 64 * 1024;
/** What is said of an object whose very members throw. */
const UNSHOWN = "the test threw something that cannot be shown";
/** As many errors that led to one another are told. */
const CAUSES = 10;

/** The failure that something thrown becomes. `place` is where it happened if that is not known better. */
export function failureOf(thrown: unknown, place?: Place): Failure {
  try {
    const error = firstOf(thrown);
    const stack = shownStack(error);
    return {
      message: `${shortMessage(describe(error))}${stack && `\n${stack}`}`.toWellFormed(),
      place: placeOf(error) ?? place ?? null,
      cause: callOf(error) ?? null,
    };
  } catch {
    return { message: UNSHOWN, place: place ?? null, cause: null };
  }
}

/** A failure that is a text. */
export function plainFailure(message: string): Failure {
  return { message: shortMessage(message), place: null, cause: null };
}

/** A message that the host takes. */
export function shortMessage(message: string): string {
  return cut(message, MESSAGE_BYTES).toWellFormed();
}

/** What {@link describe} says, of whatever was thrown. */
export function describeAnything(thrown: unknown): string {
  try {
    return describe(thrown);
  } catch {
    return UNSHOWN;
  }
}

/** The error with which it began, where the end of a scope added another. */
function firstOf(thrown: unknown): unknown {
  let first = thrown;
  for (let depth = 0; depth < CAUSES && isSuppressed(first); depth += 1) first = first.suppressed;
  return first;
}

function isSuppressed(value: unknown): value is Error & { suppressed: unknown } {
  return value instanceof Error && value.name === "SuppressedError" && "suppressed" in value;
}

/** The host's record of the call that led to an error. */
function callOf(error: unknown): HostError | undefined {
  let some = error;
  for (let depth = 0; depth < CAUSES && some instanceof Error; depth += 1) {
    if (some instanceof ProctorError) return recordOf(some);
    some = some.cause;
  }
  return undefined;
}

/** An error's message, with those of the errors that led to it. */
function describe(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error)) return depth > 0 ? inspect(thrown) : `threw what is not an Error: ${inspect(thrown)}`;
  const isPlain = thrown.name === "Error" || thrown instanceof ProctorError || thrown instanceof AssertionError;
  const parts = [isPlain ? String(thrown.message) : `${thrown.name}: ${thrown.message}`];
  if (depth < CAUSES) {
    if (thrown.cause !== undefined) parts.push(describe(thrown.cause, depth + 1));
    if (thrown instanceof AggregateError)
      parts.push(...thrown.errors.slice(0, CAUSES).map((error) => describe(error, depth + 1)));
  }
  return parts.filter((part) => part !== "").join(": ") || thrown.name;
}
