// Carries packs out of a quarantine into a mirror of ours. The files were written inside the sandbox: names,
// kinds and sizes are checked, and links are not followed.
import { constants, createWriteStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { refused } from "#lib/errors.ts";

const PACK = /^pack-[0-9a-f]{40}\.pack$/;

async function openRegular(path: string, maxBytes: number): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = await handle.stat();
  if (stat.isFile() && stat.size <= maxBytes && stat.nlink === 1) return handle;
  await handle.close();
  throw refused("The sandbox left something that is not a pack of an acceptable size.");
}

async function carry(from: string, to: string, name: string, maxBytes: number): Promise<void> {
  const handle = await openRegular(join(from, name), maxBytes);
  const temporary = join(to, `tmp_${process.pid}_${name}`);
  try {
    await pipeline(
      handle.createReadStream(),
      createWriteStream(temporary, { mode: 0o444, flags: "wx", flush: true }),
    );
    await rename(temporary, join(to, name));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Copies every pack of `from` into the mirror, index last but one step: a pack without its index is invisible to git. */
export async function adoptPacks(from: string, mirror: string, maxBytes: number): Promise<string[]> {
  const to = join(mirror, "objects/pack");
  await mkdir(to, { recursive: true });
  const packs = (await readdir(from)).filter((name) => PACK.test(name));
  for (const pack of packs) {
    await carry(from, to, pack, maxBytes);
    await carry(from, to, pack.replace(/\.pack$/, ".idx"), maxBytes);
  }
  return packs;
}

/** Removes what a killed fetch left behind. */
export async function removeLeftovers(mirror: string): Promise<void> {
  const folder = join(mirror, "objects/pack");
  for (const name of await readdir(folder)) {
    if (name.startsWith("tmp_")) await rm(join(folder, name), { force: true });
  }
}
