// From places in the bundle to places in the files that the author wrote.

/** A place in a file. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** What the build appends to the bundle: the parts of a source map that are needed. */
export interface SourceMap {
  sources: string[];
  mappings: string;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** In a line's numbers: the bundle's column, the source's number, its line and its column. */
const FIELDS = 4;

let sources: string[] = [];
let lines: Int32Array[] = [];

/** Takes the bundle's source map. The build calls it at the bundle's end, so that a running test finds it decoded. */
export function loadSourceMap(map: SourceMap): void {
  sources = map.sources;
  lines = decode(map.mappings);
}

/** Where the author wrote what stands at a line and a column, both from 1, of the bundle. */
export function originalPosition(line: number, column: number): Position | undefined {
  const segments = lines[line - 1];
  if (segments === undefined) return undefined;
  let [low, high] = [0, segments.length / FIELDS];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle * FIELDS]! <= column - 1) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return undefined;
  const [, source, sourceLine, sourceColumn] = segments.subarray((low - 1) * FIELDS, low * FIELDS);
  const file = sources[source!];
  return file === undefined ? undefined : { file, line: sourceLine! + 1, column: sourceColumn! + 1 };
}

function decode(mappings: string): Int32Array[] {
  const values = new Map(Array.from(DIGITS, (digit, value) => [digit.charCodeAt(0), value]));
  let [source, line, column] = [0, 0, 0];
  return mappings.split(";").map((text) => {
    const decoded: number[] = [];
    let generated = 0;
    for (const segment of text.split(",")) {
      const numbers = decodeSegment(segment, values);
      generated += numbers[0] ?? 0;
      if (numbers.length < FIELDS) continue;
      source += numbers[1]!;
      line += numbers[2]!;
      column += numbers[3]!;
      decoded.push(generated, source, line, column);
    }
    return Int32Array.from(decoded);
  });
}

function decodeSegment(segment: string, values: Map<number, number>): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (let index = 0; index < segment.length; index += 1) {
    const digit = values.get(segment.charCodeAt(index)) ?? 0;
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
