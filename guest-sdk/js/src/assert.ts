// Assertions, with the names that Node gives them: `import assert from "node:assert"` finds them, too.

import { inspect } from "./inspect";
import { refuseOthers } from "./members";
import { assertedAt, begunAt } from "./place";
import { isThenable, settled } from "./promise";

/** An assertion that did not hold. */
export class AssertionError extends Error {
  override readonly name: string = "AssertionError";
  readonly code = "ERR_ASSERTION";
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(message: string, values: { actual?: unknown; expected?: unknown } = {}) {
    super(message);
    this.actual = values.actual;
    this.expected = values.expected;
  }
}

type Message = string | Error | undefined;
type Expected = RegExp | object | (new (...values: never[]) => unknown);

function failWith(message: Message, otherwise: () => string, values?: { actual: unknown; expected: unknown }): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(message === undefined ? otherwise() : `${message}: ${otherwise()}`, values);
}

function check(holds: boolean, actual: unknown, expected: unknown, message: Message, relation: string): void {
  if (holds) return;
  failWith(message, () => `expected ${inspect(actual)} ${relation} ${inspect(expected)}`, { actual, expected });
}

/** Assertions. Each takes a text last, which the failure begins with, or an error, which is thrown. */
export interface Assert {
  /** Fails unless the value is true, or counts as true. */
  (value: unknown, message?: string | Error): asserts value;
  /** Fails unless the value is true, or counts as true. */
  ok(value: unknown, message?: string | Error): asserts value;
  /** Fails, with a text. */
  fail(message?: string | Error): never;
  /** Fails unless both are the same value, as `Object.is` tells. */
  equal<T>(actual: unknown, expected: T, message?: string | Error): asserts actual is T;
  /** As `equal`. */
  strictEqual<T>(actual: unknown, expected: T, message?: string | Error): asserts actual is T;
  /** Fails where both are the same value. */
  notEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  /** As `notEqual`. */
  notStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  /** Fails unless both have the same members, and those the same, and so on. */
  deepEqual<T>(actual: unknown, expected: T, message?: string | Error): asserts actual is T;
  /** As `deepEqual`. */
  deepStrictEqual<T>(actual: unknown, expected: T, message?: string | Error): asserts actual is T;
  /** Fails where both have the same members, and those the same, and so on. */
  notDeepEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  /** As `notDeepEqual`. */
  notDeepStrictEqual(actual: unknown, expected: unknown, message?: string | Error): void;
  /** Fails unless the text matches. */
  match(actual: string, expected: RegExp, message?: string | Error): void;
  /** Fails where the text matches. */
  doesNotMatch(actual: string, expected: RegExp, message?: string | Error): void;
  /**
   * Fails unless the action throws. `expected` is the error's class, a pattern that its text matches, members that it
   * has, or a function that says whether it is the one. Returns what was thrown.
   */
  throws(action: () => unknown, expected?: Expected, message?: string | Error): unknown;
  /**
   * Fails unless the promise, or that which the function returns, is rejected; `expected` as with `throws`. Has to be
   * awaited, as it returns a promise, of what it was rejected with.
   */
  rejects(
    action: PromiseLike<unknown> | (() => PromiseLike<unknown>),
    expected?: Expected,
    message?: string | Error,
  ): Promise<unknown>;
  /** Fails where the promise, or that which the function returns, is rejected. Has to be awaited. */
  doesNotReject(action: PromiseLike<unknown> | (() => PromiseLike<unknown>), message?: string | Error): Promise<void>;
  /** The class of these failures. */
  AssertionError: typeof AssertionError;
}

function ok(value: unknown, message?: string | Error): void {
  if (value) return;
  if (message instanceof Error) throw message;
  const error = new AssertionError(message ?? `expected ${inspect(value)} to be true`, {
    actual: value,
    expected: true,
  });
  const text = message === undefined ? assertedAt(error) : undefined;
  if (text !== undefined) error.message = `expected ${text} to be true, and it is ${inspect(value)}`;
  throw error;
}

function fail(message: string | Error = "failed"): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(message);
}

function equal(actual: unknown, expected: unknown, message?: string | Error): void {
  check(Object.is(actual, expected), actual, expected, message, "to be");
}

function notEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(!Object.is(actual, expected), actual, expected, message, "not to be");
}

function deepEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(isDeepEqual(actual, expected, []), actual, expected, message, "to equal");
}

function notDeepEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(!isDeepEqual(actual, expected, []), actual, expected, message, "not to equal");
}

function match(actual: string, expected: RegExp, message?: string | Error): void {
  check(typeof actual === "string" && expected.test(actual), actual, expected, message, "to match");
}

function doesNotMatch(actual: string, expected: RegExp, message?: string | Error): void {
  check(typeof actual === "string" && !expected.test(actual), actual, expected, message, "not to match");
}

function throws(action: () => unknown, expected?: Expected, message?: string | Error): unknown {
  try {
    settled(action(), "the action");
  } catch (error) {
    return expectedError(error, expected, message);
  }
  return failWith(message, () => "expected an error, and there was none");
}

function expectedError(error: unknown, expected: Expected | undefined, message: Message): unknown {
  if (expected !== undefined && !isExpected(error, expected)) {
    failWith(message, () => `expected another error than ${inspect(error)}`, { actual: error, expected });
  }
  return error;
}

async function rejects(action: unknown, expected?: Expected, message?: string | Error): Promise<unknown> {
  // The rest runs when nothing of the author's is on the stack.
  const origin = new Error();
  const promise = promised(action, origin);
  try {
    await promise;
  } catch (error) {
    return at(origin, () => expectedError(error, expected, message));
  }
  return at(origin, () => failWith(message, () => "expected a rejection, and there was none"));
}

async function doesNotReject(action: unknown, message?: string | Error): Promise<void> {
  const origin = new Error();
  const promise = promised(action, origin);
  try {
    await promise;
  } catch (error) {
    at(origin, () => failWith(message, () => `expected no rejection, and there was ${inspect(error)}`));
  }
}

/** The promise of an assertion. As in Node, what a function throws at once is not its promise's. */
function promised(action: unknown, origin: Error): PromiseLike<unknown> {
  const promise: unknown = typeof action === "function" ? (action as () => unknown)() : action;
  if (isThenable(promise)) return promise;
  throw begunAt(
    new TypeError(`expected a promise, or a function that returns one, and not ${inspect(promise)}`),
    origin,
  );
}

/** Does what fails at another place. */
function at<T>(origin: Error, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof AssertionError ? begunAt(error, origin) : error;
  }
}

function isExpected(error: unknown, expected: Expected): boolean {
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected === "function") {
    const isClass = expected === Error || expected.prototype instanceof Error || /^class\b/.test(String(expected));
    return isClass ? error instanceof expected : (expected as (error: unknown) => unknown)(error) === true;
  }
  return Object.entries(expected).every(([key, value]) => {
    const actual: unknown = (error as Record<string, unknown> | null)?.[key];
    return value instanceof RegExp && typeof actual === "string" ? value.test(actual) : isDeepEqual(actual, value, []);
  });
}

function isDeepEqual(left: unknown, right: unknown, above: readonly (readonly [unknown, unknown])[]): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (above.some(([one, other]) => one === left && other === right)) return true;
  const inner = (one: unknown, other: unknown) => isDeepEqual(one, other, [...above, [left, right]]);
  if (left instanceof RegExp) return String(left) === String(right);
  if (left instanceof Date) return Object.is(left.getTime(), (right as Date).getTime());
  if (left instanceof Map) return inner([...left], [...(right as typeof left)]);
  if (left instanceof Set) {
    const rest = [...(right as typeof left)];
    return left.size === rest.length && [...left].every((item) => rest.some((other) => inner(item, other)));
  }
  if (left instanceof Error && left.message !== (right as Error).message) return false;
  const keys = membersOf(left);
  return (
    keys.length === membersOf(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && inner(Reflect.get(left, key), Reflect.get(right, key)))
  );
}

function membersOf(value: object): PropertyKey[] {
  return value instanceof Error ? Object.keys(value) : Reflect.ownKeys(value);
}

const functions = {
  ok,
  fail,
  equal,
  strictEqual: (actual: unknown, expected: unknown, message?: string | Error) => equal(actual, expected, message),
  notEqual,
  notStrictEqual: (actual: unknown, expected: unknown, message?: string | Error) => notEqual(actual, expected, message),
  deepEqual,
  deepStrictEqual: (actual: unknown, expected: unknown, message?: string | Error) =>
    deepEqual(actual, expected, message),
  notDeepEqual,
  notDeepStrictEqual: (actual: unknown, expected: unknown, message?: string | Error) =>
    notDeepEqual(actual, expected, message),
  match,
  doesNotMatch,
  throws,
  rejects,
  doesNotReject,
  AssertionError,
};

/**
 * Fails unless the value is true, or counts as true: `assert(page.includes("Welcome"), "the page is another")`. Has
 * functions that tell more: `assert.equal(actual, expected)`.
 */
export const assert: Assert = refuseOthers(
  // Under its name the call is found in the author's file.
  Object.assign(function assert(value: unknown, message?: string | Error): void {
    ok(value, message);
  }, functions),
  "`assert` has no function",
) as Assert;
