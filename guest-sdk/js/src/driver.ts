// The machines and VLANs of a test.

import * as host from "proctor:driver/driver@0.1.0";
import type { Machine as MachineResource } from "proctor:driver/machine@0.1.0";
import { dropMachine, dropVlan } from "proctor:javascript/engine@0.1.0";

import { optionalText, text } from "./argument";
import type { TimeoutOptions } from "./command";
import { call, pass, passWithin } from "./gate";
import { Machine } from "./machine";
import { refuseOthers } from "./members";
import { checkOptions } from "./options";
import { timeoutOf } from "./shell";
import { encodeText } from "./text";
import { Vlan } from "./vlan";

/**
 * The parts of a machine for {@link Driver.createMachine}. Paths are those of the computer that runs the test; those
 * that are not absolute begin at the machine's state directory.
 */
export interface MachineParts {
  /** The machine's name. */
  name: string;
  /**
   * A disk image, in any format that `qemu-img` knows. It stays as it is: what the machine writes to it goes to the
   * file `disk.qcow2` in its state directory.
   */
  disk?: string | undefined;
  /** How the disk is attached: `virtio`, `scsi` or `ide`. Default: `virtio`. */
  diskInterface?: string | undefined;
  /** A CD image. */
  cdrom?: string | undefined;
  /** A disk image that is attached as a USB stick and not written to. */
  usb?: string | undefined;
  /** A firmware image. */
  bios?: string | undefined;
  /** The emulator. Default: `qemu-system-x86_64`. */
  binary?: string | undefined;
  /** More arguments of the emulator. */
  arguments?: readonly string[] | undefined;
  /** More of the value of `-netdev user,...`. */
  netdevArguments?: string | undefined;
  /** More of the value of the `-device` of that interface. */
  netDeviceArguments?: string | undefined;
}

const PARTS = [
  "name",
  "disk",
  "diskInterface",
  "cdrom",
  "usb",
  "bios",
  "binary",
  "arguments",
  "netdevArguments",
  "netDeviceArguments",
] as const;

/** The machines and VLANs of a test. Every run of a test has machines of its own. */
export class Driver {
  /** Each time the host names a machine or a VLAN it gives another handle, of which one is enough. */
  readonly #machines = new Map<string, Machine>();
  readonly #vlans = new Map<number, Vlan>();

  /**
   * The machine of that name.
   *
   * @throws {ProctorError} `invalid-argument` where there is none; it lists the names that there are.
   */
  machine(name: string): Machine {
    text(name, "the name");
    return this.#machines.get(name) ?? this.#known(call(() => host.getMachine(name)));
  }

  /** All machines, sorted by name. */
  machines(): Machine[] {
    return host.machines().map((resource) => this.#known(resource));
  }

  /**
   * The machine, for tests that run with one machine whatever its name.
   *
   * @throws Where there are none or several.
   */
  onlyMachine(): Machine {
    const machines = this.machines();
    const [machine] = machines;
    if (machine === undefined) {
      throw new Error("this test needs a machine and there is none; name its start script with --start-scripts");
    }
    if (machines.length > 1) {
      const names = machines.map(({ name }) => `\`${name}\``).join(", ");
      throw new Error(`this test runs with one machine and there are ${names}`);
    }
    return machine;
  }

  /**
   * Makes a machine of parts, which is one of the test's from then on and ends with it. The run has to grant it.
   *
   * @throws {ProctorError} `denied` where the run does not grant it; `invalid-argument` where there is a machine of
   * that name.
   */
  createMachine(parts: MachineParts): Machine {
    checkOptions(parts, PARTS);
    const given = {
      name: text(parts.name, "the name"),
      disk: optionalText(parts.disk, "the disk"),
      diskInterface: optionalText(parts.diskInterface, "the disk's interface"),
      cdrom: optionalText(parts.cdrom, "the CD image"),
      usb: optionalText(parts.usb, "the USB stick"),
      bios: optionalText(parts.bios, "the firmware"),
      binary: optionalText(parts.binary, "the emulator"),
      arguments: Array.from(parts.arguments ?? [], (argument) => text(argument, "an argument")),
      netdevArguments: optionalText(parts.netdevArguments, "the arguments of -netdev"),
      netDeviceArguments: optionalText(parts.netDeviceArguments, "the arguments of -device"),
    };
    return this.#known(call(() => host.createMachine(given)));
  }

  /** What the run was told with `--param NAME=VALUE`. */
  parameters(): Record<string, string> {
    return Object.fromEntries(host.parameters());
  }

  /** One of the run's parameters. */
  parameter(name: string): string | undefined {
    return host.parameters().find(([key]) => key === name)?.[1];
  }

  /**
   * Writes a file beneath the output directory; directories above it are made.
   *
   * @throws {ProctorError} `invalid-argument` where the path leads out.
   */
  writeOutputFile(path: string, content: string | Uint8Array): void {
    text(path, "the path");
    const bytes = content instanceof Uint8Array ? content : encodeText(text(content, "the content"));
    call(() => host.writeOutputFile(path, bytes));
  }

  /** All VLANs, sorted by number. */
  vlans(): Vlan[] {
    return host.vlans().map((resource) => {
      const number = resource.number();
      const known = this.#vlans.get(number);
      if (known === undefined) {
        const vlan = new Vlan(resource, number);
        this.#vlans.set(number, vlan);
        return vlan;
      }
      dropVlan(resource);
      return known;
    });
  }

  /**
   * The VLAN of that number.
   *
   * @throws Where there is none; it lists the numbers that there are.
   */
  vlan(number: number): Vlan {
    const vlans = this.vlans();
    const vlan = vlans.find((some) => some.number === number);
    if (vlan !== undefined) return vlan;
    const numbers = vlans.map((some) => some.number).join(", ");
    throw new Error(`there is no VLAN ${number}; ${numbers === "" ? "--vlans makes some" : `there are ${numbers}`}`);
  }

  /**
   * Starts all machines at the same time. Does not wait for them to boot: the first command on each does.
   *
   * @throws {ProctorError} The errors of all machines that did not start, as one.
   */
  startAll(): void {
    pass(() => host.startAll());
  }

  /**
   * Waits until all machines have stopped.
   *
   * @throws {ProctorError} `timed-out` where one has not.
   */
  joinAll(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => host.joinAll(timeout));
  }

  #known(resource: MachineResource): Machine {
    const name = resource.name();
    const known = this.#machines.get(name);
    if (known !== undefined) {
      dropMachine(resource);
      return known;
    }
    const machine = new Machine(resource, name);
    this.#machines.set(name, machine);
    return machine;
  }
}

refuseOthers(Driver.prototype, "`Driver` has no method");
