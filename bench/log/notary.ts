// The real notary of a deployment, as a process, and what it has published.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { childSpecs } from "#cli/children.ts";
import type { Layout } from "#cli/layout.ts";
import { lastLines, startChild } from "#cli/supervisor/child.ts";
import { MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import { parseCheckpoint } from "../../verify/note.ts";
import type { LogPlace } from "./place.ts";

export interface NotaryFolders {
  /** Tiles and checkpoints, which others read. */
  readonly log: string;
  readonly own: string;
}

export const notaryFolders = ({ log, notary }: Layout): NotaryFolders => ({ log, own: notary });

export interface Published {
  readonly size: number;
  /** 32 bytes as a binary string. */
  readonly root: string;
  /** The signed note, as the file holds it. */
  readonly note: string;
  readonly sha256: string;
}

/** The checkpoint that is out; null before the first. */
export async function readPublished({ log }: NotaryFolders): Promise<Published | null> {
  try {
    const bytes = await readFile(join(log, "1", "checkpoint"));
    const { size, root } = parseCheckpoint(bytes.toString("binary"));
    return {
      size,
      root,
      note: bytes.toString("utf8"),
      sha256: createHash("sha256").update(bytes).digest("hex"),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export interface RunningNotary {
  readonly folders: NotaryFolders;
  /** Resolves when a checkpoint covers at least so many entries. */
  untilSigned(size: number): Promise<void>;
  stop(): Promise<void>;
}

/** Entries there are, `known` of which are counted already: those with the lowest sequence numbers. */
async function countAll(url: string, known: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>("select count(*) from log_entry where seq > $1", [
      known,
    ]);
    return known + Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

/** Started as it is in a deployment; resolves once it has signed what was written before. */
export async function startNotary({ deployment, layout, urls }: LogPlace): Promise<RunningNotary> {
  const folders = notaryFolders(layout);
  const spec = (await childSpecs(deployment, urls)).find(({ name }) => name === "notary");
  if (!spec) throw new Error("A deployment starts no notary.");
  const { log } = spec;
  const child = startChild(spec);
  let isOver = false;
  void child.exited.then(() => {
    isOver = true;
  });
  const stop = async () => {
    if (child.pid !== null && !isOver) process.kill(child.pid, "SIGTERM");
    await child.exited;
  };
  async function untilSigned(size: number): Promise<void> {
    const deadline = systemClock.now() + MINUTE;
    for (;;) {
      const published = await readPublished(folders);
      if (published && published.size >= size) return;
      if (isOver || systemClock.now() > deadline) {
        const said = lastLines(log, 5).join("\n");
        throw new Error(`The notary did not sign ${size} entries within ${MINUTE / SECOND} s:\n${said}`);
      }
      await systemClock.sleep(20);
    }
  }
  try {
    await untilSigned(0);
    await untilSigned(await countAll(urls.owner, (await readPublished(folders))?.size ?? 0));
  } catch (error) {
    await stop();
    throw error;
  }
  return { folders, untilSigned, stop };
}
