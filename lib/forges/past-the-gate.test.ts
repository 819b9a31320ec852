import { expect, test } from "vitest";
import { asProcess } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { lookPastTheGate } from "./past-the-gate.ts";

const { database, seed, work, reviewed } = await runScene();

async function proposed(kind: string, ofRunId: string | null) {
  const { runId } = await reviewed();
  for (const table of ["run", "revert"])
    await database.owner.query(`alter table ${table} disable trigger governed`);
  await database.owner.query("update run set kind = $2 where id = $1", [runId, kind]);
  if (ofRunId !== null)
    await database.owner.query(
      "insert into revert (run_id, of_run_id, merge_id, commit) values ($1, $2, 'mer_1', $3)",
      [runId, ofRunId, "d".repeat(40)],
    );
  for (const table of ["run", "revert"])
    await database.owner.query(`alter table ${table} enable trigger governed`);
  return runId;
}

/** A tree of its own for each run, as somebody pushes it. */
async function pushed(runId: string, letter: string): Promise<number> {
  const tree = letter.repeat(40);
  await database.owner.query("alter table patch disable trigger all");
  await database.owner.query("update patch set tree = $2 where run_id = $1", [runId, tree]);
  await database.owner.query("alter table patch enable trigger all");
  return asProcess(database, "worker", () =>
    lookPastTheGate(seed, work.repositoryId, [{ commit: "e".repeat(40), tree }]),
  );
}

test("a merge that somebody takes back by hand while a revert of it is in review stops nobody; what brings it again, or is an agent's, does", async () => {
  const agents = await proposed("repair", null);
  const revert = await proposed("revert", agents);
  const again = await proposed("revert", revert);
  const stops = async () => (await database.owner.query("select from stop where lifted_at is null")).rowCount;
  expect(await pushed(revert, "3")).toBe(0);
  expect(await stops()).toBe(0);
  expect(await pushed(again, "4")).toBe(1);
  expect(await pushed(agents, "5")).toBe(1);
  expect(await stops()).toBe(1);
});
