// What every page must keep: all rules of axe, and no scrolling in two directions.
import { AxeBuilder } from '@axe-core/playwright';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Rules that do not hold for this application, each with the reason. */
const NOT_OURS = new Map([
  // AAA. KERN, the design system of the federal administration, has colours for AA (4.5:1); BITV 2.0 asks for AA.
  ['color-contrast-enhanced', 'KERN is made for AA'],
]);

const RULES = axe
  .getRules()
  // Rules that axe itself has withdrawn.
  .filter((rule) => !rule.tags.includes('deprecated') && !NOT_OURS.has(rule.ruleId))
  .map((rule) => rule.ruleId);

/** What stands against the page: each broken rule with the places. */
export async function violations(page: Page, only: string[] = RULES): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .withRules(only)
    .analyze();
  return violations.map(
    (broken) =>
      `${broken.id}: ${broken.help}\n${broken.nodes
        .slice(0, 5)
        .map(
          (node) =>
            `    ${node.target.join(' ')}  ${node.html.slice(0, 160)}\n      ${node.any
              .concat(node.all, node.none)
              .map((each) => each.message)
              .join('; ')}`,
        )
        .join('\n')}`,
  );
}

/** What makes the page wider than the window, if anything does. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const room = root.clientWidth;
    if (root.scrollWidth <= room) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) =>
        element.getBoundingClientRect().right > room + 1 && element.closest('.fw-picture, .fw-code') === null,
    );
    return [
      `${root.scrollWidth} px of ${room} px`,
      ...wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 160)),
    ];
  });
}
