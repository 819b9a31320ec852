import { beforeAll, expect, test } from "vitest";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { runScene } from "../testing/run-scene.ts";
import { decideGate } from "./decide-gate.ts";
import { launchNotice, whoMayApprove } from "./who-may-approve.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, seed } = scene;
let [ada, bo, cy]: Scope[] = [];

beforeAll(async () => {
  ada = await member(seed, "Ada", "engineering_lead");
  bo = await member(seed, "Bo", "reviewer");
  cy = await member(seed, "Cy", "security_lead");
});

test("whoever waits is told who could approve, who cannot and why, and what to do where nobody is left", async () => {
  const pilotId = await scene.pilotControlled({ approverCount: 2 });
  expect(await launchNotice(ada as Scope, pilotId)).toMatchObject({
    could: [{ name: "Bo" }, { name: "Cy" }],
    cannot: [{ name: "Ada", why: "launched" }],
    isEnough: true,
  });
  const gate = await scene.reviewed(pilotId, ada);
  await decideGate(bo as Scope, { ...gate, decision: "approve", reason: "" });
  expect(await whoMayApprove(bo as Scope, gate.gateId)).toMatchObject({
    could: [{ name: "Cy" }],
    cannot: [
      { name: "Ada", why: "launched" },
      { name: "Bo", why: "approved" },
    ],
    ...{ missing: 1, remedy: null },
  });
  const gone =
    "with up as (update person set disabled_at = now() where name = 'Cy' returning id) insert into log_entry (id, kind, about, body) select 'ent_gone', 'person.role_granted', array['person:' || id], '' from up";
  await database.owner.query(gone);
  expect(await whoMayApprove(bo as Scope, gate.gateId)).toMatchObject({
    ...{ could: [], isEnough: false, remedy: expect.stringMatching(/^Nobody is left/) },
  });
  expect((await launchNotice(ada as Scope, pilotId))?.isEnough).toBe(false);
  const back =
    "with up as (update person set disabled_at = null where name = 'Cy' returning id) insert into log_entry (id, kind, about, body) select 'ent_back', 'person.role_granted', array['person:' || id], '' from up";
  await database.owner.query(back);
  await decideGate(cy as Scope, { ...gate, decision: "approve", reason: "" });
  expect(await whoMayApprove(bo as Scope, gate.gateId)).toBeNull();
});
