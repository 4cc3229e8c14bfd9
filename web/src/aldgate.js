// Everything works without this script; it only makes some components more convenient.
import { Radios, initAll } from "./govuk-frontend.min.js";
import { offerPasskeys } from "./passkeys.js";
import { warnBeforeTheEnd } from "./session.js";

// govuk-frontend sets these with an inline script, which the content security policy forbids.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

// It says of a radio button that it is expanded, which ARIA does not know of radio buttons. What a
// button reveals comes right after it, so nothing is lost without.
const reveal = Radios.prototype.syncConditionalRevealWithInputState;
Radios.prototype.syncConditionalRevealWithInputState = function (radio) {
  reveal.call(this, radio);
  radio.removeAttribute("aria-expanded");
};

initAll();

offerPasskeys();
warnBeforeTheEnd();
