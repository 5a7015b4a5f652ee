// Commands on a machine.

import type { Machine as Resource } from "proctor:driver/machine@0.1.0";
import * as shell from "proctor:driver/shell@0.1.0";

import { milliseconds, optionalMilliseconds, text } from "./argument";
import { CommandResult, type CommandOptions, type RepeatOptions, type TimeoutOptions } from "./command";
import { ProctorError } from "./error";
import { passWithin } from "./gate";
import { inspect } from "./inspect";
import { checkOptions } from "./options";
import { decodeText } from "./text";

/**
 * The time of a call's options, for the host.
 *
 * @param others the options that the call takes besides
 */
export function timeoutOf<O extends TimeoutOptions>(
  options: O | undefined,
  ...others: Exclude<keyof O & string, "timeout">[]
): number | null {
  checkOptions(options, ["timeout", ...others]);
  return optionalMilliseconds(options?.timeout, "the timeout");
}

/** How the output is returned: of the options, the one that is looked at when the command has run. */
function decoderOf(options: CommandOptions | undefined): (bytes: Uint8Array) => string | Uint8Array {
  const encoding = options?.encoding ?? "text";
  if (encoding !== "text" && encoding !== "bytes") {
    const val = `the encoding has to be "text" or "bytes" and is ${inspect(encoding)}`;
    throw ProctorError.of({ tag: "invalid-argument", val });
  }
  return encoding === "bytes" ? (bytes) => bytes : decodeText;
}

/**
 * Commands. Every command is run by bash as root in `/tmp` under `set -euo pipefail`, with nothing on its standard
 * input and its standard error on the serial console. The machine is started and its boot waited for where needed.
 *
 * Besides what a method names, all can fail with the codes `machine-down`, `timed-out`, `shell-lost`,
 * `output-too-large`, `host-failure`, and `invalid-argument` for a NUL, which no command can have.
 */
export abstract class WithShell {
  readonly #resource: Resource;

  /** @internal */
  constructor(resource: Resource) {
    this.#resource = resource;
  }

  protected get resource(): Resource {
    return this.#resource;
  }

  /**
   * Runs a command and returns its status and output, whatever they are. After a passed timeout the status is 124 and
   * the output what it had printed.
   */
  execute(command: string, options?: TimeoutOptions): CommandResult {
    text(command, "the command");
    return new CommandResult(
      passWithin(timeoutOf(options), (timeout) => shell.execute(this.resource, command, timeout)),
    );
  }

  /**
   * Runs a command, which must succeed, and returns its output.
   *
   * @throws {ProctorError} `command-failed` where it does not.
   */
  succeed(command: string, options: CommandOptions & { encoding: "bytes" }): Uint8Array;
  succeed(command: string, options?: CommandOptions & { encoding?: "text" | undefined }): string;
  succeed(command: string, options?: CommandOptions): string | Uint8Array {
    text(command, "the command");
    const decode = decoderOf(options);
    return decode(
      passWithin(timeoutOf(options, "encoding"), (timeout) => shell.succeed(this.resource, command, timeout)),
    );
  }

  /**
   * Runs a command, which must fail, and returns its output.
   *
   * @throws {ProctorError} `command-unexpectedly-succeeded` where it does not.
   */
  fail(command: string, options: CommandOptions & { encoding: "bytes" }): Uint8Array;
  fail(command: string, options?: CommandOptions & { encoding?: "text" | undefined }): string;
  fail(command: string, options?: CommandOptions): string | Uint8Array {
    text(command, "the command");
    const decode = decoderOf(options);
    return decode(passWithin(timeoutOf(options, "encoding"), (timeout) => shell.fail(this.resource, command, timeout)));
  }

  /**
   * Repeats a command until it succeeds and returns its output.
   *
   * @throws {ProctorError} `timed-out`, which tells the last attempt's status and output.
   */
  waitUntilSucceeds(command: string, options: RepeatOptions & { encoding: "bytes" }): Uint8Array;
  waitUntilSucceeds(command: string, options?: RepeatOptions & { encoding?: "text" | undefined }): string;
  waitUntilSucceeds(command: string, options?: RepeatOptions): string | Uint8Array {
    text(command, "the command");
    const attempt = optionalMilliseconds(options?.attemptTimeout, "the attempt's timeout");
    const decode = decoderOf(options);
    const limit = timeoutOf(options, "encoding", "attemptTimeout");
    return decode(passWithin(limit, (timeout) => shell.waitUntilSucceeds(this.resource, command, timeout, attempt)));
  }

  /**
   * Repeats a command until it fails and returns its output.
   *
   * @throws {ProctorError} `timed-out`, which tells the last attempt's status and output.
   */
  waitUntilFails(command: string, options: RepeatOptions & { encoding: "bytes" }): Uint8Array;
  waitUntilFails(command: string, options?: RepeatOptions & { encoding?: "text" | undefined }): string;
  waitUntilFails(command: string, options?: RepeatOptions): string | Uint8Array {
    text(command, "the command");
    const attempt = optionalMilliseconds(options?.attemptTimeout, "the attempt's timeout");
    const decode = decoderOf(options);
    const limit = timeoutOf(options, "encoding", "attemptTimeout");
    return decode(passWithin(limit, (timeout) => shell.waitUntilFails(this.resource, command, timeout, attempt)));
  }

  /** Lets time pass on the machine's clock: milliseconds, rounded up, at most 49 days. */
  sleep(duration: number): void {
    passWithin(milliseconds(duration, "the duration"), (left) => shell.sleep(this.resource, left ?? 0));
  }
}
