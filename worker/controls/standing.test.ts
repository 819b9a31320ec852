// What the last drill shows of the emergency stop, however it ended.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import type { Round } from "./round.ts";
import { tryDrill } from "./standing.ts";

const { owner } = await testDatabase("worker");
const clock = testClock();
const scope = testScope({ actor: systemActor("worker"), clock });
const now = clock.now();
const begunAt = new Date(now);
const round: Round = {
  testId: "ctt_1",
  askedAt: begunAt,
  begunAt,
  scope,
  workplace: {} as Round["workplace"],
};

interface Ended {
  readonly id: string;
  readonly ago?: number;
  readonly wanted: number;
  readonly fault?: string;
  /** Of each run that was stopped; null where its runner was not reached. */
  readonly times: readonly (number | null)[];
}

/** Rows alone: nothing of the record is tried here. */
async function ended({ id, ago = MINUTE, wanted, fault, times }: Ended): Promise<void> {
  const at = new Date(now - ago);
  await owner.query(
    `insert into drill (id, pilot_id, asked_by, asked_at, wanted, state, fault, ended_at)
     values ($1, 'pil_1', 'usr_1', $2, $3, $4, $5, $2)`,
    [id, at, wanted, fault ? "failed" : "done", fault ?? null],
  );
  for (const [index, stop] of times.entries())
    await owner.query(
      `insert into stop_reach (lease_id, drill_id, run_id, attempt, pilot_id, runner_id, phase, pulled_at, outcome,
         stop_ms, settled_at) values ($1, $2, 'run_1', 1, 'pil_1', 'rnr_1', 'agent', $3, $4, $5, $3)`,
      [`${id}-${index}`, id, at, stop === null ? "not_reached" : "stopped", stop],
    );
}

beforeAll(async () => {
  for (const table of ["drill", "stop_reach"])
    await owner.query(`alter table ${table} disable trigger governed`);
});

beforeEach(async () => {
  await owner.query("delete from drill");
  await owner.query("delete from stop_reach");
  await ended({ id: "drl_before", ago: DAY, wanted: 1, times: [40] });
});

test("a drill that was carried through before is what counts as long as none ended since", async () => {
  expect(await tryDrill(round)).toEqual({
    result: "holds",
    sentence: "In the last drill 1 of 1 runs ended, the slowest after 40 ms.",
  });
});

test.each([
  [{ wanted: 5, times: [40] }, "holds", "The other 4 of 5 were at work with no runner"],
  [{ wanted: 2, times: [40, 2001] }, "failed", "2001 ms"],
  [{ wanted: 2, times: [40, null] }, "failed", "1 of 2 runs were not reached"],
  [{ wanted: 2, fault: "nothing_settled", times: [40] }, "failed", "The last drill failed: of 2 runs, 1"],
  [{ wanted: 2, fault: "no_runner", times: [] }, "not_run", "called off"],
] as const)("probe: of a later drill %j it is said: %s, “%s”", async (drill, result, sentence) => {
  await ended({ id: "drl_later", ...drill });
  expect(await tryDrill(round)).toEqual({ result, sentence: expect.stringContaining(sentence) });
});
