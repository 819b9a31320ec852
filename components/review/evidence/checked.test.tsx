import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { EvidenceDocument, EvidenceView } from "#lib/evidence/document.ts";
import { judge } from "#lib/evidence/rules.ts";
import type { Checks } from "#lib/protocol/checks.ts";
import { observeAll } from "#lib/testing/observations.ts";
import { Checked } from "./checked.tsx";
import { Observers } from "./observers.tsx";
import { Signed } from "./signed.tsx";

const CHECKS: Checks = {
  command: ["sh", "-c", "(vitest run)"],
  frameworks: [{ name: "vitest", files: 2 }],
  tools: [{ name: "vitest", version: "vitest/5.1.1 \u202e" }],
  seed: "canary_1",
  canary: { files: 2, none: null, uncovered: ["test/odd.test.js"] },
  unreported: [],
  coverage: { method: "v8", lines: 20, executed: 14, files: [] },
  coverageReason: "",
};
const P = ["passed"] as const;
const observed = observeAll({
  base: { "a.js › bug": ["failed"], "a.js › gone": P },
  patch: { "a.js › bug": P, "b.js › new": P, "b.js › easy": P },
  crossed: { "a.js › bug": P, "a.js › gone": P },
});
const newTests = { ...observed[0], passed: ["b.js › easy"], failed: ["b.js › new"] } as never;
const DOCUMENT: EvidenceDocument = {
  ...{ v: 2, run: "run_1", attempt: 1, patch: "p", baseCommit: "a", tree: "t", argv: ["npm", "test"] },
  ...{ runner: "rn", sameHost: false, environmentDigest: "e".repeat(64), checks: CHECKS },
  environment: { tier: "strong", node: "24", platform: "linux x64", kernel: "6" },
  observations: [],
  judgement: judge(observed, ["a.js › bug"], [], newTests),
};
const shown = (checks: Partial<Checks> = {}, silent: string[] = []) =>
  renderToStaticMarkup(
    <Checked
      document={{
        ...DOCUMENT,
        checks: { ...CHECKS, ...checks },
        observations: [{ canary: { files: 2, planted: 8, failed: 8 - silent.length, silent } }] as never,
      }}
    />,
  );

describe("what was checked beside the trees", () => {
  test("is said by its figures: canary, inventory, new tests, lines, command", () => {
    const page = shown();
    for (const part of [
      ...["reported failed", "planted to fail in 2 files", "test/odd.test.js"],
      ...["2 → 3", "not all of the base&#x27;s there", "a.js › gone"],
      ...["New, and fail on the base", "b.js › new", "prove nothing", "b.js › easy"],
      ...["14 of 20", "(vitest run)"],
    ])
      expect(page).toContain(part);
  });

  test("names the files in which planted tests did not fail", () => {
    expect(shown({}, ["test/a.test.js"])).toContain("7 of 8");
    expect(shown({}, ["test/a.test.js"])).toContain("test/a.test.js");
  });

  test("says that there was no canary and why, and that lines were not measured and why", () => {
    const page = shown({
      canary: { files: 0, none: "framework not known.", uncovered: [] },
      ...{ coverage: null, coverageReason: "Nothing changed that Node runs." },
    });
    expect(page).toContain("framework not known.");
    expect(page).toContain("not measured");
    expect(page).toContain("Nothing changed that Node runs.");
  });

  test("is nothing for evidence of the first format", () => {
    const { inventory: _inventory, newTests: _newTests, ...judgement } = DOCUMENT.judgement;
    const { checks: _checks, ...document } = DOCUMENT;
    expect(renderToStaticMarkup(<Checked document={{ ...document, v: 1, judgement }} />)).toBe("");
  });
});

test("every figure has somebody whose word it is, and what a tool says of itself is shown as text", () => {
  const page = renderToStaticMarkup(<Observers document={DOCUMENT} runnerName="rn-2" />);
  expect(page).toContain("in the process in which the patch&#x27;s code ran");
  expect(page).toContain("runner rn-2, outside of the sandbox; not the author&#x27;s host");
  expect(page).toContain("This control plane, from what runner rn-2 reported.");
  expect(page).not.toContain("\u202e");
});

test("what the worker signed is there to download, with its key, once it is signed", () => {
  const evidence = { id: "evi_1", document: DOCUMENT } as never as EvidenceView;
  const signed = { keyId: "k", publicKey: "cHVibGlj" };
  const page = renderToStaticMarkup(<Signed runId="run_1" evidence={{ ...evidence, signed }} />);
  expect(page).toContain('href="/api/runs/run_1/evidence/evi_1"');
  expect(page).toContain("cHVibGlj");
  expect(renderToStaticMarkup(<Signed runId="run_1" evidence={evidence} />)).toBe("");
});
