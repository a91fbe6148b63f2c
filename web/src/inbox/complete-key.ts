// Control and Enter complete a task: wherever in its form somebody types, and as long as nothing else of the page has the focus,
// as right after the task was opened.
import { type RefObject, useEffect } from 'react';

/** What takes keys for itself. */
const OWN =
  'a, button, input, select, textarea, summary, iframe, dialog, [contenteditable], [tabindex="0"], [role="dialog"], [role="alertdialog"]';

export function useCompleteKey(form: RefObject<HTMLElement | null>, complete: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      const { target } = event;
      if (!(target instanceof Element)) return;
      // A window over the form is not the form, wherever it stands in the document.
      const inside = form.current?.contains(target) === true;
      if (!inside && target.closest(OWN) !== null) return;
      if (document.querySelector('dialog[open], [role="dialog"], [role="alertdialog"]')) return;
      event.preventDefault();
      complete();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}
