// Random numbers: the engine's own would be the same in every run, for it draws their seed when the component is made.

import { getRandomBytes } from "wasi:random/random@0.2.0";

import { requireRunning } from "./phase";

/** The state of the generator sfc32; none before the first number of a run. */
let state: Uint32Array | undefined;

/** `Math.random`. */
export function random(): number {
  state ??= seed();
  let [a, b, c, counter] = state as unknown as [number, number, number, number];
  const sum = (a + b + counter) | 0;
  counter = (counter + 1) | 0;
  a = b ^ (b >>> 9);
  b = (c + (c << 3)) | 0;
  c = (((c << 21) | (c >>> 11)) + sum) | 0;
  state.set([a, b, c, counter]);
  return (sum >>> 0) / 2 ** 32;
}

function seed(): Uint32Array {
  requireRunning("Math.random()");
  return new Uint32Array(Uint8Array.from(getRandomBytes(16)).buffer);
}

/** `crypto.getRandomValues`. */
export function fillRandomly<A extends ArrayBufferView>(array: A): A {
  requireRunning("crypto.getRandomValues()");
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(getRandomBytes(array.byteLength));
  return array;
}

/** `crypto.randomUUID`. */
export function randomUuid(): string {
  const bytes = fillRandomly(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
