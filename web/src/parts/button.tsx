import type { ButtonHTMLAttributes, ReactNode } from 'react';

import { Icon, type IconName } from './icon';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> {
  look?: 'primary' | 'secondary' | 'tertiary';
  icon?: IconName;
  small?: boolean;
  /** While the request runs: stays focusable, does nothing. */
  pending?: boolean;
  /** Only the icon is seen; the children are read out. */
  iconOnly?: boolean;
  children: ReactNode;
}

/** A button as KERN draws it. */
export function Button({
  look = 'secondary',
  icon,
  small,
  pending,
  iconOnly,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const classes = ['kern-btn', `kern-btn--${look}`];
  if (small) classes.push('kern-btn--x-small');
  return (
    <button
      type="button"
      {...rest}
      className={classes.join(' ')}
      aria-disabled={pending ?? rest['aria-disabled']}
      aria-busy={pending}
      onClick={(event) => {
        // A second click while the first is on its way must not send twice, nor submit the form.
        if (pending) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon && <Icon name={pending ? 'autorenew' : icon} />}
      <span className={iconOnly ? 'kern-label kern-sr-only' : 'kern-label'}>{children}</span>
    </button>
  );
}
