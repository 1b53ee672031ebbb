// Starts `python main.py` on a free port with directories of its own, and stops it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `main.py` is. */
const HOME = process.env['SKEIN_HOME'] ?? fileURLToPath(new URL('../../..', import.meta.url));
/** Another directory of the page than `web/dist`. */
const FRONT_END = process.env['SKEIN_FRONT_END'];
const PYTHON = process.env['SKEIN_PYTHON'] ?? 'python';
const PATIENCE = 90_000;

export interface Server {
  readonly url: string;
  readonly port: number;
  readonly base: string;
  /** End it as a crash would, and start it again on the same port and directories. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject()));
    });
  });
}

/** `prepare` may put packs and files into its directories before it starts. */
export async function startServer(prepare: (base: string) => void = () => {}): Promise<Server> {
  const port = await freePort();
  const base = mkdtempSync(join(tmpdir(), 'skein-e2e-'));
  prepare(base);
  const url = `http://127.0.0.1:${port}`;
  let child = launch(port, base);
  await untilReady(url, () => child);
  return {
    url,
    port,
    base,
    async restart() {
      await end(child, 'SIGKILL');
      child = launch(port, base);
      await untilReady(url, () => child);
    },
    async stop() {
      await end(child, 'SIGTERM');
      rmSync(base, { recursive: true, force: true });
    },
  };
}

function launch(port: number, base: string): ChildProcess {
  const args = ['main.py', '--cpu', '--port', `${port}`, '--base-directory', base];
  args.push('--models-directory', join(HOME, 'models'));
  if (FRONT_END !== undefined) args.push('--front-end-root', resolve(FRONT_END));
  return spawn(PYTHON, args, { cwd: HOME, stdio: 'ignore' });
}

async function untilReady(url: string, child: () => ChildProcess): Promise<void> {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    if (child().exitCode !== null) throw new Error(`the server ended with ${child().exitCode}`);
    try {
      if ((await fetch(`${url}/api/v1/ready`)).ok) return;
    } catch {
      // It is not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the server did not become ready');
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill(signal);
    setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
  });
}
