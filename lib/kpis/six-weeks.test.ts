// Six weeks through the services, and every number of them told again by other SQL from other rows. More seeds and more runs:
// npm run simulate:six-weeks.
import { expect, test } from "vitest";
import { MINUTE } from "../clock.ts";
import { testDatabase } from "../testing/database.ts";
import { testBlobs } from "../testing/journey.ts";
import { checkSixWeeks } from "../testing/simulation/check.ts";
import { PLAYED } from "../testing/simulation/compare.ts";

testBlobs();
const database = await testDatabase("web");

/** A bound for what would never end: half a minute on a quiet host. */
const LONGEST = 15 * MINUTE;

test(
  "of six weeks every number is what other SQL says, and three tripwires trip, once and in time",
  async () => {
    const zone = { timeZone: "Europe/Berlin", begins: Date.parse("2026-03-02T08:00:00Z") };
    const checked = await checkSixWeeks(database, { ...zone, seed: 1, runs: 20 });
    expect(checked.faults).toEqual([]);
    expect(checked.merges).toBeGreaterThan(10);
    expect(checked.withValue).toBeGreaterThan(200);
    // Each said something, so that none was equal only because it said nothing.
    expect(PLAYED.filter((kpi) => !checked.kpis.has(kpi))).toEqual([]);
  },
  LONGEST,
);
