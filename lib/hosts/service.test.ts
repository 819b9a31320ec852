import { expect, test } from "vitest";
import { appendRunnerEvents } from "../leases/service.ts";
import type { NewEvent } from "../protocol/events.ts";
import { launch, leaseOf } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { listHosts } from "./service.ts";

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
  await tell(pilotId, []);
  expect(await listHosts(seed, pilotId)).toMatchObject([
    {
      way: "repository",
      host: "git.example.org",
      port: 443,
      up: null,
      down: null,
      rule: "repository: fetched from and pushed to",
    },
  ]);
});
