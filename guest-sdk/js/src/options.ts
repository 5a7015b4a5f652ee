// Options as authors write them: one that is misspelt would have no effect, and nobody would see it.

import { ProctorError } from "./error";
import { nearest } from "./nearest";

/**
 * Refuses options that there are not.
 *
 * @param names those that there are
 */
export function checkOptions<O extends object>(options: O | undefined, names: readonly (keyof O & string)[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw invalid(`the options have to be an object such as { ${names[0]}: ... }`);
  }
  for (const name of Object.keys(options)) {
    if ((names as readonly string[]).includes(name)) continue;
    const near = nearest(name, names);
    const all = names.map((some) => `\`${some}\``).join(", ");
    throw invalid(
      `there is no option \`${name}\`; ${near === undefined ? `${names.length > 1 ? "there are" : "there is only"} ${all}` : `is it \`${near}\`?`}`,
    );
  }
}

function invalid(message: string): ProctorError {
  return ProctorError.of({ tag: "invalid-argument", val: message });
}
