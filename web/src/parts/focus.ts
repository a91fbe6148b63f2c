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

/** What had the focus may be gone once it has done its work, a row of a list for example: then the heading takes it. */
export function keepFocus(main: HTMLElement): () => void {
  let last: EventTarget | null = null;
  let later: ReturnType<typeof setTimeout> | undefined;
  const remember = (event: FocusEvent) => {
    last = event.target;
  };
  const observer = new MutationObserver(() => {
    if (!(last instanceof Element) || last.isConnected) return;
    // While a dialog is open the focus stays in it.
    if (document.querySelector('[role=dialog], [role=alertdialog]') !== null) return;
    last = null;
    // A dialog that closes gives the focus back by itself, if there is still somebody to take it.
    later = setTimeout(() => {
      if (document.activeElement === document.body)
        main.querySelector<HTMLElement>('h1[tabindex]')?.focus({ preventScroll: true });
    }, 100);
  });
  document.addEventListener('focusin', remember);
  observer.observe(main, { childList: true, subtree: true });
  return () => {
    clearTimeout(later);
    observer.disconnect();
    document.removeEventListener('focusin', remember);
  };
}
