// Numbers are asked by the web process and, for tripwires, weeks and exit reviews, by the worker: each needs to read every table.
import { expect, test } from "vitest";
import { read } from "../db.ts";
import { asProcess } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { type KpiContext, kpiContextOf, listKpiRowsIn, readKpiIn, readKpis } from "./read-kpi.ts";
import { KpiId } from "./schema/kpi-id.ts";

const scene = await runScene();

/** As if everything had come, so that no number is left out before its tables are asked. */
const fedByAll = ({ fed, ...context }: KpiContext): KpiContext => ({
  ...context,
  fed: Object.fromEntries(Object.keys(fed).map((name) => [name, true])) as KpiContext["fed"],
});

test.each(["web", "worker"] as const)(
  "the role of the %s process may read every number, its rows and what it is read by",
  async (name) => {
    const { pilotId } = scene.work;
    const asOf = new Date(scene.clock.now());
    const window = { pilotId, from: new Date(0), to: asOf, asOf };
    const told = await asProcess(scene.database, name, async () => {
      const context = fedByAll(await read(scene.seed, (db) => kpiContextOf(db, pilotId)));
      await readKpis(scene.seed, KpiId.options, window, context);
      return read(scene.seed, async (db) => {
        const readings = [];
        for (const kpi of KpiId.options) {
          readings.push((await readKpiIn(db, context, { ...window, kpi })).kpi);
          await listKpiRowsIn(db, context, { ...window, kpi });
        }
        return readings;
      });
    });
    expect(told).toEqual(KpiId.options);
  },
);
