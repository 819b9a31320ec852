// Facts are moved by the database as rows come, whenever and in whatever order they do. Rows are written here past the
// services, so that orders come up that no service would make.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import {
  findingFactOf,
  mergeFactOf,
  patchFactOf,
  runFactOf,
  type ToldFinding,
  type ToldRun,
} from "../testing/fact-model.ts";
import { at, event, factStory, instant, START } from "../testing/fact-story.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { compareFacts, linesOf, mendFacts } from "./recompute.ts";

const database = await testDatabase("worker");
const scope = testScope({ actor: systemActor("operator"), clock: testClock() });
const { newName, write, row, newRun, propose, judge, intend, apply } = await factStory(database);

const ms = (value: Date | null): number | null => value?.getTime() ?? null;

async function factsOf(run: ToldRun) {
  const of = async (table: string) =>
    (await database.owner.query(`select * from ${table} where run_id = $1 order by 1`, [run.id])).rows;
  return {
    runs: (await of("run_fact")).map((f) => ({ outcome: f.outcome, mergedAt: ms(f.merged_at) })),
    merges: (await of("merge_fact")).map((f) => ({
      ...{
        id: f.merge_id,
        mergedAt: ms(f.merged_at),
        revertedAt: ms(f.reverted_at),
        rebrokenAt: ms(f.rebroken_at),
      },
      ...{ verdict: f.verdict, endedAs: f.ended_as, settledAt: ms(f.settled_at) },
      ...{ maturesAt: ms(f.matures_at), confirmedAt: ms(f.confirmed_at) },
    })),
    patches: (await of("patch_fact")).map((f) => ({
      ...{ id: f.patch_id, verdict: f.verdict, mergeId: f.merge_id },
      ...{ rejectedAs: f.rejected_as, rejectedAt: ms(f.rejected_at) },
      ...{ escapedAt: ms(f.escaped_at), finishedAt: ms(f.finished_at) },
    })),
  };
}

const expectedOf = (run: ToldRun) =>
  run.kind === "revert"
    ? { runs: [], merges: [], patches: [] }
    : {
        runs: [runFactOf(run)],
        merges: run.merges.flatMap((merge) => mergeFactOf(run, merge) ?? []),
        patches: run.patches.map((patch) => patchFactOf(run, patch)),
      };

describe("facts of runs, patches and merges", () => {
  test("are what the events come to, however late, twice or out of order these come", async () => {
    const story = fc.tuple(
      fc.constantFrom("repair" as const, "repair" as const, "repair" as const, "revert" as const),
      fc.array(event, { maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(story, async ([kind, events]) => {
        const run = await newRun(kind);
        await propose(run, START);
        for (const told of events) await apply(run, told);
        expect(await factsOf(run)).toEqual(expectedOf(run));
      }),
      { numRuns: 60 },
    );
    expect(await compareFacts(scope)).toEqual([]);
  });

  test("are the same when several write of one run at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(at, at, fc.boolean()), { minLength: 4, maxLength: 12 }),
        async (told) => {
          const run = await newRun("repair");
          await propose(run, START);
          const [patch] = run.patches;
          if (!patch) throw new Error("a patch was proposed");
          await intend(run, patch);
          const [merge] = run.merges;
          if (!merge) throw new Error("a merge was intended");
          await Promise.all(
            told.map(([one, other, isGreen], index) =>
              index % 2 === 0
                ? judge(run, patch, isGreen ? "verified" : "regressed", one)
                : apply(run, { do: "see", merge: 0, kind: "check_failed", commit: index % 3, at: other }),
            ),
          );
          await apply(run, { do: "settle", merge: 0, at: START });
          expect(await compareFacts(scope)).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("follow what is undone: a transaction that fails leaves no fact", async () => {
    const run = await newRun("repair");
    const before = await factsOf(run);
    const client = await database.owner.connect();
    await client.query("begin");
    await client.query("update run set status = 'failed', ended_at = now() where id = $1", [run.id]);
    await client.query("rollback");
    client.release();
    expect(await factsOf(run)).toEqual(before);
  });
});

test("facts of findings are what was opened and decided, in whatever order that came", async () => {
  const step = fc.tuple(fc.constantFrom("validated", "mitigated", "dismissed", "open"), at);
  await fc.assert(
    fc.asyncProperty(
      at,
      fc.option(at),
      fc.array(step, { maxLength: 6 }),
      async (openedAt, eventAt, steps) => {
        const told: ToldFinding = { id: newName("fnd"), openedAt, eventAt: null, state: "open", steps: [] };
        const place = { id: told.id, pilot_id: "pil_1", rule: told.id, opened_at: instant(openedAt) };
        await row("finding", place);
        for (const [to, when] of steps) {
          told.steps.push({ to, at: when });
          told.state = to as ToldFinding["state"];
          await write("update finding set state = $2, suppression_id = $3 where id = $1", [
            ...[told.id, to, to === "dismissed" ? "sup_1" : null],
          ]);
          await row("finding_step", {
            finding_id: told.id,
            number: told.steps.length,
            at: instant(when),
            to_state: to,
          });
        }
        // What counts how often it was seen may come after what people decided.
        if (eventAt !== null) {
          told.eventAt = eventAt;
          const times = { times: 1, first_at: instant(eventAt), last_at: instant(eventAt) };
          await row("finding_count", { finding_id: told.id, ...times });
        }
        const { rows } = await database.owner.query("select * from finding_fact where finding_id = $1", [
          told.id,
        ]);
        expect(
          rows.map((f) => ({
            detectMs: f.detect_ms === null ? null : Number(f.detect_ms),
            ...{ decidedAs: f.decided_as, decidedAt: ms(f.decided_at) },
          })),
        ).toEqual([findingFactOf(told)]);
      },
    ),
    { numRuns: 60 },
  );
  expect(await compareFacts(scope)).toEqual([]);
});

describe("recomputing", () => {
  test("names what somebody changed past the rows, mends it, and the log says so", async () => {
    const [one, other] = [await newRun("repair"), await newRun("repair")];
    await propose(one, START);
    expect(await compareFacts(scope)).toEqual([]);
    await write("update run_fact set outcome = 'merged' where run_id = $1", [one.id]);
    await write("delete from run_fact where run_id = $1", [other.id]);
    await write("delete from patch_fact where run_id = $1", [one.id]);
    await write(
      "insert into finding_fact (finding_id, rule, severity, opened_at) values ('fnd_nobody', 'r', 'low', now())",
      [],
    );
    const lines = [
      ...["finding fnd_nobody left over", `patch ${one.patches[0]?.id} missing`],
      ...[`run ${one.id} differs`, `run ${other.id} missing`],
    ];
    expect(linesOf(await compareFacts(scope))).toEqual(lines);
    expect(linesOf(await mendFacts(scope))).toEqual(lines);
    expect(await compareFacts(scope)).toEqual([]);
    expect(await mendFacts(scope)).toEqual([]);
    const { rows } = await database.owner.query<{ body: Buffer }>(
      "select body from log_entry where kind = 'facts.mended' order by seq",
    );
    expect(rows.map(({ body }) => JSON.parse(body.toString()).detail)).toMatchObject([
      { runs: 2, patches: 1, findings: 1, merges: 0, gates: 0 },
    ]);
  });

  test("probe: no process writes a fact itself, and the web process mends none", async () => {
    for (const table of ["run_fact", "gate_fact", "merge_fact", "patch_fact", "finding_fact"])
      for (const role of ["ph_web", "ph_worker"]) {
        const { rows } = await database.owner.query(
          "select has_table_privilege($1, $2, 'insert, update, delete, truncate') as may",
          [role, table],
        );
        expect([role, table, rows[0].may]).toEqual([role, table, false]);
      }
    const { rows } = await database.owner.query(
      "select has_function_privilege('ph_web', 'mend_facts()', 'execute') as may",
    );
    expect(rows[0].may).toBe(false);
  });
});
