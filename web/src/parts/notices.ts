// Messages about what has just been done. They outlive the page change that follows an action, not the one after.
import { useSyncExternalStore } from 'react';

import type { Tone } from './alert';

export interface Notice {
  id: number;
  tone: Tone;
  title: string;
  text?: string;
  /** How many page changes it outlives. */
  survives: number;
}

type Listener = () => void;

let notices: readonly Notice[] = [];
let announcement = { id: 0, text: '' };
let next = 1;
const listeners = new Set<Listener>();

function emit(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows a message above the page and reads it out politely. */
export function notify(notice: Omit<Notice, 'id' | 'survives'> & { survives?: number }): void {
  notices = [...notices, { survives: 0, ...notice, id: next++ }];
  emit();
}

export function dismiss(id: number): void {
  notices = notices.filter((notice) => notice.id !== id);
  emit();
}

/** Another page is shown: older messages go. */
export function turnPage(): void {
  if (notices.length === 0) return;
  notices = notices
    .filter((notice) => notice.survives > 0)
    .map((notice) => ({ ...notice, survives: notice.survives - 1 }));
  emit();
}

/** Reads something out without showing it and without moving the focus. */
export function announce(text: string): void {
  announcement = { id: announcement.id + 1, text };
  emit();
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(subscribe, () => notices);
}

export function useAnnouncement(): { id: number; text: string } {
  return useSyncExternalStore(subscribe, () => announcement);
}
