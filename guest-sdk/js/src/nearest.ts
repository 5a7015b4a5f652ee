// What somebody meant who wrote a name that there is not.

/** A name is near where at most every third of its letters, and one of a short one, is another. */
const LETTERS_TO_A_MISTAKE = 3;

/** The one of the names that is most like this one, where one is. Letters' cases and `_` do not count. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = folded(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / LETTERS_TO_A_MISTAKE)) + 1;
  for (const some of names) {
    const is = folded(some);
    const mistakes = isBeginning(wanted, is) || isBeginning(is, wanted) ? 1 : distance(wanted, is);
    if (mistakes < least) [best, least] = [some, mistakes];
  }
  return best;
}

function folded(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

function isBeginning(name: string, whole: string): boolean {
  return name.length >= LETTERS_TO_A_MISTAKE && whole.startsWith(name);
}

/** How many letters have to be put in, left out, replaced or swapped with the next. */
function distance(left: string, right: string): number {
  let [before, above]: [number[], number[]] = [[], Array.from({ length: right.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      let mistakes = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        mistakes = Math.min(mistakes, before[column - 2]! + 1);
      }
      current.push(mistakes);
    }
    [before, above] = [above, current];
  }
  return above[right.length]!;
}
