// Visiting a gateway as browsers do, for the measurements.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';

export const password = 'demo-only-password';

const kept = new http.Agent({ keepAlive: true, maxSockets: 64 });

export function ask(port, path, { method = 'GET', cookie, body } = {}) {
  const headers = { ...(cookie && { cookie }) };
  if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
  return new Promise((resolve, reject) => {
    const request = http.request({ port, path, method, headers, agent: kept }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

export async function signIn(port, who) {
  const body = new URLSearchParams({ email: `${who}@borough-1.demo.example`, password }).toString();
  const answer = await ask(port, '/sign-in', { method: 'POST', body });
  const cookie = answer.headers['set-cookie']?.find((set) => set.startsWith('aldgate='))?.split(';')[0];
  if (answer.status !== 303 || !cookie) throw new Error(`${who} cannot sign in: ${answer.status}`);
  return cookie;
}

/** What the browser would send for the page's own form. */
export function filled(page) {
  const form = /<form method="post" action="[^"]*\/sections\/[\s\S]*?<\/form>/.exec(page)[0];
  const decoded = (text) => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const body = new URLSearchParams();
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const part = (name) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
    if (['radio', 'checkbox'].includes(part('type')) && !/ checked/.test(tag)) continue;
    if (part('type') !== 'file' && part('name')) body.append(part('name'), decoded(part('value') ?? ''));
  }
  for (const [, name, text] of form.matchAll(/<textarea[^>]* name="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g)) {
    body.append(name, decoded(text));
  }
  return body.toString();
}

/** Asks the PostgreSQL of `tools/postgres.sh`. */
export function psql(postgres, text, database = 'postgres') {
  const folder = new URL(postgres.replace('postgres:', 'http:')).searchParams.get('host');
  return execFileSync('psql', ['-h', folder, '-U', 'postgres', '-d', database, '-qAt', '-c', text]).toString();
}

export async function resident(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

/** Milliseconds of processor time that a process has taken, whatever else the machine did. */
export async function worked(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
