import { beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import { getFinding } from "../findings/service.ts";
import { listRunners } from "../runners/service.ts";
import type { Scope } from "../scope.ts";
import { arrangeWork, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { CANARY_RUNNER, REVOKED_CANARY } from "./canary-rules.ts";
import { CONTROLS } from "./catalog.ts";
import {
  giveCanaryKeys,
  tryChangeWithoutEntry,
  tryLogChange,
  tryUnapprovedMerge,
} from "./database-canaries.ts";
import type { ControlId, ProofResult } from "./schema.ts";
import { askForRound, dueRound, keepRound, listControls, watchProofs } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["administrator"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const asWorker = <T>(work: () => Promise<T>): Promise<T> => asProcess(database, "worker", work);
let security: Scope;

beforeAll(async () => {
  security = await member(seed, "cy", "security_lead");
});

async function round(changed: Partial<Record<ControlId, ProofResult>> = {}): Promise<string> {
  clock.advance(1000);
  const { testId } = await askForRound(security);
  const shown = CONTROLS.map(({ id }) => ({
    ...{ control: id, result: changed[id] ?? ("holds" as const), sentence: "It was tried.", milliseconds: 3 },
  }));
  await asWorker(() => keepRound(worker, testId, shown));
  return testId;
}

const stateOf = async (id: ControlId) =>
  (await listControls(security)).controls.find((control) => control.id === id);

describe("a round of the self-test", () => {
  test("is asked for by the clock once a day, and by a person at any time", async () => {
    expect((await listControls(security)).controls.every(({ state }) => state === "never")).toBe(true);
    const first = await asWorker(() => dueRound(worker));
    expect(await asWorker(() => dueRound(worker))).toEqual(first);
    expect(await askForRound(security)).toEqual({ testId: first?.id });
    expect(await listControls(security)).toMatchObject({ isTesting: true, testedAt: null });
    await round({ backup_age: "not_run" });
    expect(await asWorker(() => dueRound(worker))).toBeNull();
    expect(await stateOf("backup_age")).toMatchObject({ state: "not_run", heldAt: null });
    expect(await stateOf("secret_masked")).toMatchObject({ state: "holds", last: { testId: first?.id } });
    clock.advance(DAY);
    expect(await asWorker(() => dueRound(worker))).not.toBeNull();
    await round();
  });

  test("opens one finding an outage, and settles it when the control holds again", async () => {
    await round({ log_append_only: "failed" });
    clock.advance(HOUR);
    await round({ log_append_only: "failed" });
    const red = await stateOf("log_append_only");
    expect(red).toMatchObject({ state: "failed" });
    expect(red?.findings).toHaveLength(1);
    const findingId = red?.findings[0]?.id ?? "";
    expect((await getFinding(security, findingId)).finding).toMatchObject({
      ...{ severity: "high", state: "open", times: 1, runId: null },
      rule: { id: "control_failed", source: "control" },
    });
    await round({ log_append_only: "not_run" });
    expect(await stateOf("log_append_only")).toMatchObject({
      ...{ state: "failed", last: { result: "not_run" }, shown: { result: "failed" } },
      findings: [{ id: findingId }],
    });
    await round();
    expect(await stateOf("log_append_only")).toMatchObject({ state: "holds", findings: [] });
    await round({ log_append_only: "failed" });
    expect((await stateOf("log_append_only"))?.findings).toEqual([{ id: findingId, at: expect.any(Date) }]);
    await round();
  });

  test("a proof that grows old is a finding, too, until the control was tried again", async () => {
    await round();
    clock.advance(2 * DAY + HOUR);
    await asWorker(() => watchProofs(worker));
    await asWorker(() => watchProofs(worker));
    const old = await stateOf("sandbox_egress");
    expect(old).toMatchObject({ state: "old" });
    expect(old?.findings).toHaveLength(1);
    await round();
    expect(await stateOf("sandbox_egress")).toMatchObject({ state: "holds", findings: [] });
  });

  test("probe: a reviewer sees none of it, and an auditor starts none", async () => {
    const reviewer = await member(seed, "rey", "reviewer");
    await expect(listControls(reviewer)).rejects.toMatchObject({ code: "forbidden" });
    const auditor = await member(seed, "audi", "auditor");
    await expect(askForRound(auditor)).rejects.toMatchObject({ code: "forbidden" });
    expect((await listControls(auditor)).controls).toHaveLength(CONTROLS.length);
  });
});

describe("canaries of the database", () => {
  test("show that it refuses the worker an approval, a merge and a change of entries", async () => {
    expect(await asWorker(() => tryUnapprovedMerge(worker))).toMatchObject({ result: "holds" });
    expect(await asWorker(() => tryLogChange(worker))).toMatchObject({ result: "holds" });
  });

  test.each([
    ["tryLogChange", "grant update on log_entry to ph_web", "revoke update on log_entry from ph_web"],
    [
      "tryLogChange",
      "grant update (kind) on log_entry to ph_gateway",
      "revoke update (kind) on log_entry from ph_gateway",
    ],
    ["tryLogChange", "grant delete on log_leaf to ph_worker", "revoke delete on log_leaf from ph_worker"],
    [
      "tryLogChange",
      "alter table log_entry disable trigger append_only",
      "alter table log_entry enable trigger append_only",
    ],
    ["tryUnapprovedMerge", "grant insert on merge to ph_worker", "revoke insert on merge from ph_worker"],
    [
      "tryUnapprovedMerge",
      "grant insert on approval to ph_worker",
      "revoke insert on approval from ph_worker",
    ],
  ] as const)("probe: %s fails after “%s”, and leaves everything as it was", async (name, loosen, mend) => {
    const attempt = { tryLogChange, tryUnapprovedMerge }[name];
    const count = () => database.owner.query("select count(*) from log_entry");
    await database.owner.query(loosen);
    try {
      const { rows } = await count();
      expect(await asWorker(() => attempt(worker))).toMatchObject({ result: "failed" });
      expect((await count()).rows).toEqual(rows);
    } finally {
      await database.owner.query(mend);
    }
    expect(await asWorker(() => attempt(worker))).toMatchObject({ result: "holds" });
  });

  test("tell a change without an entry apart from a database that has nothing to try it on", async () => {
    expect(await asWorker(() => tryChangeWithoutEntry(worker))).toMatchObject({ result: "not_run" });
    await arrangeWork(seed);
    expect(await asWorker(() => tryChangeWithoutEntry(worker))).toMatchObject({ result: "holds" });
    await database.owner.query("alter table repository disable trigger governed");
    expect(await asWorker(() => tryChangeWithoutEntry(worker))).toMatchObject({ result: "failed" });
    await database.owner.query("alter table repository enable trigger governed");
  });

  test("have keys of their own, made anew each time, for runners that get no work and stand in no list", async () => {
    const { testId } = await askForRound(security);
    await asWorker(() => giveCanaryKeys(worker, testId));
    const keys = await asWorker(() => giveCanaryKeys(worker, testId));
    const { rows } = await database.owner.query(
      "select id, public_key, phases, revoked_at is not null as revoked from runner order by id",
    );
    expect(rows).toEqual([
      { id: CANARY_RUNNER, public_key: keys.canary.publicKey, phases: [], revoked: false },
      { id: REVOKED_CANARY, public_key: keys.revoked.publicKey, phases: [], revoked: true },
    ]);
  });

  test("probe: the worker gives no other runner a key", async () => {
    await database.owner.query("alter table runner disable trigger governed");
    await database.owner.query(
      "insert into runner values ('rnr_another', 'another', 'its own', 'self-test', '{agent}', now())",
    );
    const pg = await import("pg");
    const client = new pg.default.Client({ connectionString: database.urls.worker });
    await client.connect();
    for (const id of ["rnr_another", "rnr_invented"])
      await expect(
        client.query("select set_canary_key($1, 'another', 'stolen', false, now())", [id]),
      ).rejects.toThrow("is no canary");
    await client.end();
    const { rows } = await database.owner.query(
      "select id, public_key from runner where id in ('rnr_another', 'rnr_invented')",
    );
    expect(rows).toEqual([{ id: "rnr_another", public_key: "its own" }]);
    await database.owner.query("alter table runner enable trigger governed");
    expect((await listRunners(security)).map(({ id }) => id)).toEqual(["rnr_another"]);
  });
});
