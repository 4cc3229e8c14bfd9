// A storm of sign-in attempts on one account, and what others notice of it.
//
//   BENCH_PROGRAM   the program to measure (target/dist/aldgate)
//   BENCH_SECONDS   how long each part takes (20)
//
// 200 wrong passwords a second come for one account, from 40 addresses. Meanwhile the owner signs in from where
// they signed in before, somebody else signs in, and somebody reads a page. The same is measured in calm before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const program = process.env.BENCH_PROGRAM ?? 'target/dist/aldgate';
const seconds = Number(process.env.BENCH_SECONDS ?? 20);
const rate = 200;
const port = 18_481;
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

function ask(path, { address, cookie, form } = {}) {
  const headers = { 'x-forwarded-for': address, ...(cookie && { cookie }) };
  if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request({ port, path, method: form ? 'POST' : 'GET', headers, agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({
        status: answer.statusCode, cookie: answer.headers['set-cookie']?.find((set) => set.startsWith('aldgate='))?.split(';')[0], ms: performance.now() - begun,
      }));
    });
    request.on('error', reject);
    request.end(form && new URLSearchParams(form).toString());
  });
}

const signIn = (email, password, address) => ask('/sign-in', { address, form: { email, password } });
const part = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;

/** What the owner, another person and a reader meet for so many seconds, and what became of the wrong attempts. */
async function during(owner, other, attempts) {
  const found = { owner: [], other: [], page: [] };
  const refused = { owner: 0, other: 0, page: 0 };
  const answered = new Map();
  const { cookie } = await signIn(other, 'demo-only-password', '198.51.100.20');
  const end = performance.now() + seconds * 1000;
  const again = async (name, wait, once, good) => {
    while (performance.now() < end) {
      const { status, ms } = await once();
      found[name].push(ms);
      if (status !== good) refused[name] += 1;
      await pause(wait);
    }
  };
  const storm = async () => {
    const sent = [];
    for (let number = 0; performance.now() < end; number += 1) {
      const address = `203.0.113.${number % 40}`;
      sent.push(signIn(owner, `wrong ${number}`, address).then(({ status }) => answered.set(status, (answered.get(status) ?? 0) + 1)));
      await pause(Math.max(0, end - seconds * 1000 + (number * 1000) / attempts - performance.now()));
    }
    await Promise.all(sent);
  };
  await Promise.all([
    attempts > 0 && storm(),
    again('owner', 500, () => signIn(owner, 'demo-only-password', '198.51.100.10'), 303),
    again('other', 500, () => signIn(other, 'demo-only-password', '198.51.100.20'), 303),
    again('page', 50, () => ask('/in-tray', { address: '198.51.100.20', cookie }), 200),
  ]);
  for (const [name, words] of [['owner', 'the owner signs in'], ['other', 'somebody else signs in'], ['page', 'a page']]) {
    const times = found[name].sort((a, b) => a - b);
    console.log(`  ${words.padEnd(24)} ${String(times.length).padStart(4)} times, ${refused[name]} refused, `
      + `p50 ${part(times, 0.5).toFixed(0)} ms, p95 ${part(times, 0.95).toFixed(0)} ms, p99 ${part(times, 0.99).toFixed(0)} ms`);
  }
  if (attempts > 0) console.log(`  wrong attempts by answer: ${[...answered].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
  return refused.owner + refused.other + refused.page;
}

const data = await mkdtemp(join(tmpdir(), 'aldgate-storm-'));
const server = spawn(program, ['serve', '--demo', '--data', data, '--listen', `127.0.0.1:${port}`], {
  env: { ...process.env, ALDGATE_BEHIND_PROXY: 'true' }, stdio: 'ignore',
});
try {
  while ((await ask('/health', { address: '198.51.100.10' }).catch(() => ({}))).status !== 200) await pause(50);
  const [owner, other] = ['siobhan.goldleaf@camden.demo.example', 'beth.silverbirch@islington.demo.example'];
  console.log('In calm:');
  let refused = await during(owner, other, 0);
  console.log(`With ${rate} wrong passwords a second for the owner's account:`);
  refused += await during(owner, other, rate);
  process.exitCode = refused > 0 ? 1 : 0;
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
  await rm(data, { recursive: true });
}
