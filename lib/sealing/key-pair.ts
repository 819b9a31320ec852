// The gateway's own key pair: made once, in a folder nobody else reads.
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
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const path = join(folder, KEY_FILE);
  const pem = (await present(path)) ?? (await made(path));
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== "x25519") throw refused(`${path} holds no X25519 key.`);
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}

async function present(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0)
      throw refused(
        `Others may read ${path}. Take that from them (chmod 600), and replace every provider key set before.`,
      );
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Durable before anything is sealed to it, and there at once or not at all. The second uses what the first has made. */
async function made(path: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("x25519");
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
