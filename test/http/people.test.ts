// The document of the page for people, as a browser gets it.

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { ask } from '../helpers/http.js';
import { startPage } from '../helpers/report.js';

/** What a policy says of one kind of thing. */
function directive(policy: string | string[] | undefined, name: string): string | undefined {
  const found = String(policy)
    .split('; ')
    .find((part) => part.startsWith(`${name} `));
  return found?.slice(name.length + 1);
}

function hashOf(text: string | undefined): string {
  return `'sha256-${createHash('sha256')
    .update(text ?? '')
    .digest('base64')}'`;
}

test('its policy lets its own script and style be, and nothing else', async (t) => {
  const { status, headers, body } = await ask(await startPage(t));
  t.is(status, 200);
  t.is(headers['content-type'], 'text/html; charset=utf-8');
  const policy = headers['content-security-policy'];
  t.is(directive(policy, 'default-src'), "'none'");
  t.is(directive(policy, 'script-src'), hashOf(/<script>(.*)<\/script>/s.exec(body)?.[1]));
  t.is(directive(policy, 'style-src'), hashOf(/<style>(.*)<\/style>/s.exec(body)?.[1]));
  t.is(directive(policy, 'connect-src'), "'self'");
  t.is(directive(policy, 'frame-ancestors'), "'none'");
  t.is(directive(policy, 'base-uri'), "'none'");
  t.is(directive(policy, 'form-action'), "'none'");
  t.notRegex(String(policy), /unsafe|\*|https?:/);
  t.like(headers, {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
  });
});

test('it names nothing outside, and is small', async (t) => {
  const { body, bytes } = await ask(await startPage(t));
  const namespaces = /http:\/\/www\.w3\.org\/2000\/svg/g;
  t.notRegex(body.replace(namespaces, ''), /https?:|\bsrc=|@import|url\(/);
  t.true(bytes.length < 40_000, `${bytes.length} bytes`);
});

test('it is answered as the page of metrics is: HEAD, 405, gzip', async (t) => {
  const url = await startPage(t);
  const { bytes } = await ask(url);
  const head = await ask(url, { method: 'HEAD' });
  t.deepEqual([head.status, head.headers['content-length']], [200, String(bytes.length)]);
  t.is(head.body, '');
  t.is((await ask(url, { method: 'POST' })).status, 405);
  const gzipped = await ask(url, { headers: { 'Accept-Encoding': 'gzip' } });
  t.is(gzipped.headers['content-encoding'], 'gzip');
  t.deepEqual(gunzipSync(gzipped.bytes), bytes);
  t.is((await ask(`${url}?x=1`)).status, 200);
});

test('a password guards it, so that a browser asks for one; a token does not, so that it can', async (t) => {
  const basicAuth = { username: 'ops', password: 'night' };
  const guarded = await ask(await startPage(t, { basicAuth, token: 'abc' }));
  t.is(guarded.status, 401);
  t.regex(String(guarded.headers['www-authenticate']), /Basic /);
  const url = await startPage(t, { token: 'abc' });
  t.is((await ask(url)).status, 200);
  t.is((await ask(`${url}api/families`)).status, 401);
  t.is((await ask(`${url}metrics`)).status, 401);
});

test('it is not there where it is not wanted, or where the metrics have its place', async (t) => {
  t.is((await ask(await startPage(t, { ui: false }))).status, 404);
  t.regex((await ask(await startPage(t, { path: '/' }))).body, /^# HELP /);
});
