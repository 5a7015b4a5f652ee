import assert from "node:assert/strict";
import { test } from "node:test";

import { Reader, Section, list, name, number, readSections, writeSections } from "../toolchain/component.mjs";
import { linkEngineFunctions } from "../toolchain/engine.mjs";
import { simplified } from "../toolchain/source-map.mjs";

const HEADER = Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);

test("numbers are written as they are read", () => {
  for (const value of [0, 1, 127, 128, 300, 2 ** 21, 2 ** 32 - 1]) {
    assert.equal(new Reader(number(value)).number(), value);
  }
  assert.throws(() => new Reader(Buffer.from([0x80])).number(), /ends too early/);
});

test("a component that is taken apart is put together again", () => {
  const sections = [
    { id: Section.import, content: list([Buffer.concat([Buffer.from([0]), name("a:b/c"), Buffer.from([5, 0])])]) },
    { id: 0, content: Buffer.from("custom") },
  ];
  const component = writeSections(HEADER, sections);
  assert.deepEqual(
    readSections(component).map(({ id, content }) => [id, Buffer.from(content)]),
    sections.map(({ id, content }) => [id, content]),
  );
  assert.throws(() => linkEngineFunctions(component), /0 components import proctor:javascript\/engine@0.1.0/);
});

test("a source map keeps the files that have names", () => {
  // The bundle's first line comes from the package, its second from line 3, column 5 of the author's file.
  const map = simplified({ sources: ["package.ts", "author.ts"], mappings: "AAAA;ECEI" }, (source) =>
    source === "author.ts" ? source : undefined,
  );
  assert.deepEqual(map, { sources: ["author.ts"], lines: { 3: [2, 0, 2, 4] } });
});
