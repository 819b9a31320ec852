// What a lead reads who is tired: no number of evidence that is not to be relied on looks like a good one.
import { renderToStaticMarkup as html } from "react-dom/server";
import { expect, test } from "vitest";
import { judge } from "#lib/evidence/rules.ts";
import { observeAll } from "#lib/testing/observations.ts";
import { EvidenceBand } from "./band.tsx";
import { EvidencePanel } from "./panel.tsx";

const P = ["passed", "passed"] as const;
const F = ["failed", "failed"] as const;
const seen = observeAll({ base: { "a › bug": F, "a › old": P }, patch: { "a › bug": P, "a › old": P } });

function evidenceOf(silent: readonly string[]) {
  const observations = seen.map((each) =>
    each.tree === "base_on_patch"
      ? { ...each, exit: 1, canary: { files: 1, planted: 2, failed: 2 - silent.length, silent: [...silent] } }
      : each,
  );
  const document = {
    ...{ v: 2 as const, run: "run_1", attempt: 1, patch: "p", baseCommit: "b", tree: "t", argv: ["node"] },
    ...{ runner: "rnr_1", sameHost: false, observations: [] },
    environment: { tier: "strong" as const, node: "24", platform: "linux", kernel: "6" },
    judgement: judge(observations, ["a › bug"]),
  };
  return {
    ...{ id: "evi_1", digest: "ab".repeat(32), attempt: 1, runnerName: "rn", createdAt: new Date(0) },
    document,
  };
}

const page = (silent: readonly string[]): string =>
  html(
    <EvidencePanel
      {...{ runId: "run_1", evidence: evidenceOf(silent), flags: [], summary: null, claims: null }}
    />,
  );

test("probe: of a patch that keeps tests from failing, nothing is called repaired, and what to make of it stands before the numbers", () => {
  const text = page(["test/sum.test.js"]);
  expect(text).toContain("something keeps tests from failing there");
  expect(text).toContain("The numbers below prove nothing.");
  expect(text.indexOf("prove nothing")).toBeLessThan(text.indexOf("base on base"));
  expect(text).toContain("Pass now, which counts for nothing here");
  expect(text).not.toContain(">Repaired");
});

test("of one that mends it is called so, and how to see it again is said", () => {
  const text = page([]);
  expect(text).toContain("Repaired");
  expect(text).not.toContain("prove nothing.");
  expect(text).toContain("evidence:reproduce evi_1");
});

test("the head of a review is red where the evidence is not to be relied on, and says why; it says nothing where all is well", () => {
  const text = html(<EvidenceBand evidence={evidenceOf(["test/sum.test.js"])} />);
  expect(text).toContain('class="note bad"');
  expect(text).toContain("Evidence not to be relied on.");
  expect(text).toContain("something keeps tests from failing there");
  expect(html(<EvidenceBand evidence={evidenceOf([])} />)).toBe("");
  expect(html(<EvidenceBand evidence={null} />)).toBe("");
});
