// What a test finds without importing it, besides the language: for projects whose `tsconfig.json` names neither Node's
// types nor those of a browser.

/** Writes to the test's log. */
declare var console: {
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  dir(value: unknown): void;
  table(value: unknown): void;
  trace(...values: unknown[]): void;
  assert(condition?: unknown, ...values: unknown[]): void;
  group(...values: unknown[]): void;
  groupCollapsed(...values: unknown[]): void;
  groupEnd(): void;
  time(label?: string): void;
  timeLog(label?: string, ...values: unknown[]): void;
  timeEnd(label?: string): void;
  count(label?: string): void;
  countReset(label?: string): void;
};
declare var crypto: {
  getRandomValues<A extends ArrayBufferView>(array: A): A;
  randomUUID(): string;
};
/** Milliseconds since the test began. */
declare var performance: { now(): number };
declare function setTimeout(action: (...values: never[]) => void, delay?: number, ...values: unknown[]): number;
declare function setInterval(action: (...values: never[]) => void, delay?: number, ...values: unknown[]): number;
declare function clearTimeout(id?: number): void;
declare function clearInterval(id?: number): void;
declare function queueMicrotask(action: () => void): void;
declare function atob(text: string): string;
declare function btoa(text: string): string;
declare class TextEncoder {
  readonly encoding: string;
  encode(text?: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label?: string);
  readonly encoding: string;
  decode(bytes?: ArrayBuffer | ArrayBufferView): string;
}
