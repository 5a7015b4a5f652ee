// Where in the author's files an error began.

import { isRunning } from "./phase";
import { callAt, originalPosition, type Position } from "./source-map";

/** A place in a file of the project. */
export interface Place {
  /** The file, relative to the project. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 where it is not known. */
  readonly column: number;
}

interface Frame extends Position {
  function: string | null;
  /** What is asserted, where that is what the frame does. */
  text: string | undefined;
}

interface CallSite {
  getFunctionName(): string | null;
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/** So that an author's call is found below those of this package and of libraries. */
const STACK_FRAMES = 100;
/** As many lines of a stack are shown in a failure. */
const SHOWN_FRAMES = 10;
const LIBRARIES = "node_modules/";

/** What the build finds the class of an error by. */
const CLASS_NOTE = "    of class ";

/** Under which an error keeps where it began. */
const SITES = Symbol("call sites");

/** Has every error remember where it began, and its `stack` speak of the author's files. */
export function installStacks(): void {
  const constructor = Error as unknown as {
    stackTraceLimit: number;
    prepareStackTrace(error: object, sites: CallSite[]): string;
  };
  constructor.stackTraceLimit = STACK_FRAMES;
  constructor.prepareStackTrace = (error, sites) => {
    // An error that is thrown again comes here again. It began where it was made.
    if (!Object.hasOwn(error, SITES)) Object.defineProperty(error, SITES, { value: sites, configurable: true });
    const shown = framesOf(error).map(line);
    // The engine, which tells of errors while the component is made, does not know their class.
    return (isRunning() ? shown : [`${CLASS_NOTE}${classOf(error)}`, ...whileMade(shown)]).join("\n");
  };
}

/** The error, said to have begun where another did: it is told by something that the author did there. */
export function begunAt<E>(error: E, origin: Error): E {
  const sites = (origin as { [SITES]?: CallSite[] })[SITES];
  if (error instanceof Error && sites !== undefined) {
    Object.defineProperty(error, SITES, { value: sites, configurable: true });
  }
  return error;
}

/** Where an error began: its first place in a file of the author's, or else in a library. */
export function placeOf(error: unknown): Place | undefined {
  const all = framesOf(error);
  const frame = all.find((some) => !some.file.includes(LIBRARIES)) ?? all[0];
  return frame && { file: frame.file, line: frame.line, column: frame.column };
}

/** What was asserted where an error began, as the author wrote it; where that is not known, nothing. */
export function assertedAt(error: Error): string | undefined {
  return framesOf(error)[0]?.text;
}

/** The stack of an error, for a failure's text, where the author's own functions called one another; or nothing. */
export function shownStack(error: unknown): string {
  const all = framesOf(error).filter((frame) => !frame.file.includes(LIBRARIES));
  if (all.length < 2 || all.every((frame) => !frame.function)) return "";
  return all.slice(0, SHOWN_FRAMES).map(line).join("\n");
}

function framesOf(error: unknown): Frame[] {
  const sites = error instanceof Error ? (error as { [SITES]?: CallSite[] })[SITES] : undefined;
  if (sites === undefined) return [];
  // Where a class of errors has a constructor, the error began where that was called.
  const names = classNames(error as Error);
  const all = frames(sites, (error as Error).constructor.name);
  const first = all.findIndex((frame) => frame.function === null || !names.has(frame.function));
  return all.slice(Math.max(first, 0));
}

/** Where the engine knows no place, the test file that is being run at least. */
function whileMade(shown: string[]): string[] {
  const { __proctorFile: file } = globalThis as { __proctorFile?: string };
  return shown.length === 0 && file !== undefined ? [`    in ${file}`] : shown;
}

function classOf(error: object): string {
  return error instanceof Error ? error.constructor.name : "Error";
}

function classNames(error: Error): Set<string> {
  const names = new Set<string>();
  for (let some: unknown = error; some instanceof Error; some = Object.getPrototypeOf(some))
    names.add(some.constructor.name);
  return names;
}

/** @param constructor what makes the error, which is where the first frame stands if that is not the engine */
function frames(sites: CallSite[], constructor: string): Frame[] {
  return sites.flatMap((site, index) => {
    const line = site.getLineNumber() ?? 0;
    const column = site.getColumnNumber() ?? 0;
    const position = originalPosition(line, column);
    // What has no source is the engine's, the bundler's or this package's.
    if (position === undefined) return [];
    // Of a call the engine tells the place of the last argument.
    const callee = index === 0 ? constructor : sites[index - 1]?.getFunctionName();
    const call = callee ? callAt(line, column, callee) : undefined;
    const begun = call === undefined ? undefined : originalPosition(call.line, call.column);
    return { ...(begun ?? position), function: site.getFunctionName(), text: call?.text };
  });
}

function line(frame: Frame): string {
  const place = `${frame.file}:${frame.line}:${frame.column}`;
  return frame.function ? `    at ${frame.function} (${place})` : `    at ${place}`;
}
