// Polling conditions.

import { type Outcome, type PollingCondition, log, pollingCondition, test } from "proctor";

/** So rarely, in milliseconds, that a condition is looked at when its scope begins and when it ends. */
const RARELY = 3_600_000;

function condition(description: string, check: () => Outcome): PollingCondition {
  return pollingCondition(description, check, { interval: RARELY });
}

/** A condition that holds and says that it was looked at. */
function told(description: string, text = description): PollingCondition {
  return condition(description, () => {
    log.info(text);
    return true;
  });
}

test("condition holds", ({ machines: { alpha } }) => {
  condition("alpha answers", () => alpha.succeed("echo looked")).hold(() => alpha.succeed("echo inside"));
  log.info("done");
});

test("condition is true", ({ machines: { alpha } }) => {
  told("one is one", "looked").hold(() => alpha.succeed("true"));
});

test("condition is false", ({ machines: { alpha } }) => {
  condition("nothing burns", () => false).hold(() => {
    alpha.succeed("true"); // HERE
  });
});

test("condition raises", ({ machines: { alpha } }) => {
  condition("alpha is well", () => alpha.succeed("exit 5")).hold(() => {
    alpha.succeed("true"); // HERE
  });
});

test("condition breaks at the end", ({ machines: { alpha } }) => {
  let fine = true;
  const isFine = condition("all is fine", () => fine);
  const body = () => {
    alpha.succeed("true");
    fine = false;
    alpha.succeed("true");
  };
  isFine.hold(body); // HERE
});

test("condition breaks in a wait", ({ machines: { alpha } }) => {
  let looks = 0;
  const check = () => {
    looks += 1;
    return looks < 4;
  };
  pollingCondition("it goes on", check, { interval: 50 }).hold(() => {
    alpha.waitUntilSucceeds("false"); // HERE
  });
});

test("conditions nested", ({ machines: { alpha } }) => {
  const [outer, inner] = [told("outer"), told("inner")];
  outer.hold(() => inner.hold(() => alpha.succeed("true")));
});

test("condition calls under another", ({ machines: { alpha, beta } }) => {
  const outer = condition("outer", () => alpha.succeed("echo outer"));
  const inner = condition("inner", () => alpha.succeed("echo inner"));
  outer.hold(() => inner.hold(() => beta.succeed("true")));
});

test("condition entered", ({ machines: { alpha } }) => {
  const scope = told("one is one", "looked").enter();
  alpha.succeed("true");
  scope.exit();
  log.info("left");
});

test("condition entered and broken", ({ machines: { alpha } }) => {
  let fine = true;
  const scope = condition("all is fine", () => fine).enter();
  alpha.succeed("true");
  fine = false;
  alpha.succeed("true");
  scope.exit(); // HERE
});

test("condition never left", ({ machines: { alpha } }) => {
  told("one is one", "looked").enter();
  alpha.succeed("true");
});

test("condition never left and broken", ({ machines: { alpha } }) => {
  let fine = true;
  const isFine = condition("all is fine", () => fine);
  isFine.enter(); // HERE
  alpha.succeed("true");
  fine = false;
  alpha.succeed("true");
});

test("condition evaluated", () => {
  told("one is one", "looked").evaluate();
  log.info("held");
});

test("condition evaluated and false", () => {
  condition("nothing burns", () => false).evaluate(); // HERE
});

test("condition awaited", () => {
  let looks = 0;
  const third = condition("third time", () => {
    looks += 1;
    return looks === 3;
  });
  third.wait(10_000);
  log.info(`${looks}`);
});

test("condition awaited in vain", () => {
  condition("never", () => false).wait(300); // HERE
});

test("error of the body", ({ machines: { alpha } }) => {
  condition("one is one", () => true).hold(() => {
    alpha.succeed("exit 6"); // HERE
  });
});
