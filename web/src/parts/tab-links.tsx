import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';

import { Icon } from './icon';

/** Pixels of the neighbour that are seen beside a link: there is more. */
const PEEK = 48;

/**
 * Parts of a page that have an address each: links in one line, the current one marked. What does not fit is scrolled to. The
 * keyboard comes to every link, and a finger moves the line; the arrows are for the mouse only.
 */
export function TabLinks({ label, children }: { label: string; children: ReactNode }) {
  const line = useRef<HTMLUListElement>(null);
  const { before, after } = useBeyond(line);
  const shown = useRef<Element>(null);
  useEffect(() => {
    const current = currentIn(line.current);
    if (current !== shown.current) reveal(line.current, current);
    shown.current = current;
  });
  const move = (by: number) => line.current?.scrollBy({ left: by * line.current.clientWidth });
  const arrow = (to: 'left' | 'right', shown: boolean) => (
    <button
      type="button"
      className="fw-tabs__more"
      tabIndex={-1}
      aria-hidden="true"
      hidden={!(before || after)}
      disabled={!shown}
      onClick={() => move(to === 'left' ? -0.7 : 0.7)}
    >
      <Icon name={`chevron-${to}`} />
    </button>
  );
  return (
    <nav className="fw-tabs" aria-label={label}>
      {arrow('left', before)}
      <ul ref={line}>{children}</ul>
      {arrow('right', after)}
    </nav>
  );
}

export function TabItem({ children }: { children: ReactNode }) {
  return <li>{children}</li>;
}

/** Whether there is more before or behind what is seen of the line. */
function useBeyond(line: RefObject<HTMLUListElement | null>): { before: boolean; after: boolean } {
  const [beyond, setBeyond] = useState({ before: false, after: false });
  useEffect(() => {
    const list = line.current;
    const room = list?.parentElement;
    if (!list || !room) return;
    const look = () => {
      const { scrollLeft, scrollWidth, clientWidth } = list;
      // Without the arrows: what they alone leave no room for needs none.
      const fits = scrollWidth <= room.clientWidth;
      const before = !fits && scrollLeft > 1;
      const after = !fits && scrollLeft + clientWidth < scrollWidth - 1;
      setBeyond((was) => (was.before === before && was.after === after ? was : { before, after }));
    };
    const resized = () => {
      reveal(list, currentIn(list));
      look();
    };
    // Not for the mouse: the link would move away below it before it is let go.
    const focused = ({ target }: FocusEvent) => {
      if (target instanceof Element && target.matches(':focus-visible')) reveal(list, target);
    };
    const watch = new ResizeObserver(resized);
    for (const each of [list, room, ...list.children]) watch.observe(each);
    list.addEventListener('scroll', look, { passive: true });
    list.addEventListener('focusin', focused);
    return () => {
      watch.disconnect();
      list.removeEventListener('scroll', look);
      list.removeEventListener('focusin', focused);
    };
  }, [line]);
  return beyond;
}

const currentIn = (line: HTMLElement | null) => line?.querySelector('[aria-current]') ?? null;

/** Moves the line so that a link is seen as a whole. */
function reveal(line: HTMLElement | null, link: Element | null): void {
  if (!line || !link) return;
  const [room, { left, right }] = [line.getBoundingClientRect(), link.getBoundingClientRect()];
  const over = Math.max(right - (room.right - PEEK), 0);
  const under = Math.min(left - (room.left + PEEK), 0);
  if (over > 0 || under < 0)
    line.scrollTo({ left: line.scrollLeft + (under < 0 ? under : over), behavior: 'instant' });
}
