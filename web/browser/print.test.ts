// On paper: no navigation, nothing folded, black on white, no row across two pages, nothing wider than the sheet.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { de } from '../src/texts/de';
import { erasures } from './erased';
import { SHOTS, windowOf } from './look';
import { cutOff, overlaps, tooWide } from './rules';
import { call, comes, complete, dayOf, settled, start, taskOf } from './world';

/** A4 without margins of 15 mm, in pixels of CSS. */
const SHEET = { width: 680, height: 1010 };

const known = { case: '', task: '' };

beforeAll(async () => {
  const jan = await windowOf('jan', 'de');
  const { case: id, task } = await start(jan, 'Heimatverein Musterstadt e. V.');
  known.case = id;
  await complete(jan, task);
  await complete(jan, await taskOf(jan, id));
  const { now } = await call<{ now: string }>(jan, 'GET', '/session');
  // The fire brigade is asked by a letter that the engine writes by itself.
  const letters = await comes(async () => {
    const post = await call<{ items: { case: string; document: number }[] }>(jan, 'GET', '/post');
    const own = post.items.filter((each) => each.case === id);
    expect(own.length).toBeGreaterThan(1);
    return own.sort((one, other) => one.document - other.document);
  });
  // The first, the receipt, stays in the outgoing post.
  for (const letter of letters.slice(1))
    await call(jan, 'POST', `/cases/${id}/documents/${letter.document}/dispatch`, {
      on: dayOf(now),
      way: 'post',
    });
  await call(jan, 'POST', `/cases/${id}/notes`, {
    text: 'Anruf: Der Holzstoß wird erst am Vortag geschichtet.',
  });
  known.task = await taskOf(jan, id);
  await call(jan, 'POST', `/tasks/${known.task}/claim`);
});

/** What of the rules of a printed page is broken. */
function againstPaper(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const note = (what: string, element: Element) => {
      if (found.length < 12) found.push(`${what}: ${element.outerHTML.slice(0, 140)}`);
    };
    const seen = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    const parts = (color: string) =>
      /[\d.]+/g.exec(color) ? (color.match(/[\d.]+/g) ?? []).map(Number) : [];
    for (const element of document.querySelectorAll(
      'nav, button:not(.fw-outline__button, .fw-link-button), [role=button], input[type=search], .fw-demo, .fw-header',
    ))
      if (seen(element)) note('nothing to click', element);
    for (const element of document.querySelectorAll('details'))
      if (
        seen(element) &&
        [...element.children]
          .slice(1)
          .some((inner) => !seen(inner) || inner.getBoundingClientRect().height === 0)
      )
        note('folded', element);
    for (const element of document.querySelectorAll('body *')) {
      if (!seen(element) || element.closest('svg, .fw-picture, .kern-sr-only, .kern-icon') !== null) continue;
      const style = getComputedStyle(element);
      const [r = 0, g = 0, b = 0, alpha = 1] = parts(style.backgroundColor);
      if (alpha > 0 && Math.min(r, g, b) < 255) note(`ground ${style.backgroundColor}`, element);
      const says = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
      );
      if (says && Math.max(...parts(style.color).slice(0, 3)) > 64) note(`letters ${style.color}`, element);
      if ((element.tagName === 'TR' || element.tagName === 'DT') && style.breakInside !== 'avoid')
        note('breaks inside', element);
      if (/^H[1-6]$/.test(element.tagName) && style.breakAfter !== 'avoid')
        note('parted from what follows', element);
    }
    return found;
  });
}

interface Printed {
  name: string;
  at: () => string;
  /** What must be on the paper. */
  says: (string | RegExp)[];
  person?: 'jan' | 'dora' | 'admin';
  by?: (page: Page) => Promise<unknown>;
}

const PRINTED: Printed[] = [
  {
    name: 'case',
    at: () => `/cases/${known.case}`,
    says: [
      'Heimatverein',
      de.case.tabs.data,
      de.case.tabs.deadlines,
      de.case.tabs.documents,
      de.case.tabs.course,
      'Holzstoß wird erst',
      // Why a deadline ends when it ends.
      /§ 31 Abs. 1 VwVfG/,
    ],
  },
  {
    name: 'case in the dark',
    at: () => `/cases/${known.case}?tab=data`,
    says: ['Heimatverein'],
    by: (page) => page.emulateMedia({ colorScheme: 'dark' }),
  },
  { name: 'task', at: () => `/tasks/${known.task}`, says: ['Heimatverein'] },
  { name: 'deadlines', at: () => '/deadlines', says: ['Heimatverein', 'Brauchtumsfeuer'] },
  { name: 'post', at: () => '/post', says: ['Heimatverein'] },
  {
    name: 'outline',
    person: 'dora',
    at: () => '/designer/bonfire?view=outline',
    says: [/Vorprüfung|Empfänger und Sachverhalt/],
  },
  {
    name: 'findings',
    at: () => '/help/findings',
    says: ['Eine Zusammenführung wartet vergeblich', 'join: inclusive', de.findings.frame],
  },
  // Figures and certificates go to others: whose they are stands on the paper.
  {
    name: 'statistics',
    person: 'admin',
    at: () => '/statistics',
    says: [/Musterstadt, gedruckt am \d/, 'Brauchtumsfeuer'],
  },
  {
    name: 'certificate of erasure',
    person: 'admin',
    at: () => '/admin/erasures',
    says: [/Musterstadt, gedruckt am \d/, de.admin.erasures.certificate, '32.20-2026/0300', 'Rita Zweite'],
    by: async (page) => {
      await page.route(/\/api\/v1\/erasures([?].*)?$/, (route) =>
        route.fulfill({ json: erasures['/erasures'].body }),
      );
      await page.reload();
      await page.getByRole('button', { name: de.admin.erasures.showOf('32.20-2026/0300') }).click();
    },
  },
];

for (const { name, at, says, person = 'jan', by } of PRINTED)
  test(`on paper: ${name}`, async () => {
    const context: BrowserContext = await windowOf(person, 'de');
    const page = await context.newPage();
    try {
      await page.goto(at());
      await settled(page);
      await by?.(page);
      await page.setViewportSize(SHEET);
      // As the browser does it when somebody prints.
      await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
      await page.emulateMedia({ media: 'print' });
      await page.waitForFunction(() => document.querySelector('.fw-loading') === null);
      if (SHOTS !== undefined) {
        mkdirSync(SHOTS, { recursive: true });
        await page.pdf({
          path: join(SHOTS, `print-${name}.pdf`),
          format: 'A4',
          margin: { top: '15mm', bottom: '15mm', left: '15mm', right: '15mm' },
        });
        // That was a print of its own, which is over.
        await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
      }
      const found = [
        ...(await againstPaper(page)),
        ...(await tooWide(page)),
        ...(await cutOff(page)),
        ...(await overlaps(page)),
      ];
      expect(found.join('\n')).toBe('');
      const text = await page.locator('main').innerText();
      for (const words of says) expect(text).toMatch(words);
    } finally {
      await page.close();
    }
  });
