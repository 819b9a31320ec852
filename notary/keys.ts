// The keys that sign checkpoints: files in the notary's own folder, and the one the environment may give. A key is known
// by its public half; its name in notes is the origin, so its key id differs from epoch to epoch.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdir, open, readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, refused } from "#lib/errors.ts";
import { ED25519, formatVerifier, newVerifier } from "#lib/tlog/keys.ts";
import { newSigner, type Signer } from "#lib/tlog/note.ts";
import { errnoOf, PRIVATE_FILE, realDisk } from "./disk.ts";

export interface LogKey {
  /** The 32 bytes of the public key in hex. */
  readonly publicHex: string;
  readonly privateKey: KeyObject;
}

/** A key the operator gave instead of having one made; at most one of the two. */
export interface GivenKey {
  readonly pem?: string | undefined;
  readonly file?: string | undefined;
}

const ENDING = ".pem";
const RETIRED = ".retired";

export const keysFolder = (own: string): string => join(own, "keys");
const fileOf = (own: string, publicHex: string, ending: string) =>
  join(keysFolder(own), `${publicHex}${ending}`);

function keyFrom(pem: string, where: string): LogKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (error) {
    throw refused(`The log's key in ${where} is no private key in PEM form: ${messageOf(error)}`);
  }
  if (privateKey.asymmetricKeyType !== "ed25519") {
    throw refused(`The log's key in ${where} is ${privateKey.asymmetricKeyType}; it must be Ed25519.`);
  }
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  return { publicHex: Buffer.from(x ?? "", "base64url").toString("hex"), privateKey };
}

/** Refuses a file that anybody but its owner may open. */
async function readKeyFile(path: string): Promise<LogKey> {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw refused(
      `${path} is open to other users (mode ${(mode & 0o777).toString(8)}): run \`chmod 600 ${path}\`.`,
    );
  }
  return keyFrom(await readFile(path, "utf8"), path);
}

async function namesIn(own: string, ending: string): Promise<string[]> {
  const names = await readdir(keysFolder(own)).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(ending)).sort();
}

/** Public keys that were taken out of use on purpose. */
export async function retiredKeys(own: string): Promise<Set<string>> {
  return new Set((await namesIn(own, RETIRED)).map((name) => name.slice(0, -RETIRED.length)));
}

/** Every key in force, the given one first. */
export async function readKeys(own: string, given: GivenKey): Promise<LogKey[]> {
  const keys: LogKey[] = [];
  if (given.pem) keys.push(keyFrom(given.pem, "PILOTHOUSE_LOG_KEY"));
  if (given.file) keys.push(await readKeyFile(given.file));
  for (const name of await namesIn(own, ENDING)) keys.push(await readKeyFile(join(keysFolder(own), name)));
  const retired = await retiredKeys(own);
  const known = new Map(keys.map((key) => [key.publicHex, key]));
  return [...known.values()].filter(({ publicHex }) => !retired.has(publicHex));
}

/** Those of `signers` that are neither here nor retired. */
export async function lostKeys(
  own: string,
  signers: readonly string[],
  here: readonly LogKey[],
): Promise<string[]> {
  const retired = await retiredKeys(own);
  return signers.filter((one) => !retired.has(one) && !here.some(({ publicHex }) => publicHex === one));
}

export function newKey(): LogKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return keyFrom(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "memory");
}

/** Puts a key in force. */
export async function keepKey(own: string, { publicHex, privateKey }: LogKey): Promise<void> {
  await mkdir(keysFolder(own), { recursive: true, mode: 0o700 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  await realDisk.replace(fileOf(own, publicHex, ENDING), pem, PRIVATE_FILE);
}

/** Destroys a key. What it signed stays verifiable: its public half stands in the log and in `vkey`. */
export async function destroyKey(own: string, publicHex: string, verifier: string): Promise<void> {
  await realDisk.replace(fileOf(own, publicHex, RETIRED), `${verifier}\n`, PRIVATE_FILE);
  await unlink(fileOf(own, publicHex, ENDING)).catch((error: unknown) => {
    if (errnoOf(error) !== "ENOENT") throw error; // a given key lies elsewhere
  });
  const folder = await open(keysFolder(own), "r");
  await folder.sync().finally(() => folder.close());
}

export const signerOf = (origin: string, { privateKey }: LogKey): Signer => newSigner(origin, privateKey);

/** The key by which others check these signatures. */
export function verifierOf(origin: string, publicHex: string): { keyId: string; text: string } {
  const x = Buffer.from(publicHex, "hex").toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return {
    keyId: newVerifier(origin, publicKey, ED25519).keyId,
    text: formatVerifier(origin, publicKey, ED25519),
  };
}
