import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SignedParts, signedText } from "./schema.ts";
import {
  EMPTY_SHA256,
  MAX_SKEW,
  newRunnerKeys,
  readPrivateKey,
  readPublicKey,
  sha256Hex,
  sign,
  type Verification,
  verify,
} from "./signing.ts";

const NOW = 1_800_000_000_000;
const keys = newRunnerKeys();
const privateKey = readPrivateKey(keys.privateKey);

const parts: SignedParts = {
  method: "POST",
  path: "/api/runner/v1/leases/lse_1/heartbeat",
  runnerId: "rnr_1",
  time: String(NOW),
  sha256: sha256Hex(Buffer.from('{"attempt":1}')),
};

function received(changes: Partial<Verification> = {}): Verification {
  return {
    parts,
    signature: sign(parts, privateKey),
    publicKey: keys.publicKey,
    now: NOW,
    skew: MAX_SKEW,
    ...changes,
  };
}

describe("a signed request", () => {
  test("is accepted when key, parts and time fit", () => {
    expect(verify(received())).toBeNull();
  });

  test("is accepted up to the skew in both directions and not a millisecond further", () => {
    expect(verify(received({ now: NOW + MAX_SKEW }))).toBeNull();
    expect(verify(received({ now: NOW - MAX_SKEW }))).toBeNull();
    expect(verify(received({ now: NOW + MAX_SKEW + 1 }))).toBe("clock");
    expect(verify(received({ now: NOW - MAX_SKEW - 1 }))).toBe("clock");
  });

  test("is refused when any signed part differs from what was signed", () => {
    const signature = sign(parts, privateKey);
    const others: SignedParts[] = [
      { ...parts, method: "PUT" },
      { ...parts, path: "/api/runner/v1/leases/lse_2/heartbeat" },
      { ...parts, runnerId: "rnr_2" },
      { ...parts, time: String(NOW + 1) },
      { ...parts, sha256: EMPTY_SHA256 },
    ];
    for (const other of others) expect(verify(received({ parts: other, signature }))).toBe("signature");
  });

  test("is refused under another runner's key", () => {
    expect(verify(received({ publicKey: newRunnerKeys().publicKey }))).toBe("signature");
  });

  test("keeps its verdict for any single flipped bit of the signature", () => {
    const signature = Buffer.from(sign(parts, privateKey), "base64");
    fc.assert(
      fc.property(fc.nat(signature.length * 8 - 1), (bit) => {
        const flipped = Buffer.from(signature);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(verify(received({ signature: flipped.toString("base64") }))).toBe("signature");
      }),
    );
  });

  test("signs different texts for different parts", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "/", "1"), minLength: 1, maxLength: 4 });
    const anyParts = fc.record({ method: field, path: field, runnerId: field, time: field, sha256: field });
    fc.assert(
      fc.property(anyParts, anyParts, (one, other) => {
        expect(signedText(one) === signedText(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});

describe("probe: hostile headers", () => {
  test.each<[string, Partial<SignedParts>]>([
    ["a line break in the path", { path: "/api\nrnr_9" }],
    ["a line break in the runner", { runnerId: "rnr\n1" }],
    ["no runner", { runnerId: "" }],
    ["a time that is no number", { time: "now" }],
    ["a time in exponent form", { time: "1e15" }],
    ["a negative time", { time: "-1" }],
    ["an infinite time", { time: "Infinity" }],
    ["a hash in capitals", { sha256: parts.sha256.toUpperCase() }],
    ["no hash", { sha256: "" }],
    ["a lower case method", { method: "post" }],
    ["an absolute address as path", { path: "http://plane/api" }],
    ["an endless path", { path: `/${"a".repeat(5000)}` }],
  ])("%s is malformed, even when signed", (_name, change) => {
    const hostile = { ...parts, ...change };
    expect(verify(received({ parts: hostile, signature: sign(hostile, privateKey) }))).toBe("malformed");
  });

  test.each([
    ["empty", ""],
    ["not base64", "!".repeat(88)],
    ["too short", Buffer.alloc(63).toString("base64")],
    ["too long", Buffer.alloc(65).toString("base64")],
    ["with a space that a decoder skips", ` ${sign(parts, privateKey)}`],
    ["in base64url", Buffer.alloc(64, 0xff).toString("base64url")],
  ])("a signature that is %s is malformed", (_name, signature) => {
    expect(verify(received({ signature }))).toBe("malformed");
  });

  test("a public key of another kind, cut short or with a tail is malformed", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const x25519 = generateKeyPairSync("x25519");
    const der = Buffer.from(keys.publicKey, "base64");
    const hostile = [
      rsa.publicKey.export({ type: "spki", format: "der" }),
      x25519.publicKey.export({ type: "spki", format: "der" }),
      der.subarray(0, 40),
      Buffer.concat([der, Buffer.alloc(1)]),
    ];
    for (const key of hostile) {
      expect(readPublicKey(key.toString("base64"))).toBeNull();
      expect(verify(received({ publicKey: key.toString("base64") }))).toBe("malformed");
    }
  });

  test("the all-zero key and signature are not accepted", () => {
    const zero = Buffer.concat([Buffer.from(keys.publicKey, "base64").subarray(0, 12), Buffer.alloc(32)]);
    const verdict = verify(
      received({ publicKey: zero.toString("base64"), signature: Buffer.alloc(64).toString("base64") }),
    );
    expect(verdict).not.toBeNull();
  });
});

describe("keys", () => {
  test("are new each time and fit the registration's limits", () => {
    expect(newRunnerKeys().publicKey).not.toBe(keys.publicKey);
    expect(keys.publicKey).toHaveLength(60);
    expect(readPublicKey(keys.publicKey)?.asymmetricKeyType).toBe("ed25519");
  });

  test("a private key of another kind is refused", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(() => readPrivateKey(rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString())).toThrow(
      "Ed25519",
    );
  });

  test("the hash of nothing is the constant", () => {
    expect(sha256Hex(Buffer.alloc(0))).toBe(EMPTY_SHA256);
  });
});
