// Text and bytes: the engine has no TextEncoder and no TextDecoder.

/** As many bytes become a text at a time: an engine's functions take so many arguments. */
const CHUNK_BYTES = 8192;
const REPLACEMENT = 0xfffd;

/** UTF-8 as text, with U+FFFD for what is none. */
export function decodeText(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES)));
  }
  const text = parts.join("");
  return /[\x80-\xff]/.test(text) ? decodeUtf8(bytes) : text;
}

function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let points: number[] = [];
  for (let index = 0; index < bytes.length;) {
    const [point, length] = decodePoint(bytes, index);
    points.push(point);
    index += length;
    if (points.length === CHUNK_BYTES) {
      parts.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  return parts.join("") + String.fromCodePoint(...points);
}

/**
 * The character at a position and how many bytes it takes. Of what is no UTF-8 the longest part that could begin some.
 */
function decodePoint(bytes: Uint8Array, start: number): [point: number, length: number] {
  const first = bytes[start]!;
  if (first < 0x80) return [first, 1];
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0) return [REPLACEMENT, 1];
  let point = first & (0x7f >> length);
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[start + index] ?? 0;
    // Overlong forms, surrogates and what is beyond the last character begin with a second byte that cannot stand
    // there.
    const lowest = index > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const highest = index > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (byte < lowest || byte > highest) return [REPLACEMENT, index];
    point = (point << 6) | (byte & 0x3f);
  }
  return [point, length];
}

/** Text as UTF-8. Half of a surrogate pair becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0)!;
    if (point >= 0xd800 && point < 0xe000) point = REPLACEMENT;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
    }
  }
  return Uint8Array.from(bytes);
}

/** How many bytes a text has as UTF-8. Half of a surrogate pair counts as U+FFFD. */
export function byteLength(text: string): number {
  return /[^\x00-\x7f]/.test(text) ? measure(text, Infinity).bytes : text.length;
}

/** The beginning of a text that is longer than so many bytes, with a note of its length. */
export function cut(text: string, limit: number): string {
  // No unit takes more than three bytes.
  if (text.length * 3 <= limit) return text;
  const bytes = byteLength(text);
  return bytes <= limit ? text : `${text.slice(0, measure(text, limit).units)}... (${bytes} bytes)`;
}

/** How much of a text fits into so many bytes, in whole characters. */
function measure(text: string, limit: number): { units: number; bytes: number } {
  let [units, bytes] = [0, 0];
  while (units < text.length) {
    const point = text.codePointAt(units)!;
    const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes + length > limit) break;
    bytes += length;
    units += length === 4 ? 2 : 1;
  }
  return { units, bytes };
}

/** `TextEncoder` as far as libraries use it. */
export class Utf8Encoder {
  readonly encoding = "utf-8";

  encode(text = ""): Uint8Array {
    return encodeText(text);
  }
}

/** `TextDecoder` as far as libraries use it: UTF-8, at one go. */
export class Utf8Decoder {
  readonly encoding = "utf-8";

  constructor(label = "utf-8") {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`only UTF-8 can be decoded, not ${label}`);
  }

  decode(bytes: ArrayBuffer | ArrayBufferView = new Uint8Array()): string {
    if (bytes instanceof ArrayBuffer) return decodeText(new Uint8Array(bytes));
    return decodeText(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
}
