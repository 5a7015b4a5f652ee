// Promises of this package's own, and what runs them.
//
// The host calls a test as a plain function and takes what it returns: nobody would run the engine's own promises after
// that. So the bundler turns asynchronous functions into generators, and these promises take the place of the engine's.

import { hasIntervals, queueJob, runUntil, throwUncaught } from "./event-loop";
import { log } from "./log";

type Settle<T> = (value: T) => void;

/** Rejected promises that nothing has looked at. */
const unhandled = new Map<object, unknown>();

/** A promise as the language has it. */
export class LoopPromise<T> {
  #state: "pending" | "fulfilled" | "rejected" = "pending";
  #value: unknown = undefined;
  #reactions: (() => void)[] = [];
  #isHandled = false;

  constructor(executor: (resolve: Settle<T | PromiseLike<T>>, reject: Settle<unknown>) => void) {
    const { resolve, reject } = this.#settlers();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  /** Functions of which the first call counts. */
  #settlers(): { resolve: Settle<T | PromiseLike<T>>; reject: Settle<unknown> } {
    let isDone = false;
    const once =
      <V>(settle: Settle<V>): Settle<V> =>
      (value) => {
        if (isDone) return;
        isDone = true;
        settle(value);
      };
    return {
      resolve: once((value) => this.#resolve(value)),
      reject: once((reason) => this.#settle("rejected", reason)),
    };
  }

  #resolve(value: unknown): void {
    if (value === this) {
      this.#settle("rejected", new TypeError("a promise cannot wait for itself"));
      return;
    }
    let then: unknown;
    try {
      then = isObject(value) ? value.then : undefined;
    } catch (error) {
      this.#settle("rejected", error);
      return;
    }
    if (typeof then !== "function") {
      this.#settle("fulfilled", value);
      return;
    }
    const { resolve, reject } = this.#settlers();
    queueJob(() => {
      try {
        then.call(value, resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
  }

  #settle(state: "fulfilled" | "rejected", value: unknown): void {
    this.#state = state;
    this.#value = value;
    if (state === "rejected" && !this.#isHandled) unhandled.set(this, value);
    this.#reactions.forEach(queueJob);
    this.#reactions = [];
  }

  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): LoopPromise<A | B> {
    this.#isHandled = true;
    unhandled.delete(this);
    return new LoopPromise<A | B>((resolve, reject) => {
      const react = () => {
        const handler = this.#state === "fulfilled" ? fulfilled : rejected;
        if (typeof handler !== "function") {
          if (this.#state === "fulfilled") resolve(this.#value as A);
          else reject(this.#value);
          return;
        }
        try {
          resolve((handler as (value: unknown) => A | B)(this.#value));
        } catch (error) {
          reject(error);
        }
      };
      if (this.#state === "pending") this.#reactions.push(react);
      else queueJob(react);
    });
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): LoopPromise<T | B> {
    return this.then(undefined, rejected);
  }

  finally(action?: (() => unknown) | null): LoopPromise<T> {
    if (typeof action !== "function") return this.then();
    return this.then(
      (value) => LoopPromise.resolve(action()).then(() => value),
      (reason: unknown) =>
        LoopPromise.resolve(action()).then(() => {
          throw reason;
        }),
    );
  }

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  static resolve<T>(value?: T | PromiseLike<T>): LoopPromise<T> {
    return value instanceof LoopPromise ? value : new LoopPromise<T>((resolve) => resolve(value as T));
  }

  static reject<T = never>(reason?: unknown): LoopPromise<T> {
    return new LoopPromise<T>((_, reject) => reject(reason));
  }

  static withResolvers<T>() {
    let [resolve, reject]: [Settle<T | PromiseLike<T>>, Settle<unknown>] = [() => {}, () => {}];
    const promise = new LoopPromise<T>((...settlers) => ([resolve, reject] = settlers));
    return { promise, resolve, reject };
  }

  static try<T>(action: (...values: unknown[]) => T | PromiseLike<T>, ...values: unknown[]): LoopPromise<T> {
    return new LoopPromise<T>((resolve) => resolve(action(...values)));
  }

  static all<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<T[]> {
    return collect(values, (promise, keep, _, reject) => promise.then(keep, reject));
  }

  static allSettled<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<PromiseSettledResult<T>[]> {
    return collect(values, (promise, keep) =>
      promise.then(
        (value) => keep({ status: "fulfilled", value }),
        (reason: unknown) => keep({ status: "rejected", reason }),
      ),
    );
  }

  static race<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<T> {
    return new LoopPromise<T>((resolve, reject) => {
      for (const value of values) LoopPromise.resolve(value).then(resolve, reject);
    });
  }

  static any<T>(values: Iterable<T | PromiseLike<T>>): LoopPromise<T> {
    return new LoopPromise<T>((resolve, reject) => {
      collect<T, unknown>(values, (promise, keep) => promise.then(resolve, keep)).then((errors) =>
        reject(new AggregateError(errors, "all promises were rejected")),
      );
    });
  }
}

/** One result for each value, in their order. */
function collect<T, R>(
  values: Iterable<T | PromiseLike<T>>,
  each: (promise: LoopPromise<T>, keep: Settle<R>, resolve: Settle<R[]>, reject: Settle<unknown>) => void,
): LoopPromise<R[]> {
  return new LoopPromise<R[]>((resolve, reject) => {
    const promises = Array.from(values, (value) => LoopPromise.resolve(value));
    const results = new Array<R>(promises.length);
    let left = promises.length;
    if (left === 0) resolve(results);
    promises.forEach((promise, index) => {
      const keep = (result: R) => {
        results[index] = result;
        left -= 1;
        if (left === 0) resolve(results);
      };
      each(promise, keep, resolve, reject);
    });
  });
}

function isObject(value: unknown): value is { then?: unknown } {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Whether it is a promise, of whatever kind. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value.then === "function";
}

/**
 * What a function of the author's returned; where that is a promise, what becomes of it, for which this waits.
 *
 * @param what the function, for the error that a generator is: nobody would run it, and what it tests would pass.
 */
export function settled<T>(value: T, what: string): Awaited<T> {
  const result = awaited(value);
  const kind = generatorKind(result);
  if (kind === undefined) return result;
  throw new Error(`${what} returned ${kind}, which nobody runs: make it a plain or an asynchronous function`);
}

function generatorKind(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { next, return: end, throw: fail } = value as Partial<Generator>;
  if (typeof next !== "function") return undefined;
  if (Symbol.asyncIterator in value) return "an asynchronous generator";
  return typeof end === "function" && typeof fail === "function" ? "a generator" : undefined;
}

function awaited<T>(value: T): Awaited<T> {
  if (!isThenable(value)) return value as Awaited<T>;
  let outcome: { value: unknown } | { reason: unknown } | undefined;
  value.then(
    (result) => (outcome = { value: result }),
    (reason: unknown) => (outcome = { reason }),
  );
  if (!runUntil(() => outcome !== undefined) || outcome === undefined) {
    throw new Error("it waits for a promise that nothing will ever settle");
  }
  if ("reason" in outcome) throw outcome.reason;
  return outcome.value as Awaited<T>;
}

/**
 * Runs what the test's body left behind: jobs and timers.
 *
 * @throws The first error of a timer, and the reason of a rejected promise that nobody looked at, for example of a call
 * without `await`.
 */
export function runOut(): void {
  throwUncaught();
  if (hasIntervals()) log.warning("an interval was not cleared: the test goes on until it is, or a limit passes");
  runUntil(() => unhandled.size > 0);
  throwUncaught();
  for (const reason of unhandled.values()) throw reason;
}
