// npm run attack:patch -- [--only H16,H55] [--quick] [--sentences]
// Hands hostile branches to the product as an agent's runner does, and follows each through import, tests, review, decision
// and merge; says what became of it, and what it had to come to. What is too much of something is handed in beside a
// control plane whose answers are timed by turns under it and idle. --quick: a sandbox runs the tests of those alone that
// are about tests; --sentences: what whoever reviews it reads. Exit code 1: something got through, ended otherwise than it has to, or was not tried, or the plane's p99
// is above its goal; 2: the host is too unquiet to say the last.
import { parseArgs } from "node:util";
import pg from "pg";
import { systemClock } from "#lib/clock.ts";
import type { TestDatabase } from "#lib/testing/database.ts";
import { openWorkshop } from "#lib/testing/git/workshop.ts";
import { standBack } from "#worker/stand-back.ts";
import { type BenchPlane, openPlane } from "../../place/plane.ts";
import { arrangeBench } from "../../place/work.ts";
import { createRandom } from "../random.ts";
import { judgePace, type Pace } from "../sandbox/pace.ts";
import { GOAL, inRounds, sayPace, WARM_UP } from "../sandbox/rounds.ts";
import { startProbe } from "../sandbox/watched.ts";
import { accountOf, LINES, lineOf } from "./account.ts";
import { ARTEFACT_IDS, artefactOutcomes } from "./artefacts.ts";
import type { Attempt, Seen } from "./attempt.ts";
import { ATTEMPTS } from "./branches/all.ts";
import { trapsAreSprung } from "./branches/settings.ts";
import { judge, type Outcome } from "./judge.ts";
import { type Prepared, prepare, walked } from "./walk.ts";
import { openWorld, type World } from "./world.ts";

const KEPT = { afterwards: () => undefined, drop: async () => undefined };
const BOMBS = "H16";
const SEED = 171;
/** How often the bombs are handed in again while it is undecided: a pilot bears three failed runs. */
const MORE = 1;

interface Attack {
  readonly world: World;
  readonly outcomes: Outcome[];
  /** Whether the sentences of its review are printed. */
  readonly isTold: boolean;
}

async function judged(
  { world, outcomes, isTold }: Attack,
  attempt: Attempt,
  seen: Seen | string,
): Promise<void> {
  const outcome = await judge(world, attempt, seen);
  console.log(lineOf(outcome));
  if (isTold) for (const sentence of outcome.sentences) console.log(`       ${sentence}`);
  outcomes.push(outcome);
}

/** Made beforehand, and handed in beside a plane that is watched. */
async function underWatch(attack: Attack, plane: BenchPlane, bombs: readonly Attempt[]): Promise<Pace> {
  const prepared: Prepared[] = [];
  for (const bomb of bombs) prepared.push(await prepare(attack.world, bomb));
  const probe = await startProbe(plane, await arrangeBench(plane));
  try {
    // What follows is done by this process in the worker's place, and as the worker does it.
    standBack();
    await systemClock.sleep(WARM_UP);
    const ended: [Attempt, Seen | string][] = [];
    const turns = (some: readonly Prepared[]) =>
      inRounds(
        probe.asked,
        some.map((each) => async () => {
          ended.push([each.attempt, await walked(attack.world, each)]);
        }),
      );
    const rounds = await turns(prepared);
    let pace = judgePace(rounds, GOAL, createRandom(SEED));
    for (let more = 0; more < MORE && pace.verdict === "undecided"; more++) {
      sayPace(pace, rounds);
      const blocked = prepared.filter(({ attempt }) => attempt.expected === "blocked");
      rounds.push(...(await turns(blocked)));
      pace = judgePace(rounds, GOAL, createRandom(SEED));
    }
    // Looking into repositories is no part of the product, and would be timed as if it were.
    for (const [attempt, seen] of ended) await judged(attack, attempt, seen);
    sayPace(pace, rounds);
    return pace;
  } finally {
    await probe.close();
  }
}

async function attackWith(
  world: World,
  plane: BenchPlane,
  { ids, isTold }: { readonly ids: readonly string[]; readonly isTold: boolean },
): Promise<number> {
  if (!trapsAreSprung(world)) {
    console.log("The traps are not sprung by an ordinary git, so that their silence says nothing.");
    return 1;
  }
  const attack: Attack = { world, outcomes: [], isTold };
  const chosen = ATTEMPTS.filter(({ id }) => ids.includes(id));
  for (const attempt of chosen.filter(({ id }) => id !== BOMBS))
    await judged(attack, attempt, await walked(world, await prepare(world, attempt)));
  if (ARTEFACT_IDS.some((id) => ids.includes(id))) {
    for (const outcome of await artefactOutcomes(world)) {
      console.log(lineOf(outcome));
      attack.outcomes.push(outcome);
    }
  }
  const bombs = chosen.filter(({ id }) => id === BOMBS);
  const pace = bombs.length > 0 ? await underWatch(attack, plane, bombs) : null;
  const { lines, failed } = accountOf(attack.outcomes, ids);
  console.log(`\n${lines.join("\n")}`);
  if (failed || pace?.verdict === "missed") return 1;
  return pace?.verdict === "undecided" ? 2 : 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      sentences: { type: "boolean", default: false },
    },
  });
  const plane = await openPlane();
  const owner = new pg.Pool({ connectionString: plane.urls.owner, max: 2 });
  const workshop = await openWorkshop();
  try {
    const { sandbox } = workshop;
    console.log(`tier ${sandbox.tier}${sandbox.missing.map((sentence) => `; ${sentence}`).join("")}\n`);
    const database: TestDatabase = { name: "attack", urls: plane.urls, owner, ...KEPT };
    const harness = values.quick ? "needed" : "all";
    const world = await openWorld(database, workshop, process.env.PILOTHOUSE_BLOBS ?? "", harness);
    const ids = values.only?.split(",") ?? LINES;
    return await attackWith(world, plane, { ids, isTold: values.sentences });
  } finally {
    await workshop.close();
    await owner.end();
    await plane.close();
  }
}

process.exitCode = await main();
