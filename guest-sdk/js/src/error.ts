// Why a call did not do what it was asked to do.

import type { ErrorCause, HostError } from "proctor:driver/types@0.1.0";

import { placeOf, type Place } from "./place";
import { byteLength, decodeText } from "./text";

/** Longer commands and actions are cut in messages; the fields have them whole. A line of a log should be readable. */
const SHOWN_CHARACTERS = 300;

/**
 * Of a command's output in a failure only as many bytes go back to the host, the last ones. The host has seen the
 * output before, and limits how much a test may hand to it at a time.
 */
const RETURNED_OUTPUT_BYTES = 64 * 1024;

/** The records of errors, out of the author's reach. */
const records = new WeakMap<object, HostError>();

/** What went wrong, by the name that it has in every language. */
export type ErrorCode = Exclude<ErrorCause["tag"], "conditions-due">;

/**
 * A call of the test's that failed. `message` is one sentence; `code` tells what went wrong, and which of the other
 * fields there are:
 *
 * | `code` | Meaning | Fields |
 * |---|---|---|
 * | `timed-out` | a limit passed | `limit`, `budget`, `lastSeen` |
 * | `command-failed` | a command should have succeeded | `command`, `status`, `output`, `bytes` |
 * | `command-unexpectedly-succeeded` | a command should have failed | `command`, `status`, `output`, `bytes` |
 * | `output-too-large` | a command printed more than one may | `command`, `limitBytes` |
 * | `shell-lost` | the shell in which a command ran was killed | `command`, `reason`, `restored` |
 * | `machine-down` | the machine is off, or stopped meanwhile | `status`, `console` |
 * | `unit-failed` | a unit is not in the state that was wanted | `unit`, `user`, `state`, `detail`, `journal` |
 * | `denied` | the run does not grant this | `capability`, `what` |
 * | `monitor-error` | the machine's monitor refused | `detail` |
 * | `unsupported` | the machine has no means to do this | `detail` |
 * | `invalid-argument` | an argument that cannot be meant | `detail` |
 * | `polling-condition-failed` | a polling condition does not hold | `description`, `detail` |
 * | `host-failure` | the fault is the test host's | `detail` |
 */
export class ProctorError extends Error {
  override readonly name: string = "ProctorError";
  /** What went wrong. */
  readonly code: ErrorCode;
  /** The machine concerned, where there is one. */
  readonly machine: string | undefined;
  /** What was in progress, for example `succeed("true")`. None where no call of the host failed. */
  readonly action: string | undefined;
  /** How long the call had taken when it failed, in milliseconds. None where no call of the host failed. */
  readonly elapsed: number | undefined;

  /** The command as it was given. */
  declare readonly command?: string;
  /** A command's exit status; how a machine ended, such as `signal: 9 (SIGKILL)` or `not started`. */
  declare readonly status?: number | string;
  /** What the command printed, as text. */
  declare readonly output?: string;
  /** What the command printed, byte for byte. */
  declare readonly bytes?: Uint8Array;
  /** The name of the limit, as `proctor run --help` has it. */
  declare readonly limit?: string;
  /** The limit's value, in milliseconds. */
  declare readonly budget?: number;
  /** The last thing that was seen: a status, a line, a state. */
  declare readonly lastSeen?: string | undefined;
  /** How many bytes one command may print. */
  declare readonly limitBytes?: number;
  /** What is known of a shell's end. */
  declare readonly reason?: string;
  /** Whether a new shell answers. */
  declare readonly restored?: boolean;
  /** The last lines of the machine's serial console, oldest first. */
  declare readonly console?: readonly string[];
  /** The unit. */
  declare readonly unit?: string;
  /** Whose the unit is, where it is a user's. */
  declare readonly user?: string | undefined;
  /** The unit's active state, for example `failed`. */
  declare readonly state?: string;
  /** The last lines of the unit's journal, oldest first. */
  declare readonly journal?: readonly string[];
  /** The flag of `proctor run` that would grant it, for example `allow-read`. */
  declare readonly capability?: string;
  /** What was refused. */
  declare readonly what?: string;
  /** The polling condition's description. */
  declare readonly description?: string;
  /** What is known besides, in one line. May be empty. */
  declare readonly detail?: string;

  private constructor(cause: ErrorCause, call: Omit<HostError, "cause"> | undefined) {
    super(display(cause, call));
    this.code = cause.tag as ErrorCode;
    this.machine = call?.machine ?? undefined;
    this.action = call?.action;
    this.elapsed = call?.elapsed;
    Object.assign(this, fields(cause));
    if (call !== undefined) records.set(this, { ...call, cause: copied(cause) });
  }

  /** An error without a call of the host. */
  static of(cause: ErrorCause): ProctorError {
    return new ProctorError(cause, undefined);
  }

  /** The host's error, begun at the place of this call. */
  static fromHost({ cause, ...call }: HostError): ProctorError {
    // It is answered before an error becomes ours.
    const message = "conditions are due and could not be evaluated";
    const told: ErrorCause =
      cause.tag === "conditions-due" ? { tag: "polling-condition-failed", val: { description: "", message } } : cause;
    return new ProctorError(told, call);
  }

  /** Where in the test the call stands. */
  get place(): Place | undefined {
    return placeOf(this);
  }
}

/** The host's record of the call that failed, for the failure that the error may become. */
export function recordOf(error: ProctorError): HostError | undefined {
  return records.get(error);
}

/** A cause of which the author has no part, with less of a command's output: the engine ends where a type is wrong. */
function copied(cause: ErrorCause): ErrorCause {
  switch (cause.tag) {
    case "command-failed":
    case "command-unexpectedly-succeeded":
      return { tag: cause.tag, val: { ...cause.val, stdout: cause.val.stdout.slice(-RETURNED_OUTPUT_BYTES) } };
    case "machine-down":
      return { tag: cause.tag, val: { ...cause.val, console: [...cause.val.console] } };
    case "unit-failed":
      return { tag: cause.tag, val: { ...cause.val, journal: [...cause.val.journal] } };
    default:
      // What the author gets of these are texts and numbers.
      return cause;
  }
}

function fields(cause: ErrorCause): object {
  switch (cause.tag) {
    case "timed-out":
      return { ...cause.val, lastSeen: cause.val.lastSeen ?? undefined };
    case "command-failed":
    case "command-unexpectedly-succeeded": {
      const { command, status, stdout } = cause.val;
      return { command, status, output: decodeText(stdout), bytes: stdout };
    }
    case "unit-failed": {
      const { message, user, ...rest } = cause.val;
      return { ...rest, user: user ?? undefined, detail: message };
    }
    case "polling-condition-failed":
      return { description: cause.val.description, detail: cause.val.message };
    case "monitor-error":
    case "unsupported":
    case "invalid-argument":
    case "host-failure":
      return { detail: cause.val };
    default:
      return cause.val;
  }
}

function display(cause: ErrorCause, call: Omit<HostError, "cause"> | undefined): string {
  if (call === undefined) return displayCause(cause);
  const machine = call.machine === null ? "" : `machine \`${call.machine}\`: `;
  return `${machine}${shortened(call.action)} failed after ${seconds(call.elapsed)}: ${displayCause(cause)}`;
}

function displayCause(cause: ErrorCause): string {
  switch (cause.tag) {
    case "timed-out": {
      const { limit, budget, lastSeen } = cause.val;
      return `timed out: ${limit} of ${seconds(budget)} passed${lastSeen === null ? "" : `; last seen: ${lastSeen}`}`;
    }
    case "command-failed":
      return `command \`${shortened(cause.val.command)}\` failed (exit code ${cause.val.status})`;
    case "command-unexpectedly-succeeded":
      return `command \`${shortened(cause.val.command)}\` unexpectedly succeeded`;
    case "output-too-large": {
      const { command, limitBytes } = cause.val;
      return `command \`${shortened(command)}\` printed more than the ${limitBytes} bytes that one command may`;
    }
    case "shell-lost": {
      const { command, reason, restored } = cause.val;
      const now = restored ? "a new one answers" : "there is no new one";
      return `command \`${shortened(command)}\` lost its shell (${reason}); ${now}`;
    }
    case "machine-down":
      return `the machine is not running (${cause.val.status})`;
    case "unit-failed":
      return cause.val.message;
    case "denied":
      return `denied: ${cause.val.what}; to allow it, run with --${cause.val.capability}`;
    case "monitor-error":
      return `the machine's monitor answered: ${cause.val}`;
    case "unsupported":
      return `not supported: ${cause.val}`;
    case "invalid-argument":
      return cause.val;
    case "polling-condition-failed": {
      const { description, message } = cause.val;
      return `Polling condition failed: ${description}${message === "" ? "" : `: ${message}`}`;
    }
    case "host-failure":
      return `the test host failed: ${cause.val}`;
    case "conditions-due":
      return "conditions are due and could not be evaluated";
  }
}

/** As the host's log has it: `0.05 s`, `12.3 s`. */
function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return `${rounded(value, value < 10 ? 2 : 1)} s`;
}

/** With so many places, as the host rounds: of two numbers that are as near, the even one. */
export function rounded(value: number, places: number): string {
  const scaled = value * 10 ** places;
  const isTie = Number.isInteger(value * 8) && scaled % 1 === 0.5;
  const below = Math.floor(scaled);
  return (isTie ? (below + (below % 2)) / 10 ** places : value).toFixed(places);
}

/** At most {@link SHOWN_CHARACTERS} of a text, with a note of its length in bytes where that cuts it. */
function shortened(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  const characters = Array.from(text.slice(0, 2 * SHOWN_CHARACTERS + 2));
  if (characters.length <= SHOWN_CHARACTERS) return text;
  return `${characters.slice(0, SHOWN_CHARACTERS).join("")}... (${byteLength(text)} bytes)`;
}
