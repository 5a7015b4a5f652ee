// `console`, whose lines go to the test's log.

import { Span } from "proctor:driver/log@0.1.0";
import { dropSpan } from "proctor:javascript/engine@0.1.0";

import { now } from "./clock";
import { format, inspect } from "./inspect";
import { log } from "./log";
import { isRunning } from "./phase";

const groups: Span[] = [];
const timers = new Map<string, number>();
const counts = new Map<string, number>();

function beginGroup(...values: unknown[]): void {
  if (isRunning()) groups.push(new Span("group", format(values).toWellFormed()));
}

function logTime(label: string, values: unknown[]): void {
  const began = timers.get(label);
  if (began === undefined) log.warning(`no timer is named ${label}`);
  else log.info(`${label}: ${(now() - began).toFixed(3)} ms`, ...values);
}

/** `console`, as far as it makes sense where there is no terminal. */
export const consoleGlobal = {
  debug: log.debug,
  log: log.info,
  info: log.info,
  warn: log.warning,
  error: log.error,
  dir: (value: unknown): void => log.info(inspect(value)),
  table: (value: unknown): void => log.info(inspect(value)),
  trace: (...values: unknown[]): void => log.debug(`Trace: ${format(values)}\n${new Error().stack}`),
  assert: (condition?: unknown, ...values: unknown[]): void => {
    if (!condition) log.error(`Assertion failed${values.length > 0 ? `: ${format(values)}` : ""}`);
  },
  group: beginGroup,
  groupCollapsed: beginGroup,
  groupEnd: (): void => {
    const span = groups.pop();
    if (span !== undefined) dropSpan(span);
  },
  time: (label = "default"): void => void timers.set(label, now()),
  timeLog: (label = "default", ...values: unknown[]): void => logTime(label, values),
  timeEnd: (label = "default"): void => {
    logTime(label, []);
    timers.delete(label);
  },
  count: (label = "default"): void => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    log.info(`${label}: ${counts.get(label)}`);
  },
  countReset: (label = "default"): void => void counts.delete(label),
};
