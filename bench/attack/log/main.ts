// npm run attack:log -- [--seed 1] [--count 1000] [--seconds 900] [--runs 2] [--entries 2000]
// Alters a log in every way somebody can who owns the database and the disk, and looks who notices: the export that
// refuses, the verifier outside with one older checkpoint, or the notary. Exit code 1: nobody did.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { SECOND } from "#lib/clock.ts";
import type { TestDatabase } from "#lib/testing/database.ts";
import { openPlane } from "../../place/plane.ts";
import { createRandom } from "../random.ts";
import { ATTACKS, BEYOND } from "./attacks.ts";
import { runAttacks } from "./run-attacks.ts";
import { openWorld } from "./world.ts";

function numbersOf(): Record<"seed" | "count" | "seconds" | "runs" | "entries", number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "1000" },
      seconds: { type: "string", default: "900" },
      runs: { type: "string", default: "2" },
      entries: { type: "string", default: "2000" },
    },
  });
  const { seed, count, seconds, runs, entries } = values;
  return {
    ...{ seed: Number(seed), count: Number(count), seconds: Number(seconds) },
    ...{ runs: Number(runs), entries: Number(entries) },
  };
}

/** The plane's own database: nothing of it is dropped here. */
const KEPT = { afterwards: () => undefined, drop: async () => undefined };

async function main(): Promise<number> {
  const { seed, count, seconds, runs, entries } = numbersOf();
  const plane = await openPlane();
  const owner = new pg.Pool({ connectionString: plane.urls.owner, max: 2 });
  try {
    const database: TestDatabase = { name: "attack", urls: plane.urls, owner, ...KEPT };
    const base = join(plane.folder, "attack");
    await mkdir(base);
    const world = await openWorld(database, base, { runs, entries });
    const end = performance.now() + seconds * SECOND;
    const result = await runAttacks(world, createRandom(seed), {
      ...{ attacks: ATTACKS, beyond: BEYOND, count },
      isOver: () => performance.now() > end,
    });
    console.log(
      `seed ${seed}: a log of ${world.note.split("\n")[1]} entries, a checkpoint of ${world.heldSize} held outside`,
    );
    for (const line of result.lines) console.log(line);
    return result.escapes.length > 0 ? 1 : 0;
  } finally {
    await owner.end();
    await plane.close();
  }
}

process.exitCode = await main();
