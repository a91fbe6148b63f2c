/** A piece of a text: heading, paragraph, list or program text. */
export type Piece =
  | { kind: 'heading'; depth: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'code'; text: string };

/**
 * The little of Markdown that the descriptions of building blocks use. Whatever else it is stays as it was written;
 * nothing becomes HTML. A comment on a line of its own is not shown.
 */
export function readProse(text: string): Piece[] {
  const pieces: Piece[] = [];
  let lines: string[] = [];
  let code: string[] | null = null;
  const flush = () => {
    if (lines.length === 0) return;
    const bulleted =
      lines.every((line) => /^([-*]|\d+\.) /.test(line) || /^\s+\S/.test(line)) &&
      /^([-*]|\d+\.) /.test(lines[0] ?? '');
    if (bulleted) {
      const items: string[] = [];
      for (const line of lines) {
        if (/^([-*]|\d+\.) /.test(line)) items.push(line.replace(/^([-*]|\d+\.) /, ''));
        else items.push(`${items.pop() ?? ''} ${line.trim()}`);
      }
      pieces.push({ kind: 'list', items });
    } else {
      pieces.push({ kind: 'paragraph', text: lines.map((line) => line.trim()).join(' ') });
    }
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      if (code === null) {
        flush();
        code = [];
      } else {
        pieces.push({ kind: 'code', text: code.join('\n') });
        code = null;
      }
      continue;
    }
    if (code !== null) {
      code.push(line);
      continue;
    }
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (heading) {
      flush();
      pieces.push({ kind: 'heading', depth: (heading[1] ?? '#').length, text: heading[2] ?? '' });
    } else if (line.trim() === '' || /^<!--.*-->$/.test(line)) {
      flush();
    } else {
      // A list may follow a paragraph without an empty line.
      if (/^[-*] /.test(line) && lines.length > 0 && !/^[-*] /.test(lines[0] ?? '')) flush();
      lines.push(line);
    }
  }
  flush();
  if (code !== null) pieces.push({ kind: 'code', text: code.join('\n') });
  return pieces;
}
