import { expect, test } from "vitest";
import { makeAccount } from "../api-tokens/accounts.ts";
import { actorId, makeScope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { runScene } from "../testing/run-scene.ts";
import { completePilot } from "./complete-pilot.ts";

const scene = await runScene();
const { clock, seed } = scene;

test("probe: an independent review is not stated by whose own service account launched the runs", async () => {
  const [ada, bea] = [
    await member(seed, "ada", "engineering_lead"),
    await member(seed, "bea", "engineering_lead"),
  ];
  const pilotId = await scene.pilotWith(({ rollback }) => ({
    rollback: { ...rollback, exitCriteria: ["independent_review"] },
  }));
  const admin = await member(seed, "admin", "administrator");
  const personId = await makeAccount(admin, { name: "Nightly", ownerId: actorId(ada.actor) });
  const actor = { kind: "token", personId, tokenId: "tok_test" } as const;
  const grants = [{ role: "engineering_lead", pilotId, permissions: ["run.launch"] }] as const;
  await scene.launched(pilotId, makeScope({ actor, grants, requestId: "req_test", clock }));
  const input = {
    pilotId,
    reason: "We have learnt enough.",
    independent_review: "Read by who launched none.",
  };
  await expect(completePilot(ada, input)).rejects.toMatchObject({ code: "refused" });
  await completePilot(bea, input);
});
