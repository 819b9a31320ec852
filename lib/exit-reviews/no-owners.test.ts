// Pilots whose charter names no owners end too; and closing one takes nothing that another needs, or that is nowhere else.
import { expect, test } from "vitest";
import { DAY, SECOND } from "../clock.ts";
import { carryOutClosings } from "../closings/carry-out-closings.ts";
import { getClosing } from "../closings/service.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { settleMerge } from "../merges/service.ts";
import { getPilot } from "../pilots/service.ts";
import { getRun } from "../runs/service.ts";
import { member, readyRepository } from "../testing/arrange.ts";
import { asProcess, openBase } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { askExit } from "./ask-exit.ts";
import { writeReviews } from "./write-reviews.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const ada = await member(scene.seed, "ada", "engineering_lead");
const eve = await member(scene.seed, "eve", "engineering_lead");
const bea = await member(scene.seed, "bea", "security_lead");
const worker = testScope({ actor: systemActor("worker"), clock: scene.clock });

const pilotOn = (repositoryId = scene.work.repositoryId) =>
  scene.pilotWith((charter) => ({
    scope: { ...charter.scope, repositoryId },
    rollback: { ...charter.rollback, exitCriteria: [] },
  }));

async function one(sql: string, id: string): Promise<string> {
  const { rows } = await scene.database.owner.query<{ found: string }>(sql, [id]);
  return rows[0]?.found ?? "";
}

test("two leads end it, one of whom leads security; what another merge needs and the only copy are kept", async () => {
  const upstream = await readyRepository(scene.seed, "d", "upstream");
  await openBase(scene.database, upstream, "d");
  const [merges, other, own] = [await pilotOn(upstream), await pilotOn(upstream), await pilotOn()];
  const { runId, gateId, digest } = await scene.reviewed(merges);
  await decideGate(bea, { gateId, digest, decision: "approve", reason: "Good." });
  expect((await getRun(scene.seed, runId)).status).toBe("merging");
  scene.clock.advance(29 * DAY);
  await asProcess(scene.database, "worker", () => writeReviews(worker));
  for (const pilotId of [merges, other, own]) {
    const asked = await askExit(ada, { pilotId, decision: "end", reason: "We know enough." });
    await expect(askExit(bea, { pilotId, decision: "extend", reason: "Longer." })).rejects.toMatchObject({
      code: "conflict",
    });
    const shown = await one("select digest as found from gate where id = $1", asked.gateId);
    const decided = { ...asked, digest: shown, decision: "approve", reason: "Yes." } as const;
    for (const lead of [ada, eve]) expect(await decideGate(lead, decided)).toEqual({ status: "open" });
    expect(await decideGate(bea, decided)).toEqual({ status: "approved" });
    expect((await getPilot(ada, pilotId)).status).toBe("completed");
  }

  const removed: string[] = [];
  let now = scene.clock.now();
  // A clock that goes back: steps stand in the order in which they were done all the same.
  const clock = { ...scene.clock, now: () => (now -= SECOND) };
  const back = testScope({ actor: systemActor("worker"), clock });
  const close = () =>
    asProcess(scene.database, "worker", () =>
      carryOutClosings(back, {
        signingKey: async () => null,
        measure: async () => ({ bytes: 10, files: 2 }),
        remove: async (id) => void removed.push(id),
      }),
    );
  const stepsOf = async (pilotId: string) => (await getClosing(ada, pilotId))?.steps ?? [];
  const mirrorsOf = async (pilotId: string): Promise<unknown> => {
    const found = (await stepsOf(pilotId)).find(({ step }) => step === "mirrors");
    return found ? JSON.parse(found.result) : null;
  };
  await close();
  expect(removed).toEqual([]);
  expect(await mirrorsOf(merges)).toBeNull();
  expect(await mirrorsOf(other)).toEqual({ deleted: [], kept: [] });
  expect(await mirrorsOf(own)).toEqual({ deleted: [], kept: [scene.work.repositoryId] });
  expect((await stepsOf(own)).map(({ step }) => step)).toEqual(["runs", "tokens", "ledger", "mirrors"]);
  expect((await getClosing(ada, merges))?.waits).toContain("1 merging");

  const mergeId = await one("select id as found from merge where run_id = $1", runId);
  const refused = { outcome: "refused", reason: "Nobody may push." } as const;
  await asProcess(scene.database, "worker", () => settleMerge(worker, mergeId, refused));
  await close();
  expect((await getRun(scene.seed, runId)).status).toBe("cancelled");
  expect(removed).toEqual([upstream]);
  expect(await mirrorsOf(merges)).toMatchObject({ deleted: [{ repository: upstream }] });
});
