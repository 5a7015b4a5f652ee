import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./package.mjs";

const engine = { beginTimer: () => 1, waitForTimer: () => {}, dropTimer: () => {} };
const host = { engine, log: { write: () => {} } };
const loaded = await load(["promise", "event-loop", "phase"], host);
const { LoopPromise, setTimer, setIntervalTimer, clearTimer, runOut, beginRunning } = loaded;
const settled = (value) => loaded.settled(value, "the test");
beginRunning();

test("what is no promise is settled", () => assert.equal(settled(7), 7));

test("jobs run in their order, after what runs", () => {
  const order = [];
  const promise = LoopPromise.resolve(1).then((value) => order.push(value));
  LoopPromise.resolve(2).then((value) => order.push(value));
  order.push(0);
  settled(promise);
  settled(LoopPromise.resolve());
  assert.deepEqual(order, [0, 1, 2]);
});

test("promises take on the state of others", () => {
  const inner = new LoopPromise((resolve) => setTimer(() => resolve("late"), 5));
  assert.equal(settled(LoopPromise.resolve().then(() => inner)), "late");
  assert.equal(settled({ then: (resolve) => resolve("foreign") }), "foreign");
  assert.throws(() => settled(LoopPromise.reject(new Error("no"))), /no/);
  assert.equal(settled(LoopPromise.reject(1).catch((reason) => reason + 1)), 2);
  assert.throws(() => settled(new LoopPromise((_, reject) => (reject(new Error("first")), reject(2)))), /first/);
});

test("all, any, race and allSettled", () => {
  const later = (value) => new LoopPromise((resolve) => setTimer(() => resolve(value), 5));
  assert.deepEqual(settled(LoopPromise.all([1, later(2)])), [1, 2]);
  assert.deepEqual(settled(LoopPromise.all([])), []);
  assert.equal(settled(LoopPromise.race([later(1), 2])), 2);
  assert.equal(settled(LoopPromise.any([LoopPromise.reject(1), later(2)])), 2);
  assert.throws(() => settled(LoopPromise.any([LoopPromise.reject(1)])), { name: "AggregateError" });
  const [one, two] = settled(LoopPromise.allSettled([LoopPromise.reject(1), 2]));
  assert.deepEqual([one.reason, two.value], [1, 2]);
});

test("finally passes on what there was", () => {
  let calls = 0;
  assert.equal(settled(LoopPromise.resolve(1).finally(() => (calls += 1))), 1);
  assert.throws(() => settled(LoopPromise.reject(new Error("no")).finally(() => (calls += 1))), /no/);
  assert.equal(calls, 2);
});

test("a promise that nothing will settle is an error", () => {
  const cleared = setTimer(() => {}, 5);
  clearTimer(cleared);
  assert.throws(() => settled(new LoopPromise(() => {})), /nothing will ever settle/);
});

test("a generator is an error, for nobody would run it", () => {
  function* generator() {}
  async function* asynchronous() {}
  const text = (kind) => `the test returned ${kind}, which nobody runs: make it a plain or an asynchronous function`;
  assert.throws(() => settled(generator()), { message: text("a generator") });
  assert.throws(() => settled(LoopPromise.resolve(generator())), { message: text("a generator") });
  assert.throws(() => settled(asynchronous()), { message: text("an asynchronous generator") });
  assert.deepEqual([...settled([1].values())], [1]);
});

test("timers run out, intervals until they are cleared", () => {
  const order = [];
  const interval = setIntervalTimer(() => order.push("interval") === 3 && clearTimer(interval), 1);
  setTimer(() => setTimer(() => order.push("late"), 30), 1);
  runOut();
  assert.deepEqual(order, ["interval", "interval", "interval", "late"]);
});

test("a rejection that nobody looks at is not lost", () => {
  LoopPromise.reject(new Error("lost"));
  assert.throws(() => runOut(), /lost/);
});

test("an error in a timer or a job is not lost, whatever caught it meanwhile", async () => {
  for (const later of ["setTimer", "queueJob"]) {
    const again = await load(["promise", "event-loop", "phase"], host);
    again.beginRunning();
    again[later](() => {
      throw new Error("in a timer");
    });
    assert.throws(() => again.settled(new again.LoopPromise(() => {}), "the test"), /in a timer/);
    assert.throws(() => again.runOut(), /in a timer/);
  }
});
