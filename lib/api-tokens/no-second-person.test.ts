import { expect, test } from "vitest";
import { decideGate } from "../gates/decide-gate.ts";
import { listGatesOf } from "../gates/service.ts";
import { actorId, makeScope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { handIn, launch, leaseOf, takeIn } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { makeAccount } from "./accounts.ts";

const { database, clock, seed, work, runner, pilotWith } = await runScene({
  roles: ["engineering_lead", "security_lead"],
});

const SETUP = {
  ...{ setupArgv: ["npm", "ci"], setupHosts: ["registry.npmjs.org"], setupPaths: ["node_modules"] },
  setupScripts: "off" as const,
};
const MANIFEST = {
  ...{ path: "package.json", previousPath: null, status: "modified", modeBefore: "file", modeAfter: "file" },
  ...{ added: 1, removed: 0 },
};

test("probe: whoever answers for the account that launched a run does not let its patch reach a network", async () => {
  const [admin, ada, bo] = [
    await member(seed, "admin", "administrator"),
    await member(seed, "ada", "reviewer"),
    await member(seed, "bo", "reviewer"),
  ];
  const personId = await makeAccount(admin, { name: "Pipeline", ownerId: actorId(ada.actor) });
  const program = makeScope({
    ...{ actor: { kind: "token", personId, tokenId: "tok_test" }, requestId: "req_test", clock },
    grants: [{ role: "engineering_lead", pilotId: null }],
  });
  const pilotId = await pilotWith(({ environment }) => ({ environment: { ...environment, ...SETUP } }));
  const runId = await launch(program, pilotId, work.agentId);
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  await takeIn(database, seed, runId, [], [MANIFEST]);
  const [gate] = await listGatesOf(bo, runId);
  const decided = {
    gateId: gate?.id ?? "",
    digest: gate?.digest ?? "",
    decision: "approve",
    reason: "",
  } as const;
  await expect(decideGate(ada, decided)).rejects.toThrow("somebody else");
  expect(await decideGate(bo, decided)).toEqual({ status: "approved" });
});
