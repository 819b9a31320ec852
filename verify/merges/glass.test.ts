// A merge by broken glass, as somebody reads it who has nothing but the file.
import { describe, expect, test } from "vitest";
import { verifyBundle } from "../bundle.ts";
import { parsePolicy } from "../policy.ts";
import { textOf } from "../report.ts";
import { bundleLines, canonical, fileOf, type Leaf, sha256, streamed } from "../testing/build.ts";
import { entry, mergeLeaves, person, scene, witnessed } from "../testing/scene.ts";

async function verify(leaves: readonly Leaf[]) {
  const file = fileOf(bundleLines(scene({ leaves, about: "dossier" })));
  const report = await verifyBundle(streamed(file), parsePolicy(witnessed));
  const merges = report.findings.filter(({ check }) => check === "merges");
  return { code: report.code, outcomes: merges.map(({ outcome }) => outcome), text: textOf(report) };
}

interface Glass {
  readonly by?: string;
  readonly writtenBy?: string;
  readonly role?: string;
  readonly held?: readonly string[];
  readonly named?: readonly string[];
  readonly document?: object;
  readonly used?: object;
  readonly reviewer?: string | null;
  readonly reviewedAs?: string;
  /** Of the charter in force. */
  readonly namedNow?: readonly string[];
  readonly isSaid?: boolean;
}

const [RUN, GATE, PILOT] = ["run:run_1", "gate:gat_1", "pilot:pil_1"];
const hex = (text: string): string => sha256(text).toString("hex");
const kindOf = ({ body }: Leaf): string => (JSON.parse(body) as { kind: string }).kind;

const amended = (digest: string, text: string): Leaf => ({
  body: entry(
    "pilot.charter_written",
    [PILOT],
    { kind: "system", name: "x" },
    { charter: "cha_3", version: 3, digest },
  ),
  attached: [{ type: "document", name: "charter", sha256: digest, text }],
});

/** The scene of an approved merge, with its approvals taken out and the glass broken instead. */
function glassLeaves(glass: Glass = {}): Leaf[] {
  const { by = "per_g", role = "security_lead", named = ["security_lead"], reviewer = "per_r" } = glass;
  const { held = [role], writtenBy = by, isSaid = true, reviewedAs = "engineering_lead" } = glass;
  const controls = {
    approverCount: 2,
    approverRoles: ["reviewer"],
    extraApproverOnFlags: true,
    breakGlass: named,
  };
  const charterText = canonical({ v: 1, controls });
  const charter = hex(charterText);
  const nowText = canonical({ v: 1, controls: { ...controls, breakGlass: glass.namedNow ?? named } });
  const inForce = hex(nowText);
  const decision = canonical({
    ...{
      v: 1,
      decides: "break_glass",
      run: "run_1",
      gate: "gat_1",
      tree: "t".repeat(40),
      patch: hex("patch"),
    },
    ...{
      baseCommit: "b".repeat(40),
      targetRef: "refs/heads/main",
      charter,
      inForce,
      by,
      as: role,
      needed: 1,
    },
    ...{ roles: ["engineering_lead", "security_lead"], reason: "It burns.", ...glass.document },
  });
  const digest = hex(decision);
  const used = {
    ...{ gate: "gat_1", person: by, role, decision: digest, patch: hex("patch"), evidence: "regressed" },
    ...{ reason_sha256: hex("It burns."), ...glass.used },
  };
  const actor = { kind: "user", personId: writtenBy, sessionId: "ses_1", roles: [...held] };
  const written = { charter: "cha_2", version: 2, digest: charter };
  return mergeLeaves({ document: {} }).flatMap((leaf): Leaf[] => {
    switch (kindOf(leaf)) {
      case "pilot.charter_written":
        return [
          {
            body: entry("pilot.charter_written", [PILOT], { kind: "system", name: "x" }, written),
            attached: [{ type: "document", name: "charter", sha256: charter, text: charterText }],
          },
          ...(inForce === charter ? [] : [amended(inForce, nowText)]),
        ];
      case "run.launched":
        return [{ body: entry("run.launched", [RUN, PILOT], person("per_l"), { agent: "agt_1", charter }) }];
      case "gate.opened":
        return [
          {
            body: entry("gate.opened", [GATE, RUN, PILOT], actor, { gate: "break_glass", digest, needed: 1 }),
            attached: [{ type: "document", name: "decision", sha256: digest, text: decision }],
          },
          ...(isSaid ? [{ body: entry("break_glass.used", [RUN, GATE, PILOT], actor, used) }] : []),
        ];
      case "gate.approval_given":
      case "gate.approved":
        return [];
      case "run.merge_intended": {
        const { detail } = JSON.parse(leaf.body) as { detail: object };
        return [{ body: entry("run.merge_intended", [RUN, GATE], actor, { ...detail, decision: digest }) }];
      }
      case "run.merged": {
        const review = { gate: "gat_1", run: "run_1", person: reviewer, justified: true, decision: digest };
        const said = reviewer === null ? [] : [{ person: reviewer }];
        return [
          leaf,
          ...said.map((who) => ({
            body: entry("break_glass.reviewed", [RUN, GATE, PILOT], person(who.person, reviewedAs), review),
          })),
        ];
      }
      default:
        return [leaf];
    }
  });
}

describe("a merge by broken glass", () => {
  test("is listed as that, with who stands for it and who reviewed it, and never as approved", async () => {
    const { code, outcomes, text } = await verify(glassLeaves());
    expect([code, outcomes]).toEqual([0, ["note", "holds", "note"]]);
    expect(text).toContain("BROKEN GLASS, not an approved merge: per_g (security_lead) merged it alone");
    expect(text).toContain("the evidence then: regressed");
    expect(text).toMatch(/reviewed by per_r, who found it justified/);
    expect(text).not.toContain("needed approved exactly this");
  });

  test("that nobody has reviewed says so", async () => {
    expect((await verify(glassLeaves({ reviewer: null }))).text).toContain("no review by another lead");
  });

  test.each<[string, Glass]>([
    ["who broke it", { reviewer: "per_g" }],
    ["who launched the run", { reviewer: "per_l" }],
    ["who leads nothing", { reviewedAs: "reviewer" }],
    ["who leads another pilot", { reviewedAs: "security_lead@pil_2" }],
  ])("probe: a review by %s is none", async (_, glass) => {
    expect((await verify(glassLeaves(glass))).text).toContain("no review by another lead");
  });

  test.each<[string, Glass, string]>([
    ["without a word of who did it", { isSaid: false }, "nothing says who broke the glass"],
    ["in the name of another", { writtenBy: "per_x" }, "somebody else wrote"],
    ["in a role they did not hold", { held: ["reviewer"] }, "did not hold the role"],
    ["in a role the charter does not name", { named: ["engineering_lead"] }, "does not let"],
    ["where the charter in force names nobody any more", { namedNow: [] }, "does not let"],
    ["where the charter names nobody", { named: [] }, "does not let"],
    ["by who launched the run", { by: "per_l" }, "who launched the run broke the glass"],
    ["for another patch", { used: { patch: "0".repeat(64) } }, "for something else"],
    ["for another person's document", { document: { by: "per_x" } }, "for something else"],
    ["of another tree", { document: { tree: "x".repeat(40) } }, "another tree"],
  ])("probe: %s fails", async (_, glass, sentence) => {
    const { code, text } = await verify(glassLeaves(glass));
    expect(code).toBe(1);
    expect(text).toContain(sentence);
  });
});
