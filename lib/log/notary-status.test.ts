import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { transaction } from "../db.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { getRun } from "../runs/service.ts";
import { activePilot, charterFor, member, readyRepository } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { enrol, launch, openBase, testBlobs, toReview } from "../testing/journey.ts";
import { indexedLog } from "../testing/log-index.ts";
import { sequenceLog } from "../testing/notary.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { getLogBrief, getLogState, logHealth, requireUndisputedLog } from "./notary-status.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const auditor = testScope({ roles: ["auditor"], clock });
const reviewer = testScope({ roles: ["reviewer"], clock });
let repositoryId = "";
let pilotId = "";
let agentId = "";

beforeAll(async () => {
  ({ agentId } = await ensureRecipeAgent(seed));
  repositoryId = await readyRepository(seed);
  await openBase(database, repositoryId);
  pilotId = await activePilot(seed, charterFor(seed, repositoryId));
});

beforeEach(() => database.owner.query("delete from notary_alarm"));

const alarm = (kind: string, detail = "The root of size 12 differs.") =>
  database.owner.query("insert into notary_alarm values ($1, $2, '2030-01-01')", [kind, detail]);

describe("the state of the log", () => {
  test("says what waits, how far it is signed and by which key", async () => {
    const before = await getLogState(auditor);
    expect(before).toMatchObject({ numbered: 0, epoch: null, checkpoint: null, witnesses: [], alarms: [] });
    expect(before.waiting).toBeGreaterThan(3);
    await sequenceLog(database);
    const numbered = await getLogState(auditor);
    expect(numbered).toMatchObject({
      waiting: 0,
      numbered: before.waiting,
      unindexed: before.waiting,
      epoch: 1,
    });
    expect(numbered.checkpoint).toMatchObject({
      size: before.waiting,
      root: expect.stringMatching(/^[0-9a-f]{64}$/),
      keyId: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    await indexedLog(database);
    expect((await getLogState(auditor)).unindexed).toBe(0);
  });

  test("names witnesses, what they last signed and why they refuse", async () => {
    await database.owner.query(
      `insert into log_witness (name, url, verifier, epoch, size, cosigned_at, refusal, refused_at) values
       ('audit.example/w1', 'https://audit.example', 'v', 1, 5, '2030-01-01', 'conflict', '2030-01-02')`,
    );
    expect(await getLogBrief(auditor)).toMatchObject({
      isAlarmed: false,
      witnessedAt: new Date("2030-01-01"),
    });
    await alarm("disk");
    expect(await getLogBrief(auditor)).toMatchObject({ isAlarmed: true });
    expect((await getLogState(auditor)).witnesses).toEqual([
      {
        name: "audit.example/w1",
        size: 5,
        cosignedAt: new Date("2030-01-01"),
        refusal: "conflict",
        refusedAt: new Date("2030-01-02"),
      },
    ]);
  });
});

describe("an alarm", () => {
  test("is told to everybody in words, its detail to who reads the log", async () => {
    await alarm("disk", "ENOSPC at /srv/log");
    await alarm("something_new");
    const [disk, odd] = await logHealth(auditor);
    expect(disk).toMatchObject({ kind: "disk", detail: "ENOSPC at /srv/log", stopsMerges: false });
    expect(odd?.title).toContain("something_new");
    expect((await logHealth(reviewer)).map(({ title, detail }) => [title, detail])).toEqual([
      [disk?.title, null],
      [odd?.title, null],
    ]);
  });

  test("lets nothing be merged while the log is disputed, and everything once it is not", async () => {
    const journey = { database, worker: seed, runner: await enrol(seed, "r") };
    const bo = await member(seed, "bo", "reviewer");
    const runId = await launch(seed, pilotId, agentId);
    const { gateId = "", digest = "" } = (await toReview(journey, runId)) ?? {};
    const approve = () => decideGate(bo, { gateId, digest, decision: "approve", reason: "" });
    for (const kind of ["witness_refused", "database_disagrees"]) {
      await alarm(kind);
      await expect(approve()).rejects.toMatchObject({
        code: "refused",
        message: expect.stringContaining("Nothing is merged"),
      });
      await database.owner.query("delete from notary_alarm");
    }
    expect(await getGate(bo, gateId)).toMatchObject({ status: "open", approvals: [] });
    expect((await getRun(seed, runId)).status).toBe("in_review");
    await alarm("disk");
    expect(await approve()).toEqual({ status: "approved" });
  });

  test("probe: a dispute counts inside the transaction that asks", async () => {
    await transaction(seed, (tx) => requireUndisputedLog(tx));
    await alarm("database_disagrees");
    await expect(transaction(seed, (tx) => requireUndisputedLog(tx))).rejects.toMatchObject({
      code: "refused",
    });
  });
});
