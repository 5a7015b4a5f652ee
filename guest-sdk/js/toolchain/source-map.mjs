// What a running test needs of a bundle's source map, and in a form that it reads fast: see `src/source-map.ts`.

import { findCalls } from "./calls.mjs";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));
const CONTINUES = 32;
/** The line in which the map itself stands, above the bundle. */
const LINES_ABOVE = 1;
/** As many numbers tell of a part. */
const FIELDS = 4;
const LIBRARIES = "node_modules/";

/**
 * The map with the sources for which there is a name, under that name, and with the calls in those that are the
 * author's own.
 *
 * @param {{ sources: string[], mappings: string }} map as the bundler writes it
 * @param {(source: string) => string | undefined} nameOf a source's name
 * @param {string} code the bundle
 */
export function simplified({ sources, mappings }, nameOf, code) {
  const names = sources.map(nameOf);
  const kept = names.filter((name) => name !== undefined);
  const numbers = names.map((name) => kept.indexOf(name));
  const lines = {};
  decoded(mappings).forEach((parts, index) => {
    const some = parts
      .map(([column, source, ...place]) => [column, numbers[source], ...place])
      .filter(([, source]) => source >= 0);
    if (some.length > 0) lines[index + 1 + LINES_ABOVE] = some.flat();
  });
  const isOwn = ([line, column]) => {
    const parts = lines[line] ?? [];
    const index = parts.findLastIndex((start, some) => some % FIELDS === 0 && start <= column);
    return index >= 0 && !kept[parts[index + 1]].includes(LIBRARIES);
  };
  const at = positions(code);
  const calls = findCalls(code)
    .map(({ name, start, end, text }) => [name, ...at(start), ...at(end), ...(text === undefined ? [] : [text])])
    .filter(([, line, column]) => isOwn([line, column]));
  return { sources: kept, lines, calls };
}

/** From offsets in the bundle to its lines, as the engine counts them, and columns from 0. */
function positions(code) {
  const starts = [0];
  for (let end = code.indexOf("\n"); end >= 0; end = code.indexOf("\n", end + 1)) starts.push(end + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return [low + 1 + LINES_ABOVE, offset - starts[low]];
  };
}

/** By lines, the parts that come from somewhere: column, source, line, column. */
function decoded(mappings) {
  const place = [0, 0, 0];
  return mappings.split(";").map((line) => {
    let column = 0;
    const parts = [];
    for (const segment of line.split(",").filter(Boolean)) {
      const [forward, ...rest] = segmentNumbers(segment);
      column += forward;
      if (rest.length < place.length) continue;
      place.forEach((_, index) => (place[index] += rest[index]));
      parts.push([column, ...place]);
    }
    return parts;
  });
}

function segmentNumbers(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = VALUES.get(digit);
    value += (bits & (CONTINUES - 1)) << shift;
    shift += 5;
    if (bits & CONTINUES) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
