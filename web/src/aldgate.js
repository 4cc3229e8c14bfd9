// Everything works without this script; it only makes some components more convenient.
import { initAll } from "./govuk-frontend.min.js";

// govuk-frontend sets these with an inline script, which the content security policy forbids.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
