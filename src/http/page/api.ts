import type { FamiliesReport } from '../../model/report.js';

const TOKEN_KEY = 'prom-multiproc token';
const TIMEOUT_MS = 15_000;

/** What a request came to where it did not come to an answer. */
export type Trouble =
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'refused'; readonly tokenTried: boolean }
  | { readonly kind: 'failed'; readonly status: number; readonly reason: string }
  /** It came to an answer that the page cannot read: the server is of another version, say. */
  | { readonly kind: 'strange'; readonly reason: string };

/** What an error of any kind is to the reader. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof TroubleError) return error.trouble;
  return { kind: 'strange', reason: reasonOf(error) };
}

export class TroubleError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.kind);
    this.trouble = trouble;
  }
}

export interface Query {
  readonly search: string;
  readonly limit: number;
  readonly names?: readonly string[];
}

/** Kept as long as the tab, and no longer. */
export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN_KEY, token);
}

export function hasToken(): boolean {
  return sessionStorage.getItem(TOKEN_KEY) !== null;
}

/** @throws TroubleError */
export async function readReport({ search, limit, names = [] }: Query): Promise<FamiliesReport> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (search !== '') query.set('search', search);
  for (const name of names) query.append('name[]', name);
  const response = await ask(`api/families?${query}`);
  try {
    return (await response.json()) as FamiliesReport;
  } catch (error) {
    throw new TroubleError({ kind: 'unreachable', reason: reasonOf(error) });
  }
}

/** The page of metrics as text. @throws TroubleError */
export async function readPage(url: string): Promise<string> {
  return (await ask(url)).text();
}

async function ask(url: string): Promise<Response> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  let response: Response;
  try {
    response = await fetch(url, {
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
  } catch (error) {
    throw new TroubleError({ kind: 'unreachable', reason: reasonOf(error) });
  }
  if (response.ok) return response;
  if (response.status === 401) {
    throw new TroubleError({ kind: 'refused', tokenTried: token !== null });
  }
  const reason = (await response.text().catch(() => '')).trim();
  throw new TroubleError({ kind: 'failed', status: response.status, reason });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
