import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { GateView } from "#lib/gates/schema.ts";
import type { Proof, ProofView } from "#lib/log/proof-schema.ts";
import type { EntryDetailView, LogState } from "#lib/log/schema.ts";
import { ENTRY_KINDS } from "#lib/record/schema.ts";
import { DecisionPanel } from "./decision-panel.tsx";
import { EntryDetail } from "./entry-detail.tsx";
import { sentenceOf } from "./kind-sentences.ts";
import { LogAlarms } from "./log-alarms.tsx";
import { LogHead } from "./log-head.tsx";
import { covers, ProofDrawing } from "./proof-drawing.tsx";
import { SearchHit } from "./search-hit.tsx";
import { Vouchers } from "./vouchers.tsx";

const AT = new Date("2026-11-19T08:00:00Z");
const hash = (letter: string) => letter.repeat(64);

const proof: Proof = {
  place: { epoch: 1, origin: "pilothouse/0/1", index: 2 },
  size: 7,
  leaf: hash("1"),
  path: [
    { hash: hash("a"), side: "right", level: 1, begin: 3, end: 4 },
    { hash: hash("b"), side: "left", level: 2, begin: 0, end: 2 },
    { hash: hash("c"), side: "right", level: 3, begin: 4, end: 7 },
  ],
  root: hash("2"),
  signedAt: AT,
  note: "pilothouse/0/1\n7\nroot=\n\n— pilothouse/0/1 sig\n",
  signatures: [{ name: "pilothouse/0/1", keyId: "0a0b0c0d", kind: "log", at: null }],
};

const entry: EntryDetailView = {
  id: "ent_1",
  kind: "run.merged",
  at: AT,
  index: 2,
  about: ["run:run_1"],
  actor: { kind: "user", id: "per_1", name: "Ada", roles: ["reviewer", "auditor@pil_1"] },
  detail: { ref: "refs/heads/main" },
  canonical: '{"v":2}',
  sha256: hash("3"),
  request: "req_1",
  charter: hash("4"),
  before: null,
  after: hash("5"),
  names: { "run:run_1": "Repair" },
};

const detail = (more: Partial<EntryDetailView> = {}, shown: ProofView = { state: "proved", ...proof }) =>
  html(<EntryDetail entry={{ ...entry, ...more }} proof={shown} decision={null} close="/log" />);

test("an entry that binds events leads to the first and the last of them, any other entry to none", () => {
  const batch = { attempt: 1, from: 101, to: 200, root: hash("6") };
  const page = detail({ kind: "run.events_appended", detail: batch });
  expect(page).toContain('href="/runs/run_1?event=101"');
  expect(page).toContain('href="/runs/run_1?event=200"');
  expect(detail({ detail: batch })).not.toContain("?event=");
  expect(detail({ kind: "run.events_appended", detail: { from: "<b>", to: 2 } })).not.toContain("?event=");
});

describe("the drawing of a proof", () => {
  const page = html(<ProofDrawing proof={proof} />);

  test("is a list from the root down to the leaf, every sibling on its side with what it covers", () => {
    const items = page.match(/<li[^>]*>/g) ?? [];
    expect(items).toHaveLength(5);
    expect(page.match(/data-side="\w+"/g)).toEqual([
      'data-side="right"',
      'data-side="left"',
      'data-side="right"',
    ]);
    expect(page.indexOf("right: entries 4 to 6")).toBeLessThan(page.indexOf("left: entries 0 to 1"));
    expect(page.indexOf("left: entries 0 to 1")).toBeLessThan(page.indexOf("right: entry 3"));
  });

  test("of a tree of one leaf has nothing beside the path", () => {
    expect(html(<ProofDrawing proof={{ ...proof, path: [] }} />)).not.toContain("data-side");
    expect(page.match(/pp-leaf/g)).toHaveLength(1);
  });

  test("names one entry and several", () => {
    expect(covers({ begin: 0, end: 1 })).toBe("entry 0");
    expect(covers({ begin: 32_768, end: 65_536 })).toBe("entries 32,768 to 65,535");
  });
});

describe("an entry", () => {
  test("says what happened, who in which role, what it changed, and offers its proof", () => {
    const page = detail();
    for (const text of ["The branch was moved", "then reviewer, auditor of", "Charter in force", "Repair"])
      expect(page).toContain(text);
    expect(page).toContain("/api/log/entries/ent_1/proof");
    expect(page).toContain("/api/log/entries/ent_1/tlog-proof");
  });

  test("that waits, cannot be proved or is contradicted says so and offers no proof", () => {
    const { place } = proof;
    const states: [ProofView, string][] = [
      [{ state: "waiting", place: null }, "Waits for the notary"],
      [{ state: "waiting", place }, "the next checkpoint will cover it"],
      [{ state: "unavailable", place, why: "The tiles are not here." }, "The tiles are not here."],
      [{ state: "contradicted", place, why: "Another hash." }, 'role="alert"'],
    ];
    for (const [state, text] of states) {
      const page = detail({}, state);
      expect(page).toContain(text);
      expect(page).not.toContain("/proof");
    }
  });

  test("probe: that is none of ours, with names that hide, is text", () => {
    const page = detail({
      actor: null,
      detail: { ref: "<script>alert(1)</script>\u202e" },
      names: { "run:run_1": "<img src=x onerror=alert(1)>" },
      canonical: "\u0000\u202e<b>",
    });
    expect(page).toContain("not an entry of ours");
    for (const odd of ["<script", "<img", "<b>", "\u202e", "\u0000"]) expect(page).not.toContain(odd);
  });

  test("of every kind is said in a sentence", () => {
    for (const kind of ENTRY_KINDS) expect(sentenceOf(kind)).toMatch(/^[A-Z].*\.$/);
    expect(sentenceOf("toString")).toContain("does not know");
  });
});

describe("who vouches", () => {
  test("without a witness is said to be the notary alone", () => {
    expect(html(<Vouchers proof={proof} />)).toContain("No witness has signed it");
    const witnessed = { name: "audit.example/w", keyId: "01020304", kind: "witness", at: AT } as const;
    const page = html(<Vouchers proof={{ ...proof, signatures: [...proof.signatures, witnessed] }} />);
    expect(page).toContain("audit.example/w");
    expect(page).not.toContain("No witness has signed it");
    expect(page).toContain("worth nothing");
  });
});

const gate: GateView = {
  ...{ id: "gat_1", kind: "merge", status: "approved", pilotId: "pil_1", pilotName: "P", runId: "run_1" },
  ...{ charterId: null, stopId: null, title: "Merge", document: "{}", digest: hash("9"), needed: 1 },
  ...{ roles: ["reviewer", "security_lead"], openedBy: "rnr_1", openedByName: "the verification" },
  ...{
    createdAt: AT,
    expiresAt: AT,
    decidedAt: AT,
    reason: null,
    signing: "session",
    cannotApprove: null,
    cannotDeny: null,
  },
  approvals: [
    {
      id: "apr_1",
      personId: "per_1",
      personName: "Sam",
      role: "security_lead",
      decision: "approve",
      reason: "Fine",
      isSigned: false,
      at: AT,
    },
  ],
};

describe("a decision", () => {
  test("names who, as what, the rule, and leads to entry and dossier", () => {
    const page = html(
      <DecisionPanel
        gate={gate}
        bound={[{ name: "Patch", value: hash("7") }]}
        entries={{ apr_1: "ent_9" }}
      />,
    );
    expect(page).toContain("approved as security lead");
    expect(page).toContain("1 approval by a security lead or a reviewer, never by who launched the run");
    expect(page).toContain('href="/log/ent_9"');
    expect(page).toContain("/api/runs/run_1/dossier?format=jsonl");
  });

  test("of a deputy names whom it was given for", () => {
    const approvals = gate.approvals.map((approval) => ({ ...approval, forName: "Ada" }));
    const page = html(<DecisionPanel gate={{ ...gate, approvals }} bound={[]} entries={{}} />);
    expect(page.replaceAll(/<[^>]*>/g, "")).toContain("Sam for Ada approved as security lead");
  });

  test("that nobody took yet says how many are needed", () => {
    const page = html(
      <DecisionPanel gate={{ ...gate, status: "open", approvals: [] }} bound={[]} entries={{}} />,
    );
    expect(page).toContain("Nobody has decided.");
    expect(page).toContain("So far 0 of 1.");
  });
});

const state: LogState = {
  ...{ numbered: 48_213, waiting: 3, unindexed: 0, epoch: 1, origin: "o", epochStartedAt: AT },
  checkpoint: { size: 48_210, root: hash("2"), signedAt: AT, keyId: "0a0b0c0d" },
  witnesses: [],
  alarms: [],
};
const head = (more: Partial<LogState>) =>
  html(<LogHead state={{ ...state, ...more }} maySearch mayExport={false} />);

describe("the head of the log", () => {
  test("says what no witness means, and what one on this host is worth", () => {
    const page = head({});
    expect(page).toContain("48,213");
    expect(page).toContain("3 wait for the notary");
    expect(page).toContain("No witness is configured");
    expect(page).toContain("worth nothing");
    expect(page).toContain("/log/search");
    expect(page).not.toContain("/log/access");
  });

  test("shows a refusal until the witness signs again", () => {
    const later = new Date(AT.getTime() + 1000);
    const witness = { name: "w", size: 5, cosignedAt: AT, refusal: "conflict", refusedAt: later };
    expect(head({ witnesses: [witness] })).toContain("refused");
    expect(head({ witnesses: [{ ...witness, cosignedAt: later, refusedAt: AT }] })).not.toContain("refused");
    expect(head({ witnesses: [{ ...witness, cosignedAt: null, refusedAt: null }] })).toContain(
      "has not signed yet",
    );
  });

  test("alarms stand there in words; without one nothing does", () => {
    const alarm = { kind: "witness_refused", title: "A witness refuses.", detail: "d<", since: AT };
    const page = html(<LogAlarms alarms={[{ ...alarm, stopsMerges: true }]} link />);
    expect(page).toContain("A witness refuses.");
    expect(page).toContain("Nothing is merged until this is settled.");
    expect(page).toContain("d&lt;");
    expect(html(<LogAlarms alarms={[]} />)).toBe("");
  });
});

test("probe: what was found is marked as text, whatever it looks like", () => {
  const page = html(
    <ol>
      <SearchHit
        title="Outputs"
        result={{
          ...{
            runId: "run_1",
            runTitle: "<i>x</i>",
            pilotName: "P",
            seq: 7,
            field: "output",
            at: AT,
            entryId: null,
          },
          pieces: [
            { text: "<script>", isFound: false },
            { text: "<mark>\u202e", isFound: true },
          ],
        }}
      />
    </ol>,
  );
  expect(page).toContain("&lt;script&gt;<mark>&lt;mark&gt;");
  expect(page).not.toMatch(/<script|<i>|\u202e/);
  expect(page).not.toContain("Entry and proof");
});
