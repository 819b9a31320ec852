// How long it takes to search a text for secrets: source code, a test log, and texts made to be slow.
// node bench/secrets.ts
import { readFile } from "node:fs/promises";
import { findSecrets } from "../lib/secrets/service.ts";

const MB = 1024 * 1024;
const BUDGET = { characters: 64 * MB, milliseconds: 600_000 };
const filled = (piece: string) => piece.repeat(Math.ceil(MB / piece.length)).slice(0, MB);

const texts: Record<string, string> = {
  "source code": (await readFile("node_modules/typescript/lib/typescript.js", "utf8")).slice(0, 4 * MB),
  "test log": filled("ok 12 - adds two numbers (3ms) https://example.org/a?b=c at /srv/app/x.test.ts:12:3\n"),
  "test log in colours": filled("\u001b[32mok\u001b[0m 12 - adds two numbers \u001b[2m(3ms)\u001b[0m\n"),
  "hostile: app tokens that never end": filled("ghs_1_"),
  "hostile: keys that never end": filled("-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAA"),
  "hostile: dotted words": filled(`SG.${"a".repeat(128)}.${"a".repeat(300)} `),
  "hostile: tokens that never end": filled("eyJ0eXAiOiJK-".repeat(20)),
  "hostile: nothing but secrets": filled(`ghp_${"a".repeat(36)} `),
  "hostile: nothing but line breaks": filled("\n"),
  "hostile: every other character unseen": filled("a\u200b"),
};

for (const [name, text] of Object.entries(texts)) {
  const began = performance.now();
  const { length } = await findSecrets(text, BUDGET);
  const each = (performance.now() - began) / (text.length / MB);
  console.log(`${name.padEnd(40)} ${each.toFixed(0).padStart(6)} ms/MB  ${length} found`);
}
