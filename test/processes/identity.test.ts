import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { keptHost } from '../../src/format/header.js';
import { ownIdentity, startTicksOf } from '../../src/processes/identity.js';

/** A shell that runs a script and is killed when the test ends; `line` waits for its next output. */
function shell(
  t: ExecutionContext,
  script: string,
): { child: ChildProcess; line(): Promise<string> } {
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
  const exited = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value as string };
}

test('a process knows its pid, thread, start, boot, pid namespace and host', (t) => {
  const identity = ownIdentity();
  t.is(identity.pid, process.pid);
  t.is(identity.threadId, 0);
  t.is(identity.startTicks, startTicksOf(process.pid) as number);
  t.is(identity.host, keptHost(identity.host));
  t.not(identity.host, '');
  if (process.platform === 'linux') {
    t.true(identity.startTicks > 0);
    t.regex(identity.bootId, /^[0-9a-f]{32}$/);
    t.true(identity.pidNamespace > 0);
  }
});

test('a pid that nobody has has no start', (t) => {
  t.is(startTicksOf(0x7fffffff), undefined);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a command with spaces and brackets does not move the start time', async (t) => {
  const { child, line } = shell(
    t,
    'echo ready; read go; printf "a ) R 1 (" >/proc/$$/comm; echo renamed; read end',
  );
  t.is(await line(), 'ready');
  const before = startTicksOf(child.pid as number);
  child.stdin?.write('go\n');
  t.is(await line(), 'renamed');
  t.true(Number.isInteger(before));
  t.is(startTicksOf(child.pid as number), before);
});

onLinux('a process that has ended and was not waited for has the start of none', async (t) => {
  // The shell becomes a process that waits for no child; the child ends with its input, descriptor 3.
  const { child, line } = shell(t, 'cat <&3 >/dev/null & echo $!; exec cat 3<&-');
  const pid = Number(await line());
  child.stdin?.write('the shell is gone\n');
  t.is(await line(), 'the shell is gone');
  (child.stdio[3] as Writable).end();
  let ticks = startTicksOf(pid);
  while (ticks !== undefined && !Number.isNaN(ticks)) {
    await new Promise(setImmediate);
    ticks = startTicksOf(pid);
  }
  t.is(ticks, Number.NaN);
});
