// The one place that speaks HTTP. Paths and bodies are checked against the schema; nobody writes a URL by hand.
import createClient, { type Middleware } from 'openapi-fetch';

import { ApiProblem, problemFrom, UNREACHABLE } from './problem';
import type { paths } from './shapes';

const BASE = '/api/v1';

let language = 'de';
let onSessionLost: () => void = () => undefined;

/** The language in which the server answers. */
export function setApiLanguage(value: string): void {
  language = value;
}

/** Called when the server says that nobody is logged in any more. */
export function setSessionLost(handler: () => void): void {
  onSessionLost = handler;
}

const headers: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', language);
    // A page of another origin cannot set this header: protection against forged requests.
    if (request.method !== 'GET') request.headers.set('X-Fachwerk', '1');
    return request;
  },
};

async function reach(input: Request): Promise<Response> {
  try {
    return await fetch(input);
  } catch (error) {
    if (input.signal.aborted) throw error;
    throw new ApiProblem(0, { code: UNREACHABLE });
  }
}

export const api = createClient<paths>({ baseUrl: BASE, fetch: reach });
api.use(headers);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * The data of an answer; a refusal is thrown as `ApiProblem`. `asking` is true where nobody need be logged in: the
 * question whether somebody is, and the login itself.
 */
export async function take<T>(request: Promise<Answer<T>>, asking = false): Promise<T> {
  const { data, error, response } = await request;
  if (!response.ok) {
    const problem = problemFrom(response.status, error);
    if (problem.status === 401 && problem.code === 'NotLoggedIn' && !asking) onSessionLost();
    throw problem;
  }
  // An answer without content is no data, and the schema says so (204).
  return data as T;
}

/** The same with the `ETag`, which names what somebody has seen. */
export async function takeWithTag<T>(request: Promise<Answer<T>>): Promise<T & { tag: string | null }> {
  const { response } = await request;
  const data = await take(request);
  return { ...data, tag: response.headers.get('ETag') };
}

type PathOf<P extends keyof paths> = paths[P] extends { get: { parameters: { path: infer R } } }
  ? R
  : Record<string, never>;

/** The address of something that the browser itself fetches: a document, the event stream. */
export function href<P extends keyof paths>(path: P, values: PathOf<P>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((values as Record<string, unknown>)[name])),
  );
  return BASE + filled;
}

/** A new command id, ordered by time (UUID version 7): that of a start becomes the id of the case. `crypto.randomUUID` exists on https and localhost only; authorities use plain http inside the house. */
export function commandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let place = 0; place < 6; place++) bytes[place] = Math.floor(now / 256 ** (5 - place)) % 256;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The header that makes a repeated request the same command. */
export function idempotent(id: string): { headers: Record<string, string> } {
  return { headers: { 'Idempotency-Key': id } };
}
