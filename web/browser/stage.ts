// What the browser tests stand on: a Chromium, and for each file that is tested at the same time the built program with a
// fresh demo authority. All end with the run.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the servers answer, without a slash at the end. */
    servers: string[];
    /** Where the browser is driven from. */
    browser: string;
  }
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** The demo authority checks its processes at the start; a slow machine takes a while. */
const START_MS = 60_000;
/** A server that was told to end finishes what it is doing. */
const END_MS = 10_000;

interface Server {
  address: Promise<string>;
  end: () => Promise<void>;
}

export default async function stage(project: TestProject): Promise<() => Promise<void>> {
  const servers = Array.from({ length: project.config.maxWorkers }, serve);
  const endServers = () => Promise.all(servers.map((server) => server.end()));
  try {
    project.provide('servers', await Promise.all(servers.map((server) => server.address)));
    const browser = await chromium.launchServer({ executablePath: system(), args: FLAGS });
    project.provide('browser', browser.wsEndpoint());
    return async () => {
      await browser.close();
      await endServers();
    };
  } catch (error) {
    await endServers();
    throw error;
  }
}

function serve(): Server {
  const data = mkdtempSync(join(tmpdir(), 'fachwerk-browser-'));
  const binary = resolve(process.env.FACHWERK_BIN ?? '../target/debug/fachwerk');
  const server = spawn(binary, ['serve', '--demo', '--data', data, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FACHWERK_LOG: process.env.FACHWERK_LOG ?? 'warn' },
  });
  // However this run ends, the server ends with it.
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const end = async () => {
    await ended(server);
    process.off('exit', kill);
    rmSync(data, { recursive: true, force: true });
  };
  return { address: address(server, binary), end };
}

/** The address that the server says when it listens. */
function address(server: ChildProcess, binary: string): Promise<string> {
  return new Promise((found, failed) => {
    const said: string[] = [];
    const fail = (why: string) => failed(new Error(`${binary}: ${why}\n${said.join('')}`));
    const limit = setTimeout(() => fail('says no address'), START_MS);
    const read = (chunk: Buffer) => {
      said.push(chunk.toString());
      const url = /^Fachwerk: (http:\S+)$/m.exec(said.join(''))?.[1];
      if (url === undefined) return;
      clearTimeout(limit);
      found(url);
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('error', (error) => fail(error.message));
    server.once('exit', (code) => fail(`ended with ${String(code)}`));
  });
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined)
    return Promise.resolve();
  return new Promise((over) => {
    const limit = setTimeout(() => server.kill('SIGKILL'), END_MS);
    server.once('exit', () => {
      clearTimeout(limit);
      over();
    });
    server.kill('SIGTERM');
  });
}

/** The Chromium of this machine. */
function system(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (found === undefined) throw new Error('No Chromium on the path; `make setup` installs it.');
  return found;
}
