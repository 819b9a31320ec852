import { describe, expect, test } from "vitest";
import { canonicalText } from "../record/rules.ts";
import { createTeller, decisionsIn, mergeIn } from "./rules.ts";
import type { ToldBundle } from "./schema.ts";

const digest = "1".repeat(64);
const user = (personId: string, roles: string[] = ["reviewer"]) => ({
  ...{ kind: "user", personId, sessionId: "ses_1", roles },
});

function told(...lines: object[]): ToldBundle {
  const teller = createTeller();
  for (const line of lines) teller.add(`${canonicalText(line)}\n`);
  return teller.told();
}

function entry(index: number, kind: string, detail: object, actor: object = user("per_a")) {
  const about = ["gate:gat_1", "run:run_1"];
  const body = canonicalText({ v: 2, id: `ent_${index}`, kind, about, actor, request: "req_1", detail });
  return { type: "entry", index, body };
}

const launched = (personId: string) =>
  entry(
    0,
    "run.launched",
    { agent: "agt_1", repository: "rep_1", base: "a".repeat(40), charter: digest, kind: "repair" },
    user(personId),
  );
const approval = (index: number, person: string, role: string, decision = "approve") =>
  entry(index, "gate.approval_given", { approval: "apr_1", person, role, decision, digest }, user(person));
const document = (more: object = {}) => ({
  ...{ type: "document", name: "decision", sha256: digest },
  text: canonicalText({
    decides: "merge",
    gate: "gat_1",
    needed: 2,
    roles: ["reviewer", "security_lead"],
    ...more,
  }),
});

describe("decisions as a bundle tells them", () => {
  test("say the rule, each person's standing towards it, and how it ended", () => {
    const closed = entry(4, "gate.approved", { digest });
    const bundle = told(
      launched("per_l"),
      approval(1, "per_b", "reviewer"),
      document(),
      approval(2, "per_c", "security_lead"),
      closed,
    );
    const [decision] = decisionsIn(bundle);
    expect(decision).toMatchObject({ gateId: "gat_1", decides: "merge", outcome: "approved" });
    expect(decision?.approvals.map(({ personId, index }) => [personId, index])).toEqual([
      ["per_b", 1],
      ["per_c", 2],
    ]);
    expect(decision?.why).toEqual([
      "2 approvals by different people by reviewer or security lead, never by who launched or asked for it, let the merge go ahead.",
      "per_b approved as reviewer, which the rule names, holding reviewer at the time (entry 1). They did not launch the run.",
      "per_c approved as security lead, which the rule names, holding reviewer at the time (entry 2). They did not launch the run.",
    ]);
  });

  test("name an approval that was taken back, and the entry by which it was", () => {
    const taken = entry(2, "gate.approval_withdrawn", { approval: "apr_1", person: "per_b" }, user("per_a"));
    const [decision] = decisionsIn(
      told(launched("per_l"), approval(1, "per_b", "reviewer"), document(), taken),
    );
    expect(decision?.why[1]).toContain("It was withdrawn (entry 2) and counted no more.");
  });

  test("do not hide an approval that the rule does not allow", () => {
    const [decision] = decisionsIn(told(launched("per_b"), approval(1, "per_b", "viewer"), document()));
    expect(decision?.why[1]).toContain("which the rule does not name");
    expect(decision?.why[1]).toContain("They launched the run themselves.");
    expect(decision?.outcome).toBe("open");
  });

  test("are listed once, however many entries cite the document", () => {
    expect(decisionsIn(told(launched("per_l"), document(), document(), document()))).toHaveLength(1);
  });

  test("probe: a document of another shape is passed over", () => {
    expect(decisionsIn(told(launched("per_l"), document({ gate: 7 })))).toEqual([]);
  });
});

describe("a bundle as it is told", () => {
  test("holds no event and no bytes of blobs, and counts them", () => {
    const event = {
      type: "event",
      at: "2030",
      attempt: 1,
      kind: "note",
      observedBy: "runner",
      run: "run_1",
      seq: 1,
    };
    const blob = { type: "blob", name: "diff", commitment: digest, salt: digest };
    const bundle = told(
      launched("per_l"),
      { ...event, body: { text: '"type":"document"' }, salt: digest },
      { ...event, commitment: digest },
      { ...blob, part: 0, last: false, base64: "QQ==" },
      { ...blob, part: 1, last: true, base64: "QQ==" },
      { type: "blob", name: "manifest", commitment: digest, redacted: true },
    );
    expect([bundle.events, bundle.lines]).toEqual([2, 6]);
    expect(bundle.blobs.map(({ name, isRedacted }) => [name, isRedacted])).toEqual([
      ["diff", false],
      ["manifest", true],
    ]);
    expect(JSON.stringify(bundle)).not.toContain("QQ==");
  });

  test("keeps why it ended before its end", () => {
    expect(told({ type: "broken", index: 3, why: "It is gone." }).broken).toBe("It is gone.");
  });

  test("says what was merged, or that nothing was", () => {
    const detail = { merge: "mrg_1", ref: "refs/heads/main", old: "a".repeat(40), commit: "b".repeat(40) };
    expect(mergeIn(told(entry(9, "run.merged", detail)))).toEqual({
      ...{ index: 9, ref: "refs/heads/main", old: "a".repeat(40), commit: "b".repeat(40) },
    });
    expect(mergeIn(told(launched("per_l")))).toBeNull();
  });
});
