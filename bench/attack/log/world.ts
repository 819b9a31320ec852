// A log worth attacking: merged runs with their events, documents and blobs, among many other entries, numbered and
// signed by the real notary. An auditor outside kept one older checkpoint; an older backup lies around.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { systemClock } from "#lib/clock.ts";
import { disconnectDatabase, transaction } from "#lib/db.ts";
import { unavailable } from "#lib/errors.ts";
import { pinnedLines } from "#lib/log/export-lines.ts";
import { findLatestCheckpoint } from "#lib/log/latest-checkpoint.ts";
import { getProof } from "#lib/log/proof.ts";
import { createLogger } from "#lib/logger.ts";
import type { Scope } from "#lib/scope.ts";
import type { TestDatabase } from "#lib/testing/database.ts";
import { asProcess, enrol } from "#lib/testing/journey.ts";
import { mergedRun } from "#lib/testing/merged-run.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { newSigner, type Signer } from "#lib/tlog/note.ts";
import { createAlarms } from "#notary/alarms.ts";
import { realDisk } from "#notary/disk.ts";
import { readKeys } from "#notary/keys.ts";
import { createNotary } from "#notary/tick.ts";
import { type Folders, openVault, type Vault } from "./vault.ts";

export interface World {
  readonly database: TestDatabase;
  readonly folders: Folders;
  readonly origin: string;
  /** Of the log alone; what an auditor has without a witness. */
  readonly policy: string;
  /** The signed note that an auditor outside holds. */
  readonly held: string;
  readonly heldSize: number;
  /** The newest checkpoint, and the bundle of an honest export of it. */
  readonly note: string;
  readonly lines: readonly string[];
  /** The log's own key, for attacks that have stolen it. */
  readonly key: Signer;
  readonly now: Vault;
  /** Taken before the auditor got the checkpoint. */
  readonly backup: Vault;
  /** The bundle that the product exports now; throws what the product throws. */
  exported(): Promise<string[]>;
  /** Why the product cannot prove an entry; null where it can. */
  unproved(entryId: string): Promise<string | null>;
  /** One round of the notary as a new process. */
  tick(): Promise<void>;
}

export interface Size {
  readonly runs: number;
  /** Other entries between them. */
  readonly entries: number;
}

const clock = systemClock;
const seed: Scope = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const auditor: Scope = testScope({ roles: ["auditor"], clock });

const SIGN_INS = 50;

/** Entries as they come between runs: many, small, and about people. */
async function fill(count: number): Promise<void> {
  for (let made = 0; made < count; made += SIGN_INS) {
    await transaction(seed, async (tx) => {
      for (let at = made; at < Math.min(made + SIGN_INS, count); at++)
        tx.record({
          kind: "person.signed_out",
          about: [`person:per_${at}`],
          detail: { session: `ses_${at}` },
        });
    });
  }
}

async function tickOnce({ database, folders }: Pick<World, "database" | "folders">): Promise<void> {
  const client = new pg.Client({ connectionString: database.urls.notary });
  await client.connect();
  try {
    const logger = createLogger("notary", { write: () => undefined });
    const alarms = createAlarms(client, logger);
    await createNotary({ client, folders, given: {}, disk: realDisk, clock, logger, alarms }).tick();
  } finally {
    await client.end();
  }
}

async function checkpoint(): Promise<{ note: string; size: number; epoch: number }> {
  const found = await findLatestCheckpoint(auditor);
  if (!found) throw unavailable("There is no checkpoint yet.");
  return found;
}

async function exported(): Promise<string[]> {
  const { note, size, epoch } = await checkpoint();
  const nobody = { id: "exp_1", accessId: null, personId: null, pilotId: null, runId: null };
  const pin = { ...nobody, epoch, size, note, withBlobs: true, redactions: 0, createdAt: new Date(0) };
  const lines: string[] = [];
  for await (const line of await pinnedLines(auditor, pin, "export")) lines.push(line);
  return lines;
}

async function unproved(entryId: string): Promise<string | null> {
  const proof = await getProof(auditor, entryId);
  return proof.state === "proved" ? null : "why" in proof ? proof.why : "The entry has no proof yet.";
}

/** `PILOTHOUSE_BLOBS` and `DATABASE_URL` name the database's own already. */
export async function openWorld(database: TestDatabase, base: string, size: Size): Promise<World> {
  const folder = (name: string) => join(base, name);
  const folders = {
    log: folder("log"),
    own: folder("notary"),
    blobs: folder("blobs"),
    vault: folder("vault"),
  };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  Object.assign(process.env, { PILOTHOUSE_LOG: folders.log, PILOTHOUSE_BLOBS: folders.blobs });
  const place = { database, folders };
  const journey = {
    database,
    worker: seed,
    runner: await asProcess(database, "web", () => enrol(seed, "r")),
  };
  const stretch = async (name: string) => {
    for (let run = 0; run < size.runs; run++) {
      await fill(Math.ceil(size.entries / 3 / size.runs));
      await mergedRun(journey, `${name}-${run}`);
    }
    await tickOnce(place);
  };
  await stretch("a");
  const backup = await openVault(place, "backup");
  await backup.keep();
  await stretch("b");
  const held = await checkpoint();
  await stretch("c");
  const { note } = await checkpoint();
  const now = await openVault(place, "now");
  await now.keep();
  const [key] = await readKeys(folders.own, {});
  const [origin = ""] = note.split("\n");
  if (!key) throw new Error("The notary has no key.");
  const vkey = (await readFile(join(folders.log, "1", "vkey"), "utf8")).trim();
  const lines = await exported();
  return {
    ...{
      ...place,
      origin,
      held: held.note,
      heldSize: held.size,
      note,
      lines,
      now,
      backup,
      exported,
      unproved,
    },
    policy: `log ${vkey}\nquorum none\n`,
    key: newSigner(origin, key.privateKey),
    tick: () => tickOnce(place),
  };
}

export const closeWorld = (): Promise<void> => disconnectDatabase();
