// Where the calls of a bundle begin and end. The engine says of a call the place of its last argument, which may stand in
// another line; and what an assertion says is read here.

/** Words before a parenthesis that call nothing, and after which no division stands. */
const KEYWORDS = new Set(
  "await case catch delete do else for if in instanceof new of return switch throw typeof void while with yield".split(
    " ",
  ),
);
/** Calls of these are kept with the text of their first argument. */
const ASSERTIONS = /^(assert|ok)\d*$/;
/** What the bundler calls the default of `node:assert`, under whatever name it was imported. */
const IMPORTED_ASSERTION = /^(node_)?assert_default\d*$/;
/** A longer text would not be read. */
const TEXT_CHARACTERS = 200;
const CLOSING = { "(": ")", "[": "]", "{": "}", "${": "}" };

/**
 * The calls that have a name and arguments, in the order in which they end. None where the text is not understood.
 *
 * @param {string} code as the bundler prints it: with blanks around its operators
 * @returns {{ name: string, start: number, end: number, text?: string }[]} the callee's last name; where it begins, and
 * where the closing parenthesis stands
 */
export function findCalls(code) {
  const found = [];
  const open = [];
  /** The name or keyword that was read last, if nothing stands behind it, and whether a value was read last. */
  let [name, isValue] = [undefined, false];
  const pattern =
    /\/\/.*|\/\*[^]*?\*\/|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\d[\w.]*|[\w$#\u0080-\uffff]+|\+\+|--|\s+|[^]/guy;
  for (let match = pattern.exec(code); match !== null; match = pattern.exec(code)) {
    const [token] = match;
    const start = match.index;
    const top = open.at(-1);
    if (/^(\s|\/\/|\/\*)/.test(token)) continue;
    if (token === "/" && !(isValue && /[ =]/.test(code[pattern.lastIndex] ?? " "))) {
      const end = endOfRegularExpression(code, pattern.lastIndex);
      if (end === undefined) return [];
      pattern.lastIndex = end;
      [name, isValue] = [undefined, true];
    } else if (token === "`" || (token === "}" && top?.token === "${")) {
      if (token === "}") open.pop();
      const end = endOfTemplate(code, pattern.lastIndex);
      if (end === undefined) return [];
      pattern.lastIndex = end;
      if (code[end - 1] === "{") open.push({ token: "${" });
      [name, isValue] = [undefined, code[end - 1] === "`"];
    } else if (/^["'\d]/.test(token)) {
      [name, isValue] = [undefined, true];
    } else if (/^[\w$#\u0080-\uffff]/u.test(token)) {
      const isKeyword = KEYWORDS.has(token) && code[start - 1] !== ".";
      [name, isValue] = [isKeyword ? undefined : { text: token, start }, !isKeyword];
    } else if (token in CLOSING) {
      open.push({ token, call: token === "(" ? name : undefined, inside: pattern.lastIndex });
      [name, isValue] = [undefined, false];
    } else if (/^[)\]}]$/.test(token)) {
      if (top === undefined || CLOSING[top.token] !== token) return [];
      open.pop();
      const { call, inside, comma } = top;
      if (call !== undefined && code.slice(inside, start).trim() !== "") {
        const called = IMPORTED_ASSERTION.test(call.text) ? "assert" : call.text;
        const text = ASSERTIONS.test(called) ? shown(code.slice(inside, comma ?? start)) : undefined;
        found.push({ name: called, start: call.start, end: start, text });
      }
      [name, isValue] = [undefined, true];
    } else {
      if (token === "," && top !== undefined) top.comma ??= start;
      name = undefined;
      if (token !== "++" && token !== "--") isValue = false;
    }
  }
  return open.length === 0 ? found : [];
}

/** As the author wrote it, as far as it is known what the bundler changes. */
function shown(expression) {
  const text = expression
    .trim()
    .replace(/\s*\n\s*/g, " ")
    .replace(/\bvoid 0\b|\b__proctorUndefined\b/g, "undefined")
    // Asynchronous functions become generators.
    .replace(/\byield\b/g, "await");
  return text.length > TEXT_CHARACTERS ? `${text.slice(0, TEXT_CHARACTERS)}...` : text;
}

function endOfRegularExpression(code, from) {
  const pattern = /(?:[^[\\\n/]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
  pattern.lastIndex = from;
  return pattern.test(code) ? pattern.lastIndex : undefined;
}

/** Behind the next `${`, or the template's end. */
function endOfTemplate(code, from) {
  const pattern = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;
  pattern.lastIndex = from;
  return pattern.test(code) ? pattern.lastIndex : undefined;
}
