import { beforeAll, expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { findDraft } from "../drafts/service.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { asProcess } from "../testing/journey.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { askExit } from "./ask-exit.ts";
import { draftNextCharter, proposedLimits } from "./next-charter.ts";
import type { ExitDocument } from "./schema.ts";
import { getExit } from "./service.ts";
import { writeReviews } from "./write-reviews.ts";

let scene: RunScene;
beforeAll(async () => {
  scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
});

test("limits double where every target was met, never past what a charter takes, and nowhere else", () => {
  const charter = defaultCharter(`rep_${"0".repeat(22)}`, "main", "2030-12-31");
  const large = { ...charter, rollback: { ...charter.rollback, maxRuns: 6000 } };
  const of = (verdict: string) =>
    ({ criteria: [{ criterion: "targets_met", verdict }] }) as unknown as ExitDocument;
  expect(proposedLimits(large, of("met")).at(-1)).toMatchObject({ now: 6000, next: 10_000 });
  for (const verdict of ["leaning", "missed", "cannot_tell"])
    for (const { now, next } of proposedLimits(large, of(verdict))) expect(next).toBe(now);
});

test("scaling up begins a draft that names the pilot it came from, and nothing else does", async () => {
  const { seed, clock, database } = scene;
  const [ada, bea] = [
    await member(seed, "ada", "engineering_lead"),
    await member(seed, "bea", "security_lead"),
  ];
  const pilotId = await scene.pilotWith((charter) => ({
    kpis: { ...charter.kpis, owners: [actorId(ada.actor), actorId(bea.actor)] },
  }));
  await expect(draftNextCharter(ada, pilotId)).rejects.toMatchObject({ code: "conflict" });
  clock.advance(29 * DAY);
  await asProcess(database, "worker", () => writeReviews(testScope({ actor: systemActor("worker"), clock })));
  const asked = { pilotId, decision: "scale_up", reason: "It carries more." } as const;
  const { gateId } = await askExit(ada, asked);
  const { rows } = await database.owner.query<{ digest: string }>("select digest from gate where id = $1", [
    gateId,
  ]);
  const decide = (by: Scope) =>
    decideGate(by, { gateId, digest: rows[0]?.digest ?? "", decision: "approve", reason: "Yes." });
  await decide(ada);
  await decide(bea);
  expect((await getExit(ada, pilotId)).decisions).toMatchObject([{ decision: "scale_up" }]);
  const { draftId } = await draftNextCharter(ada, pilotId);
  const draft = await findDraft(ada, draftId);
  expect(draft?.pilotId).toBeNull();
  expect(draft?.values["goal.problem"]).toContain(`Comes from pilot ${pilotId}.`);
  expect(await findDraft(bea, draftId)).toBeNull();
});
