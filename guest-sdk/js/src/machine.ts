// One machine: its life. What else it has is in files of the interfaces' names.

import type { Machine as Resource } from "proctor:driver/machine@0.1.0";

import type { TimeoutOptions } from "./command";
import { passWithin } from "./gate";
import { refuseOthers } from "./members";
import { WithMonitor } from "./monitor";
import { timeoutOf } from "./shell";

/** How a machine is started. */
export interface StartOptions extends TimeoutOptions {
  /** Whether it boots again when its guest reboots; otherwise it powers off then. Default: false. */
  allowReboot?: boolean | undefined;
}

/**
 * One machine of the test.
 *
 * What runs something in it (commands, units, files, ports, terminals, windows) starts a machine that is off and waits
 * for its boot, within the boot limit. Keyboard, screen, serial console, links, forwarded ports and monitor want a
 * machine that runs.
 *
 * Besides what a method names, all can fail with the codes `machine-down`, `timed-out` and `host-failure`.
 */
export class Machine extends WithMonitor {
  /** The machine's name. */
  readonly name: string;

  /** @internal */
  constructor(resource: Resource, name: string) {
    super(resource);
    this.name = name;
  }

  /** Starts the machine. Does not wait for it to boot: the first command does. Does nothing where it runs already. */
  start(options?: StartOptions): void {
    const allowReboot = Boolean(options?.allowReboot);
    passWithin(timeoutOf(options, "allowReboot"), (timeout) => this.resource.start(allowReboot, timeout));
  }

  /**
   * Waits until the guest has booted, presses Ctrl, Alt and Delete, on which it reboots, and waits until the machine
   * has been reset. Later calls wait for the new boot.
   *
   * @throws {ProctorError} `unsupported` where the machine was not started with `allowReboot`.
   */
  reboot(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => this.resource.reboot(timeout));
  }

  /** Has a machine that waits in its initial RAM disk go on to its own system, and waits for the shell there. */
  switchRoot(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => this.resource.switchRoot(timeout));
  }

  /** Waits until the machine has booted and its shell answers; starts it first where it is off. */
  connect(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => this.resource.connect(timeout));
  }

  /** Whether the machine runs and its shell has answered. */
  isUp(): boolean {
    return this.resource.isUp();
  }

  /** Asks the machine to power off and waits until it has stopped. Does nothing where it is off. */
  shutdown(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => this.resource.shutdown(timeout));
  }

  /**
   * Pulls the plug and waits until the machine has stopped, at once, whatever it does. Does nothing where it is off.
   */
  crash(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => this.resource.crash(timeout));
  }

  /** Waits until the machine has stopped by itself. Returns at once where it is off. */
  waitForShutdown(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => this.resource.waitForShutdown(timeout));
  }
}

refuseOthers(Machine.prototype, "`Machine` has no method");
