// A machine's own monitor. The run has to grant it: who commands the monitor commands the host.

import * as monitor from "proctor:driver/monitor@0.1.0";

import { optionalText, text } from "./argument";
import type { TimeoutOptions } from "./command";
import { passWithin } from "./gate";
import { WithNetwork } from "./network";
import { timeoutOf } from "./shell";

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Which events of a machine's monitor are meant, and how long to wait for one. */
export interface EventOptions extends TimeoutOptions {
  /** The event's name, for example `RESET`. Default: any. */
  name?: string | undefined;
  /** Only events whose data has these members, with the same values: `{ guest: true }`. Default: any. */
  data?: { readonly [name: string]: Json } | undefined;
}

/** An event of a machine's monitor. */
export interface QmpEvent {
  /** Its name. */
  readonly event: string;
  /** What it tells. */
  readonly data?: { readonly [name: string]: Json };
  /** When it happened. */
  readonly timestamp: { readonly seconds: number; readonly microseconds: number };
}

/** The monitor. All can fail with the codes `denied` and `monitor-error`. */
export abstract class WithMonitor extends WithNetwork {
  /** Runs a command of the text monitor and returns what it prints. */
  sendMonitorCommand(command: string, options?: TimeoutOptions): string {
    text(command, "the command");
    return passWithin(timeoutOf(options), (timeout) => monitor.sendMonitorCommand(this.resource, command, timeout));
  }

  /** Runs a command of the monitor for programs, with an object for its arguments. Returns the answer. */
  sendQmpCommand(command: string, values?: { readonly [name: string]: Json }, options?: TimeoutOptions): Json {
    text(command, "the command");
    const given = values === undefined ? null : JSON.stringify(values);
    return JSON.parse(
      passWithin(timeoutOf(options), (timeout) => monitor.sendQmpCommand(this.resource, command, given, timeout)),
    ) as Json;
  }

  /** Waits for an event. Looks at those since the machine's start, or since the one that was returned last. */
  waitForQmpEvent(options: EventOptions = {}): QmpEvent {
    const limit = timeoutOf(options, "name", "data");
    const name = optionalText(options.name, "the event's name");
    const filter = { name, data: options.data === undefined ? null : JSON.stringify(options.data) };
    return JSON.parse(
      passWithin(limit, (timeout) => monitor.waitForQmpEvent(this.resource, filter, timeout)),
    ) as QmpEvent;
  }
}
