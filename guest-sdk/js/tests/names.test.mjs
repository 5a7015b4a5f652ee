import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./package.mjs";

const calls = [];
const host = { log: { write: () => {} }, shell: { succeed: (...given) => calls.push(given) && new Uint8Array() } };
const { Machine, checkOptions, nearest, refuseOthers } = await load(["machine", "options", "nearest", "members"], host);

test("the nearest name is found, and none that is far", () => {
  const names = ["timeout", "encoding", "attemptTimeout", "waitForUnit", "warning"];
  const found = {
    timout: "timeout",
    tiemout: "timeout",
    Timeout: "timeout",
    wait_for_unit: "waitForUnit",
    warn: "warning",
    attempt: "attemptTimeout",
  };
  for (const [name, near] of Object.entries(found)) assert.equal(nearest(name, names), near, name);
  for (const name of ["", "x", "user", "hello"]) assert.equal(nearest(name, names), undefined, name);
});

test("an option that there is not is refused before anything is done", () => {
  const machine = new Machine({}, "server");
  const refused = (options, message) =>
    assert.throws(() => machine.succeed("true", options), { code: "invalid-argument", message });
  refused({ timout: 3 }, "there is no option `timout`; is it `timeout`?");
  refused({ timout: undefined }, "there is no option `timout`; is it `timeout`?");
  refused({ user: "a" }, "there is no option `user`; there are `timeout`, `encoding`");
  refused({ encoding: "utf8" }, 'the encoding has to be "text" or "bytes" and is "utf8"');
  refused(5, "the options have to be an object such as { timeout: ... }");
  assert.deepEqual(calls, []);
  machine.succeed("true", { timeout: 3, encoding: undefined });
  machine.succeed("true");
  assert.deepEqual(
    calls.map(([, ...given]) => given),
    [
      ["true", 3],
      ["true", null],
    ],
  );
  assert.throws(() => checkOptions({ a: 1 }, ["hello"]), { message: "there is no option `a`; there is only `hello`" });
});

test("a member that there is not is refused, and is told the nearest", () => {
  const machine = new Machine({}, "server");
  const message = "`Machine` has no method `suceed`; is it `succeed`?";
  assert.throws(() => machine.suceed("true"), { name: "TypeError", message });
  assert.throws(() => machine.frobnicate(), { message: "`Machine` has no method `frobnicate`" });
  assert.throws(() => machine.nmae, { message: "`Machine` has no method `nmae`; is it `name`?" });
});

test("what is asked of any object is answered as always", async () => {
  const machine = new Machine({}, "server");
  assert.equal(await machine, machine);
  assert.equal(JSON.stringify(machine), '{"name":"server"}');
  assert.equal(String(machine), "[object Object]");
  assert.equal("suceed" in machine, false);
  assert.ok(machine instanceof Object && machine instanceof Machine);
  machine.mine = 3;
  assert.equal(machine.mine, 3);
  const callable = refuseOthers(() => 7, "it has no");
  assert.equal(callable.call(), 7);
  assert.throws(() => callable.nope, { message: "it has no `nope`" });
});
