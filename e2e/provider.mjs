// An identity provider for a test: a certified one (oidc-provider), with accounts that any password opens.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

export const CLIENT = { id: 'aldgate', secret: 'a secret of this test only' };

/**
 * Starts it on a free port. It is at "localhost", so that for a browser it is another site than the
 * gateway at 127.0.0.1.
 */
export async function startProvider({ redirect, afterSignOut }) {
  let handle = (request, response) => { response.end(); };
  const server = createServer((request, response) => handle(request, response));
  await new Promise((resolve) => { server.listen(0, 'localhost', resolve); });
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      redirect_uris: [redirect],
      post_logout_redirect_uris: [afterSignOut],
    }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id, email_verified: true, name: nameOf(id) }),
    }),
    // No one is asked whether the gateway may know who they are.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        // Its own page asks for fonts of another site.
        logoutSource(ctx, form) {
          ctx.body = page('Sign out', `${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`);
        },
      },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['a key of this test only'] },
  });
  const pages = provider.callback();
  handle = (request, response) => {
    if (!request.url.startsWith('/interaction/')) return pages(request, response);
    return interact(provider, request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  };
  return { issuer, stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

/** Signs in whoever types an address. */
async function interact(provider, request, response) {
  if (request.method !== 'POST') {
    const { prompt } = await provider.interactionDetails(request, response);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(`Sign in at the provider (${prompt.name})`, `<form method="post">
      <label>Account <input name="account"></label> <button>Sign in there</button></form>`));
    return;
  }
  let body = '';
  for await (const piece of request) body += piece;
  const accountId = new URLSearchParams(body).get('account');
  const result = { login: { accountId, amr: ['pwd'] } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

function page(title, body) {
  return `<!doctype html><html lang="en"><title>${title}</title><link rel="icon" href="data:,"><main>
    <h1>${title}</h1>${body}</main></html>`;
}

/** "asha.rai@example.org" is Asha Rai. */
function nameOf(address) {
  const words = address.split('@')[0].split('.');
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join(' ');
}
