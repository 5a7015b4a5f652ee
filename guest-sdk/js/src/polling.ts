// Conditions that have to hold while a part of the test runs.

import { Condition } from "proctor:driver/polling@0.1.0";

import { closure, milliseconds, optionalMilliseconds, text } from "./argument";
import type { CommandResult } from "./command";
import { ProctorError } from "./error";
import { describeAnything, shortMessage } from "./failure";
import { call, onConditionsDue, pass } from "./gate";
import { inspect } from "./inspect";
import { log } from "./log";
import { refuseOthers } from "./members";
import { checkOptions } from "./options";
import { requireRunning } from "./phase";
import { begunAt } from "./place";
import { settled } from "./promise";
import { RetryTimeout, retry } from "./retry";

/**
 * What the closure of a condition may return: nothing or true where the condition holds, false where it does not, a
 * command's output, or a command's result, whose status counts. An error says why it does not hold.
 */
export type Outcome = void | undefined | null | boolean | string | Uint8Array | CommandResult;

/** How a condition is looked at. */
export interface PollingOptions {
  /** How often, at the most, in milliseconds: before a call that comes sooner it is not. Default: 2000. */
  interval?: number;
}

/** The scopes in which the test is, the innermost last. */
const entered: ConditionScope[] = [];

onConditionsDue((conditions) => {
  for (const number of conditions) entered.find((scope) => scope.condition.number === number)?.condition.evaluateDue();
});

/**
 * Ends the scopes that the test has left open, the innermost first, when its body has ended.
 *
 * @throws {ProctorError} `polling-condition-failed`, at the place of the first whose condition does not hold.
 */
export function leaveScopes(): void {
  const failures: unknown[] = [];
  for (const scope of entered.toReversed()) {
    try {
      scope.exit();
    } catch (error) {
      log.error(describeAnything(error));
      failures.push(begunAt(error, scope.origin));
    }
  }
  for (const first of failures) throw first;
}

/**
 * A condition that has to hold while a part of the test runs. The host looks at it before each call on a machine and in
 * the middle of waits, not more often than its interval, and once more at the end of its scope. While it does not hold,
 * the calls in its scope fail with the code `polling-condition-failed`.
 *
 * ```js
 * const answers = pollingCondition("the server answers", () => client.succeed("curl --fail http://server/"));
 * answers.hold(() => server.succeed("systemctl reload nginx"));
 * ```
 *
 * @param check what is looked at. It may do what a test may; its time is bounded by the run's condition limit.
 */
export function pollingCondition(
  description: string,
  check: () => Outcome | Promise<Outcome>,
  options: PollingOptions = {},
): PollingCondition {
  return new PollingCondition(description, check, options);
}

/** A condition, made by {@link pollingCondition}. */
export class PollingCondition {
  readonly description: string;
  readonly #resource: Condition;
  readonly #check: () => unknown;
  #isEvaluated = false;

  /** @internal */
  constructor(description: string, check: () => unknown, options: PollingOptions) {
    requireRunning("pollingCondition()");
    this.description = text(description, "the description");
    this.#check = closure(check, "the condition");
    checkOptions(options, ["interval"]);
    this.#resource = new Condition(this.description, optionalMilliseconds(options.interval, "the interval"));
  }

  /** @internal */
  get number(): number {
    return this.#resource.number();
  }

  /**
   * Runs the body in the condition's scope, and looks once more afterwards. Returns what the body returns.
   *
   * @throws {ProctorError} the body's errors; `polling-condition-failed` where the condition does not hold in the end.
   */
  hold<T>(body: () => T): Awaited<T> {
    closure(body, "the body");
    const scope = this.enter();
    let value: Awaited<T>;
    try {
      value = settled(body(), "the body");
    } catch (error) {
      if (
        error instanceof ProctorError &&
        error.code === "polling-condition-failed" &&
        error.description === this.description
      ) {
        scope.abandon();
      } else {
        scope.endAfterError();
      }
      throw error;
    }
    scope.exit();
    return value;
  }

  /**
   * Begins the condition's scope, which lasts until `exit()` is called, or until the end of the block with `using`, or
   * until the test's end: a condition that does not hold then fails the test.
   *
   * @throws {ProctorError} `invalid-argument` where too many are entered, or in a condition's closure.
   */
  enter(): ConditionScope {
    const scope = new ConditionScope(this, this.#resource);
    call(() => this.#resource.enter());
    entered.push(scope);
    return scope;
  }

  /**
   * Looks whether it holds, now, whenever it was looked at before.
   *
   * @throws {ProctorError} `polling-condition-failed` where it does not.
   */
  evaluate(): void {
    call(() => this.#evaluate());
  }

  /**
   * Waits until it holds, so many milliseconds.
   *
   * @throws {ProctorError} `polling-condition-failed` where it does not in that time.
   */
  wait(timeout: number): void {
    let last = "";
    try {
      retry(
        () => {
          try {
            this.evaluate();
            return true;
          } catch (error) {
            if (!(error instanceof ProctorError && error.code === "polling-condition-failed")) throw error;
            last = error.detail ?? "";
            return false;
          }
        },
        { timeout },
      );
    } catch (error) {
      if (!(error instanceof RetryTimeout)) throw error;
      const end = last === "" ? "" : `; in the end: ${last}`;
      const message = `it did not hold within ${(milliseconds(timeout, "the timeout") / 1000).toFixed(2)} s${end}`;
      throw ProctorError.of({ tag: "polling-condition-failed", val: { description: this.description, message } });
    }
  }

  /** @internal The host tells the outcome, by the call that is made again. */
  evaluateDue(): void {
    try {
      this.#evaluate();
    } catch {
      // As above.
    }
  }

  #evaluate(): void {
    this.#resource.beginEvaluation();
    const failed = this.#outcome();
    this.#resource.endEvaluation(failed === undefined ? { tag: "ok" } : { tag: "err", val: shortMessage(failed) });
  }

  /** Why the condition does not hold, where it does not. */
  #outcome(): string | undefined {
    if (this.#isEvaluated) return "it is being evaluated already";
    this.#isEvaluated = true;
    try {
      return reason(settled(this.#check(), "the condition"));
    } catch (error) {
      return describeAnything(error);
    } finally {
      this.#isEvaluated = false;
    }
  }
}

refuseOthers(PollingCondition.prototype, "`PollingCondition` has no method");

function reason(outcome: unknown): string | undefined {
  if (outcome === undefined || outcome === null || outcome === true) return undefined;
  if (outcome === false) return "";
  if (typeof outcome === "string" || outcome instanceof Uint8Array) return undefined;
  if (typeof outcome === "object" && "command" in outcome && "status" in outcome) {
    return outcome.status === 0 ? undefined : `command \`${outcome.command}\` ended with status ${outcome.status}`;
  }
  return `it returned ${inspect(outcome)}, and has to return true, false or nothing`;
}

/** The scope of a condition. */
export class ConditionScope {
  /** @internal */
  readonly condition: PollingCondition;
  /** @internal An error that was made where it was entered. */
  readonly origin = new Error();
  readonly #resource: Condition;
  #isOpen = true;

  /** @internal */
  constructor(condition: PollingCondition, resource: Condition) {
    this.condition = condition;
    this.#resource = resource;
  }

  /**
   * Ends the scope, and looks once more. Does nothing where it has ended.
   *
   * @throws {ProctorError} `polling-condition-failed` where the condition does not hold in the end.
   */
  exit(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      pass(() => this.#resource.exit());
    } finally {
      this.#leave();
    }
  }

  /** Ends the scope: `using scope = condition.enter()`. */
  [Symbol.dispose](): void {
    this.exit();
  }

  /** @internal Ends the scope without another look: it is known that the condition does not hold. */
  abandon(): void {
    this.#isOpen = false;
    this.#leave();
    // The first is answered that the condition is due, the second that it was not looked at.
    for (let time = 0; time < 2; time += 1) {
      try {
        this.#resource.exit();
      } catch {
        // As above.
      }
    }
  }

  /** @internal Ends the scope after an error of its body: that is the test's, and this may be its reason. */
  endAfterError(): void {
    try {
      this.exit();
    } catch (broken) {
      log.error(`the scope ended with an error, and: ${describeAnything(broken)}`);
    }
  }

  #leave(): void {
    const position = entered.indexOf(this);
    if (position >= 0) entered.splice(position, 1);
  }
}

refuseOthers(ConditionScope.prototype, "`ConditionScope` has no method");
