// The private key that a host is shown, in OpenSSH's own format (PROTOCOL.key): read for its public half, or made. Pure but
// for randomness.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { badInput } from "../../errors.ts";
import { privateParts } from "./private-parts.ts";
import { KEY_TYPES, NOT_WHOLE, publicPartsProblem, stringsOf } from "./rules.ts";

const BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC = Buffer.from("openssh-key-v1\0", "latin1");
const LINE = 70;
const COMMENT = "pilothouse";

export interface DeployKey {
  /** The whole file. */
  readonly privateKey: string;
  /** `type base64`. */
  readonly publicKey: string;
}

const wrong = (sentence: string) => badInput(sentence, { privateKey: [sentence] });
const FORMAT = `Paste a key in OpenSSH's format, from its BEGIN line to its END line, or leave this empty: one is made then. Another format becomes that by ssh-keygen -p -f FILE.`;

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const string = (bytes: Buffer | string): Buffer =>
  Buffer.concat([number(Buffer.byteLength(bytes)), Buffer.from(bytes as string)]);

function wrapped(blob: Buffer): string {
  const lines = blob.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `${[BEGIN, ...lines, END].join("\n")}\n`;
}

/** Throws bad_input with a sentence, and without a word of the key. */
export function readPrivateKey(text: string): DeployKey {
  const written = text.replaceAll("\r", "").trim();
  if (!written.startsWith(BEGIN) || !written.endsWith(END)) throw wrong(FORMAT);
  const base64 = written.slice(BEGIN.length, -END.length).replaceAll(/\s+/g, "");
  const blob = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, "base64") : Buffer.alloc(0);
  if (!blob.subarray(0, MAGIC.length).equals(MAGIC)) throw wrong(FORMAT);
  const [cipher, derivation, options, rest] = headOf(blob.subarray(MAGIC.length));
  if (cipher === undefined || rest === undefined) throw wrong(FORMAT);
  if (cipher.toString("latin1") !== "none")
    throw wrong("The key is protected by a passphrase, and nobody is there to type it. Use one without.");
  const keys = rest.readUInt32BE(0) === 1 ? stringsOf(rest.subarray(4)) : null;
  const [publicBlob, secrets, ...more] = keys ?? [];
  if (derivation?.toString("latin1") !== "none" || options?.length !== 0 || more.length > 0)
    throw wrong(FORMAT);
  const open = publicBlob && stringsOf(publicBlob);
  const type = open?.[0]?.toString("latin1");
  if (!publicBlob || !secrets || !open || type === undefined) throw wrong(FORMAT);
  if (!KEY_TYPES.includes(type)) throw wrong("Only Ed25519, ECDSA and RSA keys are taken.");
  const parts = privateParts(secrets);
  if (parts === null)
    throw wrong("The private half of the key is not whole. Paste the file from its first line to its last.");
  const isSame = Buffer.concat(parts.publicParts.map(string)).equals(publicBlob);
  if (!parts.belongs || !isSame)
    throw wrong(
      "The key's public half is of another key than its private one. Paste the file that ssh-keygen wrote.",
    );
  const problem = publicPartsProblem(type, open);
  if (problem !== null) throw wrong(problem === NOT_WHOLE ? FORMAT : problem);
  return { privateKey: wrapped(blob), publicKey: `${type} ${publicBlob.toString("base64")}` };
}

/** Cipher, key derivation and its options, and what is after them. */
function headOf(bytes: Buffer): (Buffer | undefined)[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (let part = 0; part < 3; part++) {
    if (at + 4 > bytes.length) return [];
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return [];
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return at + 4 > bytes.length ? [] : [...parts, bytes.subarray(at)];
}

/** Ed25519. */
export function makePrivateKey(): DeployKey {
  const { x = "", d = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [open, seed] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const type = "ssh-ed25519";
  const publicBlob = Buffer.concat([string(type), string(open)]);
  const check = randomBytes(4);
  const parts = [check, check, string(type), string(open), string(Buffer.concat([seed, open]))];
  const secrets = Buffer.concat([...parts, string(COMMENT)]);
  const missing = (8 - (secrets.length % 8)) % 8;
  const padding = Buffer.from(Array.from({ length: missing }, (_, index) => index + 1));
  const blob = Buffer.concat([
    ...[MAGIC, string("none"), string("none"), string(""), number(1), string(publicBlob)],
    string(Buffer.concat([secrets, padding])),
  ]);
  return { privateKey: wrapped(blob), publicKey: `${type} ${publicBlob.toString("base64")}` };
}
