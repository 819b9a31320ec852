// The real notary of a deployment, as a process, and what it has published.
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ChildSpec, lastLines, startChild } from "#cli/supervisor/child.ts";
import { MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import { parseCheckpoint } from "../../verify/note.ts";
import type { LogPlace } from "./place.ts";

export interface NotaryFolders {
  /** Tiles and checkpoints, which others read. */
  readonly log: string;
  readonly own: string;
}

export async function notaryFolders(data: string): Promise<NotaryFolders> {
  const folders = { log: join(data, "log"), own: join(data, "notary") };
  await mkdir(folders.log, { recursive: true, mode: 0o750 });
  await mkdir(folders.own, { recursive: true });
  await chmod(folders.own, 0o700);
  return folders;
}

export function notarySpec({ root, layout, urls }: LogPlace, folders: NotaryFolders): ChildSpec {
  return {
    name: "notary",
    command: [process.execPath, join(root, "notary/main.ts")],
    cwd: root,
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      LANG: "C.UTF-8",
      DATABASE_URL: urls.notary,
      PILOTHOUSE_LOG: folders.log,
      PILOTHOUSE_NOTARY: folders.own,
      PILOTHOUSE_LOG_LEVEL: "info",
    },
    identity: null,
    log: join(layout.logs, "notary.log"),
  };
}

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

/** Started as it is in a deployment; resolves once it has published what there is. */
export async function startNotary(place: LogPlace, folders: NotaryFolders): Promise<RunningNotary> {
  const spec = notarySpec(place, folders);
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
        const said = lastLines(spec.log, 5).join("\n");
        throw new Error(`The notary did not sign ${size} entries within ${MINUTE / SECOND} s:\n${said}`);
      }
      await systemClock.sleep(20);
    }
  }
  try {
    await untilSigned(0);
  } catch (error) {
    await stop();
    throw error;
  }
  return { folders, untilSigned, stop };
}
