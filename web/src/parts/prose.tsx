import type { ReactNode } from 'react';

import { readProse } from './read-prose';

/** Words in a line: `code` and **strong**. */
function inline(text: string): ReactNode[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, index) => {
    if (part.startsWith('`') && part.endsWith('`') && part.length > 2)
      return <code key={index}>{part.slice(1, -1)}</code>;
    if (part.startsWith('**') && part.endsWith('**') && part.length > 4)
      return <strong key={index}>{part.slice(2, -2)}</strong>;
    return part;
  });
}

/** A sentence with `code` in it. */
export function Sentence({ text }: { text: string }) {
  return <>{inline(text)}</>;
}

/** A description. Its own first heading (the name) is left out; the others begin at a level of the page. */
export function Prose({ text, level }: { text: string; level: number }) {
  const pieces = readProse(text);
  return (
    <div className="fw-prose">
      {pieces.map((piece, index) => {
        switch (piece.kind) {
          case 'heading': {
            if (piece.depth === 1) return null;
            const Heading = `h${Math.min(level + piece.depth - 2, 6)}` as 'h5';
            return <Heading key={index}>{inline(piece.text)}</Heading>;
          }
          case 'paragraph':
            return <p key={index}>{inline(piece.text)}</p>;
          case 'list':
            return (
              <ul key={index}>
                {piece.items.map((item, place) => (
                  <li key={place}>{inline(item)}</li>
                ))}
              </ul>
            );
          case 'code':
            return (
              <pre className="fw-pre" key={index}>
                {piece.text}
              </pre>
            );
        }
      })}
    </div>
  );
}
