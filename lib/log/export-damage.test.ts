// Exports of a database that was tampered with, and of payloads that are taken away meanwhile.
import { beforeAll, describe, expect, test } from "vitest";
import { carryOutRedactions } from "#worker/redaction/carry-out-redactions.ts";
import type { Reader } from "../log-access/schema.ts";
import { createLogger } from "../logger.ts";
import { orderRedaction } from "../redactions/order-redaction.ts";
import { setRetention } from "../retention/service.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, enrol, testBlobs } from "../testing/journey.ts";
import { linesOf, type MergedRun, mergedRun, verified } from "../testing/merged-run.ts";
import { sequenceLog, type TestLog } from "../testing/notary.ts";
import { person, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { openExport, startExport } from "./export.ts";
import { getProof } from "./proof.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const security = testScope({
  roles: ["security_lead", "engineering_lead"],
  actor: person("per_security"),
  clock,
});
const reader: Reader = { kind: "person", personId: "per_security" };
let run: MergedRun;
let log: TestLog;

beforeAll(async () => {
  const journey = { database, worker: seed, runner: await enrol(seed, "r") };
  run = await mergedRun(journey, "one");
  log = await sequenceLog(database);
});

async function exported(withBlobs = true): Promise<string[]> {
  const { id } = await startExport(security, reader, { withBlobs });
  return linesOf(await openExport(security, reader, id, 0));
}

const GUARDED = ["log_entry", "log_leaf", "run_event", "gate", "charter", "evidence", "blob"];
const triggers = async (state: "disable" | "enable") => {
  for (const table of GUARDED) await database.owner.query(`alter table ${table} ${state} trigger user`);
};

/** Past every trigger, as whoever owns the database can. `undo` puts back what `change` did. */
async function tampered<T>(change: string, undo: string, look: () => Promise<T>): Promise<T> {
  await triggers("disable");
  try {
    await database.owner.query(change);
    try {
      return await look();
    } finally {
      await database.owner.query(undo);
    }
  } finally {
    await triggers("enable");
  }
}

async function endOf(lines: readonly string[]): Promise<{ type: string; why?: string; index?: number }> {
  expect((await verified(lines, log.folders.log)).code).not.toBe(0);
  return JSON.parse(lines.at(-1) ?? "{}") as { type: string; why?: string; index?: number };
}

const swap = (table: string, column: string, from: string, to: string, where: string) => [
  `update ${table} set ${column} = replace(${column}, '${from}', '${to}') where ${where}`,
  `update ${table} set ${column} = replace(${column}, '${to}', '${from}') where ${where}`,
];

describe("what was tampered with ends an export, and the last line says where", () => {
  test("an entry that was edited", async () => {
    const { rows } = await database.owner.query<{ id: string; index: number }>(
      "select e.id, l.index::int from log_entry e join log_leaf l on l.entry_id = e.id where e.kind = 'run.merged'",
    );
    const [{ id, index } = { id: "", index: -1 }] = rows;
    const set = (from: string, to: string) =>
      `update log_entry set body = convert_to(replace(convert_from(body, 'UTF8'), '${from}', '${to}'), 'UTF8') where id = '${id}'`;
    await tampered(set("dddddddd", "eeeeeeee"), set("eeeeeeee", "dddddddd"), async () => {
      expect(await endOf(await exported())).toEqual({
        type: "broken",
        index,
        why: `Entry ${index} as the database holds it is not the one that was numbered and signed: its hash is another one.`,
      });
      expect(await getProof(security, id)).toMatchObject({ state: "contradicted", place: { index } });
    });
    expect(await getProof(security, id)).toMatchObject({ state: "proved", place: { index } });
  });

  test("an entry that was deleted, and a number that was", async () => {
    await database.owner.query(
      "create table kept_entry as select * from log_entry where kind = 'run.merged'",
    );
    const restore =
      "insert into log_entry (id, xid, seq, at, kind, about, body) select id, xid, seq, at, kind, about, body from kept_entry";
    await tampered("delete from log_entry where kind = 'run.merged'", restore, async () => {
      expect((await endOf(await exported())).why).toMatch(
        /^Entry \d+ was numbered and signed, and is gone from the database\.$/,
      );
    });
    await database.owner.query("create table kept_leaf as select * from log_leaf where index = 3");
    const renumber = "insert into log_leaf select * from kept_leaf";
    await tampered("delete from log_leaf where index = 3", renumber, async () => {
      expect((await endOf(await exported())).why).toBe(
        "Entry 3 was numbered and signed, and its number is gone from the database.",
      );
    });
  });

  test("an event, a decision, a charter, a diff", async () => {
    const cases: [string, string, RegExp][] = [
      [
        `update run_event set body = body || '{"forged":1}' where seq = 1`,
        `update run_event set body = body - 'forged' where seq = 1`,
        /^Events 1 to \d+ of run_\S+ in the database are not the ones that the entry commits to\.$/,
      ],
      [
        ...(swap("gate", "document", "reviewer", "viewer", "kind = 'merge'") as [string, string]),
        /^The decision in the database is not the one that the entry cites: its SHA-256 differs\.$/,
      ],
      [
        ...(swap("charter", "canonical", "main", "niam", "true") as [string, string]),
        /^The charter in the database is not the one that the entry cites/,
      ],
      [
        ...(swap("evidence", "canonical", "verified", "certain", "true") as [string, string]),
        /^The evidence in the database is not the one that the entry cites/,
      ],
      [
        "update blob set salt = decode(repeat('00', 32), 'hex') || salt where kind = 'diff'",
        "update blob set salt = substr(salt, 33) where kind = 'diff'",
        /^The stored diff is not the one that the entry commits to\.$/,
      ],
    ];
    for (const [change, undo, why] of cases) {
      await tampered(change, undo, async () => {
        const end = await endOf(await exported());
        expect(end.type).toBe("broken");
        expect(end.why).toMatch(why);
      });
    }
    expect((await verified(await exported(), log.folders.log)).code).toBe(0);
  });
});

describe("payloads that are taken away", () => {
  const carryOut = () =>
    asProcess(database, "worker", () =>
      carryOutRedactions({ mirrorOf: () => "/nonexistent", logger: createLogger("test") }, seed),
    );
  const order = () =>
    orderRedaction(security, { runId: run.runId, kind: "all", seqs: [], reason: "It was a password." });

  test("end an export that has begun, are refused while under way, and are named in the next one", async () => {
    const { id } = await startExport(security, reader, { withBlobs: true });
    const reading = await openExport(security, reader, id, 0);
    const read: string[] = [];
    for (let line = await reading.next(); !line.done; line = await reading.next()) {
      read.push(line.value);
      if (read.length === 5) await order();
    }
    expect(await endOf(read)).toMatchObject({
      type: "broken",
      why: "Payloads were redacted while this was being made. Start another export.",
    });
    await expect(openExport(security, reader, id, read.length)).rejects.toMatchObject({ code: "expired" });
    await expect(startExport(security, reader, { withBlobs: true })).rejects.toMatchObject({
      code: "conflict",
    });

    await carryOut();
    await expect(openExport(security, reader, id, 0)).rejects.toMatchObject({
      code: "expired",
      message:
        "Payloads were redacted since this export began, so it can no longer be given. Start another one.",
    });
    log = await sequenceLog(database);
    const lines = await exported();
    expect(await verified(lines, log.folders.log)).toMatchObject({ code: 0, unreadable: null });
    const text = lines.join("");
    expect(text).toContain('"redacted":true,"type":"blob"');
    expect(text).not.toContain('"salt"');
    expect(text).not.toContain("bundle of");
  });

  test("are no obstacle while a legal hold keeps the order from being carried out", async () => {
    const other = { days: null, isHeld: true, reason: "A dispute.", agreedRuns: 0 };
    await order();
    await expect(startExport(security, reader, { withBlobs: true })).rejects.toMatchObject({
      code: "conflict",
    });
    await setRetention(security, { ...other, pilotId: run.pilotId });
    expect((await verified(await exported(), log.folders.log)).code).toBe(0);
    await setRetention(security, { ...other, isHeld: false, pilotId: run.pilotId });
    await expect(startExport(security, reader, { withBlobs: true })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});
