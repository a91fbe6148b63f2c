// What every page must keep: all rules of axe, and no scrolling in two directions.
import axe, { type NodeResult } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

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

/** Puts axe into the page and into what is framed in it, once: it is half a megabyte, and a page is looked at often. */
async function bringAxe(page: Page): Promise<void> {
  const bring = async (frame: Frame) => {
    if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axe.source);
  };
  const main = page.mainFrame();
  const framed = page.frames().filter((frame) => frame !== main);
  await bring(main);
  // A frame may be gone again, or take no scripts: axe says itself what it could not look into.
  await Promise.allSettled(framed.map(bring));
}

/** What stands against the page: each broken rule with the places. */
export async function violations(page: Page, only: string[] = RULES): Promise<string[]> {
  await bringAxe(page);
  const broken = await page.evaluate(async (rules) => {
    const here = window as unknown as { axe: typeof axe };
    const { violations } = await here.axe.run(document, {
      resultTypes: ['violations'],
      runOnly: { type: 'rule', values: rules },
    });
    return violations;
  }, only);
  const sizes = broken.find((rule) => rule.id === 'target-size');
  if (sizes) sizes.nodes = await notCut(page, sizes.nodes);
  const left = broken.filter((rule) => rule.nodes.length > 0);
  return left.map(
    (rule) =>
      `${rule.id}: ${rule.help}\n${rule.nodes
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

/**
 * Those that neither the edge of the picture of a process cuts, nor only what it cuts covers. Whoever moves the picture sees
 * it whole; axe measures it as if what lies beyond the edge, the tools for example, covered it.
 */
async function notCut(page: Page, nodes: NodeResult[]): Promise<NodeResult[]> {
  const last = (target: unknown[]) => String(target.at(-1));
  const places = nodes.map((node) => {
    const size = node.any.filter((check) => check.id === 'target-size');
    const covering = size.flatMap((check) => check.relatedNodes ?? []).map((each) => last(each.target));
    return { target: last(node.target), covering };
  });
  const cut = await page.evaluate((places) => {
    const isCut = (selector: string) => {
      const step = document.querySelector(selector);
      const stage = step?.closest('.fw-picture__stage')?.getBoundingClientRect();
      const box = step?.getBoundingClientRect();
      if (!stage || !box) return false;
      return (
        box.top < stage.top || box.bottom > stage.bottom || box.left < stage.left || box.right > stage.right
      );
    };
    return places.map(
      ({ target, covering }) => isCut(target) || (covering.length > 0 && covering.every(isCut)),
    );
  }, places);
  return nodes.filter((_, index) => cut[index] !== true);
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

/**
 * Colours and sizes change over a moment; what is between is no state of the page. What takes its colour from what stands
 * around it begins to change when that has changed, so one after the other is waited for.
 */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const running = () => document.getAnimations().filter((each) => each.playState === 'running');
    await painted();
    for (let under = running(); under.length > 0; under = running()) {
      await Promise.allSettled(under.map((each) => each.finished));
      await painted();
    }
  });
}

/** Letters twice as large (WCAG 1.4.4), then the spacing of WCAG 1.4.12 besides. */
const LARGE = 'html { font-size: 200% !important; }';
const SPACED = `
  *:not(svg, svg *) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-block-end: 2em !important; }`;

/** What is cut off, covers something else or is too wide in large letters and with more room between them. */
export async function largeText(page: Page, shoot: (name: string) => Promise<void>): Promise<string[]> {
  const found: string[] = [];
  const before = page.viewportSize();
  // The same words before and after, whatever else comes onto the page meanwhile.
  const words = await page.evaluateHandle(
    () => document.querySelector('main p, main td, main label, [role=dialog] p, main h1') ?? document.body,
  );
  const letterSize = () => words.evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  const sizeBefore = await letterSize();
  const style = await page.addStyleTag({ content: LARGE });
  await still(page);
  let size = await letterSize();
  // A page that is still being built up takes the new size with its next picture.
  for (let pictures = 0; pictures < 30 && size < sizeBefore * 1.99; pictures++) {
    await still(page);
    size = await letterSize();
  }
  if (size < sizeBefore * 1.99) found.push(`letters grew from ${sizeBefore} px to ${size} px only`);
  const look = async (name: string) => {
    // What sticks to the edge of the window would cover what is below it.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    if (before) await page.setViewportSize({ width: before.width, height: Math.min(height, 12_000) });
    await still(page);
    await shoot(name);
    found.push(...(await tooWide(page)), ...(await cutOff(page)), ...(await overlaps(page)));
    if (before) await page.setViewportSize(before);
  };
  await look('large');
  const spaced = await page.addStyleTag({ content: SPACED });
  await look('spaced');
  for (const tag of [spaced, style]) await tag.evaluate((element) => (element as Element).remove());
  return found;
}

/** Where more stands in a box than is seen of it, and nobody can scroll to the rest. */
export async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => {
        // In a field one goes on with the arrow keys.
        if (!element.checkVisibility() || element.closest('.kern-sr-only, .fw-picture, svg, input') !== null)
          return false;
        const style = getComputedStyle(element);
        const hides = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
        // One pixel in height or width: for the ears only.
        if (element.clientWidth <= 1 || element.clientHeight <= 1) return false;
        return (
          (hides(style.overflowX) && element.scrollWidth > element.clientWidth + 2) ||
          (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 2)
        );
      })
      .slice(0, 5)
      .map((element) => `cut off: ${element.outerHTML.slice(0, 160)}`),
  );
}

/** Texts that stand on one another. With a dialog open, those in it. */
export async function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const dialogs = document.querySelectorAll('[role=dialog], [role=alertdialog], [role=menu]');
    const inside = dialogs[dialogs.length - 1] ?? document.body;
    const walker = document.createTreeWalker(inside, NodeFilter.SHOW_TEXT);
    const texts: { words: string; boxes: DOMRect[]; parent: Element }[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      const words = node.textContent?.trim() ?? '';
      if (
        !parent ||
        words === '' ||
        !parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      )
        continue;
      if (parent.closest('.kern-sr-only, .fw-picture, .fw-code, .fw-notices, .fw-skip, svg, option') !== null)
        continue;
      // For the ears only.
      let heard = false;
      for (let around: Element | null = parent; around && !heard; around = around.parentElement) {
        const { clipPath, position } = getComputedStyle(around);
        heard = clipPath !== 'none' || (position === 'absolute' && around.clientWidth <= 1);
      }
      if (heard) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
      if (boxes.length > 0) texts.push({ words, boxes, parent });
    }
    const found: string[] = [];
    texts.forEach((one, index) => {
      for (const other of texts.slice(index + 1)) {
        const meet = one.boxes.some((a) =>
          other.boxes.some((b) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            // Lines may touch: the box of a line is higher than its letters.
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            return across > 3 && down > Math.min(a.height, b.height) * 0.4;
          }),
        );
        if (meet && found.length < 5)
          found.push(`stand on one another: “${one.words.slice(0, 60)}” and “${other.words.slice(0, 60)}”`);
      }
    });
    return found;
  });
}
