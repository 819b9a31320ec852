// A seeded slice of `npm run attack:patch`: one branch of each kind, the one that takes a secret away again, and the one that
// keeps tests from failing.
import { beforeAll, expect, test } from "vitest";
import { testDatabase } from "#lib/testing/database.ts";
import { makeBlob, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { testBlobs } from "#lib/testing/journey.ts";
import { createRandom } from "../random.ts";
import { ARTEFACT_IDS, artefactOutcomes } from "./artefacts.ts";
import type { Attempt, Expected } from "./attempt.ts";
import { ATTEMPTS } from "./branches/all.ts";
import { trapsAreSprung } from "./branches/settings.ts";
import { isOk, judge, type Outcome } from "./judge.ts";
import { prepare, walked } from "./walk.ts";
import { openWorld, type World } from "./world.ts";

const blobs = testBlobs();
const database = await testDatabase("web");
const workshop = await testWorkshop();
let world: World;
beforeAll(async () => {
  world = await openWorld(database, workshop, blobs, "needed");
});

const SEED = 6;
/** They take long, or are in the slice anyway. */
const NOT_DRAWN = ["H16", "H53", "H55", "H56"];

function drawn(): Attempt[] {
  const random = createRandom(SEED);
  const small = ATTEMPTS.filter(({ id, runs, verdict }) => !NOT_DRAWN.includes(id) && !runs && !verdict);
  const one = (expected: Expected) => random.pick(small.filter((each) => each.expected === expected));
  const named = (id: string) => ATTEMPTS.filter((each) => each.id === id).slice(0, 1);
  // Those of H55 and H56 are shown.
  return [one("blocked"), one("extra_approver"), ...named("H55"), ...named("H56")];
}

const tried = async (attempt: Attempt): Promise<Outcome> =>
  judge(world, attempt, await walked(world, await prepare(world, attempt)));

test("an ordinary git springs the traps, so that their silence means something", () => {
  expect(trapsAreSprung(world)).toBe(true);
});

test.each(drawn().map((attempt) => [attempt.id, attempt.name, attempt] as const))(
  "probe: %s %s ends as it has to",
  async (_id, _name, attempt) => {
    const outcome = await tried(attempt);
    expect([outcome.escapes, outcome.wrong]).toEqual([[], []]);
    expect(isOk(outcome)).toBe(true);
  },
);

test("a branch that ends otherwise than it has to is said to, and what got out of it is found", async () => {
  const [harmless] = ATTEMPTS.filter(({ id, expected }) => id === "H02" && expected === "shown").slice(-1);
  if (!harmless) throw new Error("There is no such attempt.");
  const { wrong, escapes } = await tried({
    ...harmless,
    ...{ expected: "blocked", by: ["no_such_rule"] },
    async afterHandIn({ agent, source, world: { workplace } }) {
      const mirror = workplace.mirrorOf(source.repositoryId);
      playGit(agent.work, ["push", "--quiet", mirror, "HEAD:refs/hidden/agent"]);
      makeBlob(source.path, agent.secret);
      return [];
    },
  });
  expect(wrong).toEqual(expect.arrayContaining(["it became a patch", "nothing says no_such_rule"]));
  expect(escapes).toEqual([
    expect.stringMatching(
      /^in our mirror .* objects that the agent wrote, to which refs\/hidden\/agent leads/,
    ),
    "in our mirror stands what the agent's commit says",
    "in the owners' repository stands a secret that the agent got hold of",
  ]);
});

test("what is handed in beside a patch ends as it has to", async () => {
  const outcomes = await artefactOutcomes(world);
  expect(outcomes.filter((outcome) => !isOk(outcome))).toEqual([]);
  expect(new Set(outcomes.map(({ id }) => id))).toEqual(new Set(ARTEFACT_IDS));
});
