import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { ClaimsView } from "#lib/claims/schema.ts";
import { judge } from "#lib/evidence/rules.ts";
import type { GateView } from "#lib/gates/schema.ts";
import type { Observation, Summary } from "#lib/protocol/schema.ts";
import { DecisionBar } from "./decision-bar.tsx";
import { DecisionDocument } from "./decision-document.tsx";
import type { ReviewFile } from "./diff-rules.ts";
import { EvidencePanel } from "./evidence/panel.tsx";
import { FileList } from "./file-list.tsx";

const DIGEST = `5f0c9a2e${"0".repeat(48)}e2a981d4`;
const gate: GateView = {
  id: "gat_1",
  kind: "merge",
  status: "open",
  pilotId: "pil_1",
  pilotName: "Nightly triage",
  runId: "run_1",
  charterId: null,
  stopId: null,
  title: "Merge into ledger@main",
  document: '{"v":1,"decides":"merge"}',
  digest: "ab".repeat(32),
  needed: 2,
  roles: ["engineering_lead", "security_lead"],
  approvals: [
    {
      id: "apr_1",
      personId: "p1",
      personName: "Mateus Lindqvist",
      role: "reviewer",
      decision: "approve",
      reason: null,
      isSigned: false,
      at: new Date(0),
    },
  ],
  openedBy: "p0",
  openedByName: "worker",
  createdAt: new Date(0),
  expiresAt: new Date(0),
  decidedAt: null,
  reason: null,
  cannotApprove: null,
  cannotDeny: null,
  signing: "session",
};

const bar = (more: Partial<Parameters<typeof DecisionBar>[0]> = {}) =>
  html(
    <DecisionBar
      gate={gate}
      digest={DIGEST}
      digestName="Patch digest"
      unread={0}
      approveWord="Approve merge"
      decide={async () => ({})}
      {...more}
    />,
  );
const button = (page: string, word: string) =>
  page.match(new RegExp(`<button[^>]*>(?:(?!</button>).)*${word}`))?.[0] ?? "";

describe("the decision bar", () => {
  test("shows what is decided on by its first and last eight, who said yes, and how many are missing", () => {
    const page = bar();
    expect(page).toContain("5f0c9a2e 00000000 00000000 … e2a981d4");
    expect(page).toContain("1 of 2 engineering lead or security lead");
    expect(page.match(/class="slot"/g)).toHaveLength(1);
    expect(page).toContain("You may approve.");
  });

  test("an approval that was withdrawn is told as such, and counted no more", () => {
    const approvals = gate.approvals.map((one) => ({ ...one, withdrawnAt: new Date(1) }));
    const page = bar({ gate: { ...gate, approvals } });
    expect(page).toContain("0 of 2 engineering lead");
    expect(page.match(/class="slot"/g)).toHaveLength(2);
    expect(page).toContain("Mateus Lindqvist: withdrawn");
  });

  test("who may not approve cannot, and reads why", () => {
    const page = bar({
      gate: {
        ...gate,
        cannotApprove:
          "You launched, steered, asked for or reported on this, so somebody else has to approve it.",
      },
    });
    expect(button(page, "Approve…")).toContain('aria-disabled="true"');
    expect(button(page, "Deny…")).not.toContain("aria-disabled");
    expect(page).toContain("somebody else has to approve it");
  });

  test("probe: hidden characters nobody looked at block the approval, not the refusal", () => {
    const page = bar({ mustRead: "View the files with hidden characters first" });
    expect(button(page, "Approve…")).toContain('aria-disabled="true"');
    expect(page).toContain("View the files with hidden characters first");
    expect(button(page, "Deny…")).not.toContain("aria-disabled");
  });

  test.each(["approved", "denied", "expired", "void"] as const)(
    "a gate that is %s offers nothing to press",
    (status) => {
      const page = bar({ gate: { ...gate, status, reason: "Over." } });
      expect(page).not.toContain("Approve…");
      expect(page).not.toContain("Deny…");
      expect(page).toContain(`data-status="${status}"`);
    },
  );

  test("says how many files were not opened", () => {
    expect(bar({ unread: 1 })).toContain("1 file not viewed");
    expect(bar({ unread: 0 })).not.toContain("not viewed");
  });
});

const observed = (tree: Observation["tree"], failed: string[]): Observation => ({
  tree,
  repeat: 1,
  commit: (tree === "base_on_base" ? "a" : "b").repeat(40),
  argv: ["node", "--test"],
  exit: failed.length > 0 ? 1 : 0,
  ended: "itself",
  milliseconds: 10,
  reportSha256: null,
  passed: ["ok", "red"].filter((name) => !failed.includes(name)),
  failed,
  skipped: [],
  problem: null,
});
const judgement = judge(
  [observed("base_on_base", ["red"]), observed("base_on_patch", []), observed("patch_on_patch", [])],
  ["red"],
);
const evidence = {
  id: "evi_1",
  digest: "e7".repeat(32),
  attempt: 2,
  runnerName: "rn-verify-02",
  createdAt: new Date(0),
  document: {
    v: 1 as const,
    run: "run_1",
    attempt: 2,
    patch: "p",
    baseCommit: "a",
    tree: "t",
    argv: ["node"],
    runner: "rn",
    sameHost: true,
    environment: { tier: "strong" as const, node: "24", platform: "linux", kernel: "6" },
    observations: [],
    judgement,
  },
};
const summary: Summary = {
  text: "done",
  claims: [
    { text: "All pass.", commands: [9] },
    { text: "No other caller is affected.", commands: [] },
  ],
  repaired: [],
  givenUp: [{ tests: ["red › other"], culprit: null, reason: "reverting conflicts in src/tax.js" }],
  flaky: [],
};

const claims: ClaimsView = {
  lastTest: null,
  text: "done",
  claims: [
    {
      ...{ text: "All pass.", standing: "rests", against: [] },
      rests: [{ command: 9, text: "npm test", exit: 0, seq: 31 }],
      ...{ harness: "agrees", because: "Every test passes every time in a clean sandbox." },
    },
    {
      ...{ text: "No other caller is affected.", standing: "unverified", rests: [], against: [] },
      ...{ harness: "cannot_say", because: "It is nothing that the tests or the patch could show." },
    },
  ],
};

describe("the evidence panel", () => {
  const page = html(
    <EvidencePanel runId="run_1" evidence={evidence} flags={[]} summary={summary} claims={claims} />,
  );

  test("shows the matrix, who observed it and on whose host", () => {
    for (const row of ["base on base", "base&#x27;s tests on patch", "patch on patch"])
      expect(page).toContain(row);
    expect(page).toContain('data-status="verified"');
    expect(page).toContain("rn-verify-02, on the author&#x27;s host");
  });

  test("ties each claim to its commands or calls it unverified", () => {
    expect(page).toContain("1 of 2 tied");
    expect(page).toContain("Unverified: it names no evidence");
    expect(page).toContain('href="/runs/run_1?event=31"');
    expect(page).toContain("The harness agrees");
    expect(page).toContain("The harness cannot say");
  });

  test("lists what was given up with its reason", () => {
    expect(page).toContain("reverting conflicts in src/tax.js");
    expect(page).toContain("red › other");
  });

  test("always says what it does not prove", () => {
    for (const sentence of judgement.doesNotProve) expect(page).toContain(sentence.slice(0, 30));
  });

  test("without evidence nothing can be approved, and it says so", () => {
    expect(
      html(<EvidencePanel runId="run_1" evidence={null} flags={[]} summary={null} claims={null} />),
    ).toContain("Without evidence nothing can be approved");
  });

  test("a flag that asks for another person is something to check, a notice is not", () => {
    const flag = (severity: "extra_approver" | "notice") => ({
      rule: "test_integrity",
      severity,
      path: "a.test.ts",
      sentence: "a.test.ts is a test.",
    });
    expect(
      html(
        <EvidencePanel
          runId="r"
          evidence={evidence}
          flags={[flag("extra_approver")]}
          summary={null}
          claims={null}
        />,
      ),
    ).toContain("1 to check");
    expect(
      html(
        <EvidencePanel runId="r" evidence={evidence} flags={[flag("notice")]} summary={null} claims={null} />,
      ),
    ).toContain("Nothing to check");
  });
});

describe("the list of files", () => {
  const file = (path: string, hidden = 0): ReviewFile => ({
    path,
    ...{ previousPath: null, status: "modified", modeBefore: "100644", modeAfter: "100644" },
    ...{ added: 1, removed: null, risk: "low", flags: [], place: 0, parts: [], spots: [], hunks: 1 },
    ...{ hidden, lookalikes: 0, masked: 0, space: 0, lastNumber: 1, binary: false, generated: false },
  });

  test("counts what was viewed and says it in words too", () => {
    const page = html(
      <FileList
        files={[file("src/a.ts"), file("b.bin")]}
        viewed={new Set(["src/a.ts"])}
        current="src/a.ts"
        onOpen={() => {}}
      />,
    );
    expect(page).toContain("1 of 2 viewed");
    expect(page).toContain("not viewed");
    expect(page).toContain("binary");
    expect(page.match(/aria-current="true"/g)).toHaveLength(1);
  });

  test("probe: a name with an override, a break and markup is shown and does nothing", () => {
    const page = html(
      <FileList
        files={[file("src/\u202Egpj.<b>\n.ts")]}
        viewed={new Set()}
        current={null}
        onOpen={() => {}}
      />,
    );
    expect(page).toContain("‹U+202E›");
    expect(page).toContain("‹LF›");
    expect(page).not.toContain("<b>");
  });
});

describe("the decision document", () => {
  test("is shown indented, and a text that is no JSON as it is", () => {
    expect(html(<DecisionDocument gate={gate} />)).toContain("&quot;decides&quot;: &quot;merge&quot;");
    expect(html(<DecisionDocument gate={{ ...gate, document: "not json" }} />)).toContain("not json");
    expect(html(<DecisionDocument gate={null} />)).toContain("no gate yet");
  });
});
