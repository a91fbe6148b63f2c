// Which lines of a text go, and which come, when it becomes another one. Pure.

export interface Line {
  text: string;
  /** Whether the other text lacks it. */
  changed: boolean;
}

/** Both texts line by line. What both have in the same order counts as unchanged, as much of it as possible. */
export function changes(before: string, after: string): { before: Line[]; after: Line[] } {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const common = commonFrom(old, fresh);
  const at = (one: number, other: number) => common[one]?.[other] ?? 0;
  const found: { before: Line[]; after: Line[] } = { before: [], after: [] };
  let [one, other] = [0, 0];
  while (one < old.length || other < fresh.length) {
    const [left, right] = [old[one], fresh[other]];
    if (left !== undefined && left === right) {
      found.before.push({ text: left, changed: false });
      found.after.push({ text: left, changed: false });
      one += 1;
      other += 1;
    } else if (right === undefined || (left !== undefined && at(one + 1, other) >= at(one, other + 1))) {
      found.before.push({ text: left ?? '', changed: true });
      one += 1;
    } else {
      found.after.push({ text: right, changed: true });
      other += 1;
    }
  }
  return found;
}

function linesOf(text: string): string[] {
  const whole = text.trimEnd();
  return whole === '' ? [] : whole.split('\n');
}

/** How many lines both have in common from each pair of places on. */
function commonFrom(old: string[], fresh: string[]): number[][] {
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0));
  for (let one = old.length - 1; one >= 0; one -= 1) {
    const [row, next] = [common[one] ?? [], common[one + 1] ?? []];
    for (let other = fresh.length - 1; other >= 0; other -= 1)
      row[other] =
        old[one] === fresh[other]
          ? (next[other + 1] ?? 0) + 1
          : Math.max(next[other] ?? 0, row[other + 1] ?? 0);
  }
  return common;
}
