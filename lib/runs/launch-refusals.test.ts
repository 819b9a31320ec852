import { beforeAll, expect, test } from "vitest";
import { MINUTE } from "../clock.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { entriesAbout } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { listLaunchRefusals } from "./launch-refusals.ts";
import { launchRun } from "./launch-run.ts";

const scene = await runScene();
const { clock, database, seed, work } = scene;
let ada: Scope;
let launched = 0;

beforeAll(async () => {
  ada = await member(seed, "ada", "engineering_lead");
});

const launch = (pilotId: string) =>
  launchRun(ada, {
    pilotId,
    agentId: work.agentId,
    title: "Repair",
    requestKey: `key-${launched++}`,
  } as never);

test("a launch that a rule refused is found afterwards, with the sentence, once however often it is tried", async () => {
  const pilotId = await scene.pilotControlled({ launchers: ["security_lead"] });
  const sentence = "The charter lets only a security lead launch runs.";
  for (let time = 0; time < 3; time++)
    await expect(launch(pilotId)).rejects.toMatchObject({ code: "refused", message: sentence });
  expect(await listLaunchRefusals(seed, pilotId)).toMatchObject([
    { reason: sentence, personName: "ada", personId: actorId(ada.actor), agentId: work.agentId },
  ]);
  clock.advance(11 * MINUTE);
  await expect(launch(pilotId)).rejects.toMatchObject({ message: sentence });
  expect(await listLaunchRefusals(seed, pilotId)).toHaveLength(2);
  const kept = (await entriesAbout(database, `pilot:${pilotId}`)).filter(
    ({ kind }) => kind === "pilot.launch_refused",
  );
  expect(kept).toHaveLength(2);
  // The sentence is committed to, and stands in no entry.
  expect(JSON.stringify(kept)).not.toContain("lets only");
});

test("probe: whoever may not see the pilot is told of none, and one that is launched leaves none", async () => {
  const pilotId = await scene.pilotWith();
  await launch(pilotId);
  expect(await listLaunchRefusals(seed, pilotId)).toEqual([]);
  await expect(listLaunchRefusals({ ...ada, grants: [] }, pilotId)).rejects.toMatchObject({
    code: "not_found",
  });
});
