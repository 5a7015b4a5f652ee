// Commands.

import { ProctorError, log, subtest, test } from "proctor";

/** The limit of waits that are in vain, in milliseconds. */
const SHORT = 300;

/** The error with which an action fails. */
function errorOf(action: () => unknown): ProctorError {
  try {
    action();
  } catch (error) {
    if (error instanceof ProctorError) return error;
    throw error;
  }
  throw new Error("it succeeded");
}

test("output", ({ machines: { alpha } }) => {
  log.info(alpha.succeed("echo hello").trim());
});

test("output of two machines", ({ machines: { alpha, beta } }) => {
  log.info(alpha.succeed("echo alpha").trim());
  log.info(beta.succeed("echo beta").trim());
});

test("status and output", ({ machines: { alpha } }) => {
  const { status, output } = alpha.execute("echo out; exit 7");
  log.info(`${status} ${output.trim()}`);
});

test("failing as wanted", ({ machines: { alpha } }) => {
  log.info(alpha.fail("echo no; exit 3").trim());
});

test("command failed", ({ machines: { alpha } }) => {
  alpha.succeed("echo out; exit 3"); // HERE
});

test("command succeeded", ({ machines: { alpha } }) => {
  alpha.fail("echo yes"); // HERE
});

test("error caught", ({ machines: { alpha } }) => {
  const error = errorOf(() => alpha.succeed("echo out; exit 3"));
  const { code, command, status, output, machine, action } = error;
  log.info(`${code} ${command} ${status} ${output?.trim()} ${machine} ${action}`);
});

test("until it succeeds", ({ machines: { alpha } }) => {
  const out = alpha.waitUntilSucceeds(
    'n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; echo "try $n"; [ $n -ge 2 ]',
  );
  log.info(out.trim());
});

test("until it fails", ({ machines: { alpha } }) => {
  const out = alpha.waitUntilFails("[ ! -e failing ] && touch failing", { encoding: "bytes" });
  log.info(`failed ${out.length}`);
});

test("timed out", ({ machines: { alpha } }) => {
  alpha.waitUntilSucceeds("echo seen; exit 9", { timeout: SHORT }); // HERE
});

test("timed out caught", ({ machines: { alpha } }) => {
  const { code, limit, budget } = errorOf(() => alpha.waitUntilSucceeds("exit 9", { timeout: SHORT }));
  log.info(`${code} ${limit} ${budget}`);
});

test("execute in time", ({ machines: { alpha } }) => {
  log.info(`${alpha.execute("sleep 60", { timeout: SHORT }).status}`);
});

test("succeed in time", ({ machines: { alpha } }) => {
  alpha.succeed("sleep 60", { timeout: SHORT }); // HERE
});

test("bytes", ({ machines: { alpha } }) => {
  const bytes = alpha.succeed("printf '\\000\\377\\200ok'", { encoding: "bytes" });
  log.info(Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
});

test("text of bytes", ({ machines: { alpha } }) => {
  log.info(alpha.succeed("printf 'a\\377b'"));
});

test("unicode", ({ machines: { alpha } }) => {
  subtest("grüße 🎉", () => {
    log.info(alpha.succeed("echo 'grüß 日本 🎉'").trim());
  });
});

test("nul", ({ machines: { alpha } }) => {
  alpha.succeed("echo a\0b"); // HERE
});

test("long command", ({ machines: { alpha } }) => {
  log.info(alpha.succeed(`printf %s ${"x".repeat(1_000_000)} | wc -c`).trim());
});

test("large output", ({ machines: { alpha } }) => {
  log.info(`${alpha.succeed("head -c 8388608 /dev/zero", { encoding: "bytes" }).length}`);
});

test("too large output", ({ machines: { alpha } }) => {
  alpha.succeed("head -c 20000000 /dev/zero"); // HERE
});

test("shell killed", ({ machines: { alpha } }) => {
  alpha.succeed("kill -9 $PPID $$; sleep 1"); // HERE
});

test("sleep", ({ machines: { alpha } }) => {
  alpha.sleep(50);
  log.info("slept");
});
