import { Secret, TOTP } from "otpauth";

const PERIOD = 30;
/** One step before and after: clocks differ, and typing takes time. */
const WINDOW = 1;
export const RECOVERY_CODES = 10;

/** RFC 6238 as apps expect it: SHA-1, six digits, thirty seconds. */
export const totpOf = (secret: string, label: string): TOTP =>
  new TOTP({
    issuer: "Pilothouse",
    label,
    algorithm: "SHA1",
    digits: 6,
    period: PERIOD,
    secret: Secret.fromBase32(secret),
  });

/** The step of time a code stands for, where it is right and newer than the last one taken; else null. */
export function stepTaken(
  secret: string,
  { code, now, lastStep }: { readonly code: string; readonly now: number; readonly lastStep: number },
): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totpOf(secret, "").validate({ token: code, timestamp: now, window: WINDOW });
  if (delta === null) return null;
  const step = Math.floor(now / 1000 / PERIOD) + delta;
  return step > lastStep ? step : null;
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Sixteen characters of 80 random bits (10 bytes). */
export function recoveryCode(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: 16 }, (_, at) =>
    ALPHABET.charAt(Number((bits >> BigInt(5 * (15 - at))) & 31n)),
  ).join("");
}

/** In groups of four, as it is shown. */
export const grouped = (code: string): string => code.match(/.{1,4}/g)?.join("-") ?? code;
