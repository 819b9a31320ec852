import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a new file piece by piece, durable when it returns; nothing is left when `work` fails. */
export async function writeFileBy(
  path: string,
  work: (write: (chunk: Buffer) => Promise<void>) => Promise<void>,
): Promise<WrittenFile> {
  const handle = await open(path, "wx", 0o644);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await work(async (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    });
    await handle.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return { path, bytes, sha256: hash.digest("hex") };
}
