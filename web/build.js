// Builds dist/: what the program embeds. No inline styles or scripts, no typeface, no crown.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { compile } from "sass";

const here = (path) => new URL(path, import.meta.url).pathname;

rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist"));

const { css } = compile(here("src/aldgate.scss"), {
  loadPaths: [here("node_modules")],
  style: "compressed",
});
writeFileSync(here("dist/aldgate.css"), css);

copyFileSync(
  here("node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js"),
  here("dist/govuk-frontend.min.js"),
);
for (const file of ["aldgate.js", "passkeys.js", "session.js", "favicon.svg"]) {
  copyFileSync(here(`src/${file}`), here(`dist/${file}`));
}
