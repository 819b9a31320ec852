// What stops a launch halfway, and what nobody slips past.
import { beforeEach, describe, expect, test } from "vitest";
import { cancelRun } from "../runs/cancel-run.ts";
import { launchRun } from "../runs/launch-run.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { comparisonScene } from "../testing/comparison-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { closeComparison } from "./close-comparison.ts";
import { planComparison } from "./plan-comparison.ts";
import { getComparison, listComparisons, planChoices } from "./service.ts";
import { startComparison } from "./start-comparison.ts";

const scene = await comparisonScene();
const { planner, reviewer, database, pilotId, agentId, clock } = scene;
const reason = "It is enough.";
let comparisonId: string;

beforeEach(async () => {
  ({ comparisonId } = await planComparison(planner, scene.plan({ each: 1 })));
});

const attemptsOf = async () => (await getComparison(planner, comparisonId)).open?.attempts ?? [];

describe("the launch of a comparison", () => {
  test("probe: is no launch of a run that took an attempt's key before", async () => {
    const { rows } = await database.owner.query(
      "select id from comparison_attempt where comparison_id = $1 order by place",
      [comparisonId],
    );
    const own = { pilotId, agentId, title: "Something else", task: "Anything." };
    await launchRun(planner, { ...own, requestKey: rows[1].id });
    await expect(startComparison(planner, { comparisonId })).rejects.toThrow(
      "used for a run of something else",
    );
    expect((await attemptsOf()).map(({ runId }) => runId !== null)).toEqual([true, false, false, false]);
    // Once the key is free again, it goes on where it stopped.
    await database.owner.query("alter table run disable trigger governed");
    await database.owner.query("update run set request_key = id where request_key = $1", [rows[1].id]);
    await database.owner.query("alter table run enable trigger governed");
    expect(await startComparison(planner, { comparisonId })).toEqual({ launched: 3, refusal: null });
  });

  test("ends with the attempts that are under way, or are cancelled", async () => {
    await startComparison(planner, { comparisonId });
    await expect(closeComparison(planner, { comparisonId, reason })).rejects.toThrow("4 are under way");
    for (const { runId } of await attemptsOf()) await cancelRun(planner, { runId: runId ?? "", reason });
    await closeComparison(planner, { comparisonId, reason });
    const { comparison, open } = await getComparison(reviewer, comparisonId);
    expect(comparison).toMatchObject({ state: "closed", closeReason: reason });
    expect(open?.results.contestants.map(({ cancelled, finished }) => [cancelled, finished])).toEqual([
      [2, 0],
      [2, 0],
    ]);
  });

  test("is shown to nobody who may not see the pilot, and offers what its charter allows", async () => {
    const stranger = testScope({ roles: [["engineering_lead", "pil_other"]], clock });
    expect(await listComparisons(stranger)).toEqual([]);
    await expect(getComparison(stranger, comparisonId)).rejects.toMatchObject({ code: "not_found" });
    await expect(startComparison(stranger, { comparisonId })).rejects.toMatchObject({ code: "not_found" });
    await expect(startComparison(reviewer, { comparisonId })).rejects.toMatchObject({ code: "forbidden" });
    const [choice] = await planChoices(planner, [{ id: pilotId, name: "Nightly" }]);
    expect(choice?.kinds).toEqual(["repair"]);
    expect(choice?.reviewers.map(({ name }) => name)).toEqual(["rey"]);
  });

  test("says which rule refuses it, and launches nothing then", async () => {
    await pullStop(planner, { scope: "pilot", pilotId, reason });
    const { launched, refusal } = await startComparison(planner, { comparisonId });
    expect([launched, refusal]).toEqual([0, expect.stringContaining("emergency stop is on")]);
    expect((await getComparison(planner, comparisonId)).comparison).toMatchObject({
      state: "started",
      progress: { launched: 0, attempts: 4 },
    });
  });
});
