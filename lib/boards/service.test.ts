import { beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import { member } from "../testing/arrange.ts";
import { failRun } from "../testing/failed-run.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { boardCsv, rowsCsv } from "./csv.ts";
import { type Board, BoardQuery } from "./schema.ts";
import { getSeries } from "./series.ts";
import { getBoard, listBoardRows } from "./service.ts";

let scene: RunScene;
let failed: string[];

beforeAll(async () => {
  scene = await runScene({ roles: ["engineering_lead"] });
  failed = [];
  // Three in the first week, five in the second.
  for (let nth = 0; nth < 8; nth++) {
    if (nth === 3) scene.clock.advance(7 * DAY);
    const runId = await scene.launched();
    scene.clock.advance(HOUR);
    await failRun(scene.seed, runId);
    failed.push(runId);
  }
  scene.clock.advance(HOUR);
});

const query = (change: Partial<BoardQuery> = {}) =>
  BoardQuery.parse({ pilotId: scene.work.pilotId, ...change });

const numberOf = (board: Board, kpi: string) => board.numbers.find(({ reading }) => reading.kpi === kpi);

describe("a board", () => {
  test("has every number over its range, and what it was in the time before", async () => {
    const board = await getBoard(scene.seed, query({ range: "7d" }));
    expect(numberOf(board, "failed_share")).toMatchObject({
      reading: { state: "value", value: 100, numerator: 5, denominator: 5 },
      before: null, // the pilot is too young
    });
    const beside = await getBoard(scene.seed, query({ range: "7d", compare: "baseline" }));
    expect(numberOf(beside, "failed_share")?.before).toMatchObject({ state: "too_few", sample: 3 });
    expect(numberOf(board, "flaky_rate")?.reading.state).toBe("not_connected");
  });

  test("is told apart by agent, and of one of them alone", async () => {
    const { split } = await getBoard(scene.seed, query({ split: "agentId" }));
    expect(split?.columns.map(({ value }) => value)).toEqual([scene.work.agentId]);
    const alone = await getBoard(scene.seed, query({ split: "agentId", of: "agt_other" }));
    expect(numberOf(alone, "failed_share")?.reading).toMatchObject({ sample: 0, state: "too_few" });
  });

  test("gives the rows behind each number, of its range alone", async () => {
    const rows = await listBoardRows(scene.seed, { ...query({ range: "7d" }), kpi: "failed_share" });
    expect(rows.map(({ id }) => id)).toEqual(failed.slice(3).reverse());
    expect(rowsCsv("failed_share", rows).split("\r\n")).toHaveLength(7);
    const all = await listBoardRows(scene.seed, { ...query(), kpi: "failed_share" });
    expect(all).toHaveLength(8);
  });

  test("takes days in the pilot's time zone, both of them whole", async () => {
    const first = new Date(scene.clock.now() - DAY / 2).toISOString().slice(0, 10);
    const last = new Date(scene.clock.now()).toISOString().slice(0, 10);
    const board = await getBoard(scene.seed, query({ range: "days", first, last }));
    expect(numberOf(board, "failed_share")?.reading.sample).toBe(5);
    expect(board.span.from.toISOString().slice(11)).toBe("00:00:00.000Z");
  });

  test("goes week by week of the pilot, and its weeks have every row once", async () => {
    const weeks = await getSeries(scene.seed, { ...query(), kpi: "failed_share" });
    expect(weeks.length).toBeGreaterThanOrEqual(2);
    expect(weeks.reduce((sum, { reading }) => sum + reading.sample, 0)).toBe(8);
    expect(weeks.map(({ week }) => week)).toEqual(weeks.map(({ week }) => week).sort());
    for (const { week } of weeks) expect(new Date(week).getUTCDay()).toBe(1);
    expect(weeks.at(-1)?.isPartial).toBe(true);
  });

  test("is one line a number as CSV", async () => {
    const board = await getBoard(scene.seed, query());
    const lines = boardCsv(board).trim().split("\r\n");
    expect(lines).toHaveLength(board.numbers.length + 1);
    expect(lines.find((line) => line.startsWith("failed_share,"))).toContain(",value,100,");
  });

  test("probe: is nobody's who does not see the pilot, and of no pilot that never began", async () => {
    const stranger = await member(scene.seed, "stranger", "viewer");
    const blind = { ...stranger, grants: [] } as typeof stranger;
    await expect(getBoard(blind, query())).rejects.toMatchObject({
      code: expect.stringMatching(/not_found|forbidden/),
    });
    await expect(getBoard(scene.seed, query({ pilotId: "pil_none" }))).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
