// Failures of the test's own.

import { assert, retry, log, subtest, test, type Machine } from "proctor";

test("own failure", () => {
  throw new Error("three is not four"); // HERE
});

test("own failure in a subtest", () => {
  subtest("sums", () => {
    throw new Error("three is not four"); // HERE
  });
});

/** As one who trusts the list would write it. */
function eighth(machines: Machine[]): Machine {
  return machines[7] as Machine;
}

test("fault", ({ driver }) => {
  const machine = eighth(driver.machines());
  log.info(machine.name); // HERE
});

test("fault in a subtest", ({ driver }) => {
  const machine = eighth(driver.machines());
  subtest("reading", () => {
    log.info(machine.name); // HERE
  });
});

test("assertion", () => {
  assert.equal(1 + 1, 3); // HERE
});

test("endless", { timeout: 500 }, ({ machines: { alpha } }) => {
  alpha.connect();
  for (;;);
});

test("endless waiting", { timeout: 500 }, ({ machines: { alpha } }) => {
  alpha.connect();
  alpha.sleep(60_000);
});

test("retry", () => {
  let tries = 0;
  const value = retry(
    () => {
      tries += 1;
      return tries === 3 ? "third" : undefined;
    },
    { timeout: 10_000 },
  );
  log.info(value);
});

test("retry in vain", () => {
  retry(() => false, { timeout: 100 }); // HERE
});

test("retry of an error", ({ machines: { alpha } }) => {
  retry(
    () => {
      alpha.succeed("exit 4"); // HERE
      return true;
    },
    { timeout: 10_000 },
  );
});
