// The witness's own name and keys, made on its first start: Ed25519, which every client knows, and ML-DSA-44, which
// the specification recommends for new deployments. Each checkpoint is cosigned with both.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { badInput, refused } from "#lib/errors.ts";
import { type Cosigner, newCosigner } from "#lib/tlog/cosignature.ts";
import { formatVerifier, isKeyName } from "#lib/tlog/keys.ts";
import { readIfThere, writeDurably } from "./files.ts";

const KINDS = ["ed25519", "ml-dsa-44"] as const;

type Kind = (typeof KINDS)[number];

/** What a cosignature of ML-DSA-44 has room for. */
const MAX_NAME_BYTES = 255;

const pathOf = (state: string, kind: Kind): string => join(state, "keys", `${kind}.pem`);

const newKey = (kind: Kind): KeyObject =>
  kind === "ed25519"
    ? generateKeyPairSync("ed25519").privateKey
    : generateKeyPairSync("ml-dsa-44").privateKey;

async function readKey(state: string, kind: Kind): Promise<KeyObject> {
  const path = pathOf(state, kind);
  const text = await readIfThere(path);
  if (!text) {
    throw refused(`The key ${path} is missing. Put it back, or begin a new witness in another folder.`);
  }
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw refused(`The key ${path} can be read by others than its owner. Run: chmod 600 ${path}`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch (cause) {
    throw refused(`The key ${path} is not readable: ${cause instanceof Error ? cause.message : cause}.`);
  }
  if (key.asymmetricKeyType !== kind) throw refused(`The key ${path} is not an ${kind} key.`);
  return key;
}

/** Keys first and the name last: a start that was cut off goes on where it ended, and no key is ever replaced. */
async function begin(state: string, wanted: string | null): Promise<string> {
  if (wanted !== null && (!isKeyName(wanted) || Buffer.byteLength(wanted) > MAX_NAME_BYTES)) {
    throw badInput(`--name has 1 to ${MAX_NAME_BYTES} bytes, and neither spaces nor plus signs.`);
  }
  for (const kind of KINDS) {
    if (await readIfThere(pathOf(state, kind))) continue;
    await writeDurably(pathOf(state, kind), newKey(kind).export({ type: "pkcs8", format: "pem" }).toString());
  }
  const name = wanted ?? `witness/${newCosigner("witness", await readKey(state, "ed25519")).keyId}`;
  await writeDurably(join(state, "name"), `${name}\n`);
  return name;
}

/** The cosigners kept under `state`; `name` is for the first start, and must be the same afterwards. */
export async function openCosigners(state: string, name: string | null): Promise<Cosigner[]> {
  const kept = (await readIfThere(join(state, "name")))?.toString("utf8").trimEnd();
  if (kept !== undefined && name !== null && name !== kept) {
    throw refused(`The witness in ${state} is called ${kept}, not ${name}.`);
  }
  const own = kept ?? (await begin(state, name));
  return Promise.all(KINDS.map(async (kind) => newCosigner(own, await readKey(state, kind))));
}

/** The text by which others know a cosigner. */
export const vkeyOf = ({ name, publicKey, type }: Omit<Cosigner, "cosign">): string =>
  formatVerifier(name, publicKey, type);
