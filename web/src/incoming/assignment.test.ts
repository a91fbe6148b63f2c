import { describe, expect, it } from 'vitest';

import type { ItemTarget } from '../api/shapes';
import { asks, ONLY_DOCUMENTS, PERHAPS, proposedOf, said } from './assignment';

const title = { de: 'Antwort', en: 'Answer' };
const answer = { message: 'answer', title, passed: false, interrupts: false };
const act = { act: 2, party: 3, title, name: 'Erika Beispiel', issued_on: '2026-03-02' };
const target = (more: Partial<ItemTarget>): ItemTarget => ({
  case: '1',
  number: null,
  subject: null,
  process_title: title,
  open: true,
  why: null,
  expects: [],
  acts: [],
  may_be_remedy: false,
  ...more,
});

describe('as what an item goes to a case', () => {
  const cases: [string, Partial<ItemTarget>, boolean, string][] = [
    ['nothing is waited for', {}, false, ''],
    ['one thing is waited for', { expects: [answer] }, true, 'answer'],
    ['it may end what is under way', { expects: [{ ...answer, interrupts: true }] }, true, ''],
    ['its period has passed', { expects: [{ ...answer, passed: true }] }, true, ''],
    ['two things are waited for', { expects: [answer, { ...answer, message: 'b' }] }, true, ''],
    ['there is an act', { acts: [act] }, true, ''],
    ['there is an act and something is waited for', { expects: [answer], acts: [act] }, true, ''],
    ['others record remedies', { expects: [answer], may_be_remedy: true }, true, ''],
  ];
  for (const [name, more, asked, proposed] of cases)
    it(name, () => expect([asks(target(more)), proposedOf(target(more))]).toEqual([asked, proposed]));
});

describe('what is sent', () => {
  const entered = { sure: false, kind: 'objection' as const, court: '' };
  const there = target({ expects: [answer], acts: [act] });
  const cases: [string, Parameters<typeof said>, ReturnType<typeof said>][] = [
    ['only documents', [there, ONLY_DOCUMENTS, entered], {}],
    ['nothing was asked', [target({}), '', entered], {}],
    ['a message', [there, 'answer', { ...entered, sure: true }], { message: 'answer', sure: true }],
    ['an objection', [there, 'remedy:2:3', entered], { remedy: { act: 2, party: 3, kind: 'objection' } }],
    [
      'an action',
      [there, 'remedy:2:3', { ...entered, kind: 'action', court: '2026-03-04' }],
      { remedy: { act: 2, party: 3, kind: 'action', received_on: '2026-03-04' } },
    ],
    ['perhaps a remedy', [there, PERHAPS, entered], { may_be_remedy: true }],
  ];
  for (const [name, given, expected] of cases) it(name, () => expect(said(...given)).toEqual(expected));
});
