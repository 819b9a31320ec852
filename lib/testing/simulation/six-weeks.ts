// Six weeks of a pilot, day by day: a week without agents, then runs of every ending, merges that hold and merges that do not,
// what happens outside, what people decide, and three things that go wrong. The same seed gives the same six weeks.
import { DAY, HOUR } from "../../clock.ts";
import { ruleOf } from "../../findings/catalog.ts";
import { dismissFinding, moveFinding } from "../../findings/decide-finding.ts";
import type { Sighting } from "../../findings/schema.ts";
import { actorId } from "../../scope.ts";
import type { TestDatabase } from "../database.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { blameSome, humanChange, outsideOf } from "./days-outside.ts";
import { deniedBurst, spendBurst, type Told, wave } from "./incidents.ts";
import { type Fate, lookAtMerges, lookIntoDeployments, Post } from "./outside.ts";
import { type Ending, type PlannedRun, play } from "./runs.ts";
import { openStage, type Stage } from "./stage.ts";

export interface SixWeeks {
  readonly seed: number;
  readonly timeZone: string;
  /** A Monday, at the time of day at which each day begins. */
  readonly begins: number;
  /** Runs of the five weeks with agents, besides those that something is planted with. */
  readonly runs: number;
  /** As each week is over, with the moments at which it began and ended. */
  onWeek?(stage: Stage, week: number, from: Date, to: Date): Promise<void>;
}

export interface Played {
  readonly stage: Stage;
  /** What was not as it had to be while it was played. */
  readonly faults: readonly string[];
  /** Mondays, the moment each begins in the pilot's time zone; the last is after everything. */
  readonly mondays: readonly Date[];
}

const DAYS = 42;
const FIRST_WITH_AGENTS = 8;
const SPENT_ON = 16;
const REVERTED_ON = 26;
const DENIED_ON = 34;
/** The worker is down: nothing of the branch is seen. */
const BLIND = [29, 30, 31] as const;

/** Moments at which its weeks begin, as the database's calendar has it. */
async function mondaysOf({ database, timeZone }: Stage, begins: number): Promise<Date[]> {
  const { rows } = await database.owner.query<{ at: Date }>(
    `select (date_trunc('week', $1::timestamptz at time zone $2) + n * interval '1 week') at time zone $2 as at
     from generate_series(0, 6) n order by n`,
    [new Date(begins), timeZone],
  );
  return rows.map(({ at }) => at);
}

const ENDINGS: readonly Ending[] = [
  ...(["merged", "merged", "merged", "merged", "merged", "merged", "merged"] as const),
  ...(["denied_wrong", "denied_style", "caught", "no_change", "failed", "cancelled"] as const),
];

export async function playSixWeeks(database: TestDatabase, asked: SixWeeks): Promise<Played> {
  const { seed, timeZone, begins, runs } = asked;
  const stage = await openStage(database, timeZone, begins);
  const chance = chanceOf(seed);
  const faults: string[] = [];
  const told: Told = (sentence) => void faults.push(sentence);
  const mondays = await mondaysOf(stage, begins);
  const perDay = runs / (DAYS - FIRST_WITH_AGENTS);
  const room = (9 * 60) / Math.max(1, perDay);
  const story = { stage, chance, post: new Post(), fates: new Map<string, Fate>(), room };
  let owed = 0;
  for (let day = 0; day < DAYS; day++) {
    stage.until(begins + day * DAY);
    const [from, to] = [mondays[day / 7 - 1], mondays[day / 7]];
    if (from && to) await asked.onWeek?.(stage, day / 7 - 1, from, to);
    if (chance.is(day < 7 ? 0.8 : 0.3)) await humanChange(story);
    if (day >= FIRST_WITH_AGENTS) {
      for (owed += perDay; owed >= 1; owed -= 1) await oneRun(story, null);
      if (day === SPENT_ON) await spendBurst(stage, told);
      if (day === REVERTED_ON) await wave(stage, planOf(story, "waits", null), told);
      if (day === DENIED_ON) await deniedBurst(stage, told);
    }
    stage.until(begins + day * DAY + 10 * HOUR);
    await evening(story, day);
    const monday = mondays[(day + 1) / 7]?.getTime();
    if (monday !== undefined && day > FIRST_WITH_AGENTS && day < DAYS - 1) {
      stage.until(monday - 3 * HOUR);
      // On the stroke of the week, or the last millisecond before it.
      await oneRun(story, chance.is(0.5) ? monday : monday - 1, "merged");
    }
  }
  await play(stage, planOf(story, "waits", null));
  stage.until(begins + DAYS * DAY + HOUR);
  await stage.beat();
  return { stage, faults, mondays };
}

interface Story {
  readonly stage: Stage;
  readonly chance: Chance;
  readonly post: Post;
  readonly fates: Map<string, Fate>;
  readonly room: number;
}

/** `room`: minutes that a day has for each of its runs, at most. */
function planOf(
  { chance, room }: Pick<Story, "chance" | "room">,
  ending: Ending,
  decidedAt: number | null,
  finding: Sighting | null = null,
): PlannedRun {
  return {
    ...{ ending, decidedAt, finding, agent: chance.is(0.6) ? 0 : 1 },
    calls: Array.from({ length: chance.below(3) }, () => 1_000 + chance.below(60_000)),
    workMinutes: 1 + chance.below(Math.min(40, room / 8)),
    reviewMinutes: 1 + chance.below(Math.min(150, room / 2)),
  };
}

async function oneRun(story: Story, decidedAt: number | null, asked?: Ending): Promise<void> {
  const { stage, chance, fates } = story;
  const ending = asked ?? chance.pick(ENDINGS);
  const isFound = (ending === "merged" || ending === "denied_wrong") && chance.is(0.3);
  const runId = await play(
    stage,
    planOf(story, ending, decidedAt, isFound ? sightingOf(stage, chance) : null),
  );
  if (ending === "merged") {
    const seen = chance.pick([
      "check_failed",
      "reverted_here",
      "reverted_by_hand",
      "rewritten",
      "changed_again",
      null,
      null,
      null,
      null,
    ] as const);
    if (seen !== null) fates.set(runId, { seen, afterDays: chance.below(14) });
  }
}

/** What took place a while before it was found. */
const sightingOf = ({ clock }: Stage, chance: Chance): Sighting => ({
  rule: ruleOf(chance.pick(["read_secret", "left_sandbox"]), { source: "conduct", severity: "medium" }),
  ...{ subject: "", at: clock.now() - chance.below(90_000), attempt: 1, seq: 1 },
  evidence: { text: "cat /etc/shadow", path: null, line: null },
});

/** CI, deployments, incidents and calls of the day are told, merges are looked at, and findings decided. */
async function evening(story: Story, day: number): Promise<void> {
  const { stage, post, fates } = story;
  outsideOf(story, day);
  await post.deliver(stage);
  await decideFindings(story);
  await blameSome(story);
  await stage.as("worker", async () => {
    await lookIntoDeployments(stage);
    if (!(BLIND as readonly number[]).includes(day)) await lookAtMerges(stage, fates);
    await stage.beat();
  });
}

async function decideFindings({ stage, chance }: Story): Promise<void> {
  const { security, database, pilotId } = stage;
  const { rows } = await database.owner.query<{ id: string; state: string }>(
    "select id, state from finding where pilot_id = $1 order by opened_at, id",
    [pilotId],
  );
  for (const { id: findingId, state } of rows) {
    const reason = "It was looked at.";
    const share = chance.below(100);
    if (state === "validated" && share < 20)
      await moveFinding(security, { findingId, to: share < 10 ? "open" : "mitigated", reason });
    if (state !== "open" || share >= 60) continue;
    if (share < 30) await moveFinding(security, { findingId, to: "validated", reason });
    else
      await dismissFinding(security, {
        ...{ findingId, scope: "finding", path: "", reason, days: 7, ownerId: actorId(security.actor) },
      });
  }
}
