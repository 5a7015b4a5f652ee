// What authors hand to functions, checked before it reaches the engine, which ends where a type is wrong.

import { ProctorError } from "./error";
import { inspect } from "./inspect";

const LARGEST_TIME = 2 ** 32 - 1;
const LARGEST_PORT = 65_535;

function invalid(message: string): ProctorError {
  return ProctorError.of({ tag: "invalid-argument", val: message });
}

/** A text that UTF-8 can hold. */
export function text(value: string, name: string): string {
  if (typeof value !== "string") throw invalid(`${name} has to be a string and is ${inspect(value)}`);
  if (!value.isWellFormed()) {
    const position = value.search(/\p{Surrogate}/u);
    throw invalid(`${name} is not valid Unicode: there is half of a surrogate pair at position ${position}`);
  }
  return value;
}

/** The same where there may be none. */
export function optionalText(value: string | null | undefined, name: string): string | null {
  return value === undefined || value === null ? null : text(value, name);
}

/** Milliseconds, rounded up, so that no wait is shorter than asked for; at most 49 days. */
export function milliseconds(value: number, name: string): number {
  if (typeof value !== "number" || Number.isNaN(value) || value < 0) {
    throw invalid(`${name} has to be a number of milliseconds and is ${inspect(value)}`);
  }
  return Math.min(Math.ceil(value), LARGEST_TIME);
}

/** The same where there may be none. */
export function optionalMilliseconds(value: number | null | undefined, name: string): number | null {
  return value === undefined || value === null ? null : milliseconds(value, name);
}

/** A port's number. */
export function port(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > LARGEST_PORT) {
    throw invalid(`${name} has to be a port from 0 to ${LARGEST_PORT} and is ${inspect(value)}`);
  }
  return value;
}

/** A function. */
export function closure<F>(value: F, name: string): F {
  if (typeof value !== "function") throw invalid(`${name} has to be a function and is ${inspect(value)}`);
  return value;
}
