// What `node:assert` is in a test: see `assert.ts`.

import { AssertionError, assert } from "./assert";

export default assert;
export { assert as strict, AssertionError };
export const {
  ok,
  fail,
  equal,
  strictEqual,
  notEqual,
  notStrictEqual,
  deepEqual,
  deepStrictEqual,
  notDeepEqual,
  notDeepStrictEqual,
  match,
  doesNotMatch,
  throws,
  rejects,
  doesNotReject,
} = assert;
