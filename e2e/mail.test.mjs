// The e-mails of the demonstration, as a reader in the browser of a mail service sees them.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import PostalMime from 'postal-mime';
import { serve } from './gateway.mjs';

/** A mail server that takes everything. */
async function sink() {
  const mails = [];
  const server = createServer((socket) => {
    let rest = '';
    let mail = null;
    socket.setEncoding('latin1').write('220 sink\r\n');
    socket.on('error', () => {}).on('data', (bytes) => {
      rest += bytes;
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (mail && line === '.') {
          mails.push(Buffer.from(mail.join('\r\n'), 'latin1'));
          mail = null;
          socket.write('250 ok\r\n');
        } else if (mail) mail.push(line.replace(/^\.\./, '.'));
        else if (/^DATA/i.test(line)) {
          mail = [];
          socket.write('354 go\r\n');
        } else if (/^EHLO/i.test(line)) socket.write('250-sink\r\n250 8BITMIME\r\n');
        else socket.write(/^QUIT/i.test(line) ? '221 bye\r\n' : '250 ok\r\n');
      }
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { mails, server, address: `smtp://127.0.0.1:${server.address().port}` };
}

test('every email has both parts, and each link is whole in both', async () => {
  const post = await sink();
  const gateway = await serve({ demo: true, settings: { MAIL: post.address, MAIL_FROM: 'Gateway – <gateway@example.org>' } });
  try {
    const patience = Date.now() + 60_000;
    while (post.mails.length < 5 && Date.now() < patience) await new Promise((resolve) => { setTimeout(resolve, 200); });
    assert.ok(post.mails.length >= 5, `${post.mails.length} e-mails came`);
    const ids = new Set();
    for (const raw of post.mails) {
      const mail = await PostalMime.parse(raw);
      const head = Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]));
      assert.equal(head['mime-version'], '1.0');
      assert.match(head['content-type'], /^multipart\/alternative/);
      assert.match(mail.messageId, /^<[0-9a-f]{32}@example\.org>$/);
      assert.ok(Math.abs(Date.parse(mail.date) - Date.now()) < 600_000, mail.date);
      ids.add(mail.messageId);
      const links = mail.text.match(/^http:\/\/\S+$/gm);
      assert.equal(links?.length, 1, mail.text);
      assert.ok(mail.html.includes(`<a href="${links[0]}">${links[0]}</a>`), mail.html);
      assert.ok(!/[\u0080-\u009f\ufffd]/.test(mail.subject + mail.text + mail.html), 'no spoilt letters');
      assert.equal((await fetch(links[0], { redirect: 'manual' })).status, 303, 'it leads to a page behind the sign-in');
    }
    assert.equal(ids.size, post.mails.length, 'each has an id of its own');
  } finally {
    await gateway.stop();
    post.server.close();
  }
});
