// What setup left, kept on the runner's host by what it was made from. An entry is whole or not there; those that were used
// longest ago go first when there is too much. One lease at a time uses it.
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Logger } from "#lib/logger.ts";
import { SetupSeen } from "#lib/protocol/setup-events.ts";
import { isMissing } from "../plane/state-folder.ts";

const GiB = 1024 ** 3;
export const CACHE_BYTES = 8 * GiB;
const MOST_ENTRIES = 100;

const ENTRY = /^[0-9a-f]{64}$/;
/** Everybody may enter it: a sandbox's own user walks through. Nobody else may write. */
const FOLDER_MODE = 0o755;

const Meta = SetupSeen.extend({
  /** Of which start of the host: what was written shortly before a power cut may be holes. */
  boot: z.string(),
  manifests: z.int().min(0),
});
type Meta = z.infer<typeof Meta>;

export interface Kept {
  readonly seen: SetupSeen;
  readonly manifests: number;
  /** Host folder of the declared folder number i. */
  folderOf(index: number): string;
}

export interface SetupCache {
  find(key: string): Promise<Kept | null>;
  /** `make` fills the folder it is given; what it throws leaves nothing behind. */
  store(key: string, make: (folder: string) => Promise<Omit<Meta, "boot" | "key">>): Promise<Kept>;
}

export interface CacheOptions {
  /** Made when it is needed first. */
  readonly folder: string;
  readonly logger: Logger;
  readonly mostBytes?: number;
  /** Names the present start of the host. */
  readonly boot?: () => Promise<string>;
}

const bootOfHost = async (): Promise<string> =>
  (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();

export function createSetupCache(options: CacheOptions): SetupCache {
  const { folder, logger, mostBytes = CACHE_BYTES, boot: bootOf = bootOfHost } = options;
  let opened: Promise<string> | null = null;

  /** Removes what a crash left half-made, and what another start of the host wrote. Returns the present start. */
  async function open(): Promise<string> {
    await mkdir(folder, { recursive: true });
    await chmod(folder, FOLDER_MODE);
    const boot = await bootOf();
    for (const name of await readdir(folder)) {
      if (!ENTRY.test(name) || (await metaOf(name))?.boot !== boot) await remove(name);
    }
    return boot;
  }

  async function metaOf(name: string): Promise<Meta | null> {
    try {
      return Meta.parse(JSON.parse(await readFile(join(folder, name, "meta.json"), "utf8")));
    } catch (error) {
      if (!isMissing(error)) logger.warn({ err: error, name }, "an entry of the setup cache is damaged");
      return null;
    }
  }

  const remove = (name: string) => rm(join(folder, name), { recursive: true, force: true });

  const kept = (name: string, { boot: _boot, manifests, ...seen }: Meta): Kept => ({
    seen,
    manifests,
    folderOf: (index) => join(folder, name, String(index)),
  });

  /** The newest first, as long as they fit. `needed` stays whatever it takes. */
  async function evict(needed: string): Promise<void> {
    const entries: { name: string; bytes: number; used: number }[] = [];
    for (const name of (await readdir(folder)).filter((each) => ENTRY.test(each))) {
      const meta = await metaOf(name);
      const used = meta === null ? 0 : Number(await readFile(join(folder, name, "used"), "utf8"));
      entries.push({ name, bytes: meta?.bytes ?? Number.POSITIVE_INFINITY, used });
    }
    entries.sort(
      (one, other) => Number(other.name === needed) - Number(one.name === needed) || other.used - one.used,
    );
    let sum = 0;
    for (const [index, { name, bytes }] of entries.entries()) {
      sum += bytes;
      if (name === needed || (sum <= mostBytes && index < MOST_ENTRIES)) continue;
      logger.info({ name }, "an entry of the setup cache makes room");
      await remove(name);
    }
  }

  /** In the order of use. It is of this start of the host, so the time since then is enough. */
  const use = (name: string): Promise<void> =>
    writeFile(join(folder, name, "used"), String(process.hrtime.bigint() / 1000n), { mode: 0o600 });

  return {
    async find(key) {
      opened ??= open();
      await opened;
      const meta = await metaOf(key);
      if (meta === null) return null;
      await use(key);
      return kept(key, meta);
    },
    async store(key, make) {
      opened ??= open();
      const boot = await opened;
      const fresh = `new-${randomBytes(6).toString("hex")}`;
      try {
        await mkdir(join(folder, fresh), { mode: FOLDER_MODE });
        const meta: Meta = { ...(await make(join(folder, fresh))), key, boot };
        await writeFile(join(folder, fresh, "meta.json"), JSON.stringify(meta), { mode: 0o600 });
        await use(fresh);
        await remove(key); // a damaged one
        await rename(join(folder, fresh), join(folder, key));
        await evict(key);
        return kept(key, meta);
      } finally {
        await remove(fresh);
      }
    },
  };
}
