// A role that is made here, or a token, may hold everywhere and give little. It shows nothing it does not give.
import { beforeAll, expect, test } from "vitest";
import { getPilot, listPilots } from "../pilots/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { getRun, listRuns } from "../runs/service.ts";
import { makeScope } from "../scope.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { person, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { visiblePilots } from "./rules.ts";
import type { Permission, RoleGrant } from "./schema.ts";

await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const everywhere = (...permissions: Permission[]): RoleGrant => ({
  ...{ role: "rol_narrow", pilotId: null, permissions },
});
const scopeWith = (...grants: RoleGrant[]) =>
  makeScope({ actor: person("per_1"), grants, requestId: "req_test", clock });
let own = "";
let other = "";
let othersRun = "";

beforeAll(async () => {
  const work = await arrangeWork(seed);
  other = work.pilotId;
  ({ pilotId: own } = await arrangeWork(seed));
  const { agentId } = work;
  const asked = {
    pilotId: other,
    agentId,
    title: "Of another pilot",
    task: "Change it.",
    requestKey: "one-key-1",
  };
  ({ runId: othersRun } = await launchRun(seed, asked));
});

test("probe: a role on everything that shows no pilots and no runs shows none, beside one that does on a single pilot", async () => {
  const scope = scopeWith(everywhere("provider.view", "kpi.view"), { role: "viewer", pilotId: own });
  expect((await listPilots(scope)).map(({ id }) => id)).toEqual([own]);
  await expect(getPilot(scope, other)).rejects.toMatchObject({ code: "not_found" });
  expect(await listRuns(scope)).toEqual([]);
  await expect(getRun(scope, othersRun)).rejects.toMatchObject({ code: "not_found" });
});

test("probe: a role that shows pilots everywhere shows runs only where another one does", async () => {
  const scope = scopeWith(everywhere("pilot.view"), { role: "viewer", pilotId: own });
  expect((await getPilot(scope, other)).id).toBe(other);
  await expect(getRun(scope, othersRun)).rejects.toMatchObject({ code: "not_found" });
  const reader = scopeWith({ role: "viewer", pilotId: other });
  expect((await getRun(reader, othersRun)).id).toBe(othersRun);
  expect(visiblePilots(scope.grants, "run.view")).toEqual([own]);
});
