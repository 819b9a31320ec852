// A small slice of `npm run attack:log`, and its account.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { disconnectDatabase } from "#lib/db.ts";
import { closeQueue } from "#lib/jobs/queue.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { createRandom } from "../random.ts";
import { ATTACKS, BEYOND } from "./attacks.ts";
import { runAttacks } from "./run-attacks.ts";
import { openWorld, type World } from "./world.ts";

const database = await testDatabase("web");
let base = "";
let world: World;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "pilothouse-attack-"));
  world = await openWorld(database, base, { runs: 1, entries: 900 });
});

afterAll(async () => {
  await closeQueue();
  await disconnectDatabase();
  await rm(base, { recursive: true, force: true });
});

const never = () => false;

test("probe: a log is altered in every way once, and each time somebody finds it", async () => {
  const { tried, escapes, lines } = await runAttacks(world, createRandom(7), {
    ...{ attacks: ATTACKS, beyond: [], count: ATTACKS.length, isOver: never },
  });
  expect([tried, escapes]).toEqual([ATTACKS.length, []]);
  expect(lines[0]).toContain(`${ATTACKS.length}  attacks tried`);
});

test("what nobody can find without a witness is really tried, and said apart", async () => {
  const { escapes, unfound } = await runAttacks(world, createRandom(7), {
    ...{ attacks: ATTACKS, beyond: BEYOND, count: 0, isOver: never },
  });
  expect([escapes, unfound]).toEqual([[], BEYOND.map(({ name }) => name)]);
});

test("an attack that nobody found is an escape by its name", async () => {
  const harmless = { name: "nothing at all", isDirty: false, run: async () => ({}) };
  const { escapes } = await runAttacks(world, createRandom(7), {
    ...{ attacks: [harmless], beyond: [], count: 2, isOver: never },
  });
  expect(escapes).toEqual(["nothing at all", "nothing at all"]);
});
