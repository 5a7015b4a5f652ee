import assert from "node:assert/strict";
import { test } from "node:test";

import { findCalls } from "../toolchain/calls.mjs";
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
  const nameOf = (source) => (source === "author.ts" ? source : undefined);
  const map = simplified(
    { sources: ["package.ts", "author.ts"], mappings: "AAAA;ECEI" },
    nameOf,
    "f(1);\n  assert(\n  x);",
  );
  assert.deepEqual(map, {
    sources: ["author.ts"],
    lines: { 3: [2, 0, 2, 4] },
    calls: [["assert", 3, 2, 4, 3, "x"]],
  });
});

test("calls are found with what is between their parentheses", () => {
  const found = (code) => findCalls(code).map(({ name, start, end }) => `${name} ${code.slice(start, end + 1)}`);
  const calls = {
    "f(1)": ["f f(1)"],
    "f()": [],
    "a.b.c(d(e), 2)": ["d d(e)", "c c(d(e), 2)"],
    "if (a) b(c);": ["b b(c)"],
    "x.if(1)": ["if if(1)"],
    "f(\")\", ')', `)${g(`${1})`)})`)": ["g g(`${1})`)", "f f(\")\", ')', `)${g(`${1})`)})`)"],
    "f(/[)/(]/.test(a), b++ / c, d / 2)": ["test test(a)", "f f(/[)/(]/.test(a), b++ / c, d / 2)"],
    "return /\\)/g(1)": [],
    "// f(1\n/* f(2 */ g(3)": ["g g(3)"],
    "größe(1)": ["größe größe(1)"],
    "f(1": [],
    "f(1]": [],
  };
  for (const [code, wanted] of Object.entries(calls)) assert.deepEqual(found(code), wanted, code);
});

test("an assertion is kept with its text", () => {
  const text = (code) => findCalls(code).at(-1).text;
  assert.equal(text('assert(n === "4", "why")'), 'n === "4"');
  assert.equal(text("assert.ok(\n  f(a, b) &&\n  c === void 0\n)"), "f(a, b) && c === undefined");
  assert.equal(text("assert2((yield f(1)).isFine)"), "(await f(1)).isFine");
  assert.equal(text(`assert(${"x".repeat(300)})`), `${"x".repeat(200)}...`);
  assert.equal(text("other(1)"), undefined);
});
