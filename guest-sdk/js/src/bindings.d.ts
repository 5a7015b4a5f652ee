// What the host offers, as the engine shows it: see the WIT. A function that fails throws an error whose `payload` is a
// `HostError`.

declare module "proctor:driver/types@0.1.0" {
  export interface CommandResult {
    command: string;
    status: number;
    stdout: Uint8Array;
  }
  export type ErrorCause =
    | { tag: "timed-out"; val: { limit: string; budget: number; lastSeen: string | null } }
    | { tag: "command-failed"; val: CommandResult }
    | { tag: "command-unexpectedly-succeeded"; val: CommandResult }
    | { tag: "output-too-large"; val: { command: string; limitBytes: number } }
    | { tag: "shell-lost"; val: { command: string; reason: string; restored: boolean } }
    | { tag: "machine-down"; val: { status: string; console: string[] } }
    | {
        tag: "unit-failed";
        val: { unit: string; user: string | null; state: string; message: string; journal: string[] };
      }
    | { tag: "denied"; val: { capability: string; what: string } }
    | { tag: "monitor-error" | "unsupported" | "invalid-argument" | "host-failure"; val: string }
    | { tag: "conditions-due"; val: { conditions: number[]; remaining: number | null } }
    | { tag: "polling-condition-failed"; val: { description: string; message: string } };
  export interface HostError {
    machine: string | null;
    action: string;
    elapsed: number;
    cause: ErrorCause;
  }
  export interface Place {
    file: string;
    line: number;
    column: number;
  }
  export interface Failure {
    message: string;
    place: Place | null;
    cause: HostError | null;
  }
  export type Time = number | null;
}

declare module "proctor:driver/machine@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  export interface Machine {
    name(): string;
    start(allowReboot: boolean, timeout: Time): void;
    connect(timeout: Time): void;
    isUp(): boolean;
    shutdown(timeout: Time): void;
    reboot(timeout: Time): void;
    switchRoot(timeout: Time): void;
    crash(timeout: Time): void;
    waitForShutdown(timeout: Time): void;
  }
}

declare module "proctor:driver/vlan@0.1.0" {
  export interface Vlan {
    number(): number;
    isUp(): boolean;
  }
}

declare module "proctor:driver/driver@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  import type { Vlan } from "proctor:driver/vlan@0.1.0";
  export interface MachineParts {
    name: string;
    disk: string | null;
    diskInterface: string | null;
    cdrom: string | null;
    usb: string | null;
    bios: string | null;
    binary: string | null;
    arguments: string[];
    netdevArguments: string | null;
    netDeviceArguments: string | null;
  }
  export function machines(): Machine[];
  export function getMachine(name: string): Machine;
  export function createMachine(parts: MachineParts): Machine;
  export function vlans(): Vlan[];
  export function startAll(): void;
  export function joinAll(timeout: Time): void;
  export function parameters(): [name: string, value: string][];
  export function writeOutputFile(path: string, content: Uint8Array): void;
}

declare module "proctor:driver/shell@0.1.0" {
  import type { CommandResult, Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  export function execute(machine: Machine, command: string, timeout: Time): CommandResult;
  export function succeed(machine: Machine, command: string, timeout: Time): Uint8Array;
  export function fail(machine: Machine, command: string, timeout: Time): Uint8Array;
  export function waitUntilSucceeds(machine: Machine, command: string, timeout: Time, attempt: Time): Uint8Array;
  export function waitUntilFails(machine: Machine, command: string, timeout: Time, attempt: Time): Uint8Array;
  export function sleep(machine: Machine, duration: number): void;
}

declare module "proctor:driver/units@0.1.0" {
  import type { CommandResult, Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  type User = string | null;
  export function systemctl(machine: Machine, words: string, user: User, timeout: Time): CommandResult;
  export function waitForUnit(machine: Machine, unit: string, user: User, timeout: Time): void;
  export function waitForUnitState(machine: Machine, unit: string, state: string, user: User, timeout: Time): void;
  export function getUnitInfo(machine: Machine, unit: string, user: User, timeout: Time): [string, string][];
  export function getUnitProperty(machine: Machine, unit: string, property: string, user: User, timeout: Time): string;
  export function requireUnitState(machine: Machine, unit: string, state: string, user: User, timeout: Time): void;
  export function startJob(machine: Machine, unit: string, user: User, timeout: Time): CommandResult;
  export function stopJob(machine: Machine, unit: string, user: User, timeout: Time): CommandResult;
}

declare module "proctor:driver/console@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  export function waitForConsoleText(machine: Machine, pattern: string, timeout: Time): string;
  export function getConsoleLog(machine: Machine): string;
  export function sendConsole(machine: Machine, text: string, timeout: Time): void;
  export function getTtyText(machine: Machine, tty: string, timeout: Time): string;
  export function waitUntilTtyMatches(machine: Machine, tty: string, pattern: string, timeout: Time): string;
  export function dumpTtyContents(machine: Machine, tty: string, timeout: Time): void;
}

declare module "proctor:driver/screen@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  export function screenshot(machine: Machine, name: string, timeout: Time): string;
  export function getScreenText(machine: Machine, timeout: Time): string;
  export function getScreenTextVariants(machine: Machine, timeout: Time): string[];
  export function waitForText(machine: Machine, pattern: string, timeout: Time): string;
  export function waitForX(machine: Machine, timeout: Time): void;
  export function getWindowNames(machine: Machine, timeout: Time): string[];
  export function waitForWindow(machine: Machine, pattern: string, timeout: Time): string;
}

declare module "proctor:driver/keyboard@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  export function sendKey(machine: Machine, key: string, delay: Time, timeout: Time): void;
  export function sendChars(machine: Machine, text: string, delay: Time, timeout: Time): void;
}

declare module "proctor:driver/files@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  export function waitForFile(machine: Machine, path: string, timeout: Time): void;
  export function copyFromHost(machine: Machine, source: string, target: string, timeout: Time): void;
  export function copyFromHostViaShell(machine: Machine, source: string, target: string, timeout: Time): void;
  export function copyFromMachine(machine: Machine, source: string, directory: string, timeout: Time): string;
}

declare module "proctor:driver/network@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  type Address = string | null;
  export function block(machine: Machine, timeout: Time): void;
  export function unblock(machine: Machine, timeout: Time): void;
  export function forwardPort(machine: Machine, hostPort: number, guestPort: number, timeout: Time): number;
  export function waitForOpenPort(machine: Machine, port: number, address: Address, timeout: Time): void;
  export function waitForClosedPort(machine: Machine, port: number, address: Address, timeout: Time): void;
  export function waitForOpenUnixSocket(
    machine: Machine,
    path: string,
    kind: "stream" | "datagram",
    timeout: Time,
  ): void;
}

declare module "proctor:driver/monitor@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  import type { Machine } from "proctor:driver/machine@0.1.0";
  export interface EventFilter {
    name: string | null;
    data: string | null;
  }
  export function sendMonitorCommand(machine: Machine, command: string, timeout: Time): string;
  export function sendQmpCommand(machine: Machine, command: string, values: string | null, timeout: Time): string;
  export function waitForQmpEvent(machine: Machine, filter: EventFilter, timeout: Time): string;
}

declare module "proctor:driver/log@0.1.0" {
  import type { Failure } from "proctor:driver/types@0.1.0";
  export type Level = "debug" | "info" | "warning" | "error";
  export class Span {
    constructor(kind: "group" | "subtest", name: string);
    fail(failure: Failure): void;
  }
  export function write(level: Level, message: string): void;
  export function showSerial(enabled: boolean): void;
  export function panicked(failure: Failure): void;
}

declare module "proctor:driver/polling@0.1.0" {
  import type { Time } from "proctor:driver/types@0.1.0";
  export class Condition {
    constructor(description: string, interval: Time);
    number(): number;
    enter(): void;
    exit(): void;
    beginEvaluation(): void;
    endEvaluation(outcome: { tag: "ok" } | { tag: "err"; val: string }): void;
  }
}

declare module "proctor:javascript/engine@0.1.0" {
  import type { Machine } from "proctor:driver/machine@0.1.0";
  import type { Span } from "proctor:driver/log@0.1.0";
  import type { Vlan } from "proctor:driver/vlan@0.1.0";
  export function dropMachine(machine: Machine): void;
  export function dropVlan(vlan: Vlan): void;
  export function dropSpan(span: Span): void;
  export function beginTimer(nanoseconds: number): number;
  export function waitForTimer(timer: number): void;
  export function dropTimer(timer: number): void;
}

declare module "wasi:random/random@0.2.0" {
  export function getRandomBytes(length: number): Uint8Array;
}
