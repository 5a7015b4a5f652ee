// Whether a test runs, or the component is being made: then there is no host.

let running = false;

/** The host has called: from now on there are machines, a log and time. */
export function beginRunning(): void {
  running = true;
}

/** Whether the host can be called. */
export function isRunning(): boolean {
  return running;
}

/** An error where there is no host to call. */
export function requireRunning(what: string): void {
  if (running) return;
  throw new Error(`${what} works only in a test: what stands outside of tests runs when they are built`);
}
