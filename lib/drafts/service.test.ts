import { beforeAll, describe, expect, test } from "vitest";
import { SECOND } from "../clock.ts";
import { newId } from "../ids.ts";
import { createPilot } from "../pilots/write-charter.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { pilotScene } from "../testing/pilot-scene.ts";
import { keptOf, restored } from "./rules.ts";
import { type DraftValues, SaveDraft } from "./schema.ts";
import { discardDraft, findDraft, listDrafts, MOST_DRAFTS, saveDraft } from "./service.ts";

const { clock, seed, charter, lead, reviewer } = await pilotScene();
let other: Scope;

beforeAll(async () => {
  other = await member(seed, "bea", "engineering_lead");
});

const began = (values: DraftValues = {}, pilotId: string | null = null): SaveDraft => ({
  id: newId("draft", clock.now()),
  ...{ pilotId, step: "goal", values, version: 0 },
});

describe("a draft", () => {
  test("is found again as it was left, newest first, by its writer alone", async () => {
    const first = began({ name: "Ledger", "controls.approverRoles": ["reviewer"] });
    expect(await saveDraft(lead, first)).toEqual({ version: 1 });
    clock.advance(SECOND);
    const second = began();
    await saveDraft(lead, second);
    expect(await findDraft(lead, first.id)).toMatchObject({
      ...{ step: "goal", version: 1, values: first.values },
    });
    expect((await listDrafts(lead)).map(({ id, name }) => [id, name])).toEqual([
      [second.id, ""],
      [first.id, "Ledger"],
    ]);
    expect(await listDrafts(other)).toEqual([]);
    expect(await findDraft(other, first.id)).toBeNull();
  });

  test("is written over only by whoever saw what stands there: the older of two tabs is refused", async () => {
    const draft = began({ name: "One" });
    await saveDraft(lead, draft);
    const [one, two] = await Promise.allSettled([
      saveDraft(lead, { ...draft, version: 1, values: { name: "Two" } }),
      saveDraft(lead, { ...draft, version: 1, values: { name: "Three" } }),
    ]);
    expect([one, two].filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = [one, two].find(({ status }) => status === "rejected");
    expect(refused).toMatchObject({ reason: { code: "conflict", message: /another tab/ } });
    const kept = one.status === "fulfilled" ? "Two" : "Three";
    expect(await findDraft(lead, draft.id)).toMatchObject({ version: 2, values: { name: kept } });
    await expect(saveDraft(lead, draft)).rejects.toMatchObject({ code: "conflict" });
  });

  test("that was thrown away is not made again by a tab that still has it", async () => {
    const draft = began();
    await saveDraft(lead, draft);
    await discardDraft(lead, draft.id);
    await discardDraft(lead, draft.id);
    await expect(saveDraft(lead, { ...draft, version: 1 })).rejects.toMatchObject({ code: "not_found" });
    expect(await findDraft(lead, draft.id)).toBeNull();
  });

  test("probe: somebody else neither writes over it, nor throws it away, nor learns of it", async () => {
    const draft = began({ name: "Mine" });
    await saveDraft(lead, draft);
    await expect(saveDraft(other, { ...draft, version: 1 })).rejects.toMatchObject({ code: "not_found" });
    await expect(saveDraft(other, draft)).rejects.toMatchObject({ code: "conflict" });
    await discardDraft(other, draft.id);
    expect(await findDraft(lead, draft.id)).toMatchObject({ version: 1, values: { name: "Mine" } });
  });

  test("of a new version is for whoever may write one, and names its pilot", async () => {
    const { pilotId } = await createPilot(lead, { name: "Amended", timeZone: "UTC", charter });
    const draft = began({}, pilotId);
    await saveDraft(lead, draft);
    expect((await listDrafts(lead)).find(({ id }) => id === draft.id)).toMatchObject({
      pilotId,
      pilotName: "Amended",
    });
    for (const of of [null, pilotId])
      await expect(saveDraft(reviewer, began({}, of))).rejects.toMatchObject({ code: "forbidden" });
    await expect(saveDraft(lead, { ...draft, pilotId: null, version: 1 })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("one more than somebody may have is refused with the way out", async () => {
    const saved = await Promise.all(Array.from({ length: MOST_DRAFTS }, () => saveDraft(other, began())));
    expect(saved).toHaveLength(MOST_DRAFTS);
    await expect(saveDraft(other, began())).rejects.toMatchObject({ message: /Discard one first/ });
  });
});

describe("what a form goes on with", () => {
  test("has what was unchecked unchecked, and what the draft does not know as it usually is", () => {
    const usual = {
      "controls.extraApproverOnFlags": "on",
      "controls.approverRoles": ["reviewer"],
      "goal.kind": "repair",
    };
    const values = restored(usual, { name: "Ledger" });
    expect(values).toMatchObject({ name: "Ledger", "goal.kind": "repair" });
    expect(values["controls.extraApproverOnFlags"]).toBe("");
    expect(values["controls.approverRoles"]).toEqual([]);
    expect(restored(usual, usual)).toMatchObject(usual);
  });
});

describe("what may be saved", () => {
  const read = (values: unknown) => SaveDraft.safeParse({ ...began(), values });

  test("is the form's fields; whatever else is sent is not kept", () => {
    const parsed = read({ name: "x", "goal.kind": "repair", nonsense: "y", constructor: "z" });
    expect(keptOf(parsed.data?.values ?? {})).toEqual({ name: "x", "goal.kind": "repair" });
  });

  test("probe: neither objects nor texts beyond any charter", () => {
    for (const values of [{ name: { deep: 1 } }, { name: "x".repeat(40_001) }, "text", { name: 5 }])
      expect(read(values).success).toBe(false);
  });
});
