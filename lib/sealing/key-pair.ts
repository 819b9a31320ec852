// A process's own key pair: made once, in a folder nobody else reads.
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { refused } from "../errors.ts";
import { rawPublicKey } from "./hpke.ts";

export interface SealingKeys {
  readonly privateKey: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

export const KEY_FILE = "sealing-key.pem";
const OTHERS = 0o077;

/** Made where there is none. Refuses a file that others may read: what was sealed to it may be open to them. */
export async function keptKeyPair(folder: string): Promise<SealingKeys> {
  const privateKey = await keptKey(folder, KEY_FILE, "x25519");
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}

/** What attestations of merges are signed with; kept as the other one is. */
export const keptSigningKey = (folder: string): Promise<KeyObject> =>
  keptKey(folder, "attestation-key.pem", "ed25519");

/** What statements about evidence are signed with: another key, for it says less. */
export const keptEvidenceKey = (folder: string): Promise<KeyObject> =>
  keptKey(folder, "evidence-key.pem", "ed25519");

type KeyType = "x25519" | "ed25519";

async function keptKey(folder: string, file: string, type: KeyType): Promise<KeyObject> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const path = join(folder, file);
  const privateKey = createPrivateKey((await present(path)) ?? (await made(path, type)));
  if (privateKey.asymmetricKeyType !== type) throw refused(`${path} holds no ${type.toUpperCase()} key.`);
  return privateKey;
}

async function present(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0)
      throw refused(
        `Others may read ${path}. Take that from them (chmod 600), and replace what it kept safe: every provider key set before, and the key itself.`,
      );
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Durable before anything is sealed to it, and there at once or not at all. The second uses what the first has made. */
async function made(path: string, type: KeyType): Promise<string> {
  const { privateKey } = type === "x25519" ? generateKeyPairSync("x25519") : generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(pem);
    await file.sync();
    await link(draft, path);
    return pem;
  } catch (error) {
    const first = await present(path);
    if (first === null) throw error;
    return first;
  } finally {
    await file.close();
    await unlink(draft);
  }
}
