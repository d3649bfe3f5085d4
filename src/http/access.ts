import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export interface AccessOptions {
  /** Who sends `Authorization: Bearer <token>` gets the page. Visible ASCII characters. */
  token?: string | undefined;
  /**
   * A file that holds the token, read at each request, so that a new one counts at once.
   * While it cannot be read or holds none, nobody gets in: 503.
   */
  tokenFile?: string | undefined;
  /** Who sends this name and password with basic authentication gets the page. */
  basicAuth?: { readonly username: string; readonly password: string } | undefined;
}

/** Why a request gets nothing; `status` 503 where it is not the client's fault. */
export type Refusal =
  | { readonly status: 401; readonly challenge: string }
  | { readonly status: 503; readonly error: unknown };

export const TOKEN_VARIABLE = 'PROMETHEUS_MULTIPROC_TOKEN';

/** What a header can carry and Prometheus can read from a file. */
const TOKEN = /^[\x21-\x7e]+$/;
const REALM = 'realm="metrics"';

type Check = (authorization: string) => boolean | Promise<boolean>;

/**
 * Decides who gets in: everybody where nothing is set, else whoever has one of the
 * credentials. The environment's token counts where the options name none.
 */
export class Access {
  readonly #checks: Check[] = [];
  readonly #challenges: string[] = [];
  /** Whether a browser that is refused asks its user for a name and a password. */
  readonly asksPassword: boolean;

  /** @throws TypeError for a token, name or password that nobody could send */
  constructor({ token, tokenFile, basicAuth }: AccessOptions, env: NodeJS.ProcessEnv) {
    const named = [token, tokenFile, basicAuth].some((option) => option !== undefined);
    const ownToken = named ? token : env[TOKEN_VARIABLE];
    if (ownToken !== undefined) {
      requireToken(ownToken, named ? 'token' : TOKEN_VARIABLE);
      const wanted = digest(ownToken);
      this.#checks.push((authorization) => isBearer(authorization, wanted));
    }
    if (tokenFile !== undefined) {
      this.#checks.push(async (authorization) => {
        const content = (await readFile(tokenFile, 'utf8')).trim();
        requireToken(content, tokenFile);
        return isBearer(authorization, digest(content));
      });
    }
    if (this.#checks.length > 0) this.#challenges.push(`Bearer ${REALM}`);
    this.asksPassword = basicAuth !== undefined;
    if (basicAuth !== undefined) {
      const { username, password } = basicAuth;
      requireBasic(username, password);
      const wanted = digest(`${username}:${password}`);
      this.#checks.push((authorization) => isBasic(authorization, wanted));
      this.#challenges.push(`Basic ${REALM}, charset="UTF-8"`);
    }
  }

  /** Undefined where the request may have what it asks for. */
  async refusal(authorization: string | undefined): Promise<Refusal | undefined> {
    if (this.#checks.length === 0) return undefined;
    let failure: unknown;
    for (const check of this.#checks) {
      try {
        if (await check(authorization ?? '')) return undefined;
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== undefined) return { status: 503, error: failure };
    return { status: 401, challenge: this.#challenges.join(', ') };
  }
}

/** Digests are of one length and tell nothing of what they are of: comparing them takes as long whatever is sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isBearer(authorization: string, wanted: Buffer): boolean {
  return timingSafeEqual(digest(credentials(authorization, 'bearer')), wanted);
}

function isBasic(authorization: string, wanted: Buffer): boolean {
  const sent = Buffer.from(credentials(authorization, 'basic'), 'base64').toString();
  return timingSafeEqual(digest(sent), wanted);
}

/** What follows the scheme's name; empty where it is another scheme. */
function credentials(authorization: string, scheme: string): string {
  const at = authorization.indexOf(' ');
  if (authorization.slice(0, at).toLowerCase() !== scheme) return '';
  return authorization.slice(at + 1).trim();
}

function requireToken(token: unknown, name: string): void {
  if (typeof token === 'string' && TOKEN.test(token)) return;
  throw new TypeError(
    `${name} holds no token: it must be one or more visible ASCII characters, without blanks`,
  );
}

function requireBasic(username: unknown, password: unknown): void {
  const sound =
    typeof username === 'string' &&
    typeof password === 'string' &&
    username !== '' &&
    password !== '' &&
    !username.includes(':');
  if (sound) return;
  throw new TypeError(
    'basicAuth needs a username without a colon and a password, neither of them empty',
  );
}
