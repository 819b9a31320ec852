import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { GateView } from "#lib/gates/schema.ts";
import { AskCard } from "./ask-card.tsx";
import type { ShownAsk } from "./ask-view.ts";
import { OpenAsks } from "./open-asks.tsx";

const decide = async () => ({});
const gate = {
  ...{ id: "gat_1", kind: "merge", status: "open", pilotId: "pil_1", pilotName: "Nightly", runId: "run_1" },
  ...{ charterId: null, stopId: null, title: "Ask", document: "{}", digest: "ab".repeat(32), needed: 1 },
  ...{ roles: ["engineering_lead", "reviewer"], approvals: [], openedBy: "rnr_1", openedByName: "the agent" },
  ...{ createdAt: new Date(0), expiresAt: new Date(0), decidedAt: null, reason: null },
  ...{ signing: "session", cannotApprove: null, cannotDeny: null },
} as const satisfies GateView;

const ask: ShownAsk = {
  ...{ attempt: 1, ask: 3, what: "command", title: "pnpm db:migrate", cwd: "/work/checkout" },
  text: JSON.stringify(["bash", "-lc", "pnpm db:migrate --to 0231"]),
  ...{ reason: "The schema lacks a column.", rule: "not on the list of the charter" },
  ...{ unattended: "deny_and_continue", until: new Date("2030-01-01T08:30:00Z"), parked: false },
  ...{ settled: null, gate },
};
const shown = (more: Partial<ShownAsk> = {}) => html(<AskCard ask={{ ...ask, ...more }} decide={decide} />);

describe("an open ask", () => {
  test("shows the exact command, where, why, what made it ask, and what happens without an answer", () => {
    const page = shown();
    for (const words of [
      "pnpm db:migrate --to 0231",
      "bash -lc",
      "/work/checkout",
      "its word, not checked",
      "not on the list of the charter",
      "it is declined, and the agent goes on without it",
      "Allow",
      "Decline…",
      'value="approve"',
      gate.digest,
    ])
      expect(page).toContain(words);
  });

  test("one that the run was put away for waits as long as it takes", () => {
    const page = shown({ parked: true });
    expect(page).toContain("parked until somebody decides");
    expect(page).not.toContain("Without an answer");
  });

  test("an agent that says nothing is not given words", () => {
    expect(shown({ reason: "" })).toContain("nothing");
  });

  test("who may not decide sees why, and buttons that do nothing", () => {
    const page = shown({
      gate: { ...gate, cannotApprove: "Only a reviewer may.", cannotDeny: "Only a reviewer may." },
    });
    expect(page).toContain("You may not decide: Only a reviewer may.");
    expect(page.match(/aria-disabled="true"/g)).toHaveLength(2);
    expect(page).not.toContain('type="submit"');
  });

  test("one that is decided already, or has no gate, offers nothing", () => {
    expect(shown({ gate: null })).not.toContain("Allow");
    expect(shown({ gate: { ...gate, status: "denied" } })).not.toContain("Allow");
  });

  test("probe: markup, bidi and control characters stay text that is seen", () => {
    const evil = "<img src=x onerror=alert(1)>\u202egpj.exe\u0007";
    const page = shown({ text: JSON.stringify(["sh", "-c", evil]), cwd: evil, reason: evil, rule: evil });
    for (const unseen of ["<img", "\u202e", "\u0007"]) expect(page).not.toContain(unseen);
    expect(page).toContain("‹U+202E›");
    expect(page).toContain("2 characters in it would not be seen");
  });

  test("probe: a command of 16,384 characters is shown to its last one", () => {
    const long = `${"x".repeat(16_000)} && rm -rf /`;
    expect(shown({ text: JSON.stringify(["sh", "-c", long]) })).toContain("x &amp;&amp; rm -rf /");
  });
});

test("asks are pinned one below the other, and nothing stands there without any", () => {
  const page = html(<OpenAsks asks={[ask, { ...ask, ask: 4, what: "network" }]} decide={decide} />);
  expect(page).toContain("2 asks open");
  expect(page).toContain('id="ask-1-4"');
  expect(page).toContain('aria-label="The exact command of ask 3 in attempt 1"');
  expect(page).toContain("Asks to reach the network");
  expect(html(<OpenAsks asks={[]} decide={decide} />)).toBe("");
});
