import type { ReactNode } from 'react';

/** Parts of a page that have an address each: links in a row, the current one marked. */
export function TabLinks({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className="fw-tabs" aria-label={label}>
      <ul>{children}</ul>
    </nav>
  );
}

export function TabItem({ children }: { children: ReactNode }) {
  return <li>{children}</li>;
}
