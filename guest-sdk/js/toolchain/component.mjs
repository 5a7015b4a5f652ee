// Reading and rewriting the sections of a WebAssembly component, as far as `engine.mjs` needs it. The binary format is
// that of the component model's `Binary.md`.

/** The sections of a component that are rewritten. */
export const Section = { coreInstance: 2, component: 4, instance: 5, alias: 6, import: 10 };

const HEADER = 8;

/** A position in bytes that moves as one reads. */
export class Reader {
  constructor(bytes, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  get atEnd() {
    return this.position >= this.bytes.length;
  }

  byte() {
    if (this.atEnd) throw new Error("the component ends too early");
    return this.bytes[this.position++];
  }

  /** An unsigned number, as LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  take(length) {
    const start = this.position;
    this.position += length;
    if (this.position > this.bytes.length) throw new Error("the component ends too early");
    return this.bytes.subarray(start, this.position);
  }

  text() {
    return Buffer.from(this.take(this.number())).toString("utf8");
  }
}

/** The bytes of an unsigned number, as LEB128. */
export function number(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return Buffer.from(bytes);
}

/** The bytes of a name. */
export function name(text) {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([number(bytes.length), bytes]);
}

/** The bytes of a list whose items are given as bytes. */
export function list(items) {
  return Buffer.concat([number(items.length), ...items]);
}

/** The sections of a component: their numbers and contents, in their order. */
export function readSections(component) {
  const reader = new Reader(component, HEADER);
  const sections = [];
  while (!reader.atEnd) {
    const id = reader.byte();
    sections.push({ id, content: reader.take(reader.number()) });
  }
  return sections;
}

/** The component that has these sections, with the header of the given one. */
export function writeSections(component, sections) {
  const parts = sections.flatMap(({ id, content }) => [Buffer.from([id]), number(content.length), content]);
  return Buffer.concat([component.subarray(0, HEADER), ...parts]);
}
