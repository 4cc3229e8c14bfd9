// Prints what the benchmarks measured, beside the targets in targets.json.
// Exits 1 when a target is missed or was not measured.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const units = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };

/** Nanoseconds of every benchmark, by its full name; criterion keeps one folder for each. */
async function measured(folder, found = new Map()) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    if (entry.name === 'new') {
      const { full_id } = JSON.parse(await readFile(join(path, 'benchmark.json'), 'utf8'));
      const estimates = JSON.parse(await readFile(join(path, 'estimates.json'), 'utf8'));
      found.set(full_id, estimates.median.point_estimate);
    } else {
      await measured(path, found);
    }
  }
  return found;
}

function shown(ns) {
  const unit = Object.entries(units).findLast(([, size]) => ns >= size)?.[0] ?? 'ns';
  return `${(ns / units[unit]).toPrecision(3)} ${unit}`;
}

function judged(target, figures) {
  const figure = figures.get(target.bench);
  const reference = target.of ? figures.get(target.of) : undefined;
  if (figure === undefined || (target.of && reference === undefined)) {
    return { said: `target: ${target.within ?? `${target.at_most} ×`}, not measured`, met: false };
  }
  if (target.of) {
    const ratio = figure / reference;
    return { said: `${ratio.toFixed(2)} × ${target.of}, target at most ${target.at_most} ×`, met: ratio <= target.at_most };
  }
  const [amount, unit] = target.within.split(' ');
  return { said: `target within ${target.within}`, met: figure <= amount * units[unit] };
}

const [folder = 'target/criterion'] = process.argv.slice(2);
const targets = JSON.parse(await readFile(new URL('targets.json', import.meta.url), 'utf8'));
const figures = await measured(folder);
const names = [...new Set([...figures.keys(), ...targets.map((target) => target.bench)])];
const width = Math.max(...names.map((name) => name.length));
let missed = 0;
for (const name of names) {
  const target = targets.find((target) => target.bench === name);
  const { said, met } = target ? judged(target, figures) : { said: '', met: true };
  if (!met) missed += 1;
  const figure = figures.has(name) ? shown(figures.get(name)) : '-';
  console.log(`${name.padEnd(width)}  ${figure.padStart(8)}  ${said}${said && (met ? ': met' : ': MISSED')}`);
}
process.exitCode = missed ? 1 : 0;
