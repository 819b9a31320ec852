// Weeks where the clocks are put forward and back, and where they stand oddly: what the database says of them is what the
// calendar of the runtime says.
import fc from "fast-check";
import { expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { DAY, HOUR, MINUTE } from "../clock.ts";
import { defaultCharter } from "../pilots/defaults.ts";
import { activateDemoPilot } from "../pilots/service.ts";
import { createDemoPilot } from "../pilots/write-charter.ts";
import { addRepository } from "../repositories/service.ts";
import { testDatabase } from "../testing/database.ts";
import { factStory } from "../testing/fact-story.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { getKpis, listRunFacts } from "./service.ts";

const START = Date.parse("2026-02-23T12:00:00Z");
const database = await testDatabase("web");
const { row } = await factStory(database);
const clock = testClock(START);
const scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const { agentId } = await ensureRecipeAgent(scope);
const source = { name: "ledger", source: "/srv/git/ledger", authority: "own" } as const;
const { repositoryId } = await addRepository(scope, source);

/** Clocks change on 29 March and 25 October, on 8 March and 1 November, never at a quarter to six, and on the other side of the date. */
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"] as const;
const SPRING = [Date.parse("2026-03-29T01:00:00Z"), Date.parse("2026-03-08T07:00:00Z")] as const;
const AUTUMN = [Date.parse("2026-10-25T01:00:00Z"), Date.parse("2026-11-01T06:00:00Z")] as const;

/** Monday of the week in which the wall's calendar shows the moment. */
function mondayOf(timeZone: string, at: number): string {
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(at);
  const noon = Date.parse(`${day}T12:00:00Z`);
  const back = (new Date(noon).getUTCDay() + 6) % 7;
  return new Date(noon - back * DAY).toISOString().slice(0, 10);
}

async function newPilot(timeZone: string): Promise<string> {
  const charter = defaultCharter(repositoryId, "main", "2030-12-31");
  const { pilotId } = await createDemoPilot(scope, { name: timeZone, timeZone, charter });
  await activateDemoPilot(scope, pilotId);
  return pilotId;
}

let made = 0;
async function mergedAt(pilotId: string, at: number): Promise<void> {
  made += 1;
  const place = { pilot_id: pilotId, agent_id: agentId, repository_id: repositoryId, kind: "repair" };
  const times = { launched_at: new Date(at - 90 * MINUTE), ended_at: new Date(at) };
  await row("run", { id: `run_week${made}`, ...place, ...times, status: "merged" });
}

test.each(ZONES)(
  "in %s a merge is in the week the wall's calendar shows, over every change of the clocks",
  async (zone) => {
    clock.advance(START - clock.now());
    const pilotId = await newPilot(zone);
    // Around midnight between Sunday and Monday, and around the changes themselves.
    const near = fc
      .constantFrom(...SPRING, ...AUTUMN)
      .chain((change) =>
        fc.integer({ min: -10 * 24 * 60, max: 10 * 24 * 60 }).map((minutes) => change + minutes * MINUTE),
      );
    const midnights = [...SPRING, ...AUTUMN].flatMap((change) =>
      Array.from({ length: 26 }, (_, hour) => change + (hour - 13) * HOUR + (hour % 2 === 0 ? 0 : MINUTE)),
    );
    const moments = [...midnights, ...fc.sample(near, { numRuns: 60, seed: 7 })];
    for (const at of moments) await mergedAt(pilotId, at);
    clock.advance(Date.parse("2026-11-20T00:00:00Z") - clock.now());

    const { weeks } = await getKpis(scope, { pilotId });
    const expected = Map.groupBy(moments, (at) => mondayOf(zone, at));
    expect(
      new Map(weeks.filter(({ merged }) => merged > 0).map(({ week, merged }) => [week, merged])),
    ).toEqual(
      new Map(
        [...expected]
          .sort(([one], [other]) => one.localeCompare(other))
          .map(([week, held]) => [week, held.length]),
      ),
    );
    // Every week once, none left out by a day of 23 or 25 hours; and a duration is time that passed, whatever the clocks showed.
    expect(
      weeks
        .map(({ week }) => Date.parse(week))
        .every((day, at, all) => at === 0 || day - (all[at - 1] ?? 0) === 7 * DAY),
    ).toBe(true);
    expect(new Set(weeks.flatMap(({ leadTime }) => leadTime ?? []))).toEqual(new Set([90 * MINUTE]));
    for (const [week, held] of expected)
      expect(await listRunFacts(scope, { pilotId, kpi: "throughput", week })).toHaveLength(held.length);
  },
);
