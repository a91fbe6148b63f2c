import { type ReactNode, type Ref } from 'react';

import { Icon } from './icon';

export type Tone = 'info' | 'success' | 'warning' | 'danger';

interface AlertProps {
  tone: Tone;
  title: string;
  children?: ReactNode;
  /** `alert` interrupts a screen reader, `status` waits; none when it was there from the beginning. */
  role?: 'alert' | 'status';
  /** A heading when the alert is a part of the page. */
  heading?: 2 | 3;
  focusRef?: Ref<HTMLDivElement>;
  actions?: ReactNode;
}

/** A message in a box, with a symbol, a title and what there is to say. */
export function Alert({ tone, title, children, role, heading, focusRef, actions }: AlertProps) {
  const Title = heading === 2 ? 'h2' : heading === 3 ? 'h3' : 'p';
  return (
    <div
      className={`kern-alert kern-alert--${tone} fw-alert`}
      role={role}
      ref={focusRef}
      tabIndex={focusRef ? -1 : undefined}
    >
      <div className="kern-alert__header">
        <Icon name={tone} />
        <Title className="kern-title kern-title--small">{title}</Title>
        {actions}
      </div>
      {children !== undefined && children !== null && <div className="kern-alert__body">{children}</div>}
    </div>
  );
}
