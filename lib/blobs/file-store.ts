// Blobs as files, two levels deep, readable by the group that web and worker share. One host only.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, opendir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError, unavailable } from "../errors.ts";
import { idPattern } from "../ids.ts";
import type { BlobStore, StoredFile, WrittenBlob } from "./port.ts";

const NAME = idPattern("blob");
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o2770;

export function createFileStore(root: string): BlobStore {
  const path = (id: string): string => {
    if (!NAME.test(id)) throw new Error(`not a blob id: ${id}`);
    return join(root, id.slice(-2), id);
  };

  async function write(
    id: string,
    source: Readable,
    salt: Uint8Array,
    maxBytes: number,
  ): Promise<WrittenBlob> {
    const target = path(id);
    const draft = `${target}.part`;
    await mkdir(dirname(target), { recursive: true, mode: FOLDER_MODE });
    const plain = createHash("sha256");
    const salted = createHash("sha256").update(salt);
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        if (size > maxBytes)
          return done(new AppError("too_large", `More than the ${maxBytes} bytes that are allowed here.`));
        plain.update(chunk);
        salted.update(chunk);
        done(null, chunk);
      },
    });
    try {
      await pipeline(
        source,
        measure,
        createWriteStream(draft, { flags: "wx", mode: FILE_MODE, flush: true }),
      );
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return { size, sha256: plain.digest("hex"), commitment: salted.digest("hex") };
  }

  const present = async (id: string): Promise<string> => {
    const file = path(id);
    await stat(file).catch((cause: unknown) => {
      throw unavailable(`The stored bytes ${id} are missing.`, cause);
    });
    return file;
  };

  async function remove(id: string): Promise<void> {
    await rm(path(id), { force: true });
    await rm(`${path(id)}.part`, { force: true });
  }

  async function* list(): AsyncGenerator<StoredFile> {
    for await (const folder of await opendir(root)) {
      if (!folder.isDirectory() || folder.name.length !== 2) continue;
      for await (const entry of await opendir(join(root, folder.name))) {
        const id = entry.name.replace(/\.part$/, "");
        if (!entry.isFile() || !NAME.test(id) || !id.endsWith(folder.name)) continue;
        const found = await stat(join(root, folder.name, entry.name)).catch(() => null); // removed meanwhile
        if (found) yield { id, modifiedAt: found.mtimeMs };
      }
    }
  }

  return {
    write,
    list,
    remove,
    path,
    open: async (id) => createReadStream(await present(id)),
    read: async (id) => readFile(await present(id)),
  };
}
