// The monitor stumbles over an entry that names a run nobody has: it goes on, and says what it left out.
import { describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import { followSkipped } from "../findings/follow-log.ts";
import { listFindings, listFindingsOfRun } from "../findings/service.ts";
import { getLogBrief, logHealth } from "../log/notary-status.ts";
import { findingScene } from "../testing/finding-scene.ts";
import { sequenceLog } from "../testing/notary.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { MOST_TRIES } from "./rules.ts";
import { listFollowerAlarms } from "./service.ts";

const scene = await findingScene();
const { append, asWorker, clock, database, watched } = scene;
const worker = testScope({ actor: systemActor("worker"), clock });
const auditor = testScope({ roles: ["auditor"], clock });
const nobody = testScope({ clock });
const NONE = "run_00000000000000000000000000";

const refusedFor = (runId: string) =>
  transaction(worker, async (tx) =>
    tx.record({
      kind: "model.refused",
      about: [`run:${runId}`],
      charter: null,
      detail: { reason: "token_unknown", attempt: null, unwritten: 0 },
    }),
  );
const snoops = (runId: string) =>
  append(runId, {
    kind: "command_started",
    body: { command: 1, argv: ["cat", "/etc/shadow"], tree: "base", purpose: "" },
  });
const faults = async () =>
  (await database.owner.query("select tries, skipped_at is not null as skipped from follower_fault")).rows;

describe("an entry that cannot be looked at", () => {
  test("is tried a few times, then skipped and told of; what comes after it is found", async () => {
    const runId = await scene.launched();
    await refusedFor(NONE);
    await snoops(runId);
    for (let tries = 1; tries < MOST_TRIES; tries++) {
      await expect(watched()).rejects.toMatchObject({ code: "not_found" });
      expect(await faults()).toEqual([{ tries, skipped: false }]);
    }
    expect(await logHealth(auditor)).toEqual([]);
    expect(await watched()).toBe(1);
    expect(await faults()).toEqual([{ tries: MOST_TRIES, skipped: true }]);
    expect(await listFindingsOfRun(scene.security, runId)).toHaveLength(1);
    expect(await watched()).toBe(0);

    const [alarm, ...others] = await logHealth(auditor);
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({
      ...{ kind: "monitor_skipped", stopsMerges: false },
      title: expect.stringMatching(/^1 entry of the log could not be read by the monitor/),
      detail: expect.stringMatching(/^Entry \d+: AppError: /),
    });
    expect(await logHealth(nobody)).toMatchObject([{ kind: "monitor_skipped", detail: null }]);
    expect((await getLogBrief(auditor)).isAlarmed).toBe(true);
  });

  test("is looked at again later, and left out no more once that goes well", async () => {
    expect(await asWorker(followSkipped)).toBe(0);
    const { rows } = await database.owner.query("select id from run limit 1");
    await database.owner.query("alter table run disable trigger user");
    await database.owner.query(
      `insert into run select (jsonb_populate_record(r, jsonb_build_object('id', $1::text, 'request_key', 'other'))).*
       from run r where id = $2`,
      [NONE, rows[0].id],
    );
    await database.owner.query("alter table run enable trigger user");
    expect(await asWorker(followSkipped)).toBe(1);
    const { findings } = await listFindings(scene.security, { runId: NONE });
    expect(findings).toMatchObject([{ rule: { id: "token_unknown" } }]);
    expect(await logHealth(auditor)).toEqual([]);
  });

  test("of a moment is forgotten when the next look goes well", async () => {
    const runId = await scene.launched();
    await snoops(runId);
    await database.owner.query("alter table finding rename to away");
    await expect(watched()).rejects.toThrow();
    await database.owner.query("alter table away rename to finding");
    expect(await faults()).toEqual([{ tries: 1, skipped: false }]);
    expect(await watched()).toBe(1);
    expect(await faults()).toEqual([]);
  });
});

describe("a follower that lags", () => {
  test("is told of once its next entry waits for more than a minute", async () => {
    await watched();
    expect(await listFollowerAlarms(auditor)).not.toContainEqual(
      expect.objectContaining({ kind: "monitor_behind" }),
    );
    await snoops(await scene.launched());
    await sequenceLog(database);
    await database.owner.query("alter table log_leaf disable trigger user");
    await database.owner.query("update log_leaf set at = at - interval '2 minutes'");
    await database.owner.query("alter table log_leaf enable trigger user");
    expect(await logHealth(auditor)).toContainEqual(
      expect.objectContaining({
        kind: "monitor_behind",
        detail: expect.stringMatching(/^\d+ entries wait/),
      }),
    );
    await watched();
    expect(await listFollowerAlarms(auditor)).not.toContainEqual(
      expect.objectContaining({ kind: "monitor_behind" }),
    );
  });
});
