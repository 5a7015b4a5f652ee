// The driver.

import { log, test } from "proctor";

test("lookups", ({ driver }) => {
  const names = driver.machines().map((machine) => machine.name);
  const numbers = driver.vlans().map((vlan) => vlan.number);
  log.info(`machines: ${names.join(" ")}`);
  log.info(`vlans: ${numbers.join(" ")}`);
  log.info(`vlan 1 is up: ${driver.vlan(1).isUp()}`);
  log.info(`colour: ${driver.parameter("colour")}`);
  log.info(`shape: ${driver.parameter("shape") ?? "none"}`);
});

test("metadata", { description: "What the list tells", tags: ["one", "two"], timeout: 60_000 }, () => {});

test("machine unknown", ({ driver }) => {
  driver.machine("gamma"); // HERE
});

test("vlan unknown", ({ driver }) => {
  driver.vlan(9); // HERE
});

test("only machine of two", (context) => {
  context.machine.name; // HERE
});

test("output file", ({ driver }) => {
  driver.writeOutputFile("notes/a.txt", "text");
  log.info("written");
});

test("output file outside", ({ driver }) => {
  driver.writeOutputFile("../a.txt", "text"); // HERE
});

test("start all", ({ driver }) => {
  driver.startAll();
  const [alpha, beta] = [driver.machine("alpha"), driver.machine("beta")];
  alpha.connect();
  beta.connect();
  log.info(`${alpha.isUp()} ${beta.isUp()}`);
});
