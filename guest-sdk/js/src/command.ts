// What commands are told, and how they ended.

import type { CommandResult as HostResult } from "proctor:driver/types@0.1.0";

import { refuseOthers } from "./members";
import { decodeText } from "./text";

/** How long a call may take. */
export interface TimeoutOptions {
  /**
   * In milliseconds, rounded up, at most 49 days. Default: as long as the run lets a call take, 15 minutes if it does
   * not say. A boot that a call waits for first is not counted.
   */
  timeout?: number | undefined;
}

/** How a command is run. */
export interface CommandOptions extends TimeoutOptions {
  /**
   * What the output is returned as: `text`, where U+FFFD stands for what is not UTF-8, or `bytes`, exactly. Default:
   * `text`.
   */
  encoding?: "text" | "bytes" | undefined;
}

/** How a command is repeated. */
export interface RepeatOptions extends CommandOptions {
  /**
   * How long one attempt may take, in milliseconds; one that runs over is killed and counts as none that succeeded or
   * failed. Default: what is left of the timeout, which is for all attempts together.
   */
  attemptTimeout?: number | undefined;
}

/** How a command ended. */
export class CommandResult {
  /** The command as it was given. */
  readonly command: string;
  /** Its exit status; 128 + N after signal N, 124 after a passed timeout. */
  readonly status: number;
  /** What it printed to standard output, byte for byte. */
  readonly bytes: Uint8Array;
  #output: string | undefined;

  /** @internal */
  constructor({ command, status, stdout }: HostResult) {
    this.command = command;
    this.status = status;
    this.bytes = stdout;
  }

  /** What it printed to standard output, as text, with U+FFFD for what is not UTF-8. */
  get output(): string {
    this.#output ??= decodeText(this.bytes);
    return this.#output;
  }

  /** Whether the exit status is 0. */
  get success(): boolean {
    return this.status === 0;
  }
}

refuseOthers(CommandResult.prototype, "`CommandResult` has no member");
