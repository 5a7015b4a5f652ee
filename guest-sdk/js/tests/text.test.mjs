import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { load } from "./package.mjs";

const { byteLength, cut, decodeText, encodeText, milliseconds, port, text } = await load(["text", "argument"]);
// A byte order mark is a character of the output like any other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

test("bytes are decoded as the standard says", () => {
  const cases = ["", "plain", "grüß 日本 🎉", "\ufeffx"].map((some) => Buffer.from(some));
  const broken = [
    "ff",
    "c0af",
    "e0809f",
    "eda080",
    "f08080",
    "f4908080",
    "e282",
    "f09f8e",
    "61e2",
    "f09f8e61",
    "80",
    "f5",
  ];
  cases.push(...broken.map((hexadecimal) => Buffer.from(hexadecimal, "hex")));
  for (let length = 0; length < 200; length += 1)
    cases.push(randomBytes(length), Buffer.from(randomBytes(length).map((byte) => byte | 0xc0)));
  cases.push(Buffer.from("日".repeat(20_000)), Buffer.alloc(20_000, "a"));
  for (const bytes of cases) assert.equal(decodeText(bytes), decoder.decode(bytes), bytes.toString("hex"));
});

test("text is encoded as the standard says", () => {
  for (const some of ["", "plain", "grüß 日本 🎉", "half \ud800", "\udc00x", "\u07ff\u0800\uffff"]) {
    assert.deepEqual(Buffer.from(encodeText(some)), Buffer.from(new TextEncoder().encode(some)));
  }
});

test("arguments are checked before the engine sees them", () => {
  assert.equal(text("grüße 🎉", "it"), "grüße 🎉");
  assert.throws(() => text("ab\ud800c", "it"), /^ProctorError: it is not valid Unicode.*at position 2$/);
  assert.throws(() => text(7, "it"), { code: "invalid-argument", message: "it has to be a string and is 7" });
  assert.equal(milliseconds(1.2, "it"), 2);
  assert.equal(milliseconds(Infinity, "it"), 2 ** 32 - 1);
  for (const wrong of [NaN, -1, "5", null])
    assert.throws(() => milliseconds(wrong, "it"), { code: "invalid-argument" });
  for (const wrong of [-1, 65_536, 1.5, "80"]) assert.throws(() => port(wrong, "it"), { code: "invalid-argument" });
});

test("a text is cut at a character, and its length told", () => {
  for (const some of ["", "plain", "grüß 日本 🎉", "\ud800x"]) {
    assert.equal(byteLength(some), Buffer.byteLength(some));
    assert.equal(cut(some, Buffer.byteLength(some)), some);
  }
  assert.equal(cut("x".repeat(9), 8), "xxxxxxxx... (9 bytes)");
  assert.equal(cut("äää", 5), "ää... (6 bytes)");
  assert.equal(cut("🎉🎉", 7), "🎉... (8 bytes)");
});
