// Members that there are not. The engine would say "not a function", and not of what.

import { nearest } from "./nearest";

/** What languages and libraries ask any object for, to learn what it is. */
const ASKED_OF_ANYTHING: ReadonlySet<string | symbol> = new Set([
  "$$typeof",
  "__esModule",
  "asymmetricMatch",
  "constructor",
  "inspect",
  "length",
  "nodeType",
  "size",
  "tagName",
  "then",
  "toJSON",
  "toString",
  "valueOf",
]);

/** Whether a member is one that languages and libraries ask any object for. */
export function isAskedOfAnything(key: string | symbol): boolean {
  return typeof key === "symbol" || ASKED_OF_ANYTHING.has(key);
}

/**
 * Has it be an error to ask an object, or those of a class, for a member that it does not have. Those that it has are
 * found before this is come to, at no cost.
 *
 * @param object the object, or the class's prototype
 * @param what for the error: "`Machine` has no method"
 */
export function refuseOthers<T extends object>(object: T, what: string): T {
  const last = lastOwn(object);
  const otherwise: object = Object.create(Object.getPrototypeOf(last) as object);
  const get = (_: object, key: string | symbol, receiver: object): unknown => {
    if (key in otherwise || isAskedOfAnything(key)) return Reflect.get(otherwise, key, receiver);
    const near = nearest(String(key), membersOf(receiver, proxy));
    throw new TypeError(`${what} \`${String(key)}\`${near === undefined ? "" : `; is it \`${near}\`?`}`);
  };
  const proxy: object = new Proxy(otherwise, { get });
  Object.setPrototypeOf(last, proxy);
  return object;
}

/** Of an object and those that it inherits from, the last one that is not the language's. */
function lastOwn(object: object): object {
  let last = object;
  for (;;) {
    const next = Object.getPrototypeOf(last) as object;
    if (next === Object.prototype || next === Function.prototype) return last;
    last = next;
  }
}

function membersOf(object: object, end: object): string[] {
  const names: string[] = [];
  for (let some = object; some !== end; some = Object.getPrototypeOf(some) as object) {
    names.push(...Object.getOwnPropertyNames(some).filter((name) => name !== "constructor"));
  }
  return names;
}
