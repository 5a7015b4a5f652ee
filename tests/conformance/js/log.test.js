// The log.

import { group, log, subtest, test } from "proctor";

test("levels", () => {
  log.debug("one");
  log.info("two");
  log.warning("three");
  log.error("four");
});

test("odd lines", () => {
  log.info("tab\there bell\u0007 escape\u001b[31m red");
  log.info("first\nsecond");
  log.info("");
});

test("printed", () => {
  console.log("printed");
});

test("subtests", ({ machines: { alpha } }) => {
  const value = subtest("outer", () => {
    log.info("a");
    subtest("inner", () => alpha.succeed("true"));
    log.info("b");
    return 7;
  });
  log.info(`${value}`);
});

test("subtest fails", ({ machines: { alpha } }) => {
  subtest("outer", () => {
    subtest("inner", () => {
      alpha.succeed("exit 1"); // HERE
    });
  });
});

test("subtest fails and is caught", ({ machines: { alpha } }) => {
  try {
    subtest("broken", () => alpha.succeed("exit 1"));
  } catch {
    log.info("went on");
  }
});

test("group", () => {
  const value = group("set-up", () => {
    log.info("in");
    return 8;
  });
  log.info(`${value}`);
});
