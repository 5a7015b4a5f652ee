// Time that passes for the test itself, not for a machine.

import { beginTimer, dropTimer, waitForTimer } from "proctor:javascript/engine@0.1.0";

import { requireRunning } from "./phase";

const NANOSECONDS = 1e6;

const enginesNow = performance.now.bind(performance);
let origin = 0;

/** Milliseconds since the test began, with fractions. Never goes back. */
export function now(): number {
  return enginesNow() - origin;
}

/** The test begins now: the engine counts from the time at which the component was made. */
export function beginClock(): void {
  origin = enginesNow();
}

/** Lets so many milliseconds pass. */
export function sleep(milliseconds: number): void {
  requireRunning("waiting");
  const timer = beginTimer(Math.ceil(Math.max(0, milliseconds) * NANOSECONDS));
  try {
    waitForTimer(timer);
  } finally {
    dropTimer(timer);
  }
}
