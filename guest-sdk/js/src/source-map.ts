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
}

const FIELDS = 4;

let encoded: string | undefined;
let decoded: SourceMap | undefined;

/** Takes the bundle's source map, as JSON. It is decoded when it is needed: most tests have no errors. */
export function loadSourceMap(map: string): void {
  encoded = map;
}

/** Where the author wrote what stands at a line and a column, both from 1, of the bundle. */
export function originalPosition(line: number, column: number): Position | undefined {
  if (encoded === undefined) return undefined;
  decoded ??= JSON.parse(encoded) as SourceMap;
  const parts = decoded.lines[line] ?? [];
  let found: number | undefined;
  for (let index = 0; index < parts.length && parts[index]! <= column - 1; index += FIELDS) found = index;
  if (found === undefined) return undefined;
  const [, source, sourceLine, sourceColumn] = parts.slice(found, found + FIELDS);
  const file = decoded.sources[source!];
  return file === undefined ? undefined : { file, line: sourceLine! + 1, column: sourceColumn! + 1 };
}
