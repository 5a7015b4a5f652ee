// The services of a machine that runs systemd.

import * as units from "proctor:driver/units@0.1.0";

import { optionalText, text } from "./argument";
import { CommandResult, type TimeoutOptions } from "./command";
import { passWithin } from "./gate";
import { WithShell, timeoutOf } from "./shell";

/** Whose units, and how long a call may take. */
export interface UnitOptions extends TimeoutOptions {
  /**
   * The user whose units are meant; that user's service manager must run, for example because the user lingers or has
   * logged in. Default: the system's units.
   */
  user?: string | undefined;
}

function userOf(options: UnitOptions | undefined): string | null {
  return optionalText(options?.user, "the user");
}

/** Units. One without a suffix is a service. */
export abstract class WithUnits extends WithShell {
  /**
   * Runs `systemctl` with arguments as they would stand on a command line, and returns its status and output, whatever
   * they are.
   */
  systemctl(words: string, options?: UnitOptions): CommandResult {
    text(words, "the arguments");
    const user = userOf(options);
    return new CommandResult(
      passWithin(timeoutOf(options, "user"), (timeout) => units.systemctl(this.resource, words, user, timeout)),
    );
  }

  /**
   * Waits until a unit is active.
   *
   * @throws {ProctorError} `unit-failed` at once where the unit has failed, or is inactive and nothing is about to
   * start it; `timed-out`. Both tell the end of the unit's journal.
   */
  waitForUnit(unit: string, options?: UnitOptions): void {
    text(unit, "the unit");
    const user = userOf(options);
    passWithin(timeoutOf(options, "user"), (timeout) => units.waitForUnit(this.resource, unit, user, timeout));
  }

  /**
   * Waits until a unit's active state is this one, whatever it was before: `active`, `reloading`, `inactive`, `failed`,
   * `activating`, `deactivating`.
   *
   * @throws {ProctorError} `timed-out`, which tells the state and the end of the unit's journal.
   */
  waitForUnitState(unit: string, state: string, options?: UnitOptions): void {
    text(unit, "the unit");
    text(state, "the state");
    const user = userOf(options);
    passWithin(timeoutOf(options, "user"), (timeout) =>
      units.waitForUnitState(this.resource, unit, state, user, timeout),
    );
  }

  /** All properties of a unit. */
  getUnitInfo(unit: string, options?: UnitOptions): Record<string, string> {
    text(unit, "the unit");
    const user = userOf(options);
    return Object.fromEntries(
      passWithin(timeoutOf(options, "user"), (timeout) => units.getUnitInfo(this.resource, unit, user, timeout)),
    );
  }

  /**
   * One property of a unit.
   *
   * @throws {ProctorError} `invalid-argument` where it has none of that name.
   */
  getUnitProperty(unit: string, property: string, options?: UnitOptions): string {
    text(unit, "the unit");
    text(property, "the property");
    const user = userOf(options);
    return passWithin(timeoutOf(options, "user"), (timeout) =>
      units.getUnitProperty(this.resource, unit, property, user, timeout),
    );
  }

  /**
   * Fails unless a unit's active state is this one now.
   *
   * @throws {ProctorError} `unit-failed` where it is another.
   */
  requireUnitState(unit: string, state: string, options?: UnitOptions): void {
    text(unit, "the unit");
    text(state, "the state");
    const user = userOf(options);
    passWithin(timeoutOf(options, "user"), (timeout) =>
      units.requireUnitState(this.resource, unit, state, user, timeout),
    );
  }

  /**
   * Starts a unit and returns how `systemctl start` ended, whatever that is.
   *
   * @throws {ProctorError} `timed-out` where it takes too long.
   */
  startJob(unit: string, options?: UnitOptions): CommandResult {
    text(unit, "the unit");
    const user = userOf(options);
    return new CommandResult(
      passWithin(timeoutOf(options, "user"), (timeout) => units.startJob(this.resource, unit, user, timeout)),
    );
  }

  /**
   * Stops a unit and returns how `systemctl stop` ended, whatever that is.
   *
   * @throws {ProctorError} `timed-out` where it takes too long.
   */
  stopJob(unit: string, options?: UnitOptions): CommandResult {
    text(unit, "the unit");
    const user = userOf(options);
    return new CommandResult(
      passWithin(timeoutOf(options, "user"), (timeout) => units.stopJob(this.resource, unit, user, timeout)),
    );
  }
}
