// What the runner keeps on its own disk. The folder may be entered by others (a sandbox's uid walks through it to its
// own files) but neither listed nor written; the files in it are the runner's alone.
import { randomBytes } from "node:crypto";
import { chmod, link, lstat, mkdir, open, rename, unlink } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { dirname } from "node:path";
import { AppError, badInput, refused } from "#lib/errors.ts";
import { sha256Hex } from "#lib/protocol/signing.ts";

const READ_OR_WRITE_BY_OTHERS = 0o066;
const ANY_BY_OTHERS = 0o077;
/** As root every sandbox slot is a user of its own, who has to walk through. */
const ENTER_BY_OTHERS = 0o011;
const MAX_FILE_BYTES = 64 * 1024;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

export const isMissing = (error: unknown): boolean => hasCode(error, "ENOENT");

/** Makes the folder (not its parents) when it is missing. Throws a sentence when others could read or write it. */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (isMissing(error))
      throw badInput(`The runner's state folder cannot be made: ${dirname(folder)} does not exist.`);
    if (!hasCode(error, "EEXIST")) {
      throw new AppError("refused", `The runner's state folder ${folder} cannot be made.`, { cause: error });
    }
  }
  const found = await lstat(folder);
  if (!found.isDirectory()) throw refused(`The runner's state folder ${folder} is not a folder.`);
  assertOwned(folder, found.uid);
  if ((found.mode & READ_OR_WRITE_BY_OTHERS) !== 0) {
    throw refused(
      `Others may read or write ${folder}, which holds the runner's key. Run: chmod 711 ${folder}`,
    );
  }
  if (process.geteuid?.() === 0 && (found.mode & ENTER_BY_OTHERS) !== ENTER_BY_OTHERS) {
    await chmod(folder, (found.mode & 0o700) | ENTER_BY_OTHERS);
  }
}

/** Contents of a small file that nobody else may touch, or null when there is none. */
export async function readPrivateFile(path: string): Promise<string | null> {
  let found: Awaited<ReturnType<typeof lstat>>;
  try {
    found = await lstat(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  if (!found.isFile()) throw refused(`${path} is not a regular file.`);
  assertOwned(path, found.uid);
  if ((found.mode & ANY_BY_OTHERS) !== 0) {
    throw refused(`Others may read or write ${path}, which holds a secret. Run: chmod 600 ${path}`);
  }
  if (found.size > MAX_FILE_BYTES) throw refused(`${path} is larger than any file of the runner's can be.`);
  const file = await open(path, "r");
  try {
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** Whole or not at all, also across a power cut. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await rename(await writeBeside(path, text), path);
  await syncFolder(dirname(path));
}

/** Like `writePrivateFile`, but the first of several writers wins. */
export async function claimPrivateFile(path: string, text: string): Promise<void> {
  const fresh = await writeBeside(path, text);
  try {
    await link(fresh, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await unlink(fresh);
  }
  await syncFolder(dirname(path));
}

async function writeBeside(path: string, text: string): Promise<string> {
  const fresh = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(fresh, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return fresh;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function assertOwned(path: string, uid: number): void {
  if (uid !== process.geteuid?.())
    throw refused(`${path} belongs to another user than the one the runner runs as.`);
}

/**
 * Two processes with one identity would remove each other's work. An abstract socket is the one lock that the kernel
 * frees at once however the process ends.
 */
export function lockFolder(folder: string): Promise<Server> {
  const name = `\0pilothouse-runner-${sha256Hex(Buffer.from(folder)).slice(0, 32)}`;
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new AppError("conflict", `Another runner already works with the state folder ${folder}.`, { cause }),
      ),
    );
    server.listen(name, () => resolve(server.unref()));
  });
}
