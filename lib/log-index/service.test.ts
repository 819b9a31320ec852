import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { transaction } from "../db.ts";
import { appendEvents } from "../events/service.ts";
import type { NewEvent } from "../protocol/events.ts";
import type { Scope } from "../scope.ts";
import { activePilot, charterFor, readyRepository } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, launch, openBase } from "../testing/journey.ts";
import { indexedLog } from "../testing/log-index.ts";
import { sequenceLog } from "../testing/notary.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { forgetIndex, indexLog } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
let runId = "";
let pilotId = "";

beforeAll(async () => {
  const { agentId } = await ensureRecipeAgent(seed);
  const repositoryId = await readyRepository(seed);
  await openBase(database, repositoryId);
  pilotId = await activePilot(seed, charterFor(seed, repositoryId));
  runId = await launch(seed, pilotId, agentId);
});

const append = (...events: NewEvent[]) =>
  transaction(worker, (tx) =>
    appendEvents(tx, {
      ...{ runId, attempt: 1, observedBy: "runner" },
      events: events.map((event) => ({ at: new Date(clock.now()).toISOString(), event })),
    }),
  );

async function termsOfKind(kind: string): Promise<string[]> {
  const { rows } = await database.owner.query<{ term: string }>(
    "select distinct o.term from log_term k join log_term o using (at, position) where k.term = $1 order by 1",
    [`kind:${kind}`],
  );
  return rows.map(({ term }) => term);
}

async function contents(): Promise<unknown[]> {
  const { rows: terms } = await database.owner.query("select * from log_term order by term, position");
  const { rows: texts } = await database.owner.query("select * from event_text order by run_id, seq, field");
  const { rows: cursor } = await database.owner.query("select position from log_index_cursor");
  return [terms, texts, cursor];
}

const asWorker = (work: (scope: Scope) => Promise<unknown>) =>
  asProcess(database, "worker", () => work(worker));

describe("the index", () => {
  test("finds entries by kind, actor, subjects and the pilot a subject belongs to", async () => {
    await indexedLog(database);
    expect(await termsOfKind("run.launched")).toEqual(
      ["actor:system:demo", "kind:run.launched", `pilot:${pilotId}`, `run:${runId}`].sort(),
    );
  });

  test("finds events by their words, and the entry that binds them", async () => {
    const last = await append(
      { kind: "note", body: { text: "The sum of legs is off by one cent." } },
      {
        kind: "command_started",
        body: { command: 1, argv: ["ls", "src/posting"], tree: "base", purpose: "" },
      },
    );
    await indexedLog(database);
    const { rows } = await database.owner.query(
      `select t.seq, t.field, t.pilot_id, e.kind from event_text t
       join log_leaf l on l.position = t.position join log_entry e on e.id = l.entry_id
       where t.run_id = $1 and t.seq >= $2 order by t.seq, t.field`,
      [runId, last - 1],
    );
    const bound = { pilot_id: pilotId, kind: "run.events_appended" };
    expect(rows).toEqual([
      { seq: last - 1, field: "prompt", ...bound },
      { seq: last, field: "command", ...bound },
      { seq: last, field: "path", ...bound },
    ]);
  });

  test("does a thing once, and goes on where it was", async () => {
    await indexedLog(database);
    const before = await contents();
    expect(await asWorker(indexLog)).toBe(0);
    await database.owner.query("update log_index_cursor set position = 0");
    expect(await asWorker(indexLog)).toBeGreaterThan(5);
    expect(await contents()).toEqual(before);
  });

  test("by two workers at once is written once", async () => {
    await append({ kind: "note", body: { text: "two workers" } });
    await sequenceLog(database);
    const counts = await asProcess(database, "worker", () =>
      Promise.all([indexLog(worker), indexLog(worker), indexLog(worker)]),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test("can be thrown away and is the same again, without what was taken out of the record", async () => {
    await append({ kind: "note", body: { text: "soon to be forgotten" } });
    await indexedLog(database);
    const before = await contents();
    expect(await asWorker(forgetIndex)).toBeGreaterThan(10);
    await asWorker(indexLog);
    expect(await contents()).toEqual(before);
    await database.owner.query(
      `with gone as (update run_event set body = '{"redacted": true}' where body ->> 'text' = 'soon to be forgotten')
       insert into log_entry (id, kind, about, body) values ('ent_gone', 'payload.redacted', array['run:' || $1], '')`,
      [runId],
    );
    await asWorker(forgetIndex);
    await indexedLog(database);
    const { rows } = await database.owner.query("select from event_text where text like '%forgotten%'");
    expect(rows).toEqual([]);
  });
});

describe("probe: nothing an entry or event says stops the index", () => {
  test("an entry that is none of ours is found by its columns", async () => {
    await database.owner.query(
      `insert into log_entry (id, kind, about, body) values ('ent_odd', 'run.merged', array['run:' || $1], '\\xff00')`,
      [runId],
    );
    await indexedLog(database);
    expect(await termsOfKind("run.merged")).toEqual(
      ["actor:unreadable", "kind:run.merged", `pilot:${pilotId}`, `run:${runId}`].sort(),
    );
  });

  test("words without end, characters no text may hold, and more of them than a vector takes", async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `w${n}漢字`)
      .join(" ")
      .slice(0, 16_384);
    await append(
      { kind: "command_output", body: { command: 1, stream: "stdout", text: "x".repeat(16_384) } },
      { kind: "command_output", body: { command: 1, stream: "stdout", text: many } },
      { kind: "note", body: { text: "nul \u0000 half \ud800 quote ' back \\ :* & | ! <-> (" } },
      {
        kind: "command_started",
        body: { command: 2, argv: Array(100).fill("漢 ".repeat(1000)), tree: "", purpose: "" },
      },
    );
    const last = await append({ kind: "note", body: { text: "afterwards" } });
    await indexedLog(database);
    const { rows } = await database.owner.query(
      "select seq from event_text where run_id = $1 and seq > $2 order by seq",
      [runId, last - 5],
    );
    expect([...new Set(rows.map(({ seq }) => seq))]).toEqual([last - 4, last - 3, last - 2, last - 1, last]);
    const { rows: found } = await database.owner.query(
      "select seq from event_text where run_id = $1 and words @@ $2::tsquery",
      [runId, `'half' & 'quote' & 'back'`],
    );
    expect(found).toEqual([{ seq: last - 2 }]);
  });

  test("a text Postgres will not take leaves the entry found by its terms, and operators are told", async () => {
    await database.owner.query("alter table event_text add constraint odd check (text <> 'not taken')");
    const last = await append({ kind: "note", body: { text: "not taken" } });
    await append({ kind: "note", body: { text: "taken again" } });
    await indexedLog(database);
    await database.owner.query("alter table event_text drop constraint odd");
    const { rows } = await database.owner.query(
      "select seq from event_text where run_id = $1 and seq >= $2",
      [runId, last],
    );
    expect(rows).toEqual([{ seq: last + 1 }]);
    const { rows: behind } = await database.owner.query(
      "select from log_leaf where position >= (select position from log_index_cursor)",
    );
    expect(behind).toEqual([]);
    const { rows: told } = await database.owner.query("select follower, error from follower_fault");
    expect(told).toEqual([{ follower: "log_index", error: expect.stringContaining("odd") }]);
  });
});
