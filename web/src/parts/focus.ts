// After a change of page the focus belongs on its heading. The page may still be loading: then the heading takes the
// focus when it appears. A change of filters or tabs (same path) moves nothing.

let pending = false;

/** Another page was asked for. */
export function expectFocus(): void {
  const heading = document.querySelector<HTMLElement>('main h1[tabindex]');
  if (heading) heading.focus({ preventScroll: true });
  else pending = true;
}

export function focusPending(): boolean {
  return pending;
}

export function focusArrived(): void {
  pending = false;
}
