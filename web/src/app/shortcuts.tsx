// Keyboard shortcuts: one list feeds the keys and the overview.
import { useEffect, useState } from 'react';

import { CheckField } from '../parts/field';
import { Dialog } from '../parts/dialog';
import type { Texts } from '../texts/de';
import { useSpeech } from '../texts/language';

interface Shortcut {
  keys: (t: Texts) => string[];
  title: (t: Texts) => string;
  where: (t: Texts) => string;
  single: boolean;
}

export const SHORTCUTS: Shortcut[] = [
  {
    keys: (t) => [t.shortcuts.keys.ctrl, t.shortcuts.keys.enter],
    title: (t) => t.shortcuts.complete,
    where: (t) => t.shortcuts.where.task,
    single: false,
  },
  {
    keys: () => ['/'],
    title: (t) => t.shortcuts.search,
    where: (t) => t.shortcuts.where.list,
    single: true,
  },
  {
    keys: () => ['?'],
    title: (t) => t.shortcuts.help,
    where: (t) => t.shortcuts.where.everywhere,
    single: true,
  },
];

const KEY = 'fachwerk.single-keys';

function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

/** Whether somebody is typing, so that a character belongs to the text. */
function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, textarea, select, [role="spinbutton"], [role="dialog"]') !== null)
  );
}

/** Listens for the shortcuts of a single character. */
export function useSingleKeys(showOverview: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !singleKeysOn()) return;
      if (event.key === '?') {
        event.preventDefault();
        showOverview();
      }
      if (event.key === '/') {
        const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (field) {
          event.preventDefault();
          // The field may stand in a closed filter.
          field.closest('details')?.setAttribute('open', '');
          field.focus();
        }
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [showOverview]);
}

export function ShortcutList() {
  const { t } = useSpeech();
  const [on, setOn] = useState(singleKeysOn);
  return (
    <>
      <dl className="kern-description-list fw-shortcuts">
        {SHORTCUTS.map((shortcut) => (
          <div className="kern-description-list-item" key={shortcut.title(t)}>
            <dt className="kern-description-list-item__key">
              {shortcut.keys(t).map((key, index) => (
                <span key={key}>
                  {index > 0 && ' + '}
                  <kbd className="fw-key">{key}</kbd>
                </span>
              ))}
            </dt>
            <dd className="kern-description-list-item__value">
              {shortcut.title(t)} <span className="fw-muted">({shortcut.where(t)})</span>
            </dd>
          </div>
        ))}
      </dl>
      <CheckField
        id="single-keys"
        label={t.shortcuts.single}
        help={t.shortcuts.singleHelp}
        silent
        value={on}
        onChange={(next) => {
          setOn(next);
          try {
            localStorage.setItem(KEY, next ? 'on' : 'off');
          } catch {
            // Not remembered then.
          }
        }}
      />
    </>
  );
}

export function ShortcutDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useSpeech();
  return (
    <Dialog title={t.shortcuts.title} open={open} onClose={onClose}>
      <ShortcutList />
    </Dialog>
  );
}
