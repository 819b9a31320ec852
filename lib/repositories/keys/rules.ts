// Keys as ssh writes them: those of hosts, which people paste, and the one that a host is shown. Pure but for making one.
import { createHash, createHmac, createPublicKey } from "node:crypto";
import { badInput } from "../../errors.ts";
import { knownAs, type SshPlace } from "../ssh-rules.ts";

export const KEY_TYPES: readonly string[] = [
  ...["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"],
];
/** By the type of their keys: as ssh and OpenSSL call them, as a JWK does, and how long a coordinate is. */
export const CURVES: Readonly<
  Record<
    string,
    {
      readonly name: string;
      readonly openssl: string;
      readonly jwk: string;
      readonly bytes: number;
    }
  >
> = {
  "ecdsa-sha2-nistp256": { name: "nistp256", openssl: "prime256v1", jwk: "P-256", bytes: 32 },
  "ecdsa-sha2-nistp384": { name: "nistp384", openssl: "secp384r1", jwk: "P-384", bytes: 48 },
  "ecdsa-sha2-nistp521": { name: "nistp521", openssl: "secp521r1", jwk: "P-521", bytes: 66 },
};
/** Longer ones OpenSSH does not use (SSHBUF_MAX_BIGNUM). */
const RSA_BITS = { least: 2048, most: 16_384 };
const MOST = 8;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export const NOT_WHOLE = "not whole";
const PASTE =
  "Paste lines such as “git.example.org ssh-ed25519 AAAA…”, as the host's owner publishes them or ssh-keyscan prints them.";
const wrongHosts = (sentence: string) => badInput(sentence, { hostKeys: [sentence] });

/** RFC 4251: as many strings with their lengths in front, or all there are, and what is after them. Null where it is cut short. */
export function stringsBefore(
  blob: Buffer,
  count: number | null,
): { readonly strings: Buffer[]; readonly rest: Buffer } | null {
  const strings: Buffer[] = [];
  let at = 0;
  while (count === null ? at < blob.length : strings.length < count) {
    if (at + 4 > blob.length) return null;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    strings.push(blob.subarray(at + 4, end));
    at = end;
  }
  return { strings, rest: blob.subarray(at) };
}

/** Null where it is anything else than whole strings. */
export const stringsOf = (blob: Buffer): Buffer[] | null => stringsBefore(blob, null)?.strings ?? null;

/** A number above zero in as few bytes as it needs (RFC 4251, mpint), and how many bits it has; null where it is none. */
function bitsOf(number: Buffer): number | null {
  const [first = 0, second = 0] = number;
  if (number.length === 0 || first > 127 || (first === 0 && second < 128)) return null;
  const digits = first === 0 ? number.subarray(1) : number;
  return digits.length * 8 - Math.clz32(digits[0] ?? 0) + 24;
}

function rsaProblem([exponent, modulus, ...rest]: readonly Buffer[]): string | null {
  if (!exponent || !modulus || rest.length > 0) return NOT_WHOLE;
  const [small, bits] = [bitsOf(exponent), bitsOf(modulus)];
  const isOdd = [exponent, modulus].every((number) => ((number.at(-1) ?? 0) & 1) === 1);
  if (small === null || small < 2 || bits === null || !isOdd) return NOT_WHOLE;
  if (bits < RSA_BITS.least) return `An RSA key of less than ${RSA_BITS.least} bits is not taken.`;
  return bits > RSA_BITS.most ? `An RSA key of more than ${RSA_BITS.most} bits is not taken.` : null;
}

/** Whether the point is one of its curve is told by OpenSSL. */
function ecdsaProblem(type: string, [curve, point, ...rest]: readonly Buffer[]): string | null {
  const known = CURVES[type];
  if (!known || curve?.toString("latin1") !== known.name || !point || rest.length > 0) return NOT_WHOLE;
  if (point[0] !== 4 || point.length !== 1 + 2 * known.bytes) return NOT_WHOLE;
  const [x, y] = [point.subarray(1, 1 + known.bytes), point.subarray(1 + known.bytes)];
  const written = { x: x.toString("base64url"), y: y.toString("base64url") };
  try {
    createPublicKey({ key: { kty: "EC", crv: known.jwk, ...written }, format: "jwk" });
    return null;
  } catch {
    return "The key is of no point of its curve."; // what OpenSSL says of it helps nobody
  }
}

/** Why the strings of a public key are none that ssh can use; null where they are. */
export function publicPartsProblem(type: string, parts: readonly Buffer[]): string | null {
  if (parts[0]?.toString("latin1") !== type) return NOT_WHOLE;
  const numbers = parts.slice(1);
  if (type === "ssh-rsa") return rsaProblem(numbers);
  if (type === "ssh-ed25519") return numbers.length === 1 && numbers[0]?.length === 32 ? null : NOT_WHOLE;
  return ecdsaProblem(type, numbers);
}

/** Why this is no public key that is taken; null where it is one. */
function publicKeyProblem(type: string, base64: string): string | null {
  const blob = BASE64.test(base64) ? Buffer.from(base64, "base64") : Buffer.alloc(0);
  const parts = blob.toString("base64") === base64 ? stringsOf(blob) : null;
  const problem = publicPartsProblem(type, parts ?? []);
  return problem === NOT_WHOLE ? `The key of the type ${type} is not whole. ${PASTE}` : problem;
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
