// What the server says of cases that were erased.

/** A page of certificates. */
export const erasures = {
  '/erasures': {
    status: 200,
    body: {
      items: [
        {
          case: '01a20aa9-1019-7767-a097-f48873d5ccb7',
          number: '32.20-2026/0300',
          process: { de: 'Osterfeuer anzeigen', en: 'Notify of a bonfire' },
          began_at: '2026-03-02T08:00:00Z',
          at: '2026-11-26T08:00:00Z',
          by: { kind: 'person', id: 'admin', name: 'Alex Admin' },
          asked_by: { id: 'root', name: 'Rita Zweite' },
          reason: 'Aufbewahrungsfrist abgelaufen',
          exception: null,
          alone: null,
          turns: 12,
          documents: 2,
          last_hash: 'ab'.repeat(32),
          keys: ['cd'.repeat(32), 'ef'.repeat(32)],
          signed: '{}',
          public_key: '12'.repeat(32),
          signature: '34'.repeat(64),
          done: true,
        },
      ],
      next: null,
      total: 1,
      total_capped: false,
    },
  },
};
