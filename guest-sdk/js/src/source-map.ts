// From places in the bundle to places in the files that the author wrote.

/** A place in a file. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** What the build writes above the bundle. */
interface SourceMap {
  /** The files, relative to the project. This package's own are not among them. */
  sources: string[];
  /**
   * By the bundle's lines, what their parts come from, each in four numbers: the part's column, the file's number, its
   * line and its column. All count from 0 but the bundle's lines.
   */
  lines: Record<number, number[]>;
  /** The calls in the author's files: the callee's name, where that begins and where the call ends, as of the bundle,
   * and of an assertion the text of its first argument. */
  calls: [name: string, line: number, column: number, endLine: number, endColumn: number, text?: string][];
}

/** A call in the author's file. */
export interface Call {
  /** Where its name stands in the bundle, from 1. */
  line: number;
  column: number;
  /** What an assertion says. */
  text: string | undefined;
}

const FIELDS = 4;

let encoded: string | undefined;
let decoded: SourceMap | undefined;

/** Takes the bundle's source map, as JSON. It is decoded when it is needed: most tests have no errors. */
export function loadSourceMap(map: string): void {
  encoded = map;
}

function sourceMap(): SourceMap | undefined {
  if (encoded !== undefined) decoded ??= JSON.parse(encoded) as SourceMap;
  return decoded;
}

/** The innermost call of a function of this name in or at whose arguments a place of the bundle stands. */
export function callAt(line: number, column: number, name: string): Call | undefined {
  const wanted = withoutNumber(name);
  // Inner calls end first.
  for (const call of sourceMap()?.calls ?? []) {
    // Without taking it apart: this runs for all calls when an error is made, and the engine is slow at that.
    if (call[3] < line || call[1] > line) continue;
    const isBehind = line > call[1] || column - 1 >= call[2];
    const isBefore = line < call[3] || column - 1 <= call[4];
    if (isBehind && isBefore && withoutNumber(call[0]) === wanted) {
      return { line: call[1], column: call[2] + 1, text: call[5] };
    }
  }
  return undefined;
}

/** The bundler numbers functions of one name. */
function withoutNumber(name: string): string {
  return name.replace(/\d+$/, "");
}

/** Where the author wrote what stands at a line and a column, both from 1, of the bundle. */
export function originalPosition(line: number, column: number): Position | undefined {
  const map = sourceMap();
  const parts = map?.lines[line] ?? [];
  let found: number | undefined;
  for (let index = 0; index < parts.length && parts[index]! <= column - 1; index += FIELDS) found = index;
  if (found === undefined) return undefined;
  const [, source, sourceLine, sourceColumn] = parts.slice(found, found + FIELDS);
  const file = map?.sources[source!];
  return file === undefined ? undefined : { file, line: sourceLine! + 1, column: sourceColumn! + 1 };
}
