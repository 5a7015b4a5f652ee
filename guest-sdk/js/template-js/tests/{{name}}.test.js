import { assert, log, subtest, test } from "proctor";

test("{{name}}", { description: "The machine says hello", timeout: 120_000 }, ({ machine }) => {
  subtest("a command runs", () => {
    const output = machine.succeed("echo hello");
    assert.equal(output.trim(), "hello");
    log.info(`${machine.name} says ${output.trim()}`);
  });

  subtest("a command fails", () => {
    const result = machine.execute("exit 3");
    assert.equal(result.status, 3);
  });
});
