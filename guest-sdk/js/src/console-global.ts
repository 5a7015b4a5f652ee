// `console`, whose lines go to the test's log.

import { Span } from "proctor:driver/log@0.1.0";
import { dropSpan } from "proctor:javascript/engine@0.1.0";

import { now } from "./clock";
import { shortMessage } from "./failure";
import { format, inspect, plain } from "./inspect";
import { log } from "./log";
import { isRunning } from "./phase";

const groups: Span[] = [];
const timers = new Map<string, number>();
const counts = new Map<string, number>();

function beginGroup(...values: unknown[]): void {
  if (isRunning()) groups.push(new Span("group", shortMessage(format(values))));
}

function logTime(label: unknown, values: unknown[]): void {
  const name = plain(label);
  const began = timers.get(name);
  if (began === undefined) log.warning("no timer is named", name);
  else log.info("%s: %s ms", name, (now() - began).toFixed(3), ...values);
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
  time: (label: unknown = "default"): void => void timers.set(plain(label), now()),
  timeLog: (label: unknown = "default", ...values: unknown[]): void => logTime(label, values),
  timeEnd: (label: unknown = "default"): void => {
    logTime(label, []);
    timers.delete(plain(label));
  },
  count: (label: unknown = "default"): void => {
    const name = plain(label);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    log.info("%s: %s", name, count);
  },
  countReset: (label: unknown = "default"): void => void counts.delete(plain(label)),
};
