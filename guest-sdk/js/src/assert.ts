// Assertions, with the names that Node gives them: `import assert from "node:assert"` finds them, too.

import { inspect } from "./inspect";
import { settled } from "./promise";

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

/** Fails unless the value is true, or counts as true. */
export function assert(value: unknown, message?: string | Error): asserts value {
  if (value) return;
  if (message instanceof Error) throw message;
  throw new AssertionError(message ?? `expected ${inspect(value)} to be true`, { actual: value, expected: true });
}

/** Fails, with a text. */
function fail(message: string | Error = "failed"): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(message);
}

/** Fails unless both are the same value, as `Object.is` tells. */
function equal<T>(actual: unknown, expected: T, message?: string | Error): asserts actual is T {
  check(Object.is(actual, expected), actual, expected, message, "to be");
}

/** Fails where both are the same value. */
function notEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(!Object.is(actual, expected), actual, expected, message, "not to be");
}

/** Fails unless both have the same members, and those the same, and so on. */
function deepEqual<T>(actual: unknown, expected: T, message?: string | Error): asserts actual is T {
  check(isDeepEqual(actual, expected, []), actual, expected, message, "to equal");
}

/** Fails where both have the same members, and those the same, and so on. */
function notDeepEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(!isDeepEqual(actual, expected, []), actual, expected, message, "not to equal");
}

/** Fails unless the text matches. */
function match(actual: string, expected: RegExp, message?: string | Error): void {
  check(typeof actual === "string" && expected.test(actual), actual, expected, message, "to match");
}

/** Fails where the text matches. */
function doesNotMatch(actual: string, expected: RegExp, message?: string | Error): void {
  check(typeof actual === "string" && !expected.test(actual), actual, expected, message, "not to match");
}

/**
 * Fails unless the action throws. `expected` is the error's class, a pattern that its text matches, members that it has, or a
 * function that says whether it is the one. Returns what was thrown.
 */
function throws(action: () => unknown, expected?: Expected, message?: string | Error): unknown {
  try {
    settled(action());
  } catch (error) {
    if (expected !== undefined && !isExpected(error, expected)) {
      failWith(message, () => `expected another error than ${inspect(error)}`, { actual: error, expected });
    }
    return error;
  }
  return failWith(message, () => "expected an error, and there was none");
}

function isExpected(error: unknown, expected: Expected): boolean {
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected !== "function") {
    return Object.entries(expected).every(([key, value]) => {
      const actual: unknown = (error as Record<string, unknown> | null)?.[key];
      return value instanceof RegExp && typeof actual === "string" ? value.test(actual) : isDeepEqual(actual, value, []);
    });
  }
  const isClass = expected.prototype !== undefined && error instanceof expected;
  return isClass || (!/^class\b/.test(String(expected)) && !(expected.prototype instanceof Error) && expected !== Error && (expected as unknown as (error: unknown) => boolean)(error) === true);
}

function isDeepEqual(left: unknown, right: unknown, above: readonly (readonly [unknown, unknown])[]): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (above.some(([one, other]) => one === left && other === right)) return true;
  const inner = (one: unknown, other: unknown) => isDeepEqual(one, other, [...above, [left, right]]);
  if (left instanceof Date || left instanceof RegExp) return String(left) === String(right);
  if (left instanceof Map) return inner([...left], [...(right as typeof left)]);
  if (left instanceof Set) {
    const rest = [...(right as typeof left)];
    return left.size === rest.length && [...left].every((item) => rest.some((other) => inner(item, other)));
  }
  if (left instanceof Error && left.message !== (right as Error).message) return false;
  const [keys, others] = [left, right].map((some) => (some instanceof Error ? Object.keys(some) : Reflect.ownKeys(some))) as [PropertyKey[], PropertyKey[]];
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && inner((left as Record<PropertyKey, unknown>)[key], (right as Record<PropertyKey, unknown>)[key]))
  );
}

assert.ok = assert as (value: unknown, message?: string | Error) => asserts value;
assert.fail = fail;
assert.equal = equal as <T>(actual: unknown, expected: T, message?: string | Error) => asserts actual is T;
assert.strictEqual = assert.equal;
assert.notEqual = notEqual;
assert.notStrictEqual = notEqual;
assert.deepEqual = deepEqual as <T>(actual: unknown, expected: T, message?: string | Error) => asserts actual is T;
assert.deepStrictEqual = assert.deepEqual;
assert.notDeepEqual = notDeepEqual;
assert.notDeepStrictEqual = notDeepEqual;
assert.match = match;
assert.doesNotMatch = doesNotMatch;
assert.throws = throws;
assert.AssertionError = AssertionError;
assert.strict = assert;
