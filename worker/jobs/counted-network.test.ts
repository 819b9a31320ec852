import { expect, test } from "vitest";
import { listHosts } from "#lib/hosts/service.ts";
import { asProcess } from "#lib/testing/journey.ts";
import { runScene } from "#lib/testing/run-scene.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { countedNetwork } from "./counted-network.ts";

const { database, seed, work, launched } = await runScene();
const worker = testScope({ actor: systemActor("worker"), clock: seed.clock });
const place = { host: "git.example.org", port: 443 };
const nowhere = { allowedRoots: [], allowedHosts: [] };

test("what the gits of a job moved is summed for its pilot, also where the job failed", async () => {
  await database.owner.query("alter table repository disable trigger governed");
  await database.owner.query(
    "update repository set source = 'https://git.example.org/a.git', source_kind = 'https', authority = 'upstream'",
  );
  await database.owner.query("alter table repository enable trigger governed");
  const runId = await launched();
  const of = { repositoryId: work.repositoryId, runId, way: "push" } as const;
  const failing = asProcess(database, "worker", () =>
    countedNetwork(worker, nowhere, of, async (network) => {
      network.moved?.({ ...place, up: 10, down: 1, connections: 1 });
      network.moved?.({ ...place, up: 20, down: 2, connections: 2 });
      network.moved?.({ host: "other.example", port: 443, up: 0, down: 0, connections: 0 });
      throw new Error("The push did not reach the upstream.");
    }),
  );
  await expect(failing).rejects.toThrow("did not reach");
  expect((await listHosts(seed, work.pilotId)).filter(({ rule }) => rule.includes("pushed"))).toMatchObject([
    { ...place, up: 30, down: 3, times: 3 },
  ]);
});
