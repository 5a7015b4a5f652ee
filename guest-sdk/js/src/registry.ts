// The tests of the component, and what the host calls.

import type { Failure } from "proctor:driver/types@0.1.0";

import { closure, optionalMilliseconds, optionalText, text } from "./argument";
import { beginClock } from "./clock";
import { Driver } from "./driver";
import { failureOf, plainFailure } from "./failure";
import { writeKeptLines } from "./log";
import type { Machine } from "./machine";
import { isAskedOfAnything, refuseOthers } from "./members";
import { checkOptions } from "./options";
import { beginRunning, isRunning } from "./phase";
import { placeOf, type Place } from "./place";
import { leaveScopes } from "./polling";
import { runOut, settled } from "./promise";

/** What the list of tests tells of one. */
export interface TestOptions {
  /** One line. */
  description?: string | undefined;
  /** For selection. */
  tags?: readonly string[] | undefined;
  /**
   * How long the test may take, in milliseconds, the first boot of each machine not counted. Default: the run's test
   * limit, which it can never exceed.
   */
  timeout?: number | undefined;
}

/** All machines: by their names, or one after the other, sorted by name. */
export type Machines = Iterable<Machine> & { readonly [name: string]: Machine };

/** What a test gets. */
export interface TestContext {
  /** The machines and VLANs of the test. */
  readonly driver: Driver;
  /** The machine, for tests that run with one machine whatever its name; an error where there are none or several. */
  readonly machine: Machine;
  /** All machines, by their names: `({ machines: { server, client } }) => ...`. */
  readonly machines: Machines;
}

/** The body of a test. */
export type TestBody = (context: TestContext) => unknown;

interface Registration {
  name: string;
  description: string | null;
  tags: string[];
  timeout: number | null;
  /** An error that was made where the test stands. */
  origin: Error;
  body: TestBody;
}

const registrations: Registration[] = [];

/**
 * A test. It fails when its body throws, or returns a promise that is rejected, or when something does that it left
 * behind: a timer, or a promise that nobody awaits. It ends when all timers have run.
 *
 * ```js
 * test("web server", { tags: ["network"], timeout: 120_000 }, ({ machines: { server, client } }) => {
 *   server.succeed("systemctl start nginx");
 *   client.succeed("curl --fail http://server/");
 * });
 * ```
 *
 * @param name unique among the project's tests.
 */
export function test(name: string, body: TestBody): void;
export function test(name: string, options: TestOptions, body: TestBody): void;
export function test(name: string, options: TestOptions | TestBody, body?: TestBody): void {
  const [given, run] = typeof options === "function" ? [{}, options] : [options ?? {}, body];
  const origin = new Error(name);
  if (isRunning()) throw new Error("test() is called in a test; name a part of one with subtest()");
  checkOptions(given, ["description", "tags", "timeout"]);
  registrations.push({
    name: text(name, "the name"),
    description: optionalText(given.description, "the description"),
    tags: Array.from(given.tags ?? [], (tag) => text(tag, "a tag")),
    timeout: optionalMilliseconds(given.timeout, "the timeout"),
    origin,
    body: closure(run as TestBody, "the test"),
  });
}

/** What the host calls: the interface `tests`. */
export const tests = {
  list() {
    beginRunning();
    return registrations.map(({ name, description, tags, timeout, origin }) => ({
      name,
      description,
      tags,
      timeout,
      place: placeOf(origin) ?? null,
    }));
  },

  run(name: string): void {
    beginRunning();
    beginClock();
    const registration = registrations.find((some) => some.name === name);
    if (registration === undefined) throw plainFailure(unknownName(name));
    try {
      writeKeptLines();
      settled(registration.body(contextOf(new Driver())), "the test");
      runOut();
      leaveScopes();
      runOut();
    } catch (error) {
      throw failureOf(error, placeOf(registration.origin)) satisfies Failure;
    }
  },
};

/** Fails where a name stands for two tests: when the component is made. */
export function checkNames(): void {
  const seen = new Map<string, Registration>();
  for (const registration of registrations) {
    const first = seen.get(registration.name);
    if (first !== undefined) {
      const [one, other] = [shown(placeOf(first.origin)), shown(placeOf(registration.origin))];
      throw new Error(`two tests are named \`${registration.name}\`: at ${one} and at ${other}; give one another name`);
    }
    seen.set(registration.name, registration);
  }
}

function shown(place: Place | undefined): string {
  return place === undefined ? "an unknown place" : `${place.file}:${place.line}`;
}

function unknownName(name: string): string {
  const names = registrations.map((registration) => `\`${registration.name}\``).join(", ");
  return names === ""
    ? `no test is named \`${name}\`; the component has none`
    : `no test is named \`${name}\`; there are ${names}`;
}

function contextOf(driver: Driver): TestContext {
  const machines = new Proxy({} as Machines, {
    get(_, key) {
      if (key === Symbol.iterator) return () => driver.machines()[Symbol.iterator]();
      return typeof key === "symbol" || isAskedOfAnything(key) ? undefined : driver.machine(key);
    },
    has: (_, key) => driver.machines().some((machine) => machine.name === key),
    ownKeys: () => driver.machines().map((machine) => machine.name),
    getOwnPropertyDescriptor: (_, key) =>
      typeof key === "string" ? { value: driver.machine(key), enumerable: true, configurable: true } : undefined,
  });
  const context = {
    driver,
    machines,
    get machine() {
      return driver.onlyMachine();
    },
  };
  return refuseOthers(context, "what a test gets has no member");
}
