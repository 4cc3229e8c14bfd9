// Asks the browser for a passkey when a form is sent that wants one. Without this script, or without
// a passkey, the same form takes a password.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  });
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
    },
  };
}

async function use(options, challenge) {
  const used = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = used.response;
  return {
    id: used.id,
    rawId: text(used.rawId),
    type: used.type,
    response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

// The challenge stands for what is confirmed. Where a radio button decides that, it names the challenge.
function challengeOf(form, challenges) {
  const chosen = [...form.querySelectorAll("input[type=radio]:checked")].find((radio) => radio.value in challenges);
  return challenges[chosen ? chosen.value : ""];
}

function ask(form, block) {
  const { create: creation, passkey, challenges } = block.dataset;
  if (creation) return create(JSON.parse(creation));
  const challenge = challengeOf(form, JSON.parse(challenges));
  // Nothing is chosen yet: the page that comes back says so.
  return challenge ? use(JSON.parse(passkey), challenge) : null;
}

function say(block, words) {
  const error = block.querySelector(".govuk-error-message");
  block.classList.add("govuk-form-group--error");
  error.hidden = false;
  error.textContent = words;
}

// A passkey belongs to the name in the address. At a number, and at another name, there is none to be had.
function elsewhere(block) {
  const { create: creation, passkey } = block.dataset;
  const name = creation ? JSON.parse(creation).rp.id : JSON.parse(passkey).rpId;
  const { hostname, port, protocol, pathname } = location;
  if (!name || hostname === name || hostname.endsWith(`.${name}`)) return "";
  const there = `${protocol}//${name}${port && `:${port}`}${creation ? "/me/passkeys/new" : pathname}`;
  return `Passkeys belong to the name ${name}, and you came by ${hostname}. Open ${there} and try again there.`;
}

function offer(block) {
  const form = block.closest("form");
  const answer = form.elements.namedItem("passkey");
  let sent = false;
  form.addEventListener("submit", async (event) => {
    const otherWay = block.querySelector("details")?.open;
    if (sent || otherWay) return;
    event.preventDefault();
    const { submitter } = event;
    const wrongPlace = elsewhere(block);
    if (wrongPlace) {
      say(block, wrongPlace);
      return;
    }
    try {
      const given = await ask(form, block);
      answer.value = given ? JSON.stringify(given) : "";
    } catch {
      say(block, "Your device gave no passkey. Try again, or choose another way.");
      return;
    }
    sent = true;
    form.requestSubmit(submitter);
  });
}

export function offerPasskeys() {
  if (!globalThis.PublicKeyCredential) return;
  for (const block of document.querySelectorAll(".app-proof")) offer(block);
  const signIn = document.getElementById("with-passkey");
  if (signIn) signIn.hidden = false;
}
