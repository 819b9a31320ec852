import { describe, expect, test } from "vitest";
import { verifyBundle } from "../bundle.ts";
import { parsePolicy } from "../policy.ts";
import { type Finding, textOf } from "../report.ts";
import { bundleLines, canonical, fileOf, type Leaf, streamed } from "../testing/build.ts";
import { entry, type MergeOptions, mergeLeaves, person, scene, witnessed } from "../testing/scene.ts";

async function verify(leaves: readonly Leaf[]) {
  const file = fileOf(bundleLines(scene({ leaves, about: "dossier" })));
  const report = await verifyBundle(streamed(file), parsePolicy(witnessed));
  const merges = report.findings.filter(({ check }: Finding) => check === "merges");
  return { code: report.code, outcomes: merges.map(({ outcome }) => outcome), text: textOf(report) };
}

const kindOf = ({ body }: Leaf): string => (JSON.parse(body) as { kind: string }).kind;
const hiding = (leaves: readonly Leaf[], ...kinds: string[]): Leaf[] =>
  leaves.map((leaf) => (kinds.includes(kindOf(leaf)) ? { ...leaf, isHidden: true } : leaf));
const without = (leaves: readonly Leaf[], ...kinds: string[]) =>
  leaves.filter((leaf) => !kinds.includes(kindOf(leaf)));

describe("a merge", () => {
  test("holds when enough people of the right roles approved exactly it", async () => {
    expect(await verify(mergeLeaves())).toMatchObject({ code: 0, outcomes: ["holds", "holds"] });
    const three = [
      ["per_a", "reviewer"],
      ["per_b", "reviewer"],
      ["per_c", "security_lead"],
    ] as const;
    expect((await verify(mergeLeaves({ approvers: three }))).text).toContain("3 of 2 needed");
  });

  test("counts no approval that was withdrawn while its gate was open", async () => {
    const about = ["gate:gat_1", "run:run_1", "pilot:pil_1"];
    const withdrawn = entry("gate.approval_withdrawn", about, person("per_x"), {
      ...{ approval: "app_0", person: "per_a", passkey: "psk_1" },
    });
    const leaves = mergeLeaves();
    const closing = leaves.findIndex((leaf) => kindOf(leaf) === "gate.approved");
    const before = await verify(leaves.toSpliced(closing, 0, { body: withdrawn }));
    expect([before.code, before.text]).toEqual([1, expect.stringContaining("1 of 2 approvals")]);
    const after = await verify(leaves.toSpliced(closing + 1, 0, { body: withdrawn }));
    expect(after.code).toBe(0);
  });

  test("holds where a forge made its own commit of the one that was built", async () => {
    const merged = { commit: "d".repeat(40), built: "c".repeat(40) };
    const { code, text } = await verify(mergeLeaves({ merged }));
    expect([code, text]).toEqual([
      0,
      expect.stringContaining(
        `published as commit ${"d".repeat(40)}, made by the forge of ${"c".repeat(40)}`,
      ),
    ]);
  });

  test("launched by a schedule bars nobody", async () => {
    const leaves = mergeLeaves().map((leaf) =>
      kindOf(leaf) === "run.launched"
        ? {
            body: entry(
              "run.launched",
              ["run:run_1"],
              { kind: "system", name: "schedule" },
              { agent: "agt_1" },
            ),
          }
        : leaf,
    );
    expect(await verify(leaves)).toMatchObject({
      code: 0,
      text: expect.stringContaining("launched by a process"),
    });
  });

  const a = ["per_a", "security_lead"] as const;
  test.each<[string, MergeOptions, string]>([
    ["by one person where two are needed", { approvers: [a] }, "1 of 2 approvals"],
    ["by nobody", { approvers: [] }, "0 of 2 approvals"],
    ["by one person twice", { approvers: [a, a] }, "second"],
    ["by the launcher", { launcher: "per_a" }, "by who launched the run"],
    ["in a role the document does not name", { approvers: [a, ["per_b", "auditor"]] }, "may not approve"],
    ["over another document", { approvedDigest: "0".repeat(64) }, "for another document"],
    ["of another tree", { intent: { tree: "x".repeat(40) } }, "another tree"],
    ["of another patch", { intent: { patch: "0".repeat(64) } }, "another patch"],
    ["on another base", { intent: { old: "x".repeat(40) } }, "another base commit"],
    ["into another branch", { intent: { ref: "refs/heads/other" } }, "another target"],
    ["under another charter", { document: { charter: "0".repeat(64) } }, "another charter"],
    ["of another run", { document: { run: "run_2" } }, "another run"],
    ["at another gate", { document: { gate: "gat_2" } }, "another gate"],
    ["with a document that needs nobody", { document: { needed: 0 } }, "how many have to approve"],
    [
      "with fewer people than the charter asks for",
      { approvers: [a], document: { needed: 1 } },
      "charter for 2",
    ],
    ["with flags, and nobody more", { document: { testIntegrity: ["x changes a test."] } }, "charter for 3"],
    ["without a list of flags, and nobody more", { document: { testIntegrity: null } }, "charter for 3"],
    [
      "by a role the charter does not name",
      { document: { roles: ["security_lead", "reviewer", "auditor"] } },
      "auditor approve",
    ],
    [
      "with approvals nobody signed, where it asks for passkeys",
      { document: { method: "passkey" } },
      "not signed",
    ],
    ["after its gate was voided", { closedBy: "gate.voided" }, "its gate had ended before"],
    ["after its gate was denied", { closedBy: "gate.denied" }, "its gate had ended before"],
    [
      "and a forge's commit of another one published",
      { merged: { commit: "d".repeat(40), built: "e".repeat(40) } },
      "another commit was published",
    ],
    [
      "and a forge's commit with another tree published",
      { merged: { commit: "d".repeat(40), built: "c".repeat(40), other_tree: "e".repeat(40) } },
      "does not hold what was approved",
    ],
    ["and another commit published", { merged: { commit: "d".repeat(40) } }, "another commit was published"],
    ["and another branch moved", { merged: { ref: "refs/heads/x" } }, "another merge was decided"],
  ])("probe: %s does not hold", async (_, options, says) => {
    const { code, text } = await verify(mergeLeaves(options));
    expect([code, text]).toEqual([1, expect.stringContaining(says)]);
  });

  test.each(["run.merge_intended", "run.merged"])("probe: of no run, as %s, does not hold", async (kind) => {
    for (const about of [[], ["gate:gat_1"], ["run:"], ["run:run_1", "run:run_2"]]) {
      const leaves = mergeLeaves().map((leaf) =>
        kindOf(leaf) === kind ? { body: canonical({ ...JSON.parse(leaf.body), about }) } : leaf,
      );
      const text = expect.stringContaining("not about one run");
      expect(await verify(leaves)).toMatchObject({ code: 1, text });
      expect(await verify(leaves.filter((leaf) => kindOf(leaf) === kind))).toMatchObject({ code: 1, text });
    }
  });

  test("probe: an actor without roles holds none, but in entries of version 1, which had none", async () => {
    const inVersion = (v: number) =>
      mergeLeaves().map((leaf) => {
        if (kindOf(leaf) !== "gate.approval_given") return leaf;
        const { actor, ...entry } = JSON.parse(leaf.body);
        const { roles: _, ...roleless } = actor;
        return { body: canonical({ ...entry, actor: roleless, v }) };
      });
    const text = expect.stringContaining("did not hold the role");
    expect(await verify(inVersion(2))).toMatchObject({ code: 1, text });
    expect(await verify(inVersion(3))).toMatchObject({ code: 1, text });
    expect(await verify(inVersion(1))).toMatchObject({ code: 0 });
  });

  test("probe: an approval written after the gate closed does not count", async () => {
    const leaves = mergeLeaves();
    const late = leaves.findLastIndex((leaf) => kindOf(leaf) === "gate.approval_given");
    const swapped = leaves.with(late, leaves[late + 1] as Leaf).with(late + 1, leaves[late] as Leaf);
    const text = expect.stringContaining("1 of 2 approvals");
    expect(await verify(swapped)).toMatchObject({ code: 1, text });
  });

  test("probe: a gate that was denied is not opened again by an approval", async () => {
    const leaves = mergeLeaves();
    const at = leaves.findIndex((leaf) => kindOf(leaf) === "gate.approved");
    const { about, detail } = JSON.parse((leaves[at] as Leaf).body);
    const denied = { body: entry("gate.denied", about, person("per_a", "reviewer"), detail) };
    const text = expect.stringContaining("its gate had ended before (gate.denied)");
    for (const place of [at, at + 1])
      expect(await verify(leaves.toSpliced(place, 0, denied))).toMatchObject({ code: 1, text });
  });

  test("whose charter is left out says that the two were not compared", async () => {
    const text = expect.stringContaining("was not compared");
    expect((await verify(mergeLeaves())).text).not.toContain("was not compared");
    const leaves = hiding(mergeLeaves(), "pilot.charter_written");
    expect(await verify(leaves)).toMatchObject({ code: 0, outcomes: ["holds", "note", "holds"], text });
  });

  test("probe: an approval that somebody else wrote does not count", async () => {
    const leaves = mergeLeaves().map((leaf) => {
      if (kindOf(leaf) !== "gate.approval_given") return leaf;
      const { about, detail } = JSON.parse(leaf.body);
      return {
        body: entry("gate.approval_given", about, person("per_z", "security_lead", "reviewer"), detail),
      };
    });
    expect(await verify(leaves)).toMatchObject({
      code: 1,
      text: expect.stringContaining("somebody else wrote it"),
    });
  });

  test("probe: a second launch by somebody else does not free the first", async () => {
    const leaves = mergeLeaves({ launcher: "per_a" });
    const again = { body: entry("run.launched", ["run:run_1"], person("per_z"), { agent: "agt_1" }) };
    const text = expect.stringContaining("by who launched the run");
    expect(await verify(leaves.toSpliced(2, 0, again))).toMatchObject({ code: 1, text });
  });

  test.each([
    ["another role", "auditor@pil_1"],
    ["it in another pilot", "reviewer@pil_2"],
  ])("probe: an approval of a person who held %s does not count", async (_, held) => {
    const leaves = mergeLeaves().map((leaf) => ({
      ...leaf,
      body: leaf.body.replace('"reviewer@pil_1"', `"${held}"`),
    }));
    expect(await verify(leaves)).toMatchObject({
      code: 1,
      text: expect.stringContaining("did not hold the role"),
    });
  });

  test.each([
    ["an approval", "gate.approval_given", "0 of 2 approvals"],
    ["the launch", "run.launched", "who launched the run is not in this file"],
    ["the decision", "run.merge_intended", "the decision to merge it is not in this file"],
    ["the commit", "run.merge_commit_built", "the commit that was built is not in this file"],
  ])(
    "whose file leaves out %s is not shown; where nothing is left out it does not hold",
    async (_, kind, says) => {
      const hidden = await verify(hiding(mergeLeaves(), kind));
      expect(hidden).toMatchObject({ code: 3, text: expect.stringContaining(says) });
      expect(await verify(without(mergeLeaves(), kind))).toMatchObject({
        code: 1,
        text: expect.stringContaining(says),
      });
    },
  );

  test("whose document is left out is not shown", async () => {
    const leaves = mergeLeaves().map((leaf) => (kindOf(leaf) === "gate.opened" ? { body: leaf.body } : leaf));
    expect(await verify(leaves)).toMatchObject({ code: 3, outcomes: ["not_shown", "holds"] });
  });

  test("after a refused one needs a decision of its own", async () => {
    const refused = entry("run.merge_refused", ["run:run_1"], person("per_a"), { merge: "mrg_1" });
    const leaves = mergeLeaves();
    const again = [...leaves.slice(0, -1), { body: refused }, ...leaves.slice(-1)];
    expect(await verify(again)).toMatchObject({ code: 1, outcomes: ["holds", "fails"] });
  });
});

test("probe: what entries hold cannot speak to the terminal", async () => {
  const hostile = "per_\u001b[2J\u202e\u0007\n\u009b";
  const { text } = await verify(
    mergeLeaves({
      approvers: [
        [hostile, "reviewer"],
        ["per_b", "reviewer"],
      ],
    }),
  );
  expect(text).toContain("per_\\u{1b}[2J\\u{202e}\\u{7}\\u{a}\\u{9b}");
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
