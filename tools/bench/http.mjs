// Drives a gateway over HTTP as signed-in people, on generated coalitions of several sizes, and writes one
// JSON file and one table. Each figure stands beside the bare route's of the same server, so that it reads
// as a ratio on any machine; the load comes from the same machine.
//
//   BENCH_PROGRAM   the program to measure (target/dist/aldgate)
//   BENCH_SIZES     agreements (1000,20000,200000)
//   BENCH_SECONDS   for each case and number of connections (5)
//   BENCH_OUT       the folder of the results (target/bench)
//   BENCH_DATA      a folder with a coalition of the one size, made by `aldgate demo generate`; it is changed
//   BENCH_POSTGRES  a PostgreSQL to measure on in place of the embedded database; a database bench_SIZE is made for
//                   each size, but with BENCH_DATA the one that is there is used, with the secret in that folder
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as visit from './visit.mjs';

const program = process.env.BENCH_PROGRAM ?? 'target/dist/aldgate';
const sizes = (process.env.BENCH_SIZES ?? '1000,20000,200000').split(',').map(Number);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const out = process.env.BENCH_OUT ?? 'target/bench';
const postgres = process.env.BENCH_POSTGRES;
const connections = [1, 8, 32];
const port = 18_480;
const bare = '/health';
const ask = (path, how) => visit.ask(port, path, how);
const signIn = (who) => visit.signIn(port, who);

/** What is asked, by whom: the name, the address, and the person or nobody. */
const cases = [
  ['bare route', bare],
  ['in-tray', '/in-tray', 'administrator'],
  ['in-tray of a senior officer', '/in-tray', 'senior.officer'],
  ['whole list of drafts', '/in-tray/drafts', 'administrator'],
  ['agreements, changed last', '/agreements', 'administrator'],
  ['agreements, by title', '/agreements?sort=title', 'administrator'],
  ['agreements in one state', '/agreements?state=in_force', 'administrator'],
  ['agreements, words in the title', '/agreements?q=helpline', 'administrator'],
  ['agreement', '{agreement}', 'administrator'],
  ['a section of it', '{agreement}/sections/purpose', 'administrator'],
  ['what the law asks of it', '{agreement}/law', 'administrator'],
  ['its history', '{agreement}/history', 'administrator'],
  ['people and roles', '/organisation/people', 'administrator'],
  ['who did what', '/organisation/activity', 'administrator'],
  ['organisations', '/organisations', 'administrator'],
  ['organisations by name', '/organisations?q=meadow', 'administrator'],
  ['organisations by a common word', '/organisations?q=school', 'administrator'],
  ['public register', '/register'],
  ['public register, words', '/register?text=outreach'],
  ['public register, a common word', '/register?text=information'],
  ['public register, words that nothing has', '/register?text=zzzz'],
  ['published agreement', '{published}'],
  ['register for programs', '/api/v1/register'],
  ['records for programs', '/api/v1/records', 'administrator'],
  ['what the law asks, for programs', '/api/v1{agreement}/prompts', 'administrator'],
  ['a section saved', '{drafts}/sections/purpose', 'administrator', 'POST'],
  ['document (PDF)', '{agreement}/document.pdf', 'administrator'],
];

/** Addresses of lines that wait for somebody's decision, at most so many. */
async function waiting(cookie, kind, most) {
  const lines = [];
  for (let next = '/in-tray/mine'; next && lines.length < most;) {
    const { text } = await ask(next, { cookie });
    const found = text.matchAll(/href="(\/records\/\w+\/lines\/\w+)"[\s\S]*?(Review|Sign-off)</g);
    lines.push(...[...found].filter(([, , what]) => what === kind).map(([, line]) => line));
    next = /rel="next" href="([^"]+)"/.exec(text)?.[1].replaceAll('&amp;', '&');
  }
  return lines;
}

/** Decides line after line, each connection in a session of its own; the page before is not measured. */
async function decided(who, lines, count) {
  const times = [];
  let errors = 0;
  const cookies = [];
  // One after the other: wrong passwords are counted before it is known whether they are.
  for (let number = 0; number < count; number += 1) cookies.push(await signIn(who));
  const begun = performance.now();
  await Promise.all(cookies.map(async (cookie) => {
    while (performance.now() < begun + seconds * 1000 && lines.length > 0) {
      const line = lines.pop();
      const { text } = await ask(line, { cookie });
      const value = (name) => new RegExp(` name="${name}"[^>]* value="([^"]*)"`).exec(text)?.[1];
      const field = value('decision') ? 'decision' : 'advice';
      const body = new URLSearchParams({
        form_token: value('form_token'), seen: value('seen'), [field]: value(field), reason: '', password: visit.password,
      }).toString();
      const sent = performance.now();
      const answer = await ask(line, { method: 'POST', cookie, body });
      times.push(performance.now() - sent);
      if (answer.status !== 303) errors += 1;
      // Whoever shows who they are gets a new session.
      cookie = answer.headers['set-cookie']?.find((set) => set.startsWith('aldgate='))?.split(';')[0] ?? cookie;
    }
  }));
  return summed(times, errors, count, (performance.now() - begun) / 1000);
}

/** Asks for one page again and again over so many connections. With several `paths`, each connection has one. */
async function driven(paths, cookie, count, method = 'GET') {
  const bodies = [];
  if (method === 'POST') {
    for (const path of paths.slice(0, count)) bodies.push(visit.filled((await ask(path, { cookie })).text));
  }
  const times = [];
  let [errors, bytes] = [0, 0];
  const end = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: count }, async (_, number) => {
    const path = paths[number % paths.length];
    while (performance.now() < end) {
      const begun = performance.now();
      const { status, text } = await ask(path, { cookie, method, body: bodies[number % paths.length] });
      times.push(performance.now() - begun);
      bytes = text.length;
      if (status !== (method === 'POST' ? 303 : 200)) errors += 1;
    }
  }));
  return { bytes, ...summed(times, errors, count, seconds) };
}

function summed(times, errors, count, took) {
  times.sort((a, b) => a - b);
  const part = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { connections: count, per_second: times.length / took, p50: part(0.5), p95: part(0.95), p99: part(0.99), errors };
}

async function run(args) {
  const begun = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return (performance.now() - begun) / 1000;
}

async function measured(agreements) {
  const data = process.env.BENCH_DATA ?? await mkdtemp(join(tmpdir(), 'aldgate-bench-'));
  const database = postgres?.replace(/\/\w+\?/, `/bench_${agreements}?`);
  if (database && !process.env.BENCH_DATA) {
    visit.psql(postgres, `drop database if exists bench_${agreements}`);
    visit.psql(postgres, `create database bench_${agreements}`);
  }
  const place = ['--data', data, ...(database ? ['--database', database] : [])];
  const many = ['--organisations', Math.max(40, Math.round(agreements * 0.165)), '--people', Math.max(100, Math.round(agreements * 0.3))];
  const generated = process.env.BENCH_DATA ? 0 : await run(['demo', 'generate', ...place, '--agreements', agreements, ...many].map(String));
  const begun = performance.now();
  const server = spawn(program, ['serve', ...place, '--listen', `127.0.0.1:${port}`], {
    env: { ...process.env, ALDGATE_SECOND_STEP: 'false', ALDGATE_LIMIT_SESSION: '1000000', ALDGATE_LIMIT_ADDRESS: '1000000' }, stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    while ((await ask(bare).catch(() => ({}))).status !== 200) await pause(5);
    const start = performance.now() - begun;
    const idle = await visit.resident(server.pid);
    const cookies = {};
    for (const who of ['administrator', 'senior.officer']) cookies[who] = await signIn(who);
    const linked = async (path, cookie, link) => [...(await ask(path, { cookie })).text.matchAll(link)].map((found) => found[1]);
    const record = /href="(\/records\/agr_\w+)"/g;
    const drafts = [];
    for (const draft of await linked('/agreements?state=draft', cookies.administrator, record)) {
      // Only the organisation that leads may change what all share.
      if ((await ask(`${draft}/sections/purpose`, { cookie: cookies.administrator })).text.includes('<textarea')) drafts.push(draft);
    }
    const places = {
      '{agreement}': (await linked('/agreements?state=in_force', cookies.administrator, record)).slice(0, 1),
      '{published}': (await linked('/register', undefined, /href="(\/register\/agr_\w+)"/g)).slice(0, 1),
      '{drafts}': drafts,
    };
    const figures = [];
    for (const [name, address, who, method] of cases) {
      const place = /\{\w+\}/.exec(address)?.[0];
      const paths = place ? places[place].map((found) => address.replace(place, found)) : [address];
      for (const count of connections) {
        const before = await visit.worked(server.pid);
        const figure = await driven(paths, cookies[who], count, method);
        const cpu = (await visit.worked(server.pid) - before) / (figure.per_second * seconds);
        figures.push({ name, cpu, ...figure });
      }
    }
    for (const [name, kind, who] of [['a review decided, with the password', 'Review', 'administrator'], ['a sign-off, with the password', 'Sign-off', 'senior.officer']]) {
      const lines = await waiting(cookies[who], kind, seconds * 250);
      // More than ten unproved passwords of one person at once are refused, as they should be.
      for (const count of [1, 8]) figures.push({ name, ...await decided(who, lines, count) });
    }
    const size = database ? Number(visit.psql(postgres, `select pg_database_size('bench_${agreements}')`)) : (await stat(join(data, 'aldgate.db'))).size;
    return {
      agreements, database: database ? 'PostgreSQL' : 'SQLite', generated, start, idle, loaded: await visit.resident(server.pid), megabytes: size / 2 ** 20, figures,
    };
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
    if (!process.env.BENCH_DATA) await rm(data, { recursive: true });
  }
}

function table(results) {
  const lines = [];
  for (const { agreements, database, generated, start, idle, loaded, megabytes, figures } of results) {
    lines.push(`${agreements} agreements on ${database}: generated in ${generated.toFixed(0)} s, database ${megabytes.toFixed(0)} MB, `
      + `first answer after ${start.toFixed(0)} ms, resident ${idle.toFixed(0)} MB idle and ${loaded.toFixed(0)} MB after the load`, '');
    lines.push(`${''.padEnd(42)}${'conn.'.padStart(6)}${'a second'.padStart(10)}${'of bare'.padStart(9)}${'p50 ms'.padStart(9)}${'p95 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'errors'.padStart(8)}`);
    for (const figure of figures) {
      const reference = figures.find((other) => other.name === 'bare route' && other.connections === figure.connections);
      lines.push(figure.name.padEnd(42) + String(figure.connections).padStart(6) + figure.per_second.toFixed(0).padStart(10)
        + (figure.per_second / reference.per_second).toFixed(2).padStart(9)
        + [figure.p50, figure.p95, figure.p99].map((ms) => ms.toFixed(1).padStart(9)).join('') + String(figure.errors).padStart(8));
    }
    lines.push('');
  }
  if (results.length > 1) lines.push(...growth(results));
  return lines.join('\n');
}

/** What a request costs at each size, how many times the smallest's the largest is, and how long their answers are. */
function growth(results) {
  const at = ({ figures }, name) => figures.find((one) => one.name === name && one.connections === 8);
  const kilobytes = (one, name) => (at(one, name).bytes / 1000).toFixed(0).padStart(10);
  const names = [...new Set(results[0].figures.filter(({ cpu }) => cpu).map(({ name }) => name))];
  return [
    'Milliseconds of processor time of the gateway for each request, at 8 connections',
    '',
    ''.padEnd(42) + results.map(({ agreements }) => String(agreements).padStart(10)).join('') + 'times'.padStart(8)
      + 'KB, first'.padStart(11) + 'KB, last'.padStart(10),
    ...names.map((name) => name.padEnd(42) + results.map((one) => at(one, name).cpu.toFixed(2).padStart(10)).join('')
      + (at(results.at(-1), name).cpu / at(results[0], name).cpu).toFixed(2).padStart(8)
      + ` ${kilobytes(results[0], name)}${kilobytes(results.at(-1), name)}`),
    '',
  ];
}

const results = [];
const name = postgres ? 'http-postgres' : 'http';
await mkdir(out, { recursive: true });
for (const size of sizes) {
  results.push(await measured(size));
  // After each, so that a long run that is broken off has said something.
  await writeFile(join(out, `${name}.json`), JSON.stringify(results, null, 2));
  await writeFile(join(out, `${name}.txt`), table(results));
}
console.log(table(results));
process.exitCode = results.some(({ figures }) => figures.some(({ errors }) => errors > 0)) ? 1 : 0;
