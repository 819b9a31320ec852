// What an authenticator signed for an approval (WebAuthn Level 3, section 7.2), held against the approval itself.
import { createHash } from "node:crypto";
import { type Entry, idOf, isMembers, isText, type Members, parsed } from "../members.ts";
import { checkerOf, hexDigest } from "./cose.ts";

/** A passkey as the log knows it. */
export interface Passkey {
  readonly person: unknown;
  /** SHA-256 of the credential's id. */
  readonly credential: unknown;
  /** COSE_Key. */
  readonly key: Buffer;
  /** SHA-256 of the domain it is bound to. */
  readonly rp: unknown;
}

const HEAD = 37;
const [PRESENT, VERIFIED] = [0x01, 0x04];

const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();
const bytesOf = (written: unknown): Buffer => Buffer.from(isText(written) ? written : "", "base64url");

const membersOf = (json: unknown): Members => {
  const value = isText(json) ? parsed(json) : undefined;
  return isMembers(value) ? value : {};
};

/** What the entry says was signed: of broken glass the patch, and the run in the place of a gate. */
function signedBy(entry: Entry): readonly (readonly [what: string, member: string, given: unknown])[] {
  const { kind, detail } = entry;
  const isGlass = kind === "break_glass.used";
  return [
    isGlass ? ["patch", "approves", detail.patch] : ["decision document", "approves", detail.digest],
    isGlass ? ["run", "gate", idOf(entry, "run")] : ["gate", "gate", idOf(entry, "gate")],
    ["decision", "decision", isGlass ? "approve" : detail.decision],
    ["person", "person", detail.person],
  ];
}

/** Why what is kept as the signature of an approval, or of broken glass, is not one by this passkey; null when it is. */
export function faultOfAssertion(
  text: string,
  { person, credential, key, rp }: Passkey,
  entry: Entry,
): string | null {
  const kept = membersOf(text);
  const statement = membersOf(kept.statement);
  const same: readonly (readonly [string, unknown, unknown])[] = [
    ...signedBy(entry).map(([what, member, given]) => [what, statement[member], given] as const),
    ["owner", person, entry.detail.person],
  ];
  const other = same.find(([, signed, given]) => !isText(signed) || signed !== given);
  if (kept.v !== 1 || statement.v !== 1) return "is written in a way that is not known";
  if (other) return `was signed for another ${other[0]}`;
  if (hexDigest(bytesOf(kept.credential)) !== credential) return "was signed by another passkey";

  const clientData = bytesOf(kept.clientDataJSON);
  const said = membersOf(clientData.toString("utf8"));
  if (said.type !== "webauthn.get" || said.challenge !== sha256(String(kept.statement)).toString("base64url"))
    return "was signed over something else than this approval";
  if (!isText(said.origin) || said.origin !== statement.origin || said.crossOrigin === true)
    return "was signed on another site than it was asked for on";
  const told = bytesOf(kept.authenticatorData);
  if (told.length < HEAD || told.toString("hex", 0, 32) !== rp) return "was signed for another domain";
  const flags = told[32] ?? 0;
  if (!(flags & PRESENT) || !(flags & VERIFIED)) return "was signed without it being checked who signs";

  const check = checkerOf(key);
  if (check === null) return "is by a key of a kind that is not known";
  const isIts = check(Buffer.concat([told, sha256(clientData)]), bytesOf(kept.signature));
  return isIts ? null : "is not a signature of that passkey";
}
