import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { formatCheckpoint } from "./checkpoint.ts";
import { cosignatureTime, isCosignature, newCosigner } from "./cosignature.ts";
import { formatVerifier, newVerifier, parseVerifier } from "./keys.ts";
import { formatNote, newSigner, openNote, signNote, verifiedBy } from "./note.ts";

const NOON = 1_800_000_000;
const root = Buffer.alloc(32, 5);
const text = formatCheckpoint({ origin: "log.example/1", size: 12, root });

describe.each(["ed25519", "ml-dsa-44"] as const)("a cosignature of %s", (kind) => {
  const { privateKey, publicKey } =
    kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ml-dsa-44");
  const cosigner = newCosigner("witness.example/w1", privateKey);

  test("stands beside the log's signature on the checkpoint, and both verify", () => {
    const log = newSigner("log.example/1", generateKeyPairSync("ed25519").privateKey);
    const published = openNote(signNote(text, [log]));
    const signature = { name: cosigner.name, keyId: cosigner.keyId, signature: cosigner.cosign(text, NOON) };
    const note = openNote(formatNote({ text, signatures: [...published.signatures, signature] }));
    const verifier = parseVerifier(formatVerifier(cosigner.name, publicKey, cosigner.type));
    expect(verifiedBy(note, [log, verifier]).map(({ name }) => name)).toEqual([log.name, cosigner.name]);
  });

  test("says when it was made, and the time is signed too", () => {
    const signature = cosigner.cosign(text, NOON);
    expect(cosignatureTime(signature)).toBe(NOON);
    expect(isCosignature(cosigner, text, signature)).toBe(true);
    signature.writeBigUInt64BE(BigInt(NOON + 1));
    expect(isCosignature(cosigner, text, signature)).toBe(false);
  });

  test("probe: is void for another size, root or origin", () => {
    const signature = cosigner.cosign(text, NOON);
    for (const other of [
      { origin: "log.example/1", size: 13, root },
      { origin: "log.example/2", size: 12, root },
      { origin: "log.example/1", size: 12, root: Buffer.alloc(32, 6) },
    ]) {
      expect(isCosignature(cosigner, formatCheckpoint(other), signature)).toBe(false);
    }
  });

  test("probe: is void when cut, empty, lengthened, or of a time past all numbers", () => {
    const signature = cosigner.cosign(text, NOON);
    const late = Buffer.concat([Buffer.alloc(8, 0xff), signature.subarray(8)]);
    for (const broken of [
      Buffer.alloc(0),
      signature.subarray(0, 8),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.of(0)]),
      late,
    ]) {
      expect(isCosignature(cosigner, text, broken)).toBe(false);
    }
    expect(cosignatureTime(late)).toBeNull();
  });

  test("is not made without a time, nor over anything but a checkpoint", () => {
    expect(() => cosigner.cosign(text, 0)).toThrow("no time");
    expect(() => cosigner.cosign("not a checkpoint\n", NOON)).toThrow("second line");
  });
});

describe("what is signed", () => {
  test("Ed25519 signs the extension lines, ML-DSA-44 the cosigner's name", () => {
    const plain = newCosigner("w1", generateKeyPairSync("ed25519").privateKey);
    const quantum = newCosigner("w1", generateKeyPairSync("ml-dsa-44").privateKey);
    const extended = `${text}extension\n`;
    expect(isCosignature(plain, extended, plain.cosign(text, NOON))).toBe(false);
    expect(isCosignature(quantum, extended, quantum.cosign(text, NOON))).toBe(true);
    const renamed = newVerifier("w2", quantum.publicKey, quantum.type);
    expect(isCosignature(renamed, text, quantum.cosign(text, NOON))).toBe(false);
  });

  test("probe: a note signature does not pass for a cosignature, nor the other way round", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const log = newSigner("same", privateKey);
    const cosigner = newCosigner("same", privateKey);
    expect(isCosignature(cosigner, text, log.sign(text))).toBe(false);
    expect(isCosignature(log, text, cosigner.cosign(text, NOON))).toBe(false);
    const forged = { name: "same", keyId: log.keyId, signature: cosigner.cosign(text, NOON) };
    expect(() => verifiedBy({ text, signatures: [forged] }, [log])).toThrow("does not verify");
  });

  test("ML-DSA-44 signs no name that is too long for its structure", () => {
    const quantum = newCosigner("w".repeat(256), generateKeyPairSync("ml-dsa-44").privateKey);
    expect(() => quantum.cosign(text, NOON)).toThrow("1 to 255 bytes");
  });
});
