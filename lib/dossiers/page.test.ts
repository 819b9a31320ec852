// Everything on the page that somebody else wrote is hostile here.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../protocol/events.ts";
import { canonicalText } from "../record/rules.ts";
import type { RunView } from "../runs/schema.ts";
import { block, html, jsonBlock } from "./markup.ts";
import { dossierPage } from "./page.ts";
import { createTeller } from "./rules.ts";

const HOSTILE = `</pre><script>alert(1)</script><img src=x onerror="a()">'&\u202Etxt.exe\u0000\u200B\u001b[2J`;

const RUN = {
  id: "run_1",
  pilotId: "pil_1",
  pilotName: HOSTILE,
  repositoryName: HOSTILE,
  branch: HOSTILE,
  agentName: HOSTILE,
  charterVersion: 1,
  charterDigest: "0".repeat(64),
  title: HOSTILE,
  status: "merged",
  baseCommit: "a".repeat(40),
  launchedBy: "per_1",
  launchedByName: HOSTILE,
  launchedAt: new Date(0),
} as RunView;

const digest = "1".repeat(64);
const entry = (index: number, kind: string, about: string[], detail: object) => ({
  type: "entry",
  index,
  body: canonicalText({
    ...{ v: 2, id: `ent_${index}`, kind, about, request: "req_1", detail },
    actor: { kind: "user", personId: "per_2", sessionId: "ses_1", roles: ["reviewer"] },
  }),
});
const LINES = [
  { type: "header", origin: "log", epoch: 1, size: 3, checkpoint: `log\n3\n${HOSTILE}\n`, about: "dossier" },
  entry(0, "gate.approval_given", ["gate:gat_1"], {
    ...{ approval: "apr_1", person: "per_2", role: "reviewer", decision: "approve", digest },
    reason_sha256: "2".repeat(64),
  }),
  {
    type: "document",
    name: "decision",
    sha256: digest,
    text: canonicalText({ decides: "merge", gate: "gat_1", needed: 1, roles: ["reviewer"], goal: HOSTILE }),
  },
  { type: "document", name: "reason", sha256: "2".repeat(64), text: HOSTILE },
  { type: "document", name: "charter", sha256: "3".repeat(64), text: `not json ${HOSTILE}` },
  { type: "node", level: 1, index: 1, hash: "0".repeat(64) },
  { type: "end", lines: 6 },
];

const EVENT = {
  ...{ seq: 1, attempt: 1, at: "2030-01-01T00:00:00.000Z", observedBy: "runner", kind: "note" },
  body: { text: HOSTILE },
} as RunEvent;

async function rendered(): Promise<string> {
  const teller = createTeller();
  for (const line of LINES) teller.add(`${canonicalText(line)}\n`);
  const events = (async function* () {
    yield EVENT;
  })();
  const names = new Map([["per_2", HOSTILE]]);
  const facts = { exportId: "exp_1", sha256: digest, run: RUN, told: teller.told(), names, now: new Date(0) };
  let page = "";
  for await (const text of dossierPage(facts, events)) page += text;
  return page;
}

describe("the page of a dossier", () => {
  test("probe: no hostile text becomes markup, wherever it stands", async () => {
    const page = await rendered();
    expect(page).not.toMatch(/<script|<img|<[^>]+\son\w+=/i);
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(8);
    const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag?.toLowerCase()));
    expect(
      [...tags].filter((tag) => /^(script|iframe|object|embed|link|base|form|svg|a)$/.test(tag ?? "")),
    ).toEqual([]);
  });

  test("probe: what would not be seen is shown as a mark", async () => {
    const page = await rendered();
    for (const hidden of ["\u202E", "\u0000", "\u200B", "\u001b"]) expect(page).not.toContain(hidden);
    expect(page).toContain("‹U+202E›");
  });

  test("loads nothing and runs nothing, by its own policy too", async () => {
    const page = await rendered();
    expect(page).toContain(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    );
    const style = page.slice(page.indexOf("<style>"), page.indexOf("</style>"));
    expect(style).not.toMatch(/url\(|@import|https?:/i);
  });

  test("tells the rule, who decided by it and why they could, and how to check it", async () => {
    const page = await rendered();
    expect(page).toContain(
      "One approval by reviewer, never by who launched or asked for it, lets the merge go ahead.",
    );
    expect(page).toContain(
      "per_2 approved as reviewer, which the rule names, holding reviewer at the time (entry 0).",
    );
    expect(page).toContain("npx pilothouse-verify dossier.jsonl --policy policy.txt");
    expect(page).toContain(`<code>${digest}</code>`);
    expect(page).toContain("/api/runs/run_1/dossier?format=jsonl&amp;dossier=exp_1");
  });

  test("knows light and dark, and paper", async () => {
    const page = await rendered();
    expect(page).toContain("prefers-color-scheme:dark");
    expect(page).toContain("@media print");
    expect(page.startsWith("<!doctype html>")).toBe(true);
    expect(page.trimEnd().endsWith("</html>")).toBe(true);
  });
});

describe("markup", () => {
  test("probe: whatever is put into a template, no tag begins and no quote ends an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const { markup } of [html`<p title="${text}">${text}</p>`, block(text), jsonBlock(text)]) {
          const bare = markup
            .replace(/^<p title="/, "")
            .replace(/">/, "")
            .replace(/<\/p>$/, "")
            .replace(/^<pre>/, "")
            .replace(/<\/pre>$/, "");
          expect(bare).not.toMatch(/[<>"']/);
        }
      }),
    );
  });

  test("JSON is laid out, anything else stands as it is", () => {
    expect(jsonBlock('{"a":1}').markup).toBe("<pre>{\n  &quot;a&quot;: 1\n}</pre>");
    expect(jsonBlock("{broken").markup).toBe("<pre>{broken</pre>");
  });
});
