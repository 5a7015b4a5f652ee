import nodeAssert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./package.mjs";

const { assert, AssertionError, format, inspect } = await load(["assert", "inspect"]);
const fails = (action, message) => nodeAssert.throws(action, { name: "AssertionError", message });

test("assertions say what there was and what was expected", () => {
  assert(1);
  fails(() => assert(0), "expected 0 to be true");
  fails(() => assert(false, "no page"), "no page");
  assert.equal(NaN, NaN);
  fails(() => assert.equal(2, 3, "sums"), "sums: expected 2 to be 3");
  fails(() => assert.notEqual("a", "a"), 'expected "a" not to be "a"');
  fails(() => assert.match("abc", /x/), 'expected "abc" to match /x/');
  fails(() => assert.fail("now"), "now");
  nodeAssert.throws(() => assert.equal(1, 2, new RangeError("mine")), RangeError);
});

test("deep equality looks at all members", () => {
  const equal = [
    [{ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] }],
    [new Set([{ a: 1 }]), new Set([{ a: 1 }])],
  ];
  for (const [one, other] of equal) assert.deepEqual(one, other);
  const unequal = [
    [{ a: 1 }, { a: 1, b: undefined }],
    [[1], { 0: 1 }],
    [new Date(1), new Date(2)],
    [null, {}],
    [1, "1"],
  ];
  for (const [one, other] of unequal) nodeAssert.throws(() => assert.deepEqual(one, other), AssertionError);
  const [one, other] = [{}, {}];
  [one.self, other.self] = [one, other];
  assert.deepEqual(one, other);
});

test("errors are expected by class, pattern, members or function", () => {
  const action = () => {
    throw new TypeError("bad thing");
  };
  for (const expected of [
    undefined,
    TypeError,
    Error,
    /bad/,
    { message: "bad thing" },
    { message: /thing/ },
    (error) => error.message.length === 9,
  ]) {
    nodeAssert.equal(assert.throws(action, expected).message, "bad thing");
  }
  for (const expected of [RangeError, /good/, { message: "x" }, () => false]) {
    nodeAssert.throws(() => assert.throws(action, expected), AssertionError);
  }
  fails(() => assert.throws(() => {}), "expected an error, and there was none");
});

test("values are shown as one would write them", () => {
  const circular = { a: 1 };
  circular.self = circular;
  nodeAssert.equal(inspect(circular), "{ a: 1, self: [circular] }");
  nodeAssert.equal(
    inspect([1, "a", null, -0, 2n, new Map([["k", 1]]), new Uint8Array([1])]),
    '[1, "a", null, -0, 2n, Map { "k" => 1 }, Uint8Array [1]]',
  );
  nodeAssert.equal(format(["%s is %d%%", "it", 7, { a: 1 }]), "it is 7% { a: 1 }");
  nodeAssert.equal(format(["%"]), "%");
});

test("rejections are expected as errors are", async () => {
  const rejected = () => Promise.reject(new TypeError("bad thing"));
  nodeAssert.equal((await assert.rejects(rejected, TypeError)).message, "bad thing");
  await assert.rejects(rejected(), /bad/);
  await assert.doesNotReject(() => Promise.resolve());
  const failures = [
    [() => assert.rejects(Promise.resolve()), "expected a rejection, and there was none"],
    [() => assert.rejects(rejected, RangeError), /^expected another error than TypeError: bad thing/],
    [() => assert.doesNotReject(rejected), /^expected no rejection, and there was TypeError: bad thing/],
  ];
  for (const [action, message] of failures) await nodeAssert.rejects(action, { name: "AssertionError", message });
  await nodeAssert.rejects(() => assert.rejects(() => 1), { name: "TypeError", message: /^expected a promise, / });
});

test("whatever a value does when it is looked at, it is shown", () => {
  const throwing = () => {
    throw new Error("no");
  };
  const hostile = new Proxy({}, { getPrototypeOf: throwing, ownKeys: throwing });
  const revoked = Proxy.revocable(throwing, {});
  revoked.revoke();
  nodeAssert.equal(
    format([Object.defineProperty({ b: 1 }, "a", { get: throwing, enumerable: true })]),
    "{ b: 1, a: [throws] }",
  );
  nodeAssert.equal(
    format([hostile, revoked.proxy, [hostile]]),
    "[cannot be shown] [cannot be shown] [[cannot be shown]]",
  );
  nodeAssert.equal(format(["%s %d %i %f", Symbol("a"), Symbol("b"), { valueOf: throwing }, 1]), "Symbol(a) NaN NaN 1");
});
