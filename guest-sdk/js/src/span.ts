// Stretches of the log: groups and subtests.

import { Span } from "proctor:driver/log@0.1.0";
import { dropSpan } from "proctor:javascript/engine@0.1.0";

import { closure, text } from "./argument";
import { failureOf } from "./failure";
import { requireRunning } from "./phase";
import { settled } from "./promise";

/**
 * Puts the lines that the body causes together under a name. Returns what the body returns; where that is a promise,
 * waits for it.
 */
export function group<T>(name: string, body: () => T): Awaited<T> {
  return within("group", name, body, () => {});
}

/**
 * A part of the test that passes or fails under a name of its own. Returns what the body returns; where that is a
 * promise, waits for it.
 *
 * @throws The errors of the body, which are logged as the subtest's failure and passed on: caught, they let the test go
 * on.
 */
export function subtest<T>(name: string, body: () => T): Awaited<T> {
  return within("subtest", name, body, (span, error) => span.fail(failureOf(error)));
}

function within<T>(
  kind: "group" | "subtest",
  name: string,
  body: () => T,
  failed: (span: Span, error: unknown) => void,
): Awaited<T> {
  requireRunning(`${kind}()`);
  closure(body, "the body");
  const span = new Span(kind, text(name, "the name"));
  try {
    return settled(body(), "the body");
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    dropSpan(span);
  }
}
