// What the web process keeps for itself in the database: sealed by a key derived from its own secret, bound to its
// purpose and place. Whoever copies the database alone cannot read it.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

export interface Kept {
  /** What it is for; another purpose has another key. */
  readonly purpose: string;
  /** The row it stands in: moved to another one, it does not open. */
  readonly place: string;
}

const IV = 12;
const TAG = 16;

const keyOf = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", `pilothouse kept here v1 ${purpose}`, 32));

/** AES-256-GCM: iv, tag, what was sealed. */
export function sealHere(secret: string, { purpose, place }: Kept, text: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret, purpose), iv);
  cipher.setAAD(Buffer.from(place, "utf8"));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Null where it was altered, moved, or sealed under another secret. */
export function openHere(secret: string, { purpose, place }: Kept, sealed: Uint8Array): string | null {
  if (sealed.length < IV + TAG) return null;
  const bytes = Buffer.from(sealed);
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(secret, purpose), bytes.subarray(0, IV));
    decipher.setAAD(Buffer.from(place, "utf8"));
    decipher.setAuthTag(bytes.subarray(IV, IV + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString("utf8");
  } catch {
    return null; // every way it can be wrong ends here, and each means: not ours
  }
}
