import { beforeAll, expect, test } from "vitest";
import { carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import { ensureRecipeAgent } from "../../agents/service.ts";
import { transaction } from "../../db.ts";
import { appendEvents, lastEvent } from "../../events/service.ts";
import { createLogger } from "../../logger.ts";
import type { NewEvent } from "../../protocol/events.ts";
import { orderRedaction } from "../../redactions/order-redaction.ts";
import { activePilot, charterFor, readyRepository } from "../../testing/arrange.ts";
import { testDatabase } from "../../testing/database.ts";
import { asProcess, launch, openBase } from "../../testing/journey.ts";
import { indexedLog } from "../../testing/log-index.ts";
import { sequenceLog } from "../../testing/notary.ts";
import { person, systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { getEntry } from "../service.ts";
import { findEventEntry } from "./find-event-entry.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const auditor = testScope({ roles: ["auditor"], actor: person("per_auditor"), clock });
let runs: string[] = [];
const first = new Map<string, number>();

const note = (text: string): NewEvent => ({ kind: "note", body: { text } });
const end: NewEvent = {
  kind: "cluster_repaired",
  body: { cluster: 1, commit: "a".repeat(40), by: "revert" },
};
const append = (runId: string, ...events: NewEvent[]) =>
  transaction(seed, (tx) =>
    appendEvents(tx, {
      ...{ runId, attempt: 1, observedBy: "runner" },
      events: events.map((event) => ({ at: "2030-01-01T00:00:00.000Z", event })),
    }),
  );

beforeAll(async () => {
  const { agentId } = await ensureRecipeAgent(seed);
  const repositoryId = await readyRepository(seed);
  await openBase(database, repositoryId);
  const pilotId = await activePilot(seed, charterFor(seed, repositoryId));
  runs = [await launch(seed, pilotId, agentId), await launch(seed, pilotId, agentId)];
  for (const runId of runs) first.set(runId, (await lastEvent(seed, runId)) + 1);
  for (let batch = 0; batch < 4; batch++)
    for (const runId of runs) await append(runId, note(`a ${batch}`), end, note(`b ${batch}`));
});

/** Every event of every batch leads to the entry that names it. */
async function checkAll(): Promise<void> {
  for (const runId of runs) {
    const last = await lastEvent(seed, runId);
    expect(last).toBe((first.get(runId) ?? 0) + 11);
    for (let seq = 1; seq <= last; seq++) {
      const { about, detail } = await getEntry(auditor, await findEventEntry(auditor, runId, seq));
      expect(about).toEqual([`run:${runId}`]);
      expect(detail.from).toBeLessThanOrEqual(seq);
      expect(detail.to).toBeGreaterThanOrEqual(seq);
    }
  }
}

test("the entry of every event is found before it is numbered, before it is indexed, and afterwards", async () => {
  await checkAll();
  await sequenceLog(database);
  await checkAll();
  await indexedLog(database);
  await checkAll();
});

test("so it is of an event that was taken away, whose words are in no index", async () => {
  const [runId = ""] = runs;
  const seqs = [(first.get(runId) ?? 0) + 3, (first.get(runId) ?? 0) + 5];
  const security = testScope({ roles: ["security_lead"], actor: person("per_security"), clock });
  await orderRedaction(security, { runId, kind: "events", seqs, reason: "A password." });
  await asProcess(database, "worker", () =>
    carryOutRedactions({ mirrorOf: () => "/nonexistent", logger: createLogger("test") }, seed),
  );
  await checkAll();
});

test("probe: of an event that is not there, or of no run, there is none", async () => {
  const [runId = ""] = runs;
  for (const [run, seq] of [
    [runId, 10_000],
    ["run_nobody", 1],
  ] as const)
    await expect(findEventEntry(auditor, run, seq)).rejects.toMatchObject({ code: "not_found" });
});
