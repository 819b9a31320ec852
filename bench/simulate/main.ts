// npm run simulate:six-weeks -- [--seeds 3] [--first 1] [--runs 120]
// Plays six weeks of a pilot through the services for each seed, in time zones whose clocks change meanwhile, and compares every
// number with other SQL over other rows, and every tripwire with when it was crossed. Exit code 1: something differs.
import { parseArgs } from "node:util";
import pg from "pg";
import type { TestDatabase } from "#lib/testing/database.ts";
import { checkSixWeeks, SPRINGS } from "#lib/testing/simulation/check.ts";
import { type LogPlace, openLogPlace } from "../log/place.ts";

const SHOWN = 20;

function wholeOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`--${name} takes a whole number from 1, not “${text}”.`);
  return number;
}

/** The place's database as tests know theirs; the place itself takes it away. */
function databaseOf({ urls }: LogPlace, owner: pg.Pool): TestDatabase {
  const nothing = () => undefined;
  return { name: "pilothouse", urls, owner, afterwards: nothing, drop: async () => owner.end() };
}

async function checkSeed(seed: number, runs: number): Promise<number> {
  const place = await openLogPlace();
  const owner = new pg.Pool({ connectionString: place.urls.owner, max: 4 });
  try {
    const zone = SPRINGS[seed % SPRINGS.length] ?? SPRINGS[0];
    if (!zone) throw new Error("there is no time zone");
    const began = performance.now();
    const { merges, readings, withValue, kpis, faults, ...checked } = await checkSixWeeks(
      databaseOf(place, owner),
      {
        ...{ ...zone, seed, runs },
      },
    );
    const took = Math.round((performance.now() - began) / 1000);
    console.log(`seed ${seed}, ${zone.timeZone}: ${checked.runs} runs, ${merges} merges, ${took} s`);
    console.log(
      `  ${readings} readings of ${kpis.size} numbers compared, ${withValue} with a value; differences: ${faults.length}`,
    );
    for (const fault of faults.slice(0, SHOWN)) console.log(`    ${fault}`);
    return faults.length;
  } finally {
    await owner.end();
    await place.close();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "3" },
      first: { type: "string", default: "1" },
      runs: { type: "string", default: "120" },
    },
  });
  const [seeds, first, runs] = [
    wholeOf("seeds", values.seeds),
    wholeOf("first", values.first),
    wholeOf("runs", values.runs),
  ];
  let faults = 0;
  for (let seed = first; seed < first + seeds; seed++) faults += await checkSeed(seed, runs);
  return faults > 0 ? 1 : 0;
}

process.exitCode = await main();
