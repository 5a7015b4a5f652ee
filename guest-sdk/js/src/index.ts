/**
 * Tests of whole machines, for `proctor`.
 *
 * ```js
 * import { assert, subtest, test } from "proctor";
 *
 * test("hello", ({ machine }) => {
 *   subtest("the machine speaks", () => {
 *     assert.equal(machine.succeed("echo hello"), "hello\n");
 *   });
 * });
 * ```
 *
 * Every call returns when it is done: there is nothing to await. Tests and bodies may be asynchronous all the same.
 *
 * @module proctor
 */

/// <reference path="./bindings.d.ts" />
/// <reference path="./text-files.d.ts" />

export { AssertionError, assert } from "./assert";
export { CommandResult, type CommandOptions, type RepeatOptions, type TimeoutOptions } from "./command";
export { Driver, type MachineParts } from "./driver";
export { ProctorError, type ErrorCode } from "./error";
export type { KeyOptions } from "./keyboard";
export { log, showSerial } from "./log";
export { Machine, type StartOptions } from "./machine";
export type { EventOptions, Json, QmpEvent } from "./monitor";
export type { PortOptions, SocketOptions } from "./network";
export type { Place } from "./place";
export { ConditionScope, PollingCondition, pollingCondition, type Outcome, type PollingOptions } from "./polling";
export { test, type Machines, type TestBody, type TestContext, type TestOptions } from "./registry";
export { retry, type RetryOptions } from "./retry";
export { group, subtest } from "./span";
export type { UnitOptions } from "./units";
export { Vlan } from "./vlan";
