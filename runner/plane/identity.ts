// Who this runner is: a key pair that never leaves the host, and the id the plane gave its public half.
import { createHmac, type KeyObject, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError, refused } from "#lib/errors.ts";
import { newRunnerKeys, readPrivateKey, readPublicKey } from "#lib/protocol/signing.ts";
import {
  claimPrivateFile,
  ensurePrivateFolder,
  isMissing,
  readPrivateFile,
  writePrivateFile,
} from "./state-folder.ts";

const HOST_FILE = "host-id";
const IDENTITY_FILE = "identity.json";

const Stored = z.object({
  version: z.literal(1),
  privateKey: z.string(),
  publicKey: z.string(),
  /** Null until the plane accepted the registration. */
  runnerId: z.string().min(1).max(100).nullable(),
  /** Origin of the plane that knows the key. */
  plane: z.string().nullable(),
});
type Stored = z.infer<typeof Stored>;

export interface Identity {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
  readonly hostId: string;
  /** Null when not registered with this plane yet. */
  readonly runnerId: string | null;
}

/** `<state>/<name>`: runners of one host may share the state folder, and with it the host's id. */
export const runnerFolder = (stateFolder: string, name: string): string => join(stateFolder, name);

/** Reads the identity, or makes and keeps a new one. Throws a sentence when it is damaged or others could read it. */
export async function loadIdentity(stateFolder: string, name: string, plane: string): Promise<Identity> {
  await ensurePrivateFolder(stateFolder);
  const folder = runnerFolder(stateFolder, name);
  await ensurePrivateFolder(folder);
  const hostId = await loadHostId(stateFolder);
  const stored = (await readStored(folder)) ?? (await makeStored(folder));
  if (stored.plane !== null && stored.plane !== plane) {
    throw refused(
      `This runner is registered at ${stored.plane}, not at ${plane}. Use another state folder for another plane.`,
    );
  }
  return {
    privateKey: readPrivateKey(stored.privateKey),
    publicKey: stored.publicKey,
    hostId,
    runnerId: stored.runnerId,
  };
}

/** Keeps what the plane answered to the registration. */
export async function rememberRegistration(
  stateFolder: string,
  name: string,
  { plane, runnerId }: { plane: string; runnerId: string },
): Promise<void> {
  const folder = runnerFolder(stateFolder, name);
  const stored = await readStored(folder);
  if (stored === null)
    throw refused(`The runner's identity vanished from ${folder} while it was registering.`);
  await writeStored(folder, { ...stored, plane, runnerId });
}

async function readStored(folder: string): Promise<Stored | null> {
  const path = join(folder, IDENTITY_FILE);
  const text = await readPrivateFile(path);
  if (text === null) return null;
  try {
    const stored = Stored.parse(JSON.parse(text));
    readPrivateKey(stored.privateKey);
    if (readPublicKey(stored.publicKey) === null) throw new Error("The public key is not an Ed25519 key.");
    return stored;
  } catch (cause) {
    throw new AppError("refused", `${path} is damaged. Remove it and enrol this runner again.`, { cause });
  }
}

async function makeStored(folder: string): Promise<Stored> {
  const stored: Stored = { version: 1, ...newRunnerKeys(), runnerId: null, plane: null };
  await writeStored(folder, stored);
  return stored;
}

const writeStored = (folder: string, stored: Stored): Promise<void> =>
  writePrivateFile(join(folder, IDENTITY_FILE), `${JSON.stringify(stored, null, 2)}\n`);

async function loadHostId(stateFolder: string): Promise<string> {
  const path = join(stateFolder, HOST_FILE);
  const kept = await readPrivateFile(path);
  if (kept !== null) return kept.trim();
  await claimPrivateFile(path, `${await makeHostId()}\n`);
  return loadHostId(stateFolder);
}

/**
 * The same for every runner of one host, so that evidence can say `same host`. systemd's machine id is that, made at
 * random once per host; it is not to be shown to others, hence the HMAC. A host without one gets a random id.
 */
async function makeHostId(): Promise<string> {
  try {
    const machine = (await readFile("/etc/machine-id", "utf8")).trim();
    if (/^[0-9a-f]{32}$/.test(machine)) {
      return createHmac("sha256", machine).update("pilothouse host id").digest("hex").slice(0, 32);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return randomBytes(16).toString("hex");
}
