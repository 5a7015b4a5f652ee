// The other interfaces.

import { ProctorError, assert, log, test } from "proctor";

import SYSTEMCTL from "./systemctl.sh";

test("units", ({ machines: { alpha } }) => {
  alpha.succeed(SYSTEMCTL);
  alpha.waitForUnit("up");
  log.info(alpha.getUnitProperty("up", "SubState"));
  alpha.waitForUnit("up", { user: "alice" });
  log.info(`${alpha.startJob("up").status}`);
});

test("unit failed", ({ machines: { alpha } }) => {
  alpha.succeed(SYSTEMCTL);
  alpha.waitForUnit("broken"); // HERE
});

test("unit failed caught", ({ machines: { alpha } }) => {
  alpha.succeed(SYSTEMCTL);
  const error = assert.throws(() => alpha.waitForUnit("broken"), { code: "unit-failed" });
  const { code, unit, state, journal } = error as ProctorError;
  log.info(`${code} ${unit} ${state} ${journal?.join(",")}`);
});

test("console", ({ machines: { alpha } }) => {
  alpha.succeed("echo marker-7 >&2");
  log.info(alpha.waitForConsoleText(/marker-[0-9]/));
});

test("wrong pattern", ({ machines: { alpha } }) => {
  alpha.connect();
  alpha.waitForConsoleText("("); // HERE
});

test("keyboard", ({ machines: { alpha } }) => {
  alpha.connect();
  alpha.sendChars("ab");
  alpha.sendKey("ctrl-c");
});

test("keyboard without the letter", ({ machines: { alpha } }) => {
  alpha.connect();
  alpha.sendChars("ß"); // HERE
});

test("files", ({ machines: { alpha } }) => {
  alpha.copyFromHost("site/hello.txt", "hello.txt");
  log.info(alpha.succeed("cat hello.txt").trim());
  log.info(alpha.copyFromMachine("hello.txt", "copies"));
  alpha.waitForFile("hello.txt");
});

test("reading denied", ({ machines: { alpha } }) => {
  alpha.copyFromHost("/etc/hostname", "hostname"); // HERE
});

test("network", ({ machines: { alpha } }) => {
  alpha.connect();
  alpha.block();
  alpha.unblock();
  alpha.waitForClosedPort(1);
});

test("forwarding denied", ({ machines: { alpha } }) => {
  alpha.start();
  alpha.forwardPort(0, 80); // HERE
});

test("denial caught", ({ machines: { alpha } }) => {
  alpha.start();
  const error = assert.throws(() => alpha.forwardPort(0, 80), ProctorError);
  const { code, capability } = error as ProctorError;
  log.info(`${code} ${capability}`);
});

test("monitor", ({ machines: { alpha } }) => {
  alpha.start();
  log.info(alpha.sendMonitorCommand("info status").trim());
  log.info(`${JSON.stringify(alpha.sendQmpCommand("query-status")).includes("running")}`);
});

test("monitor refuses", ({ machines: { alpha } }) => {
  alpha.start();
  alpha.sendQmpCommand("no-such-command"); // HERE
});

test("screen missing", ({ machines: { alpha } }) => {
  alpha.connect();
  alpha.screenshot("picture"); // HERE
});
