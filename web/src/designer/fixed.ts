import type { Files, FixChange, ProblemFix } from '../api/shapes';

/** Lines are told without their ends; one that comes from elsewhere may end in another way. */
const bare = (line: string) => line.replace(/\r$/, '');

function changed(text: string, changes: FixChange[]): string | null {
  const lines = text.split('\n');
  // From the end, so that the numbers of the others stay right.
  for (const { line, before, after } of [...changes].sort((a, b) => b.line - a.line)) {
    const there = lines.slice(line - 1, line - 1 + before.length);
    if (there.length !== before.length || there.some((found, at) => bare(found) !== before[at])) return null;
    const end = there[0]?.endsWith('\r') ? '\r' : '';
    lines.splice(line - 1, before.length, ...after.map((added) => added + end));
  }
  return lines.join('\n');
}

/** Files as a suggestion makes them; null when they are not those that it was made for. */
export function fixed(files: Files, { changes }: ProblemFix): Files | null {
  const all = { ...files };
  for (const file of new Set(changes.map((change) => change.file))) {
    const text = files[file];
    const after =
      text === undefined
        ? null
        : changed(
            text,
            changes.filter((change) => change.file === file),
          );
    if (after === null) return null;
    all[file] = after;
  }
  return all;
}
