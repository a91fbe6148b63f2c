import { useEffect, useRef, type ReactNode } from 'react';

import { focusArrived, focusPending } from './focus';
import { Refusable } from './refusable';
import { useSpeech } from '../texts/language';

interface PageProps {
  title: string;
  /** Stands over the title in small letters. */
  above?: ReactNode;
  /** Stands beside the title: the main actions of the page. */
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** A page: its one h1, which takes the focus when one comes from another page, and the rest. */
export function Page({ title, above, actions, wide, children }: PageProps) {
  return (
    <div className={wide ? 'fw-page fw-page--wide' : 'fw-page'}>
      <header className="fw-page__head">
        <div className="fw-page__titles">
          {above && <p className="fw-page__above">{above}</p>}
          <PageTitle>{title}</PageTitle>
        </div>
        {actions && <div className="fw-page__actions">{actions}</div>}
      </header>
      <Refusable>{children}</Refusable>
    </div>
  );
}

function PageTitle({ children }: { children: string }) {
  const { t } = useSpeech();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} – ${t.app.name}`;
  }, [children, t]);
  useEffect(() => {
    if (focusPending()) {
      heading.current?.focus({ preventScroll: true });
      focusArrived();
    }
  }, []);
  return (
    <h1 className="kern-heading-medium fw-title" tabIndex={-1} ref={heading}>
      {children}
    </h1>
  );
}

/** A part of a page under a heading. */
export function Section({
  title,
  id,
  actions,
  children,
  className,
}: {
  title: string;
  id?: string;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`fw-section ${className ?? ''}`} id={id}>
      <div className="fw-section__head">
        <h2 className="kern-heading-small">{title}</h2>
        {actions && <div className="fw-section__actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
