import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { enveloped, rawEd25519 } from "#lib/attestations/envelope.ts";
import { type Attested, statementsOf } from "#lib/attestations/statements.ts";
import { preAuthEncoding, verifyAttestation } from "./attestation.ts";

const pair = generateKeyPairSync("ed25519");
const publicKey = rawEd25519(pair.publicKey).toString("base64");
const hex = (letter: string, length = 64) => letter.repeat(length);
const approval = (person: string) => ({
  ...{ person, role: "reviewer", at: new Date(0), digest: hex("d"), signed: false },
});
const merged: Attested = {
  ...{
    deployment: "ent_1",
    commit: hex("a", 40),
    tree: hex("b", 40),
    ref: "refs/heads/main",
    base: hex("c", 40),
  },
  ...{ repository: "rep_1", run: "run_1", attempt: 2, kind: "repair", launchedBy: "per_l" },
  agent: { id: "agt_1", driver: "recipe", model: null },
  ...{ launchedAt: new Date(0), mergedAt: new Date(1), charter: hex("e"), patch: hex("f") },
  ...{ gate: "gat_1", decision: hex("d"), needed: 2, approvals: [approval("per_1"), approval("per_2")] },
  evidence: [{ digest: hex("9"), verdict: "verified", runner: "rnr_1", sameHost: false }],
};
const lines = (of: Partial<Attested> = {}, key: KeyObject = pair.privateKey): string[] =>
  statementsOf({ ...merged, ...of }).map((text) => JSON.stringify(enveloped(key, text)));
const judged = (held: readonly string[], commit?: string) =>
  verifyAttestation(held.join("\n"), publicKey, commit);
const failure = (held: readonly string[], commit?: string): string =>
  judged(held, commit)
    .findings.filter(({ outcome }) => outcome === "fails")
    .map(({ says }) => says)
    .join(" ");

describe("an attestation", () => {
  test("holds with its key, about its commit", () => {
    expect(judged(lines())).toMatchObject({ code: 0 });
    expect(judged(lines(), hex("a", 40)).code).toBe(0);
  });

  test("of which a statement is missing holds as far as it is shown", () => {
    expect(judged(lines().slice(0, 2)).code).toBe(3);
  });

  test("signs by the encoding of the DSSE specification's vector", () => {
    expect(preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  test("probe: by another key, with a byte changed, about another commit, or mixed it fails", () => {
    expect(failure(lines({}, generateKeyPairSync("ed25519").privateKey))).toMatch(/not signed by the key/);
    const [first = "", ...others] = lines();
    const { payload, ...envelope } = JSON.parse(first);
    const altered = Buffer.from(payload, "base64").toString().replace("PASSED", "FAILED");
    const forged = JSON.stringify({ ...envelope, payload: Buffer.from(altered).toString("base64") });
    expect(failure([forged, ...others])).toMatch(/false signature/);
    expect(failure(lines(), hex("0", 40))).toMatch(/another commit/);
    expect(failure([first, ...lines({ commit: hex("1", 40) }).slice(1)])).toMatch(/another commit/);
    expect(failure([first, first, ...others])).toMatch(/a second time/);
  });

  test("probe: whose approvals are too few, of one person, of the launcher or of another document fails", () => {
    expect(failure(lines({ approvals: [approval("per_1")] }))).toMatch(/1 of 2 approved/);
    expect(failure(lines({ approvals: [approval("per_1"), approval("per_1")] }))).toMatch(/twice/);
    expect(failure(lines({ approvals: [approval("per_1"), approval("per_l")] }))).toMatch(/who launched/);
    const other = { ...approval("per_2"), digest: hex("0") };
    expect(failure(lines({ approvals: [approval("per_1"), other] }))).toMatch(/another document/);
  });

  test("probe: a key or a file that is none is said to be", () => {
    expect(() => verifyAttestation("", publicKey)).toThrow(/one to a hundred envelopes/);
    expect(() => verifyAttestation("{}", "AAAA")).toThrow(/32 bytes in base64/);
    for (const line of ["null", "{}", "[", '{"payload":"","payloadType":"x","signatures":[]}'])
      expect(judged([line]).code).toBe(1);
  });
});
