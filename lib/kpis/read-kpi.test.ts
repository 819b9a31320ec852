// Numbers against what the same rows come to by other code, and the rows shown behind them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { DAY, HOUR } from "../clock.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { activateDemoPilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { addRepository, recordMirror } from "../repositories/service.ts";
import { testDatabase } from "../testing/database.ts";
import { mergeFactOf, patchFactOf, runFactOf, type ToldRun } from "../testing/fact-model.ts";
import { at, event, factStory, START } from "../testing/fact-story.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { KPIS } from "./definitions/registry.ts";
import { listKpiRows, readKpi, readKpis } from "./read-kpi.ts";
import { KpiId, MetricKpi } from "./schema/kpi-id.ts";
import type { KpiSplit } from "./schema/reading.ts";

const database = await testDatabase("web");
const story = await factStory(database);
const clock = testClock(START);
const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const { agentId } = await ensureRecipeAgent(scope);
const source = { source: "/srv/git/ledger", authority: "own" } as const;
const { repositoryId } = await addRepository(scope, { name: "ledger", ...source });
await recordMirror(scope, repositoryId, {
  ...{ outcome: "mirrored", branch: "main", head: "d".repeat(40), commits: 3 },
});

async function newPilot(name: string): Promise<string> {
  const charter = defaultCharter(repositoryId, "main", "2030-12-31");
  const { pilotId } = await createDemoPilot(scope, { name, timeZone: "UTC", charter });
  await activateDemoPilot(scope, pilotId);
  return pilotId;
}
const place = (pilotId: string) => ({ pilot_id: pilotId, agent_id: agentId, repository_id: repositoryId });

const LATE = new Date(START + 400 * DAY);
const ALL = { from: new Date(0), to: LATE, asOf: LATE };
const read = (pilotId: string, kpi: KpiId, window: Partial<typeof ALL> & { split?: KpiSplit } = {}) =>
  readKpi(scope, { ...ALL, pilotId, kpi, ...window });

/** What the events of some runs come to between two moments, as far as is known at a third. */
function expected(runs: readonly ToldRun[], { from, to, asOf }: { from: number; to: number; asOf: number }) {
  const own = runs.filter(({ kind }) => kind !== "revert");
  const isIn = (when: number | null): boolean => when !== null && when >= from && when < to && when <= asOf;
  const known = (when: number | null | undefined): boolean => typeof when === "number" && when <= asOf;
  const merges = own.flatMap((run) => run.merges.flatMap((merge) => mergeFactOf(run, merge) ?? []));
  const watched = merges.filter(({ endedAs, mergedAt }) => endedAs !== null && isIn(mergedAt));
  const isMature = (merge: { maturesAt: number; settledAt: number | null }) =>
    merge.maturesAt <= asOf && known(merge.settledAt);
  const mature = watched.filter(isMature);
  const patches = own.flatMap((run) =>
    run.patches.map((patch) => {
      const evidence = [...patch.evidence].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))[0];
      return { ...patchFactOf(run, patch), verifiedAt: evidence?.at ?? null };
    }),
  );
  const finished = patches.filter(({ finishedAt }) => isIn(finishedAt));
  const mergeOf = (id: string | null) => merges.find((merge) => merge.id === id);
  const settled = finished.filter(({ mergeId }) => {
    const merge = mergeOf(mergeId);
    return !merge || isMature(merge);
  });
  const rate = (all: readonly unknown[], hits: readonly unknown[], maturing = 0) => ({
    ...{ numerator: hits.length, denominator: all.length, sample: all.length, maturing },
    value: all.length >= 5 ? (100 * hits.length) / all.length : null,
  });
  const caught = ["regressed", "not_repaired", "untrustworthy"];
  return {
    revert_rate: rate(
      ...[mature, mature.filter(({ revertedAt }) => known(revertedAt))],
      watched.length - mature.length,
    ),
    validated_fixes: { value: mature.filter(({ confirmedAt }) => known(confirmedAt)).length },
    escaped_rate: rate(
      ...[settled, settled.filter(({ escapedAt }) => known(escapedAt))],
      finished.length - settled.length,
    ),
    caught_rate: rate(
      finished,
      finished.filter(({ verdict, verifiedAt }) => caught.includes(verdict ?? "") && known(verifiedAt)),
    ),
    rejected_rate: rate(
      finished,
      finished.filter(({ rejectedAs, rejectedAt }) => rejectedAs === "wrong" && known(rejectedAt)),
    ),
    throughput: { numerator: own.filter((run) => isIn(runFactOf(run).mergedAt)).length },
  } as const satisfies Partial<Record<KpiId, object>>;
}

describe("a number", () => {
  test("is what the rows come to by other code, in any window and as of any moment; and its rows are those", async () => {
    const windows = fc.tuple(at, at, at).map(([one, other, asOf]) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other) + 1];
      return { from, to, asOf: asOf + 20 * DAY };
    });
    const stories = fc.array(fc.array(event, { maxLength: 20 }), { minLength: 1, maxLength: 12 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(stories, windows, async (all, window) => {
        const pilotId = await newPilot(`Round ${++round}`);
        const runs: ToldRun[] = [];
        for (const [index, events] of all.entries()) {
          const run = await story.newRun(index % 5 === 4 ? "revert" : "repair", place(pilotId));
          await story.propose(run, START);
          for (const told of events) await story.apply(run, told);
          runs.push(run);
        }
        const asked = {
          ...{ from: new Date(window.from), to: new Date(window.to), asOf: new Date(window.asOf) },
        };
        for (const [kpi, wanted] of Object.entries(expected(runs, window))) {
          const reading = await read(pilotId, kpi as KpiId, asked);
          expect(reading).toMatchObject({ kpi, ...wanted });
          const rows = await listKpiRows(scope, { ...asked, pilotId, kpi: kpi as KpiId });
          expect(rows.filter(({ isMaturing }) => !isMaturing)).toHaveLength(reading.sample);
          expect(rows.filter(({ isMaturing }) => isMaturing)).toHaveLength(reading.maturing);
          if (KPIS[kpi as KpiId].statistic === "rate")
            expect(rows.filter(({ isHit, isMaturing }) => isHit && !isMaturing)).toHaveLength(
              reading.numerator ?? -1,
            );
        }
        for (const split of [{}, { agentId, kind: "repair" }]) {
          const together = await readKpis(scope, KpiId.options, { ...asked, pilotId, split });
          for (const reading of together)
            expect(reading).toEqual(await read(pilotId, reading.kpi, { ...asked, split }));
        }
      }),
      { numRuns: 12 },
    );
  });

  test("of a pilot with nothing is too little to tell, or not connected, and never 0 by itself", async () => {
    const pilotId = await newPilot("Nothing");
    const readings = await readKpis(scope, KpiId.options, { ...ALL, pilotId });
    const states = Object.groupBy(readings, ({ state }) => state);
    expect(states.not_connected?.map(({ kpi }) => kpi)).toEqual(
      KpiId.options.filter((kpi) => KPIS[kpi].connect !== null),
    );
    // Counted things of which there are none are none, once a week is over; so are fixes, and what is spent.
    expect(states.value?.map(({ kpi, value }) => [kpi, value])).toEqual([
      ...[
        ["throughput", 0],
        ["validated_fixes", 0],
        ["findings_validated", 0],
        ["budget_burn", 0],
      ],
    ]);
    for (const { value, interval } of states.too_few ?? []) expect([value, interval]).toEqual([null, null]);
    for (const kpi of MetricKpi.options) expect(KPIS[kpi].hasSource).toBe(true);
  });

  test("is told apart by agent, model, repository and kind where its rows are, and else says that it is not", async () => {
    const pilotId = await newPilot("Apart");
    const merged = { do: "move", to: "merged", noChange: false, as: "wrong", at: START + DAY } as const;
    for (let count = 0; count < 3; count++)
      await story.apply(await story.newRun("repair", place(pilotId)), merged);
    const launched = (split: KpiSplit) => read(pilotId, "throughput", { split });
    expect(await launched({ agentId, repositoryId, kind: "repair" })).toMatchObject({ sample: 3 });
    expect(await launched({ agentId: "agt_nobody" })).toMatchObject({ sample: 0 });
    expect(await launched({ kind: "security" })).toMatchObject({ sample: 0 });
    expect(await launched({ model: "some-model" })).toMatchObject({ sample: 0 });
    expect(await launched({ author: "human" })).toMatchObject({ state: "not_connected", value: null });
    expect(await read(pilotId, "wakeups", { split: { agentId } })).toMatchObject({ state: "not_connected" });
  });

  test("is for members of the pilot", async () => {
    const pilotId = await newPilot("Members");
    const stranger = testScope({ roles: [["engineering_lead", "pil_other"]], clock });
    const window = { ...ALL, pilotId, kpi: "throughput" } as const;
    await expect(readKpi(stranger, window)).rejects.toMatchObject({ code: "not_found" });
    await expect(readKpis(stranger, ["throughput"], window)).rejects.toMatchObject({ code: "not_found" });
    await expect(listKpiRows(stranger, window)).rejects.toMatchObject({ code: "not_found" });
    await readKpi(testScope({ roles: [["viewer", pilotId]], clock }), window);
  });
});

describe("what a window holds", () => {
  test("is everything from its beginning on, and nothing at its end or after what is known", async () => {
    const pilotId = await newPilot("Edges");
    for (const day of [0, 7, 14]) {
      const move = { do: "move", to: "merged", noChange: false, as: "wrong", at: START + day * DAY } as const;
      await story.apply(await story.newRun("repair", place(pilotId)), move);
    }
    const count = async (from: number, to: number, asOf = 400) => {
      const window = { from: new Date(START + from * DAY), to: new Date(START + to * DAY) };
      return (await read(pilotId, "throughput", { ...window, asOf: new Date(START + asOf * DAY) })).numerator;
    };
    expect(await count(0, 7)).toBe(1);
    expect(await count(0, 7.001)).toBe(2);
    expect(await count(7, 15)).toBe(2);
    expect(await count(0, 15, 14)).toBe(3);
    expect(await count(0, 15, 13.9)).toBe(2);
  });

  test("more values than are resampled have an interval by their ranks, about as wide", async () => {
    const pilotId = await newPilot("Many");
    await database.owner.query(
      `insert into run (id, pilot_id, repository_id, agent_id, charter_id, charter_digest, kind, title, status, base_commit,
         launched_by, request_key, launched_at, ended_at)
       select 'run_many' || n, $1, $2, $3, 'cha', 'd', 'repair', 'Repair', 'merged', 'c', 'per', 'key' || n, $4::timestamptz,
         $4::timestamptz + n * interval '1 minute' from generate_series(1, 1200) as n`,
      [pilotId, repositoryId, agentId, new Date(START)],
    );
    const many = await read(pilotId, "agent_lead_time");
    expect(many).toMatchObject({ sample: 1200, value: 600.5 / 60 });
    const half = (((many.interval?.high ?? 0) - (many.interval?.low ?? 0)) * 60) / 2;
    // Ranks of a binomial of 1200: 1.96 · √1200 / 2 = 34 to each side.
    expect(half).toBeGreaterThan(33);
    expect(half).toBeLessThan(35);
    const few = await read(pilotId, "agent_lead_time", { to: new Date(START + 4 * HOUR) });
    expect(few.sample).toBe(239);
    const halfOfFew = (((few.interval?.high ?? 0) - (few.interval?.low ?? 0)) * 60) / 2;
    // Ranks of 239 would be 15 to each side.
    expect(Math.abs(halfOfFew - 15)).toBeLessThan(4);
  });
});
