import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openSealed, privateKeyFrom, rawPublicKey, sealTo } from "./hpke.ts";

const hex = (text: string) => Buffer.from(text, "hex");

/** RFC 9180, A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, mode_base, sequence number 0. */
const VECTOR = {
  info: hex("4f6465206f6e2061204772656369616e2055726e"),
  aad: hex("436f756e742d30"),
  ephemeral: hex("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600"),
  recipient: hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"),
  publicKey: hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"),
  enc: hex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
  plaintext: hex("4265617574792069732074727574682c20747275746820626561757479"),
  ciphertext: hex(
    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
  ),
};

describe("sealing by RFC 9180", () => {
  test("gives the bytes of the RFC's vector", () => {
    const { info, aad, publicKey, plaintext, enc, ciphertext } = VECTOR;
    const ephemeral = privateKeyFrom(VECTOR.ephemeral);
    expect(rawPublicKey(privateKeyFrom(VECTOR.recipient))).toEqual(publicKey);
    expect(sealTo(publicKey, plaintext, { info, aad }, ephemeral)).toEqual(Buffer.concat([enc, ciphertext]));
  });

  test("opens the RFC's vector", () => {
    const { info, aad, recipient, enc, ciphertext, plaintext } = VECTOR;
    const opened = openSealed(privateKeyFrom(recipient), Buffer.concat([enc, ciphertext]), { info, aad });
    expect(opened).toEqual(plaintext);
  });
});

const pair = generateKeyPairSync("x25519");
const publicKey = rawPublicKey(pair.privateKey);
const bound = { info: Buffer.from("info"), aad: Buffer.from("aad") };

describe("what was sealed", () => {
  test("is opened by the private key alone, whatever it was", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.uint8Array(), fc.uint8Array(), (text, info, aad) => {
        const sealed = sealTo(publicKey, text, { info, aad });
        expect(openSealed(pair.privateKey, sealed, { info, aad })).toEqual(Buffer.from(text));
        const other = generateKeyPairSync("x25519").privateKey;
        expect(() => openSealed(other, sealed, { info, aad })).toThrow();
      }),
      { numRuns: 50 },
    );
  });

  test("is never twice the same", () => {
    const once = sealTo(publicKey, Buffer.from("x"), bound);
    expect(sealTo(publicKey, Buffer.from("x"), bound)).not.toEqual(once);
  });

  test("probe: is not opened with any byte changed, cut, or added, nor with another info or associated data", () => {
    const sealed = sealTo(publicKey, Buffer.from("sk-test-0123456789"), bound);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => openSealed(pair.privateKey, changed, bound)).toThrow();
      expect(() => openSealed(pair.privateKey, sealed.subarray(0, at), bound)).toThrow();
    }
    const longer = Buffer.concat([sealed, Buffer.from([0])]);
    expect(() => openSealed(pair.privateKey, longer, bound)).toThrow();
    for (const other of [{ info: Buffer.from("inf") }, { aad: Buffer.from("aae") }]) {
      expect(() => openSealed(pair.privateKey, sealed, { ...bound, ...other })).toThrow();
    }
  });

  test("probe: a public key of small order is none", () => {
    const zero = Buffer.alloc(32);
    expect(() => sealTo(zero, Buffer.from("x"), bound)).toThrow();
    expect(() => openSealed(pair.privateKey, Buffer.concat([zero, Buffer.alloc(40)]), bound)).toThrow();
  });
});
