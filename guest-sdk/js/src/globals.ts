// What authors and libraries expect to find, and the engine does not have, or has in a way that does not work in a
// test. Imported before everything else.

import { consoleGlobal } from "./console-global";
import { now } from "./clock";
import { clearTimer, queueJob, setIntervalTimer, setTimer } from "./event-loop";
import { installStacks } from "./place";
import { LoopPromise } from "./promise";
import { fillRandomly, random, randomUuid } from "./random";
import { checkNames } from "./registry";
import { loadSourceMap } from "./source-map";
import { Utf8Decoder, Utf8Encoder } from "./text";

const { __proctorSourceMap: sourceMap } = globalThis as { __proctorSourceMap?: string };
if (sourceMap !== undefined) loadSourceMap(sourceMap);
installStacks();
Math.random = random;
Object.assign(globalThis, {
  console: consoleGlobal,
  Promise: LoopPromise,
  queueMicrotask: queueJob,
  setTimeout: setTimer,
  setInterval: setIntervalTimer,
  setImmediate: (action: () => void) => setTimer(action, 0),
  clearTimeout: clearTimer,
  clearInterval: clearTimer,
  clearImmediate: clearTimer,
  performance: { now },
  crypto: { getRandomValues: fillRandomly, randomUUID: randomUuid },
  TextEncoder: Utf8Encoder,
  TextDecoder: Utf8Decoder,
  // What the build calls at the end of the bundle.
  __proctorEnd: checkNames,
});
