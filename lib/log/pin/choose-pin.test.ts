// Exports while the notary is behind a redaction, judged by the verifier.
import { beforeAll, describe, expect, test } from "vitest";
import { carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import { makeDossier } from "../../dossiers/service.ts";
import type { Reader } from "../../log-access/schema.ts";
import { indexLog } from "../../log-index/service.ts";
import { createLogger } from "../../logger.ts";
import { findWork, takeEvents } from "../../redactions/carry-out.ts";
import { orderRedaction } from "../../redactions/order-redaction.ts";
import { setRetention } from "../../retention/service.ts";
import { testDatabase } from "../../testing/database.ts";
import { asProcess, enrol, testBlobs } from "../../testing/journey.ts";
import { linesOf, type MergedRun, mergedRun, verified } from "../../testing/merged-run.ts";
import { sequenceLog, type TestLog } from "../../testing/notary.ts";
import { person, systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { openExport, startExport } from "../export.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const roles = ["security_lead", "engineering_lead"] as const;
const actor = person("per_security");
const security = testScope({ roles, actor, clock });
const reader: Reader = { kind: "person", personId: "per_security" };
let run: MergedRun;
let other: MergedRun;
let log: TestLog;

beforeAll(async () => {
  const journey = { database, worker: seed, runner: await enrol(seed, "r") };
  run = await mergedRun(journey, "one");
  other = await mergedRun(journey, "two");
  log = await sequenceLog(database);
});

const carryOut = (work = seed) =>
  asProcess(database, "worker", () =>
    carryOutRedactions({ mirrorOf: () => "/nonexistent", logger: createLogger("test") }, work),
  );
/** Taken away and written down; the notary has not come by. */
async function takeAway(...seqs: number[]): Promise<void> {
  const kind = seqs.length === 0 ? "all" : "events";
  await orderRedaction(security, { runId: run.runId, kind, seqs, reason: "It was a password." });
  await carryOut();
}
const start = (more: object = {}) => startExport(security, reader, { withBlobs: true, ...more });
const UNSIGNED = { code: "unavailable", message: expect.stringContaining("no checkpoint covers the entry") };

async function verdict(exportId: string) {
  const lines = await linesOf(await openExport(security, reader, exportId, 0));
  const { code, findings } = await verified(lines, log.folders.log);
  return { code, against: findings.filter(({ outcome }) => outcome !== "holds" && outcome !== "note") };
}
const HOLDS = { code: 0, against: [] };

describe("while the notary is paused", () => {
  test("an export that would show a redaction without its entry is not begun, and says why in a sentence", async () => {
    await takeAway(1);
    log = await sequenceLog(database);
    expect(await verdict((await start()).id)).toEqual(HOLDS);
    await takeAway(2, 3); // signed entries speak of one event, and three are gone
    const before = clock.now();
    await expect(start()).rejects.toMatchObject(UNSIGNED);
    await expect(makeDossier(security, reader, run.runId, true)).rejects.toMatchObject(UNSIGNED);
    expect(clock.now() - before).toBeLessThanOrEqual(2 * 5500);
  });

  test("what it does not concern goes on: another pilot, another run, an export without payloads", async () => {
    expect(await verdict((await start({ withBlobs: false })).id)).toEqual(HOLDS);
    expect(await verdict((await start({ pilotId: other.pilotId })).id)).toEqual(HOLDS);
    expect((await makeDossier(security, reader, other.runId, true)).pin.size).toBe(log.signed?.size);
  });

  test("it waits for the checkpoint, which comes while it does", async () => {
    let slept = 0;
    const comesBack = {
      now: clock.now,
      async sleep(milliseconds: number) {
        clock.advance(milliseconds);
        if (++slept === 3) log = await sequenceLog(database);
      },
    };
    const patient = testScope({ roles, actor, clock: comesBack });
    const { id, size } = await startExport(patient, reader, { withBlobs: true });
    expect({ slept, size }).toEqual({ slept: 3, size: log.signed?.size });
    expect(await verdict(id)).toEqual(HOLDS);
  });

  test("neither is one begun while the entry is numbered and no checkpoint covers it, indexed or not", async () => {
    await takeAway(4);
    const { signed } = await sequenceLog(database);
    await database.owner.query(
      "create table kept_checkpoint as select * from log_checkpoint where size = $1",
      [signed?.size],
    );
    await database.owner.query("delete from log_checkpoint where size = $1", [signed?.size]);
    await expect(start()).rejects.toMatchObject(UNSIGNED);
    await asProcess(database, "worker", () => indexLog(seed));
    await expect(start()).rejects.toMatchObject(UNSIGNED);
    await database.owner.query("insert into log_checkpoint select * from kept_checkpoint");
    expect(await verdict((await start()).id)).toEqual(HOLDS);
  });
});

test("an export ends with a redaction that a hold broke off in the middle, though the order is not carried out", async () => {
  log = await sequenceLog(database);
  const { id } = await start();
  await orderRedaction(security, { runId: run.runId, kind: "events", seqs: [5], reason: "Another one." });
  const held = { pilotId: run.pilotId, days: null, isHeld: true, reason: "A dispute.", agreedRuns: 0 };
  await asProcess(database, "worker", async () => {
    const { rows } = await database.owner.query("select id from redaction where finished_at is null");
    const work = await findWork(seed, rows[0]?.id);
    expect(work).not.toBeNull();
    if (work) await takeEvents(seed, work);
  });
  await setRetention(security, held);
  await expect(openExport(security, reader, id, 0)).rejects.toMatchObject({ code: "expired" });
  await expect(start()).rejects.toMatchObject(UNSIGNED);
  log = await sequenceLog(database);
  expect(await verdict((await start()).id)).toEqual(HOLDS);
  await setRetention(security, { ...held, isHeld: false });
  await carryOut();
});

test("a log that has ended is given without payloads where some were taken away after it", async () => {
  log = await sequenceLog(database);
  expect(await verdict((await start({ epoch: 1 })).id)).toEqual(HOLDS);
  await takeAway();
  const { rows } = await database.owner.query(
    `select id from log_entry e where kind = 'payload.redacted'
       and not exists (select from log_leaf l where l.entry_id = e.id)`,
  );
  await database.owner.query(
    "insert into log_epoch (epoch, origin, started_at) values (2, 'pilothouse/0/2', now())",
  );
  for (const [index, { id }] of rows.entries()) {
    await database.owner.query(
      `insert into log_leaf (position, epoch, index, entry_id, at, hash)
       select (select max(position) + 1 from log_leaf), 2, $1, $2, now(), sha256('')`,
      [index, id],
    );
  }
  await database.owner.query(
    "insert into log_checkpoint (epoch, size, root, note, signed_at) select 2, $1, root, note, now() from log_checkpoint limit 1",
    [rows.length],
  );
  const before = clock.now();
  await expect(start({ epoch: 1 })).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("after it ended"),
  });
  expect(clock.now()).toBe(before);
  expect(await verdict((await start({ epoch: 1, pilotId: other.pilotId })).id)).toEqual(HOLDS);
  expect(await verdict((await start({ epoch: 1, withBlobs: false })).id)).toEqual(HOLDS);
});
