import { describe, expect, test } from "vitest";
import { verifyBundle } from "../bundle.ts";
import { parsePolicy } from "../policy.ts";
import { textOf } from "../report.ts";
import { bundleLines, fileOf, type Json, type Leaf, sha256, streamed } from "../testing/build.ts";
import { entry, type MergeOptions, mergeLeaves, scene, witnessed } from "../testing/scene.ts";

const hex = (text: string) => sha256(text).toString("hex");
const REPORT = hex("what it said");
const passed: { readonly [key: string]: Json } = {
  ...{ source: "ci/unit", required: true, verdict: "passed", report: REPORT, reportedBy: "per_bot" },
};
const controls = { requiredChecks: ["ci/unit"] };
const bound = (...outside: Json[]): MergeOptions => ({ controls, document: { outside } });

/** The report as its entry, right after the launch; null for none. */
async function verify(
  options: MergeOptions,
  said: { readonly [key: string]: Json } | null = {},
  { isHidden = false, late }: { isHidden?: boolean; late?: { readonly [key: string]: Json } } = {},
) {
  const detail = {
    check: "chk_1",
    source: hex("ci/unit"),
    verdict: "passed",
    patch: hex("patch"),
    report: REPORT,
  };
  const leafOf = (more: { readonly [key: string]: Json } | null, isHidden = false): Leaf => ({
    body: entry("run.check_reported", ["run:run_1"], { kind: "token" }, { ...detail, ...more }),
    isHidden,
  });
  const reported = [leafOf(said, isHidden), ...(late ? [leafOf(late)] : [])];
  const leaves = mergeLeaves(options);
  const at = leaves.findIndex(({ body }) => body.includes('"run.launched"')) + 1;
  const all = said === null ? leaves : leaves.toSpliced(at, 0, ...reported);
  const file = fileOf(bundleLines(scene({ leaves: all, about: "dossier" })));
  const report = await verifyBundle(streamed(file), parsePolicy(witnessed));
  return { code: report.code, text: textOf(report) };
}

describe("checks from outside that a charter requires", () => {
  test("have passed, in the document and in the entries, of exactly the patch that was merged", async () => {
    expect(await verify(bound(passed))).toMatchObject({ code: 0 });
    // One that nobody requires and that failed is no fault of the merge.
    const other = { ...passed, source: "ci/lint", required: false, verdict: "failed" };
    expect(await verify(bound(other, passed))).toMatchObject({ code: 0 });
  });

  test.each<[string, MergeOptions, { readonly [key: string]: Json } | null, string]>([
    ["that the document leaves out", { controls }, {}, "does not say that it passed"],
    ["that the document calls failed", bound({ ...passed, verdict: "failed" }), {}, "does not say that it"],
    ["that the document does not call required", bound({ ...passed, required: false }), {}, "does not say"],
    [
      "of the charter in force alone",
      { inForce: { requiredChecks: ["ci/unit"] } },
      {},
      "does not say that it passed",
    ],
    [
      "of the document alone",
      { document: { outside: [{ ...passed, verdict: "missing" }] } },
      {},
      "does not say that it passed",
    ],
    ["that nobody reported", bound(passed), null, "is not in this file"],
    [
      "that was reported as failed",
      bound(passed),
      { verdict: "failed" },
      "not reported as the document says",
    ],
    ["of another patch", bound(passed), { patch: hex("other") }, "is not in this file"],
    ["of another report", bound(passed), { report: hex("other") }, "not reported as the document says"],
    [
      "that an approver reported",
      bound({ ...passed, reportedBy: "per_a" }),
      {},
      "per_a approved, and reported a check",
    ],
  ])("probe: one %s does not hold", async (_, options, said, says) => {
    expect(await verify(options, said)).toMatchObject({ code: 1, text: expect.stringContaining(says) });
  });

  test("have passed, whatever is said later about an earlier patch", async () => {
    const late = { verdict: "failed", patch: hex("earlier"), report: hex("late") };
    expect(await verify(bound(passed), {}, { late })).toMatchObject({ code: 0 });
  });

  test("whose report is left out is not shown", async () => {
    const text = expect.stringContaining("the report of the check ci/unit is not in this file");
    expect(await verify(bound(passed), {}, { isHidden: true })).toMatchObject({ code: 3, text });
  });
});
