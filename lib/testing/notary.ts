// The notary over a test's database, without its process:
//
//   const log = await sequenceLog(database);   // everything committed by now is numbered, in tiles, and signed
//
// PILOTHOUSE_LOG names the folder with the tiles from the first call on; all of it goes with the file's tests.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAlarms } from "#notary/alarms.ts";
import { realDisk } from "#notary/disk.ts";
import { connectNotary } from "#notary/lead.ts";
import { createNotary, type Round } from "#notary/tick.ts";
import { systemClock } from "../clock.ts";
import { createLogger } from "../logger.ts";
import type { TestDatabase } from "./database.ts";

export interface TestLog extends Round {
  /** PILOTHOUSE_LOG and PILOTHOUSE_NOTARY. */
  readonly folders: { readonly log: string; readonly own: string };
}

const bases = new Map<string, string>();

/** A folder for a database's log, gone with the database. */
async function newBase(database: TestDatabase): Promise<string> {
  const base = await mkdtemp(join(tmpdir(), "pilothouse-notary-"));
  database.afterwards(() => rm(base, { recursive: true, force: true }));
  return base;
}

/**
 * The real notary, started anew each time, until everything is signed. With `folder`, `log` and `notary` are made below it and stay.
 */
export async function sequenceLog(database: TestDatabase, folder?: string): Promise<TestLog> {
  const base = folder ?? bases.get(database.name) ?? (await newBase(database));
  bases.set(database.name, base);
  const folders = { log: join(base, "log"), own: join(base, "notary") };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  process.env.PILOTHOUSE_LOG = folders.log;
  const client = await connectNotary(database.urls.notary, "a test");
  try {
    const logger = createLogger("notary", { write: () => undefined });
    const alarms = createAlarms(client, logger);
    const parts = { client, folders, given: {}, disk: realDisk, clock: systemClock, logger, alarms };
    const notary = createNotary(parts);
    const first = await notary.tick();
    let round = first;
    let { numbered } = first;
    while (round.isBehind) {
      round = await notary.tick();
      numbered += round.numbered;
    }
    return { ...round, numbered, folders };
  } finally {
    await client.end();
  }
}
