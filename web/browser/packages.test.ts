// Packages of blocks on the page of the administration: whose are taken, and what is refused without anything being installed.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { de, type Texts } from '../src/texts/de';
import { checkAll, dialog, inDialog, opened, type State, windowOf } from './look';
import { call, filesOf, settled } from './world';

const BINARY = resolve(process.env.FACHWERK_BIN ?? '../target/debug/fachwerk');
const folder = mkdtempSync(join(tmpdir(), 'fachwerk-packages-'));
const at = (name: string) => join(folder, name);
const block = (...args: string[]) => execFileSync(BINARY, ['block', ...args], { encoding: 'utf8' });

/** A block of the catalogue under a name of its own. */
function blockOf(id: string): string {
  for (const [path, text] of Object.entries(filesOf('building-blocks/notify'))) {
    mkdirSync(dirname(join(at(id), path)), { recursive: true });
    writeFileSync(join(at(id), path), text.replaceAll('block: notify', `block: ${id}`));
  }
  return at(id);
}

beforeAll(() => {
  block('key', '--out', at('key'));
  block('pack', '--out', at('unsigned.fwpkg'), blockOf('post-notice'));
  cpSync(at('unsigned.fwpkg'), at('good.fwpkg'));
  block('sign', '--key', at('key'), at('good.fwpkg'));
  const good = JSON.parse(readFileSync(at('good.fwpkg'), 'utf8')) as { files: Record<string, string> };
  const first = Object.keys(good.files)[0] ?? '';
  const files = { ...good.files, [first]: `${good.files[first] ?? ''}\n# anders\n` };
  writeFileSync(at('tampered.fwpkg'), JSON.stringify({ ...good, files }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const install = async (page: Page, t: Texts, name: string) => {
  await opened((t) => t.packages.install)(page, t);
  await dialog(page).locator('#block-files').setInputFiles(at(name));
  await dialog(page).getByRole('button', { name: t.packages.install, exact: true }).click();
};
const refused = (name: string) => async (page: Page, t: Texts) => {
  await install(page, t, name);
  await dialog(page).getByRole('alert').first().waitFor();
};

const STATES: State[] = [
  {
    name: 'package-none',
    person: 'admin',
    at: '/admin/blocks',
    by: inDialog(
      (t) => t.packages.install,
      (t) => t.packages.install,
    ),
  },
  { name: 'package-unsigned', person: 'admin', at: '/admin/blocks', by: refused('unsigned.fwpkg') },
  { name: 'package-tampered', person: 'admin', at: '/admin/blocks', by: refused('tampered.fwpkg') },
  {
    name: 'publisher-flaws',
    person: 'admin',
    at: '/admin/blocks',
    by: inDialog(
      (t) => t.packages.add,
      (t) => t.act.save,
    ),
  },
];

checkAll(STATES);

test('only a package that is whole and signed by whom the authority trusts is installed', async () => {
  const admin = await windowOf('admin', 'de');
  const page = await admin.newPage();
  const packaged = async () => {
    const blocks = await call<{ id: string; package: { publisher: string | null } | null }[]>(
      admin,
      'GET',
      '/blocks',
    );
    return blocks.filter((each) => each.package !== null).map((each) => [each.id, each.package?.publisher]);
  };
  const isRefused = async (name: string, code: string) => {
    await install(page, de, name);
    await dialog(page).getByText(de.failure.code(code)).waitFor();
    await dialog(page).getByRole('button', { name: de.act.cancel, exact: true }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await packaged()).toEqual([]);
  };
  await page.goto('/admin/blocks');
  await settled(page);
  await isRefused('unsigned.fwpkg', 'PackageUnsigned');
  await isRefused('good.fwpkg', 'PackageKeyUnknown');
  await opened((t) => t.packages.add)(page, de);
  await page.locator('#publisher-key').fill(readFileSync(at('key.pub'), 'utf8').trim());
  await page.locator('#publisher-name').fill('Zweckverband');
  await dialog(page).getByRole('button', { name: de.act.save, exact: true }).click();
  await page.getByText(de.packages.added).waitFor();
  await isRefused('tampered.fwpkg', 'PackageTampered');
  await install(page, de, 'good.fwpkg');
  await dialog(page).waitFor({ state: 'detached' });
  expect(await packaged()).toEqual([['post-notice', 'Zweckverband']]);
  await page.locator('#block-search').fill('post-notice');
  const block = page.locator('main .fw-block', { hasText: 'Paket post-notice' });
  await block.locator('summary').click();
  await page
    .getByText(/Zweckverband/)
    .first()
    .waitFor();
  await page.close();
});
