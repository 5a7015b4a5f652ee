import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./package.mjs";

const { ProctorError, failureOf, rounded } = await load(["error", "failure"]);
const bytes = (text) => new TextEncoder().encode(text);
const onServer = (action, cause) => ProctorError.fromHost({ machine: "server", action, elapsed: 1500, cause });
const result = (command, status, output) => ({ command, status, stdout: bytes(output) });

test("command failures have the words of the NixOS driver", () => {
  const failed = onServer('succeed("false")', { tag: "command-failed", val: result("false", 1, "out") });
  assert.equal(
    failed.message,
    'machine `server`: succeed("false") failed after 1.50 s: command `false` failed (exit code 1)',
  );
  assert.deepEqual(
    [failed.code, failed.machine, failed.command, failed.status, failed.output, failed.elapsed],
    ["command-failed", "server", "false", 1, "out", 1500],
  );
  const succeeded = onServer("fail", { tag: "command-unexpectedly-succeeded", val: result("true", 0, "") });
  assert.ok(succeeded.message.endsWith(": command `true` unexpectedly succeeded"));
});

test("a passed limit is named with its value", () => {
  const val = { limit: "the call limit", budget: 1000, lastSeen: "exit code 7" };
  assert.equal(
    onServer("sleep", { tag: "timed-out", val }).message,
    "machine `server`: sleep failed after 1.50 s: timed out: the call limit of 1.00 s passed; last seen: exit code 7",
  );
});

test("long commands are cut at characters", () => {
  const long = (character) => onServer("succeed", { tag: "command-failed", val: result(character.repeat(301), 1, "") });
  assert.ok(long("ä").message.includes(`command \`${"ä".repeat(300)}... (602 bytes)\` failed`));
  assert.ok(long("🎉").message.includes(`command \`${"🎉".repeat(300)}... (1204 bytes)\` failed`));
});

test("every other cause has its words", () => {
  const texts = {
    "output-too-large": [
      { command: "x", limitBytes: 7 },
      "command `x` printed more than the 7 bytes that one command may",
    ],
    "shell-lost": [
      { command: "x", reason: "why", restored: true },
      "command `x` lost its shell (why); a new one answers",
    ],
    "machine-down": [{ status: "not started", console: [] }, "the machine is not running (not started)"],
    "unit-failed": [{ unit: "u", user: null, state: "failed", message: "it broke", journal: [] }, "it broke"],
    denied: [{ capability: "allow-read", what: "this" }, "denied: this; to allow it, run with --allow-read"],
    "monitor-error": ["no", "the machine's monitor answered: no"],
    unsupported: ["no", "not supported: no"],
    "invalid-argument": ["no", "no"],
    "polling-condition-failed": [{ description: "d", message: "m" }, "Polling condition failed: d: m"],
    "host-failure": ["no", "the test host failed: no"],
  };
  for (const [tag, [val, text]] of Object.entries(texts)) assert.equal(ProctorError.of({ tag, val }).message, text);
});

test("the host gets its own record back, with the end of a long output", () => {
  const stdout = bytes(`${"a".repeat(64 * 1024)}end`);
  const cause = { tag: "command-failed", val: { command: "x", status: 1, stdout } };
  const returned = failureOf(onServer("succeed", cause)).cause;
  assert.equal(returned.cause.val.stdout.length, 64 * 1024);
  assert.equal(Buffer.from(returned.cause.val.stdout.slice(-3)).toString(), "end");
  assert.deepEqual({ ...returned, cause: 0 }, { machine: "server", action: "succeed", elapsed: 1500, cause: 0 });
});

test("nothing that the test does to an error reaches the record", () => {
  const val = { unit: "u", user: null, state: "failed", message: "it broke", journal: ["one"] };
  const error = onServer("wait", { tag: "unit-failed", val });
  assert.equal(error.record, undefined);
  error.journal.push(5);
  assert.deepEqual(failureOf(error).cause.cause, { tag: "unit-failed", val: { ...val, journal: ["one"] } });
  const stdout = bytes("out");
  const failed = onServer("succeed", { tag: "command-failed", val: { command: "x", status: 1, stdout } });
  failed.bytes.fill(0);
  assert.deepEqual(failureOf(failed).cause.cause.val.stdout, bytes("out"));
});

test("of a long message the host gets the beginning", () => {
  const { message } = failureOf(new Error("x".repeat(50_000_000)));
  assert.equal(message, `${"x".repeat(64 * 1024)}... (50000000 bytes)`);
});

test("whatever is thrown becomes a text", () => {
  const message = (thrown) => failureOf(thrown).message;
  assert.equal(message(new Error("outer", { cause: new TypeError("inner") })), "outer: TypeError: inner");
  assert.equal(message("text"), 'threw what is not an Error: "text"');
  assert.equal(message(undefined), "threw what is not an Error: undefined");
  assert.equal(message(new Error("half \ud800")), "half \ufffd");
  assert.equal(message(new Error()), "Error");
  const hostile = new Proxy(new Error("x"), {
    get: () => {
      throw new Error("no");
    },
  });
  assert.equal(message(hostile), "the test threw something that cannot be shown");
  const place = { file: "a.test.js", line: 3, column: 1 };
  assert.deepEqual(failureOf(1, place).place, place);
});

test("numbers are rounded as the host rounds them", () => {
  const numbers = [
    [0.125, "0.12"],
    [0.375, "0.38"],
    [0.3, "0.30"],
    [1.005, "1.00"],
  ];
  for (const [value, text] of numbers) assert.equal(rounded(value, 2), text);
  assert.equal(rounded(10.25, 1), "10.2");
  assert.equal(rounded(10.75, 1), "10.8");
});
