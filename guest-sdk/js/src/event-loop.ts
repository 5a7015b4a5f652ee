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

/** Runs it soon, after what runs now and what was queued before. */
export function queueJob(job: () => void): void {
  jobs.push(job);
}

/** Runs jobs and timers until something is so. False where nothing is left that could make it so. */
export function runUntil(isSo: () => boolean): boolean {
  for (;;) {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) job();
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
  timer.action();
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

/** `clearTimeout` and `clearInterval`. */
export function clearTimer(id: number): void {
  timers.delete(id);
}
