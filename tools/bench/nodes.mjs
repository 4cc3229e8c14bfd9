// Two gateways on one PostgreSQL: do they show the same, do they carry more than one, and is anything that was
// acknowledged lost or doubled while they, and then the database, are stopped and killed under load.
//
//   BENCH_PROGRAM    the program (target/dist/aldgate)
//   BENCH_POSTGRES   the PostgreSQL; with `tools/postgres.sh run` its address is filled in
//   BENCH_AGREEMENTS how many agreements (1000)
//   BENCH_SECONDS    for each part (5)
//   BENCH_SHARE      of one core for each gateway (0.25): the database and this program need the rest
//
// Exits 1 when something was lost, doubled or refused that should not be.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, filled, psql, signIn } from './visit.mjs';

const program = process.env.BENCH_PROGRAM ?? 'target/dist/aldgate';
const postgres = process.env.BENCH_POSTGRES;
const agreements = process.env.BENCH_AGREEMENTS ?? '1000';
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const share = Number(process.env.BENCH_SHARE ?? 0.25);
const folder = new URL(postgres.replace('postgres:', 'http:')).searchParams.get('host');
const database = postgres.replace(/\/\w+\?/, '/bench_nodes?');
const data = await mkdtemp(join(tmpdir(), 'aldgate-nodes-'));
const nodes = [{ port: 18_490 }, { port: 18_491 }];
const faults = [];

/** Holds a gateway to its share of a core, where this machine lets us. */
function limited(node) {
  try {
    const group = `/sys/fs/cgroup/cpu/aldgate-${node.port}`;
    mkdirSync(group, { recursive: true });
    writeFileSync(`${group}/cpu.cfs_quota_us`, String(Math.round(share * 100_000)));
    writeFileSync(`${group}/cgroup.procs`, String(node.child.pid));
    return true;
  } catch {
    return false;
  }
}

async function start(node) {
  node.child = spawn(program, ['serve', '--data', data, '--database', database, '--listen', `127.0.0.1:${node.port}`], {
    env: { ...process.env, ALDGATE_SECOND_STEP: 'false', ALDGATE_LIMIT_SESSION: '1000000', ALDGATE_LIMIT_ADDRESS: '1000000', ALDGATE_LOG: 'off' }, stdio: 'ignore',
  });
  while ((await ask(node.port, '/health').catch(() => ({}))).status !== 200) await pause(20);
  node.up = true;
}

/** Stops it as an operator does: the proxy sends nothing more, what is under way ends, then the signal. */
async function stop(node, signal) {
  if (signal === 'SIGTERM') {
    node.up = false;
    while (node.busy > 0) await pause(5);
  }
  const gone = once(node.child, 'exit');
  node.child.kill(signal);
  await gone;
  node.up = false;
}

/** One request through the proxy that stands in front: to a gateway that is up. */
async function sent(path, how, number) {
  const up = nodes.filter((node) => node.up);
  const node = up[number % up.length];
  node.busy = (node.busy ?? 0) + 1;
  try {
    return { node, ...await ask(node.port, path, how) };
  } finally {
    node.busy -= 1;
  }
}

/** Pages a second over so many connections to the gateways that are up. */
async function throughput(paths, cookie, connections = 16) {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(Array.from({ length: connections }, async (_, number) => {
    for (let turn = number; performance.now() < end; turn += 1) {
      const { status } = await sent(paths[turn % paths.length], { cookie }, number);
      if (status !== 200) faults.push(`a page answered ${status}`);
      done += 1;
    }
  }));
  return done / seconds;
}

/** Saves a section of each draft again and again until told to stop, and counts what became of it. */
function saving(drafts, cookie) {
  const told = { saved: new Map(), unknown: new Map(), statuses: new Map(), going: true };
  const add = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);
  told.done = Promise.all(drafts.map(async (draft, number) => {
    for (let turn = 0; told.going; turn += 1) {
      let page;
      try {
        page = await sent(`${draft}/sections/purpose`, { cookie }, number + turn);
      } catch {
        add(told.statuses, 'page: no answer');
        await pause(20);
        continue;
      }
      add(told.statuses, `page: ${page.status}`);
      if (page.status !== 200) {
        if (page.status === 503 && !page.text.includes('cannot reach its database')) faults.push('a 503 without its words');
        await pause(20);
        continue;
      }
      const body = new URLSearchParams(filled(page.text));
      for (const [name, value] of body) if (value.length > 20 && / /.test(value)) body.set(name, `${value.replace(/ \[\d+\]$/, '')} [${turn}]`);
      try {
        const { status } = await sent(`${draft}/sections/purpose`, { method: 'POST', cookie, body: body.toString() }, number + turn);
        add(told.statuses, `save: ${status}`);
        if (status === 303) add(told.saved, draft);
        // A commit that the database did not answer may have been written.
        if (status === 503) add(told.unknown, draft);
      } catch {
        add(told.statuses, 'save: no answer');
        add(told.unknown, draft);
      }
    }
  }));
  return told;
}

/** Every save that was acknowledged is in the ledger once, and no more than those and the unknown. */
function compared(what, told, before) {
  const after = acts();
  let saved = 0;
  for (const [draft, count] of told.saved) {
    const id = draft.split('/').at(-1);
    const written = (after.get(id) ?? 0) - (before.get(id) ?? 0);
    const most = count + (told.unknown.get(draft) ?? 0);
    if (written < count || written > most) faults.push(`${what}: ${id} has ${written} acts for ${count} acknowledged saves (${most} at most)`);
    saved += count;
  }
  console.log(`${what}: ${saved} saves acknowledged, each an act; ${[...told.statuses].map(([status, count]) => `${status} × ${count}`).join(', ')}`);
}

function acts() {
  const rows = psql(postgres, "select subject, count(*) from acts where kind = 'record.answered' group by subject", 'bench_nodes').trim();
  return new Map(rows.split('\n').filter(Boolean).map((row) => row.split('|')).map(([id, count]) => [id, Number(count)]));
}

function aldgate(...args) {
  return execFileSync(program, [...args, '--data', data, '--database', database], { stdio: ['ignore', 'pipe', 'inherit'] }).toString();
}

psql(postgres, 'drop database if exists bench_nodes');
psql(postgres, 'create database bench_nodes');
aldgate('demo', 'generate', '--agreements', agreements, '--organisations', '200', '--people', '600');
try {
  for (const node of nodes) await start(node);
  const cookie = await signIn(nodes[0].port, 'administrator');
  const linked = async (path) => [...(await ask(nodes[0].port, path, { cookie })).text.matchAll(/href="(\/records\/agr_\w+)"/g)].map((found) => found[1]);
  const [agreement] = await linked('/agreements?state=in_force');
  const pages = ['/in-tray', '/agreements', '/agreements?sort=title', agreement, `${agreement}/history`, '/organisations', '/register', '/organisation/people'];

  let same = 0;
  for (const page of pages) {
    const [one, other] = await Promise.all(nodes.map(async ({ port }) => (await ask(port, page, { cookie })).text));
    if (one === other && one.length > 1000) same += 1;
    else faults.push(`${page} is not the same on both`);
  }
  console.log(`Equal: a session begun on one counts on the other, and ${same} of ${pages.length} pages are the same to the byte`);

  const held = nodes.map(limited).every(Boolean);
  nodes[1].up = false;
  const one = await throughput(pages, cookie);
  nodes[1].up = true;
  const two = await throughput(pages, cookie);
  const how = held ? `each held to ${share} of a core` : 'NOT held to a share of a core, which this machine does not allow: the ratio says little';
  console.log(`Pages a second, ${how}: one gateway ${one.toFixed(0)}, two ${two.toFixed(0)}: ${(two / one).toFixed(2)} times`);
  if (held && two / one < 1.6) faults.push('two gateways carry less than 1.6 times as much as one');
  if (held) for (const node of nodes) writeFileSync(`/sys/fs/cgroup/cpu/aldgate-${node.port}/cpu.cfs_quota_us`, '-1');

  const drafts = [];
  for (const draft of await linked('/agreements?state=draft')) {
    if ((await ask(nodes[0].port, `${draft}/sections/purpose`, { cookie })).text.includes('<textarea')) drafts.push(draft);
  }
  const parts = [
    ['Each gateway stopped and started in turn', async () => {
      for (const node of [...nodes, ...nodes]) {
        await stop(node, 'SIGTERM');
        await start(node);
        await pause(300);
      }
    }],
    ['Each gateway killed and started in turn, five times', async () => {
      for (let round = 0; round < 10; round += 1) {
        await pause(200 + Math.random() * 400);
        await stop(nodes[round % 2], 'SIGKILL');
        await start(nodes[round % 2]);
      }
    }],
    ['The database killed and started again, three times', async () => {
      const control = `/usr/lib/postgresql/${readdirSync('/usr/lib/postgresql')[0]}/bin/pg_ctl`;
      for (let round = 0; round < 3; round += 1) {
        await pause(500 + Math.random() * 500);
        execFileSync('runuser', ['-u', 'postgres', '--', control, '-D', join(folder, 'data'), '-m', 'immediate', '-w', 'restart'], { stdio: 'ignore' });
        await pause(1000);
      }
    }],
  ];
  for (const [what, happens] of parts) {
    const before = acts();
    const told = saving(drafts, cookie);
    await pause(300);
    await happens();
    await pause(300);
    told.going = false;
    await told.done;
    compared(what, told, before);
    const refused = [...told.statuses.keys()].filter((status) => !/(200|303)$/.test(status));
    // Whoever is killed answers nothing, and a database that is away is said to be away; nothing else goes wrong.
    const allowed = what.includes('killed and started in turn') ? ['page: no answer', 'save: no answer']
      : what.startsWith('The database') ? ['page: 503', 'save: 503'] : [];
    for (const status of refused) if (!allowed.includes(status)) faults.push(`${what}: ${status}`);
  }
  for (const node of nodes) await stop(node, 'SIGTERM');
  console.log(aldgate('ledger', 'fsck').trim().replaceAll('\n', ', '));
} finally {
  for (const { child, port } of nodes) {
    if (child?.exitCode === null) child.kill('SIGKILL');
    await pause(100);
    try {
      rmdirSync(`/sys/fs/cgroup/cpu/aldgate-${port}`);
    } catch { /* it was never made */ }
  }
  await rm(data, { recursive: true });
}
for (const fault of new Set(faults)) console.error(`WRONG: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
