import fc from "fast-check";
import { Secret } from "otpauth";
import { describe, expect, test } from "vitest";
import { grouped, recoveryCode, stepTaken, totpOf } from "./rules.ts";

// RFC 6238, appendix B: the secret of the SHA-1 vectors, and its codes cut to six digits.
const RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const secret = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => new Secret({ buffer: new Uint8Array(bytes).buffer }).base32);
const now = fc.integer({ min: 10 * 60_000, max: 4_000_000_000_000 });

describe("a one-time code", () => {
  test.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_234_567_890, "005924"],
    [20_000_000_000, "353130"],
  ])("of second %d is %s", (seconds, code) => {
    const at = { code, now: seconds * 1000, lastStep: 0 };
    expect(stepTaken(RFC, at)).toBe(Math.floor(seconds / 30));
  });

  test("is taken within a step of its own, and never again once it or a later one was", () => {
    fc.assert(
      fc.property(secret, now, fc.integer({ min: -3, max: 3 }), (key, at, steps) => {
        const code = totpOf(key, "").generate({ timestamp: at + steps * 30_000 });
        const step = stepTaken(key, { code, now: at, lastStep: 0 });
        if (Math.abs(steps) > 1) return; // six digits of another step may by chance be these
        expect(step).not.toBeNull();
        expect(stepTaken(key, { code, now: at, lastStep: step ?? 0 })).toBeNull();
        expect(stepTaken(key, { code, now: at, lastStep: (step ?? 0) + 1 })).toBeNull();
      }),
    );
  });

  test("probe: what is no six digits is nothing", () => {
    for (const code of ["", "28708", "2870820", "28708a", " 287082", "２８７０８２"])
      expect(stepTaken(RFC, { code, now: 59_000, lastStep: 0 })).toBeNull();
  });
});

describe("a recovery code", () => {
  test("has sixteen characters of its ten bytes, and others for others", () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(bytes, bytes, (one, two) => {
        expect(recoveryCode(one)).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
        expect(recoveryCode(one) === recoveryCode(two)).toBe(Buffer.compare(one, two) === 0);
      }),
    );
    expect(grouped("0123456789abcdef")).toBe("0123-4567-89ab-cdef");
  });
});
