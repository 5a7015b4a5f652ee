import assert from "node:assert/strict";
import { test } from "node:test";

import { hostError, load } from "./package.mjs";

const events = [];
/** What the host answers to the next `exit`s; nothing where it has nothing against it. */
const exits = [];

class Condition {
  enter = () => void events.push("enter");
  number = () => 7;
  beginEvaluation = () => void events.push("begin");
  endEvaluation = (outcome) => {
    events.push(outcome.tag === "ok" ? "ok" : `err ${outcome.val}`);
    const val = { description: "d", message: outcome.val };
    if (outcome.tag === "err") throw hostError({ tag: "polling-condition-failed", val }, null);
  };
  exit = () => {
    events.push("exit");
    const error = exits.shift();
    if (error !== undefined) throw error;
  };
}

const engine = { beginTimer: () => 1, waitForTimer: () => {}, dropTimer: () => {} };
const log = { write: (level, message) => events.push(`${level} ${message}`) };
const loaded = await load(["polling", "gate", "phase"], { polling: { Condition }, engine, log });
const { pollingCondition, leaveScopes, pass, passWithin, beginRunning } = loaded;
beginRunning();

const due = (remaining = null) => hostError({ tag: "conditions-due", val: { conditions: [7], remaining } });
const broken = () => hostError({ tag: "polling-condition-failed", val: { description: "d", message: "" } });

function during(action) {
  events.length = 0;
  exits.length = 0;
  return action();
}

test("conditions that are due come before a call, which is made again with the rest of its time", () => {
  during(() => {
    const timeouts = [];
    const answers = [due(40), due(), undefined];
    pollingCondition("d", () => true).hold(() =>
      passWithin(100, (timeout) => {
        timeouts.push(timeout);
        const error = answers.shift();
        if (error !== undefined) throw error;
      }),
    );
    assert.deepEqual(timeouts, [100, 40, 40]);
    assert.deepEqual(events, ["enter", "begin", "ok", "begin", "ok", "exit"]);
  });
});

test("what a closure returns or throws is its outcome", () => {
  const outcome = (check) =>
    during(() => {
      try {
        pollingCondition("d", check).evaluate();
      } catch (error) {
        assert.equal(error.code, "polling-condition-failed");
      }
      return events[1];
    });
  const command = { command: "x", status: 3 };
  for (const fine of [undefined, null, true, "", "text", new Uint8Array(), { ...command, status: 0 }]) {
    assert.equal(
      outcome(() => fine),
      "ok",
    );
  }
  assert.equal(
    outcome(() => false),
    "err ",
  );
  assert.equal(
    outcome(() => command),
    "err command `x` ended with status 3",
  );
  assert.match(
    outcome(() => 0),
    /^err it returned 0, /,
  );
  assert.equal(
    outcome(() => {
      throw new Error("why");
    }),
    "err why",
  );
  assert.match(
    outcome(function* () {
      yield false;
    }),
    /^err the condition returned a generator, /,
  );
  const hostile = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error("no");
      },
    },
  );
  assert.equal(
    outcome(() => {
      throw hostile;
    }),
    "err the test threw something that cannot be shown",
  );
});

test("the end of a scope looks once more", () => {
  during(() => {
    exits.push(due(), broken());
    assert.throws(() => pollingCondition("d", () => false).hold(() => {}), /Polling condition failed: d$/);
    assert.deepEqual(events, ["enter", "exit", "begin", "err ", "exit"]);
  });
});

test("the body's error is the test's", () => {
  during(() => {
    exits.push(broken());
    const body = () => {
      throw new Error("body");
    };
    assert.throws(() => pollingCondition("d", () => true).hold(body), /body/);
    assert.deepEqual(events.slice(0, 2), ["enter", "exit"]);
    assert.match(events[2], /^error the scope ended with an error, and: .*Polling condition failed: d/);
  });
});

test("a scope that its own condition ended is left without another look", () => {
  during(() => {
    exits.push(due(), broken());
    const body = () =>
      pass(() => {
        throw broken();
      });
    assert.throws(() => pollingCondition("d", () => false).hold(body), { code: "polling-condition-failed" });
    assert.deepEqual(events, ["enter", "exit", "exit"]);
  });
});

test("scopes that were left open end with the test, and their conditions' failures are told", () => {
  during(() => {
    pollingCondition("outer", () => true).enter();
    pollingCondition("inner", () => false).enter();
    exits.push(due(), broken());
    assert.throws(leaveScopes, /Polling condition failed: d$/);
    assert.deepEqual(events.slice(0, 2), ["enter", "enter"]);
    assert.equal(events.filter((event) => event === "exit").length, 3);
    assert.equal(events.filter((event) => event.startsWith("error ")).length, 1);
    leaveScopes();
  });
});

test("waiting ends with the condition, or tells what it said in the end", () => {
  during(() => {
    let looks = 0;
    pollingCondition("d", () => (looks += 1) === 3).wait(10_000);
    assert.equal(looks, 3);
    const never = pollingCondition("d", () => {
      throw new Error("not yet");
    });
    assert.throws(
      () => never.wait(20),
      /^ProctorError: Polling condition failed: d: it did not hold within 0.02 s; in the end: not yet$/,
    );
  });
});
