// What waits to be run: jobs of promises, and timers.

import { sleep, now } from "./clock";

interface Timer {
  due: number;
  interval: number | undefined;
  action: () => void;
}

const jobs: (() => void)[] = [];
const timers = new Map<number, Timer>();
let lastTimer = 0;
/** What timers and jobs threw. It fails the test even where something caught it that had only waited meanwhile. */
const uncaught: unknown[] = [];

/** Runs it soon, after what runs now and what was queued before. */
export function queueJob(job: () => void): void {
  jobs.push(job);
}

/** Runs jobs and timers until something is so. False where nothing is left that could make it so. */
export function runUntil(isSo: () => boolean): boolean {
  for (;;) {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) run(job);
    if (isSo()) return true;
    if (timers.size === 0) return false;
    runNextTimer();
  }
}

function runNextTimer(): void {
  const [id, timer] = [...timers].reduce((first, next) => (next[1].due < first[1].due ? next : first));
  const wait = timer.due - now();
  if (wait > 0) sleep(wait);
  if (timer.interval === undefined) timers.delete(id);
  else timer.due = now() + timer.interval;
  run(timer.action);
}

function run(action: () => void): void {
  try {
    action();
  } catch (error) {
    uncaught.push(error);
    throw error;
  }
}

/** Throws the first error that a timer or a job threw. */
export function throwUncaught(): void {
  for (const error of uncaught) throw error;
}

/** `setTimeout`: milliseconds. */
export function setTimer(action: (...values: unknown[]) => void, delay = 0, ...values: unknown[]): number {
  return addTimer(action, delay, false, values);
}

/** `setInterval`: milliseconds. */
export function setIntervalTimer(action: (...values: unknown[]) => void, delay = 0, ...values: unknown[]): number {
  return addTimer(action, delay, true, values);
}

function addTimer(action: (...values: unknown[]) => void, delay: number, repeats: boolean, values: unknown[]): number {
  lastTimer += 1;
  const interval = Math.max(1, Number(delay) || 0);
  timers.set(lastTimer, {
    due: now() + interval,
    interval: repeats ? interval : undefined,
    action: () => action(...values),
  });
  return lastTimer;
}

/** Whether there is an interval that was not cleared. */
export function hasIntervals(): boolean {
  return [...timers.values()].some((timer) => timer.interval !== undefined);
}

/** `clearTimeout` and `clearInterval`. */
export function clearTimer(id: number): void {
  timers.delete(id);
}
