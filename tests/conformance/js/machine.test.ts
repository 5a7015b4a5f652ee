// Life of a machine.

import { log, test } from "proctor";

test("life", ({ machines: { alpha } }) => {
  alpha.start();
  alpha.connect();
  log.info(`${alpha.isUp()}`);
  alpha.crash();
  log.info(`${alpha.isUp()}`);
  alpha.succeed("true");
  alpha.shutdown();
  alpha.waitForShutdown();
  log.info(`${alpha.isUp()}`);
});

test("reboot refused", ({ machines: { alpha } }) => {
  alpha.start();
  alpha.reboot(); // HERE
});

test("keyboard of a machine that is off", ({ machines: { alpha } }) => {
  alpha.sendKey("a"); // HERE
});

test("machine dies", ({ machines: { alpha } }) => {
  alpha.connect();
  alpha.succeed("poweroff; sleep 60"); // HERE
});
