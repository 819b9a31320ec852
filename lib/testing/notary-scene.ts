// A notary whose disk, steps and restarts a test holds in its hands.
//
//   const scene = await notaryScene();        // a database and two folders of its own
//   await scene.append("one", "two");          // committed entries
//   await (await scene.start()).tick();        // a new process, as it were, and one round
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { type Alarms, createAlarms } from "#notary/alarms.ts";
import { realDisk } from "#notary/disk.ts";
import { connectNotary } from "#notary/lead.ts";
import { serveOnce } from "#notary/serve.ts";
import { createNotary, type Notary, type Workplace } from "#notary/tick.ts";
import { systemClock } from "../clock.ts";
import { createLogger } from "../logger.ts";
import { parseCheckpoint } from "../tlog/checkpoint.ts";
import { type Hash, leafHash } from "../tlog/hashing.ts";
import { memoryTree } from "../tlog/memory-tree.ts";
import { openNote } from "../tlog/note.ts";
import { openDatabase, type TestDatabase } from "./database.ts";

type Changes = Partial<Pick<Workplace, "disk" | "given" | "at" | "clock" | "piece" | "client" | "logger">>;

export interface StartedNotary extends Notary {
  readonly alarms: Alarms;
  /** A round with its alarms, as the process does it. */
  serve(): Promise<number>;
}

export interface NotaryScene {
  readonly database: TestDatabase;
  /** As ph_notary. */
  readonly client: pg.Client;
  readonly folders: { readonly log: string; readonly own: string };
  append(...bodies: string[]): Promise<void>;
  start(changes?: Changes): StartedNotary;
  /** Bodies in the order of their numbers. */
  numbered(): Promise<string[]>;
  alarms(): Promise<string[]>;
  /** Every checkpoint that was published, and the root its size should have. */
  checkpoints(epoch?: number): Promise<{ size: number; root: Hash; expected: Hash }[]>;
  end(): Promise<void>;
}

const logger = createLogger("notary", { write: () => undefined });

export async function notaryScene(): Promise<NotaryScene> {
  const database = await openDatabase();
  const base = await mkdtemp(join(tmpdir(), "pilothouse-notary-"));
  const folders = { log: join(base, "log"), own: join(base, "notary") };
  for (const path of Object.values(folders)) await mkdir(path, { mode: 0o700 });
  const client = await connectNotary(database.urls.notary, "a test");
  const { owner } = database;

  const leaves = async (epoch: number): Promise<Hash[]> => {
    const { rows } = await owner.query<{ body: Buffer }>(
      "select body from log_leaf l join log_entry e on e.id = l.entry_id where l.epoch = $1 order by index",
      [epoch],
    );
    return rows.map(({ body }) => leafHash(body));
  };

  return {
    database,
    client,
    folders,
    async append(...bodies) {
      await owner.query(
        `insert into log_entry (id, kind, about, body)
         select 'ent_' || body, 'test', '{}', convert_to(body, 'UTF8')
         from unnest($1::text[]) with ordinality as t (body, place) order by place`,
        [bodies],
      );
    },
    start(changes = {}) {
      const alarms = createAlarms(client, logger);
      const parts = { client, folders, given: {}, disk: realDisk, clock: systemClock, logger, alarms };
      const notary = createNotary({ ...parts, ...changes });
      return { ...notary, alarms, serve: () => serveOnce({ notary, alarms, clock: systemClock, logger }) };
    },
    async numbered() {
      const { rows } = await owner.query<{ body: Buffer }>(
        "select body from log_leaf l join log_entry e on e.id = l.entry_id order by position",
      );
      return rows.map(({ body }) => body.toString());
    },
    async alarms() {
      const { rows } = await owner.query<{ kind: string }>("select kind from notary_alarm order by kind");
      return rows.map(({ kind }) => kind);
    },
    async checkpoints(epoch = 1) {
      const all = await leaves(epoch);
      const { rows } = await owner.query<{ note: string }>(
        "select note from log_checkpoint where epoch = $1 order by size",
        [epoch],
      );
      return rows.map(({ note }) => {
        const { size, root } = parseCheckpoint(openNote(note).text);
        return { size, root, expected: memoryTree(all.slice(0, size)).root };
      });
    },
    async end() {
      await client.end();
      await database.drop();
      await rm(base, { recursive: true, force: true });
    },
  };
}
