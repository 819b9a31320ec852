// Keys as ssh writes them: those of hosts, which people paste, and the one that a host is shown. Pure but for making one.
import { createHash, createHmac } from "node:crypto";
import { badInput } from "../../errors.ts";
import { knownAs, type SshPlace } from "../ssh-rules.ts";

export const KEY_TYPES: readonly string[] = [
  ...["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"],
];
const RSA_BYTES = 256;
const MOST = 8;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const PASTE =
  "Paste lines such as “git.example.org ssh-ed25519 AAAA…”, as the host's owner publishes them or ssh-keyscan prints them.";
const wrongHosts = (sentence: string) => badInput(sentence, { hostKeys: [sentence] });

/** RFC 4251: strings with their lengths in front. Null where it is cut short. */
export function stringsOf(blob: Buffer, most = 16): Buffer[] | null {
  const strings: Buffer[] = [];
  let at = 0;
  while (at < blob.length && strings.length < most) {
    if (at + 4 > blob.length) return null;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    strings.push(blob.subarray(at + 4, end));
    at = end;
  }
  return at === blob.length ? strings : null;
}

/** Why this is no public key that is taken; null where it is one. */
function publicKeyProblem(type: string, base64: string): string | null {
  const blob = BASE64.test(base64) ? Buffer.from(base64, "base64") : Buffer.alloc(0);
  const parts = stringsOf(blob);
  if (blob.toString("base64") !== base64 || parts?.[0]?.toString("latin1") !== type)
    return `The key of the type ${type} is not whole. ${PASTE}`;
  const bytes = parts[2]?.subarray(parts[2][0] === 0 ? 1 : 0).length ?? 0;
  return type === "ssh-rsa" && bytes < RSA_BYTES ? "An RSA key of less than 2048 bits is not taken." : null;
}

/** Names stand before the key, with commas between, in clear or hashed. */
function isNamed(names: string, place: SshPlace): boolean {
  const known = knownAs(place);
  return names.split(",").some((name) => {
    const [, salt, hash] = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/.exec(name) ?? [];
    if (salt === undefined) return name.toLowerCase() === known;
    return createHmac("sha1", Buffer.from(salt, "base64")).update(known).digest("base64") === hash;
  });
}

/** `type base64` of each host key that was pasted for the place, once each. Throws bad_input with a sentence. */
export function readHostKeys(text: string, place: SshPlace): string[] {
  const keys = new Set<string>();
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const words = line.split(/\s+/);
    const at = words.findIndex((word) => KEY_TYPES.includes(word));
    const [type, base64] = [words[at], words[at + 1]];
    if (at < 0 || at > 1 || type === undefined || base64 === undefined)
      throw wrongHosts(`“${line.slice(0, 40)}” is no public key of a kind that is taken. ${PASTE}`);
    if (at === 1 && !isNamed(words[0] ?? "", place))
      throw wrongHosts(`“${line.slice(0, 40)}” is of another host than ${knownAs(place)}.`);
    const problem = publicKeyProblem(type, base64);
    if (problem !== null) throw wrongHosts(problem);
    keys.add(`${type} ${base64}`);
  }
  if (keys.size === 0) throw wrongHosts(PASTE);
  if (keys.size > MOST) throw wrongHosts(`More than ${MOST} keys are pinned for no host.`);
  return [...keys];
}

/** As ssh shows it. */
export function fingerprintOf(keyLine: string): string {
  const [, base64 = ""] = keyLine.split(" ");
  const digest = createHash("sha256").update(Buffer.from(base64, "base64")).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}

/** SHA-256 of a key's own bytes, as entries have it. */
export const keyDigest = (keyLine: string): string =>
  createHash("sha256")
    .update(Buffer.from(keyLine.split(" ")[1] ?? "", "base64"))
    .digest("hex");
