import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newCosigner } from "#lib/tlog/cosignature.ts";
import { formatVerifier } from "#lib/tlog/keys.ts";
import { formatSignature } from "#lib/tlog/note.ts";
import { parseCheckpoint, parseNote, parseVerifierKey, signedBy } from "./note.ts";
import { parsePolicy, reaches } from "./policy.ts";
import { Unreadable } from "./report.ts";
import { checkpointNote, createSigner, hashesOf } from "./testing/build.ts";
import { log, ORIGIN, policyOf, witness } from "./testing/scene.ts";

const octets = (text: string) => Buffer.from(text).toString("binary");

describe("a signed note", () => {
  // The example of the note package of golang.org/x/mod.
  const key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signature =
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

  test("of another implementation is read and found signed", () => {
    const note = parseNote(octets(`${text}\n${signature}`));
    expect(signedBy(note, parseVerifierKey(key, "log"))).toEqual({ ok: true, time: 0 });
    const other = parseNote(octets(`${text.replace("you", "we")}\n${signature}`));
    expect(signedBy(other, parseVerifierKey(key, "log"))?.ok).toBe(false);
  });

  test("its unknown signatures are ignored", () => {
    const unknown = createSigner("example.org/other", "witness").cosign(text);
    const note = parseNote(octets(`${text}\n${signature}${unknown}`));
    expect(signedBy(note, parseVerifierKey(key, "log"))?.ok).toBe(true);
    expect(signedBy(note, parseVerifierKey(witness.vkey, "witness"))).toBeNull();
  });

  test("probe: one false signature of a key beside a true one is not enough", () => {
    const signer = createSigner("example.org/log", "log");
    const note = parseNote(octets(`${text}\n${signer.cosign(text)}${signer.cosign("other\n")}`));
    expect(signedBy(note, parseVerifierKey(signer.vkey, "log"))?.ok).toBe(false);
  });

  test.each([
    ["without a blank line", `${text}${signature}`],
    ["without signatures", `${text}\n`],
    ["with a carriage return", `${text}\r\n\n${signature}`],
    ["with NUL", `a\u0000\n\n${signature}`],
    ["that does not end", `${text}\n${signature.slice(0, -1)}`],
    ["with a signature of one byte", `${text}\n\u2014 a AAAA\n`],
    ["with more signatures than are read", `${text}\n${signature.repeat(65)}`],
    ["larger than any", `${"a".repeat(300_000)}\n\n${signature}`],
  ])("probe: %s is refused", (_, note) => {
    expect(() => parseNote(octets(note))).toThrow(Unreadable);
  });
});

describe("a verifier key", () => {
  test.each([
    ["of another type", witness.vkey],
    ["whose id is another's", log.vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+")],
    ["without a name", log.vkey.slice(log.vkey.indexOf("+"))],
    ["of 31 bytes", `a+00000000+${Buffer.alloc(32, 1).toString("base64")}`],
    ["that is none", "key"],
  ])("probe: %s is refused", (_, key) => {
    expect(() => parseVerifierKey(key, "log")).toThrow(Unreadable);
  });
});

describe("a cosignature of the product's witness", () => {
  const text = checkpointNote(ORIGIN, hashesOf([{ body: "{}" }]), [log]).split("\n\n")[0] ?? "";
  const keys = [generateKeyPairSync("ed25519"), generateKeyPairSync("ml-dsa-44")] as const;

  test.each([
    ["Ed25519", keys[0].privateKey],
    ["ML-DSA-44", keys[1].privateKey],
  ])("by %s is found true, and false over another checkpoint", (_, privateKey) => {
    const { name, publicKey, type, keyId, cosign } = newCosigner("witness.example/w", privateKey);
    const key = parseVerifierKey(formatVerifier(name, publicKey, type), "witness");
    const line = formatSignature({ name, keyId, signature: cosign(`${text}\n`, 1_800_000_000) });
    expect(signedBy(parseNote(octets(`${text}\n\n${line}`)), key)).toEqual({ ok: true, time: 1_800_000_000 });
    const other = text.replace("\n1\n", "\n2\n");
    expect(signedBy(parseNote(octets(`${other}\n\n${line}`)), key)?.ok).toBe(false);
  });
});

describe("a checkpoint", () => {
  const good = checkpointNote(ORIGIN, hashesOf([{ body: "{}" }]), [log]);

  test("has an origin, a size and a root", () => {
    expect(parseCheckpoint(octets(good))).toMatchObject({ origin: ORIGIN, size: 1 });
  });

  test.each([
    ["a size with a leading zero", good.replace("\n1\n", "\n01\n")],
    ["a size no double holds", good.replace("\n1\n", "\n9007199254740993\n")],
    ["a negative size", good.replace("\n1\n", "\n-1\n")],
    ["no origin", good.replace(ORIGIN, "")],
    ["a root of 31 bytes", good.replace(/^.{44}$/m, Buffer.alloc(31).toString("base64"))],
  ])("probe: with %s is refused", (_, note) => {
    expect(() => parseCheckpoint(octets(note))).toThrow(Unreadable);
  });
});

describe("a policy", () => {
  const [w1, w2, w3] = ["w1", "w2", "w3"].map(
    (name) => createSigner(`witness.example/${name}`, "witness").vkey,
  );
  const three = [
    `log ${log.vkey} https://log.example/`,
    `witness a ${w1}`,
    `witness b ${w2} u`,
    `\twitness  c ${w3}`,
  ];

  test.each<[string, string, string[], boolean]>([
    ["group g any a b c", "g", ["c"], true],
    ["group g any a b c", "g", [], false],
    ["group g all a b c", "g", ["a", "b"], false],
    ["group g 2 a b c", "g", ["a", "c"], true],
    ["group g 2 a b c", "g", ["a", "a"], false],
    ["group i any a b\ngroup g all i c", "g", ["b", "c"], true],
    ["group i any a b\ngroup g all i c", "g", ["a", "b"], false],
    ["", "a", ["a"], true],
    ["", "none", [], true],
  ])("%j with quorum %s and cosigned by %j: %s", (groups, quorum, cosigned, reached) => {
    const policy = parsePolicy(policyOf("# a comment", ...three, groups, "", `quorum ${quorum}`));
    expect(reaches(policy, policy.quorum, new Set(cosigned))).toBe(reached);
  });

  test.each([
    ["without a quorum", [...three]],
    ["with two", [...three, "quorum none", "quorum a"]],
    ["with a quorum that is not defined", [...three, "quorum d"]],
    ["with a quorum defined below", [...three, "quorum g", "group g any a"]],
    ["without a log", ["quorum none"]],
    ["with a log twice", [...three, `log ${log.vkey}`, "quorum none"]],
    ["with a witness twice under two names", [...three, `witness d ${w1}`, "quorum none"]],
    ["with a name twice", [...three, `witness a ${witness.vkey}`, "quorum none"]],
    ["with a member of two groups", [...three, "group g any a", "group h any a", "quorum h"]],
    ["with more needed than there are", [...three, "group g 4 a b c", "quorum g"]],
    ["with none needed", [...three, "group g 0 a", "quorum g"]],
    ["with an empty group", [...three, "group g all", "quorum g"]],
    ["with a witness called none", [...three, `witness none ${witness.vkey}`, "quorum none"]],
    ["with a statement that is unknown", [...three, "trust me", "quorum none"]],
    ["with a statement of Object", [...three, "constructor", "quorum none"]],
    ["with a carriage return", [...three, "quorum none\r"]],
    ["with a witness's key as the log's", [`log ${witness.vkey}`, "quorum none"]],
  ])("probe: %s is refused", (_, lines) => {
    expect(() => parsePolicy(policyOf(...lines))).toThrow(Unreadable);
  });
});
