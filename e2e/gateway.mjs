// A gateway of its own for a test: the real program on a free port, with a data folder that goes away.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as absolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The folder of the whole project. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const program = absolute(process.env.ALDGATE_BIN
  ?? join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug', 'aldgate'));

/** Starts the program and waits until it answers. Empty, or with the demo coalition; with further settings. */
export async function serve({ demo = false, settings = {} } = {}) {
  if (!existsSync(program)) {
    throw new Error(`${program} is missing. Build it with "cargo build -p aldgate", or name it in ALDGATE_BIN.`);
  }
  const data = await mkdtemp(join(tmpdir(), 'aldgate-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['serve', '--data', data, '--listen', `127.0.0.1:${port}`];
  if (demo) args.push('--demo');
  // The settings are the ones given here, whatever this shell has set.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ALDGATE_')));
  // A password is enough here: what more is asked for has tests of its own.
  env.ALDGATE_SECOND_STEP = 'false';
  for (const [name, value] of Object.entries(settings)) env[`ALDGATE_${name}`] = value;
  const running = spawn(program, args, { env, cwd: data, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  running.stdout.on('data', (text) => { said += text; });
  running.stderr.on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => { running.once('exit', resolve); });

  const stop = async () => {
    running.kill('SIGTERM');
    const late = setTimeout(() => running.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
    await rm(data, { recursive: true, force: true });
  };

  const patience = Date.now() + 120_000;
  while (!(await answers(url))) {
    if (running.exitCode !== null || Date.now() > patience) {
      await stop();
      throw new Error(`The gateway did not start. It said:\n${said}`);
    }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  // What the operator does on the command line, beside the running gateway.
  const command = async (...words) => {
    const { stdout } = await promisify(execFile)(program, ['--data', data, ...words], { env, cwd: data });
    return stdout;
  };
  return { url, data, stop, command, said: () => said };
}

async function answers(url) {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
