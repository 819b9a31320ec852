import { expect, test } from "vitest";
import { appendRunnerEvents } from "../leases/service.ts";
import type { NewEvent } from "../protocol/events.ts";
import { asProcess, launch, leaseOf } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { countTraffic, listHosts } from "./service.ts";

const { seed, work, runner, database, pilotWith } = await runScene();

const egress = (changes: object): NewEvent => ({
  kind: "egress",
  body: {
    ...{ host: "registry.example.org", port: 443, verdict: "allowed", rule: "registry.example.org" },
    ...{ up: 0, down: 0, times: 1, ...changes },
  },
});
const refusal = (method: string, target: string): NewEvent => ({
  kind: "relay_refused",
  body: { method, target, status: 403, reason: "There is no network.", times: 2 },
});

async function tell(pilotId: string, events: readonly NewEvent[]): Promise<string> {
  const runId = await launch(seed, pilotId, work.agentId);
  const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
  const at = new Date(seed.clock.now()).toISOString();
  if (events.length > 0)
    await appendRunnerEvents(runner, leaseId, {
      attempt,
      first: 1,
      events: events.map((event) => ({ at, event })),
    });
  return runId;
}

test("a pilot's hosts are what its runs' events say, summed over all of them", async () => {
  const pilotId = await pilotWith();
  await tell(pilotId, [
    ...[
      egress({}),
      egress({ up: 100, down: 2000, times: 3 }),
      egress({ host: "evil.example", verdict: "denied", rule: "The charter does not list it." }),
    ],
    ...[refusal("CONNECT", "evil.example:443"), refusal("GET", "/v1/files")],
  ]);
  await tell(pilotId, [egress({ up: 1, down: 1 })]);
  expect(await listHosts(seed, pilotId)).toMatchObject([
    {
      way: "setup",
      host: "registry.example.org",
      port: 443,
      verdict: "allowed",
      up: 101,
      down: 2001,
      times: 5,
    },
    { way: "agent", host: "evil.example", port: 443, verdict: "denied", times: 2 },
    {
      way: "setup",
      host: "evil.example",
      verdict: "denied",
      rule: "The charter does not list it.",
      times: 1,
    },
  ]);
});

test("a pilot shows nothing of another one, and of its own repository where it is upstream", async () => {
  const pilotId = await pilotWith();
  expect(await listHosts(seed, pilotId)).toEqual([]);
  await database.owner.query("alter table repository disable trigger governed");
  await database.owner.query(
    "update repository set source = 'https://git.example.org/a.git', source_kind = 'https', authority = 'upstream'",
  );
  await database.owner.query("alter table repository enable trigger governed");
  const runId = await tell(pilotId, []);
  const place = { way: "repository", host: "git.example.org", port: 443 };
  const none = { up: null, down: null, times: null };
  const fetched = "repository: fetched from, for all its pilots";
  expect(await listHosts(seed, pilotId)).toMatchObject([
    { ...place, ...none, rule: fetched },
    { ...place, ...none, rule: "repository: pushed to", last: null },
  ]);
  await countedAt(runId);
  expect(await listHosts(seed, pilotId)).toMatchObject([
    { ...place, port: 8443, up: 30, down: 3000, times: 3, rule: fetched, atLeast: false },
    { ...place, port: 8443, up: 500, down: 7, times: 1, rule: "repository: pushed to" },
  ]);
});

/** Two fetches, a push for the run, and a git that reached nobody. */
async function countedAt(runId: string): Promise<void> {
  const worker = testScope({ actor: systemActor("worker"), clock: seed.clock });
  const { repositoryId } = work;
  const moved = { host: "git.example.org", port: 8443, connections: 1 };
  await asProcess(database, "worker", async () => {
    const all = { repositoryId, runId: null };
    await countTraffic(worker, all, { ...moved, way: "fetch", up: 10, down: 1000 });
    await countTraffic(worker, all, { ...moved, way: "fetch", up: 20, down: 2000, connections: 2 });
    await countTraffic(worker, { repositoryId, runId }, { ...moved, way: "push", up: 500, down: 7 });
    await countTraffic(worker, all, {
      ...moved,
      host: "gone.example",
      way: "fetch",
      up: 0,
      down: 0,
      connections: 0,
    });
  });
}

test("what was fetched for all pilots is shown to each of a repository, what was pushed to the one it was pushed for", async () => {
  const other = await pilotWith();
  await tell(other, []);
  expect((await listHosts(seed, other)).map(({ up, rule }) => [up, rule])).toEqual([
    [null, "repository: pushed to"],
    [30, "repository: fetched from, for all its pilots"],
  ]);
});

test("a repository that was there before anybody counted shows its sums as the least", async () => {
  await database.owner.query("update repository_traffic set first = first + interval '2 hours'");
  const other = await pilotWith();
  await tell(other, []);
  expect((await listHosts(seed, other)).map(({ atLeast }) => atLeast)).toEqual([false, true]);
});

test("probe: the process of web counts nothing", async () => {
  await expect(
    countTraffic(
      seed,
      { repositoryId: work.repositoryId, runId: null },
      {
        ...{ host: "h.example", port: 443, way: "fetch", up: 1, down: 1, connections: 1 },
      },
    ),
  ).rejects.toThrow();
});
