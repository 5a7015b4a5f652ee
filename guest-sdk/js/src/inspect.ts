// Values as text, for the log and for failures. Nothing that a value does when it is looked at gets out of here.

/** Deeper objects, later items and longer texts than these are left out: a line of the log should be readable. */
const DEPTH = 4;
const ITEMS = 100;
const TEXT = 10_000;

/** A value as one would write it in the language. */
export function inspect(value: unknown): string {
  return show(value, 0, []);
}

/** What `console.log` writes: texts as they are, other values as one would write them. */
export function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== "string") return values.map(plain).join(" ");
  if (!first.includes("%")) return [first, ...rest.map(plain)].join(" ");
  const text = first.replace(/%([sdifoOjc%])/g, (whole, kind: string) => {
    if (kind === "%") return "%";
    if (rest.length === 0) return whole;
    const value = rest.shift();
    if (kind === "c") return "";
    if (kind === "s") return plain(value);
    if (kind === "d" || kind === "f") return String(numeric(value));
    return kind === "i" ? String(Math.trunc(numeric(value))) : inspect(value);
  });
  return [text, ...rest.map(plain)].join(" ");
}

/** A text as it is, another value as one would write it. */
export function plain(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

/** A number, of whatever has none as well: a symbol, an object whose members throw. */
function numeric(value: unknown): number {
  try {
    return Number(value);
  } catch {
    return NaN;
  }
}

function show(value: unknown, depth: number, above: object[]): string {
  try {
    return shown(value, depth, above);
  } catch {
    return "[cannot be shown]";
  }
}

function shown(value: unknown, depth: number, above: object[]): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > TEXT ? `${value.slice(0, TEXT)}...` : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[${/^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function"} ${value.name || "(anonymous)"}]`;
    case "object":
      return value === null ? "null" : showObject(value, depth, above);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function showObject(value: object, depth: number, above: object[]): string {
  if (above.includes(value)) return "[circular]";
  if (value instanceof Error) return showError(value, depth, above);
  if (value instanceof RegExp) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  const name = constructorName(value);
  if (depth > DEPTH) return `[${name}]`;
  const inner = (some: unknown) => show(some, depth + 1, [...above, value]);
  if (Array.isArray(value)) return wrap("", "[", value.map(inner), "]");
  if (ArrayBuffer.isView(value)) return wrap(name, "[", Array.from(value as Uint8Array, inner), "]");
  if (value instanceof Map)
    return wrap(
      name,
      "{",
      Array.from(value, ([key, some]) => `${inner(key)} => ${inner(some)}`),
      "}",
    );
  if (value instanceof Set) return wrap(name, "{", Array.from(value, inner), "}");
  const members = Object.keys(value).map(
    (key) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${showMember(value, key, inner)}`,
  );
  return wrap(name === "Object" ? "" : name, "{", members, "}");
}

function showMember(value: object, key: string, inner: (some: unknown) => string): string {
  try {
    return inner(Reflect.get(value, key));
  } catch {
    return "[throws]";
  }
}

function showError(error: Error, depth: number, above: object[]): string {
  const text = `${String(error.name)}: ${String(error.message)}`;
  const cause = error.cause === undefined ? "" : `\ncaused by ${show(error.cause, depth + 1, [...above, error])}`;
  return `${text}${error.stack ? `\n${error.stack}` : ""}${cause}`;
}

function wrap(name: string, open: string, items: string[], close: string): string {
  const shown = items.length > ITEMS ? [...items.slice(0, ITEMS), `and ${items.length - ITEMS} more`] : items;
  const inside = open === "{" && shown.length > 0 ? ` ${shown.join(", ")} ` : shown.join(", ");
  return `${name && `${name} `}${open}${inside}${close}`;
}

function constructorName(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return "Object";
  const { constructor } = prototype as { constructor?: { name?: string } };
  return constructor?.name || "Object";
}
