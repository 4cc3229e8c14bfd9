// Hostile requests of nobody, and what somebody who is signed in notices of them.
//
//   BENCH_PROGRAM   the program to measure (target/release/aldgate)
//   BENCH_SECONDS   how long it goes on (120)
//
// Forms of millions of fields, nested JSON, bodies that never end, half headers, long passwords, wrong passwords and
// files made to be costly to check come from as many addresses as one likes. Meanwhile somebody reads a page and
// saves nothing. It fails where a page is slow, the memory is beyond its target, or the process is another one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';

const program = process.env.BENCH_PROGRAM ?? 'target/release/aldgate';
const seconds = Number(process.env.BENCH_SECONDS ?? 120);
const target = { p99: 250, megabytes: 600 };
const reserve = net.createServer().listen(0, '127.0.0.1');
await once(reserve, 'listening');
const { port } = reserve.address();
await new Promise((resolve) => { reserve.close(resolve); });

let visitors = 0;
/** A new address for each request, so that no limit by address helps. */
const somewhere = () => { visitors += 1; return `203.0.${(visitors >> 8) & 255}.${visitors & 255}`; };

function ask(path, { address = somewhere(), cookie, body, kind, agent = false } = {}) {
  const headers = { 'x-forwarded-for': address, ...(cookie && { cookie }) };
  if (body) Object.assign(headers, { 'content-type': kind, 'content-length': body.length });
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method: body ? 'POST' : 'GET', headers, agent }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => resolve({
        status: answer.statusCode,
        cookie: answer.headers['set-cookie']?.find((set) => set.startsWith('aldgate='))?.split(';')[0],
        ms: performance.now() - begun,
      }));
    });
    request.setTimeout(90_000, () => request.destroy(new Error('no answer')));
    request.on('error', reject);
    request.end(body);
  });
}

const FORM = 'application/x-www-form-urlencoded';
const form = (fields) => ({ kind: FORM, body: Buffer.from(new URLSearchParams(fields).toString()) });
const file = (name, bytes) => ({
  kind: 'multipart/form-data; boundary=x',
  body: Buffer.concat([
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`),
    bytes, Buffer.from('\r\n--x--\r\n'),
  ]),
});

const fields = { kind: FORM, body: Buffer.from('abcd&'.repeat(2_280_000)) };
const parts = {
  kind: 'multipart/form-data; boundary=x',
  body: Buffer.from('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(180_000) + '--x--\r\n'),
};
const password = '4@8({[<369&!1|70$5+%2'.repeat(7).slice(0, 128);
const registration = () => form({
  name: `Evil ${visitors}`, kind: 'supplier', person_name: 'Eve Il', email: `eve${visitors}@il.example`, password,
});
const objects = file('a.json', Buffer.from(`[${'{"":0},'.repeat(1_400_000)}0]`));
const nested = file('a.json', Buffer.from('['.repeat(5_000_000) + ']'.repeat(5_000_000)));
const names = '/EmbeddedFile'.repeat(240);
const endless = file('a.pdf', Buffer.from(`%PDF-1.7\n${`1 0 obj${names}stream\n{"body":{`.repeat(3000)}`));
const packed = deflateSync(Buffer.concat([Buffer.from('{"body":{'), Buffer.alloc(17 * 1024 * 1024, ' ')]), { level: 9 });
const bomb = file('a.pdf', Buffer.concat([
  Buffer.from('%PDF-1.7\n1 0 obj/FlateDecode/EmbeddedFile stream\n'), packed, Buffer.from('\nendstream\nendobj\n'),
]));

const attacks = {
  'forms of millions of fields': [6, () => ask('/sign-in', fields)],
  'forms of many parts': [3, () => ask('/sign-in', parts)],
  'files of millions of values': [4, () => ask('/verify', objects)],
  'files nested without end': [2, () => ask('/verify', nested)],
  'PDF that name files without end': [2, () => ask('/verify', endless)],
  'PDF that inflate': [2, () => ask('/verify', bomb)],
  'passwords of 128 characters': [12, () => ask('/organisations/new', registration())],
  'registrations from one address': [12, () => ask('/organisations/new', { ...registration(), address: '192.0.2.9' })],
  'wrong passwords': [8, () => ask('/sign-in', form({ email: `a${visitors}@b.example`, password: 'wrong wrong wrong' }))],
  'the public register': [2, () => ask('/register?q=data')],
};
const halves = [
  'GET / HTTP/1.1\r\nHo',
  `POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 60000\r\n\r\nemail=`,
  'POST /verify HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n--x\r\n',
];

const part = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
const memory = async (pid, name) => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1]) / 1024);
};

/** A page again and again until `end`, and how long each took. */
async function reading(cookie, end) {
  const agent = new http.Agent({ keepAlive: true });
  const [times, refused] = [[], new Map()];
  while (performance.now() < end) {
    const { status, ms } = await ask('/in-tray', { address: '198.51.100.20', cookie, agent })
      .catch((error) => ({ status: error.message, ms: 90_000 }));
    times.push(ms);
    if (status !== 200) refused.set(status, (refused.get(status) ?? 0) + 1);
    await pause(50);
  }
  agent.destroy();
  times.sort((a, b) => a - b);
  const said = (share) => `${part(times, share).toFixed(0)} ms`;
  console.log(`  a page, signed in: ${times.length} times, p50 ${said(0.5)}, p95 ${said(0.95)}, p99 ${said(0.99)}, worst ${said(1)}`
    + (refused.size > 0 ? `, not answered: ${[...refused].map(([s, n]) => `${n} × ${s}`).join(', ')}` : ''));
  return { p99: part(times, 0.99), refused: refused.size };
}

const data = await mkdtemp(join(tmpdir(), 'aldgate-hostile-'));
const server = spawn(program, ['serve', '--demo', '--data', data, '--listen', `127.0.0.1:${port}`], {
  env: { ...process.env, ALDGATE_BEHIND_PROXY: 'true', ALDGATE_LOG: 'error' }, stdio: ['ignore', 'ignore', 'inherit'],
});
let stopped = false;
server.once('exit', () => { stopped = true; });
try {
  while ((await ask('/health').catch(() => ({}))).status !== 200) {
    if (stopped) throw new Error('the gateway did not start');
    await pause(100);
  }
  const owner = { email: 'beth.silverbirch@islington.demo.example', password: 'demo-only-password' };
  const { status, cookie } = await ask('/sign-in', { address: '198.51.100.20', ...form(owner) });
  if (status !== 303) throw new Error(`the owner cannot sign in: ${status}`);

  console.log('In calm:');
  await reading(cookie, performance.now() + 5000);
  console.log(`Under attack, ${seconds} seconds:`);
  const end = performance.now() + seconds * 1000;
  const answered = new Map(Object.keys(attacks).map((name) => [name, new Map()]));
  const attacking = Object.entries(attacks).flatMap(([name, [many, once]]) => Array.from({ length: many }, async () => {
    while (performance.now() < end && !stopped) {
      const answer = await once().then(({ status: code }) => code, (error) => error.code ?? error.message);
      const known = answered.get(name);
      known.set(answer, (known.get(answer) ?? 0) + 1);
    }
  }));
  const holding = Array.from({ length: 150 }, async (_, number) => {
    while (performance.now() < end && !stopped) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(halves[number % halves.length]);
      socket.resume();
      await Promise.race([once(socket, 'close').catch(() => {}), pause(Math.max(0, end - performance.now()))]);
      socket.destroy();
    }
  });
  const signingIn = (async () => {
    const times = [];
    let refused = 0;
    while (performance.now() < end && !stopped) {
      const answer = await ask('/sign-in', { address: '198.51.100.20', ...form(owner) }).catch(() => ({ status: 0, ms: 90_000 }));
      times.push(answer.ms);
      if (answer.status !== 303) refused += 1;
      await pause(1000);
    }
    times.sort((a, b) => a - b);
    console.log(`  signing in: ${times.length} times, ${refused} refused, p50 ${part(times, 0.5).toFixed(0)} ms, p95 ${part(times, 0.95).toFixed(0)} ms`);
  })();
  const read = await reading(cookie, end);
  await Promise.all([...attacking, ...holding, signingIn]);
  const highest = stopped ? NaN : await memory(server.pid, 'VmHWM');
  for (const [name, codes] of answered) {
    console.log(`  ${name.padEnd(34)} ${[...codes].map(([code, count]) => `${count} × ${code}`).join(', ')}`);
  }
  console.log(`  memory: ${highest} MB at most; the process ${stopped ? 'ended' : 'is the same'}`);
  const good = !stopped && read.refused === 0 && read.p99 <= target.p99 && highest <= target.megabytes;
  console.log(good ? 'Within the targets.' : `Not within the targets: p99 ${target.p99} ms, ${target.megabytes} MB, no restart.`);
  process.exitCode = good ? 0 : 1;
} finally {
  if (!stopped) {
    const begun = performance.now();
    server.kill('SIGTERM');
    await once(server, 'exit');
    console.log(`Stopped ${((performance.now() - begun) / 1000).toFixed(1)} s after it was asked to.`);
  }
  await rm(data, { recursive: true });
}
