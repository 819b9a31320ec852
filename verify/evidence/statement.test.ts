// Statements of the product itself, checked by the verifier, which shares no code with it.
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { enveloped, rawEd25519 } from "#lib/attestations/envelope.ts";
import type { EvidenceDocument } from "#lib/evidence/document.ts";
import { judge } from "#lib/evidence/rules.ts";
import { evidenceStatement } from "#lib/evidence/statement.ts";
import { sha256Hex } from "#lib/protocol/signing.ts";
import { canonicalText } from "#lib/record/rules.ts";
import { observeAll } from "#lib/testing/observations.ts";
import { verifyEvidence } from "./statement.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const KEY = rawEd25519(publicKey).toString("base64");
const P = ["passed"] as const;
const DOCUMENT: EvidenceDocument = {
  ...{
    v: 2,
    run: "run_1",
    attempt: 1,
    patch: "3".repeat(64),
    baseCommit: "a".repeat(40),
    tree: "b".repeat(40),
  },
  ...{
    argv: ["node"],
    runner: "rnr_1",
    sameHost: false,
    environmentDigest: "e".repeat(64),
    observations: [],
  },
  environment: { tier: "strong", node: "24", platform: "linux x64", kernel: "6" },
  judgement: judge(observeAll({ base: { bug: ["failed"] }, patch: { bug: P } }), ["bug"]),
};
const text = canonicalText(DOCUMENT);
const statement = evidenceStatement(sha256Hex(Buffer.from(text)), DOCUMENT, "c".repeat(64));
const line = (of: string) => `${JSON.stringify(enveloped(privateKey, of))}\n`;
const outcomes = (...given: Parameters<typeof verifyEvidence>) =>
  verifyEvidence(...given).findings.map(({ outcome }) => outcome);

describe("a statement about evidence", () => {
  test("says which runner reported what, and holds with its document", () => {
    const report = verifyEvidence(line(statement), KEY, Buffer.from(text));
    expect(report.code).toBe(0);
    expect(report.findings[0]?.says).toBe(
      `Runner rnr_1 reported PASSED about patch ${"3".repeat(64)}: that is signed. What the runner saw is its own word.`,
    );
  });

  test("cannot be shown to be about a document that was not given", () => {
    expect(outcomes(line(statement), KEY)).toEqual(["holds", "not_shown"]);
  });

  test("probe: does not hold with another document, another key, or another text", () => {
    expect(outcomes(line(statement), KEY, Buffer.from(text.replace("rnr_1", "rnr_2")))).toEqual([
      "holds",
      "fails",
    ]);
    const other = rawEd25519(generateKeyPairSync("ed25519").publicKey).toString("base64");
    expect(outcomes(line(statement), other)).toEqual(["fails"]);
    const envelope = enveloped(privateKey, statement);
    const payload = Buffer.from(statement.replace("PASSED", "FAILED")).toString("base64");
    expect(outcomes(JSON.stringify({ ...envelope, payload }), KEY)).toEqual(["fails"]);
  });

  test("probe: is none where it is signed and says something else", () => {
    const type = statement.replace("test-result", "other-result");
    expect(outcomes(line(type), KEY)).toEqual(["fails"]);
    expect(outcomes(line(statement.replace("reportedBy", "by")), KEY)).toEqual(["fails"]);
    expect(() => verifyEvidence(line(statement).repeat(2), KEY)).toThrow("one envelope");
  });
});
