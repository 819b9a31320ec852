// Approvals that were signed, in bundles made by hand with the keys of an authenticator in software.
import { describe, expect, test } from "vitest";
import { type Algorithm, type Otherwise, softAuthenticator } from "#lib/testing/passkeys/authenticator.ts";
import { verifyBundle } from "../bundle.ts";
import { ruleOf, shortfall } from "../merges/charters.ts";
import { parsePolicy } from "../policy.ts";
import { bundleLines, canonical, fileOf, type Json, type Leaf, sha256, streamed } from "../testing/build.ts";
import { entry, log, person, policyOf, scene, witness } from "../testing/scene.ts";
import { checkerOf } from "./cose.ts";

const SITE = { origin: "https://p.example", rpId: "p.example" };
const hex = (bytes: string | Uint8Array) => sha256(bytes).toString("hex");
const PASSKEY = ["passkey:psk_1", "person:per_a"];
const GATE = ["gate:gat_1", "pilot:pil_1"];

interface Story {
  readonly algorithm?: Algorithm;
  readonly otherwise?: Otherwise;
  readonly statement?: Record<string, Json>;
  /** What the entry says in place of what it should. */
  readonly given?: Record<string, Json>;
  readonly enroller?: string;
  readonly confirmer?: readonly [id: string, ...roles: string[]];
  /** Kinds of entries that are left out, or stand there by hash. */
  readonly without?: readonly string[];
  readonly hidden?: readonly string[];
  readonly isRemovedFirst?: boolean;
  readonly kept?: Record<string, Json>;
  readonly isUnattached?: boolean;
  readonly isUnsigned?: boolean;
  readonly method?: string;
}

function leavesOf(story: Story): { leaves: Leaf[]; key: string } {
  const authenticator = softAuthenticator(SITE, story.algorithm);
  const decision = canonical({ v: 1, decides: "activate", gate: "gat_1", method: story.method ?? "passkey" });
  const digest = hex(decision);
  const signs = { v: 1, approves: digest, gate: "gat_1", decision: "approve", person: "per_a" };
  const statement = canonical({ ...signs, origin: SITE.origin, nonce: "n", ...story.statement });
  const challenge = sha256(statement).toString("base64url");
  const { id, response } = authenticator.get({ challenge }, story.otherwise);
  const assertion = canonical({ v: 1, statement, credential: id, ...response, ...story.kept });
  const credential = hex(Buffer.from(authenticator.credentialId, "base64url"));
  const whose = { passkey: "psk_1", person: "per_a", credential };
  const keyed = { ...whose, key: authenticator.publicKey.toString("base64url"), rp: hex(SITE.rpId) };
  const given: Record<string, Json> = {
    ...{ approval: "apr_1", person: "per_a", role: "reviewer", decision: "approve", digest },
    ...(story.isUnsigned ? {} : { passkey: "psk_1", assertion: hex(assertion) }),
    ...story.given,
  };
  const [confirmer, ...roles] = story.confirmer ?? ["per_b", "security_lead"];
  const shown: Json = { type: "document", name: "decision", sha256: digest, text: decision };
  const signed: Json = { type: "document", name: "assertion", sha256: hex(assertion), text: assertion };
  const isCited = given.assertion === hex(assertion) && !story.isUnattached;
  const removed = entry("passkey.removed", PASSKEY, person("per_a"), { ...whose, why: "owner" });
  const leaves: Leaf[] = [
    { body: entry("passkey.enrolled", PASSKEY, person(story.enroller ?? "per_a", "reviewer"), keyed) },
    { body: entry("passkey.confirmed", PASSKEY, person(confirmer, ...roles), whose) },
    ...(story.isRemovedFirst ? [{ body: removed }] : []),
    {
      body: entry("gate.approval_given", GATE, person("per_a", "reviewer"), given),
      attached: [shown, ...(isCited ? [signed] : [])],
    },
    { body: removed },
  ];
  const kindOf = ({ body }: Leaf) => (JSON.parse(body) as { kind: string }).kind;
  return {
    leaves: leaves
      .filter((leaf) => !story.without?.includes(kindOf(leaf)))
      .map((leaf) => ({ ...leaf, isHidden: story.hidden?.includes(kindOf(leaf)) ?? false })),
    key: hex(authenticator.publicKey),
  };
}

async function verify(story: Story, pin: (key: string) => string[] = () => []) {
  const { leaves, key } = leavesOf(story);
  const lines = ["quorum w1", ...pin(key)];
  const policy = policyOf(`log ${log.vkey}`, `witness w1 ${witness.vkey}`, ...lines);
  const file = fileOf(bundleLines(scene({ leaves })));
  const { code, findings } = await verifyBundle(streamed(file), parsePolicy(policy));
  const [first] = findings.filter(({ check }) => check === "passkeys");
  return { code, outcome: first?.outcome, says: first?.says ?? "" };
}

describe("an approval that was signed", () => {
  test.each(["ES256", "EdDSA", "RS256"] as const)(
    "with %s holds, while its passkey counted",
    async (algorithm) => {
      expect(await verify({ algorithm })).toMatchObject({ code: 0, outcome: "holds" });
    },
  );

  test("is asked for by the decision document alone", async () => {
    const { code, says } = await verify({ isUnsigned: true });
    expect([code, says]).toEqual([1, expect.stringContaining("was not signed, and its gate asks")]);
    expect(await verify({ isUnsigned: true, method: "session" })).toMatchObject({ code: 0, says: "" });
  });

  const wrong: readonly (readonly [string, Story, string])[] = [
    ["on another site", { otherwise: { origin: "https://evil.example" } }, "another site"],
    ["in a frame of another site", { otherwise: { crossOrigin: true } }, "another site"],
    ["for another domain", { otherwise: { rpId: "evil.example" } }, "another domain"],
    ["without asking who signs", { otherwise: { unverified: true } }, "who signs"],
    ["as an enrolment", { otherwise: { type: "webauthn.create" } }, "something else"],
    ["over another challenge", { otherwise: { challenge: "eA" } }, "something else"],
    ["with a bit of it turned", { otherwise: { spoil: "signature" } }, "not a signature"],
    ["with its counter changed", { otherwise: { spoil: "authenticatorData" } }, "not a signature"],
    ["over another document", { statement: { approves: "0".repeat(64) } }, "another decision document"],
    ["at another gate", { statement: { gate: "gat_2" } }, "another gate"],
    ["to deny", { statement: { decision: "deny" } }, "another decision"],
    ["as somebody else", { statement: { person: "per_c" } }, "another person"],
    ["in a later way of writing", { kept: { v: 2 } }, "not known"],
    ["and is said to be by another credential", { kept: { credential: "eA" } }, "another passkey"],
    [
      "by the passkey of somebody else",
      { given: { person: "per_c" }, statement: { person: "per_c" } },
      "another owner",
    ],
    [
      "by a passkey its owner confirmed",
      { confirmer: ["per_a", "security_lead"] },
      "nobody confirmed who may",
    ],
    ["by a passkey a viewer confirmed", { confirmer: ["per_b", "viewer"] }, "nobody confirmed who may"],
    [
      "by a passkey of which one role is on a pilot",
      { confirmer: ["per_b", "engineering_lead@pil_1"] },
      "who may",
    ],
    ["by a passkey that somebody else enrolled", { enroller: "per_b" }, "somebody else enrolled"],
    ["by a passkey that nobody confirmed", { without: ["passkey.confirmed"] }, "nobody had confirmed"],
    ["by a passkey without an enrolment", { without: ["passkey.enrolled"] }, "enrolment is not in this file"],
    ["by a passkey that had been removed", { isRemovedFirst: true }, "had been removed"],
  ];
  test.each(wrong)("probe: %s fails", async (_, story, words) => {
    const { code, outcome, says } = await verify(story);
    expect([code, outcome]).toEqual([1, "fails"]);
    expect(says).toContain(words);
  });

  test("whose passkey or signature is left out is not shown", async () => {
    for (const hidden of [["passkey.enrolled"], ["passkey.confirmed"]])
      expect(await verify({ hidden })).toMatchObject({ code: 3, outcome: "not_shown" });
    expect(await verify({ isUnattached: true })).toMatchObject({ code: 3, outcome: "not_shown" });
  });

  test("is held against the keys that the policy pins", async () => {
    expect(await verify({}, (key) => [`passkey per_a ${key}`])).toMatchObject({ code: 0, outcome: "holds" });
    const others = [(key: string) => [`passkey per_b ${key}`], () => [`passkey per_a ${"0".repeat(64)}`]];
    for (const pin of others) expect(await verify({}, pin)).toMatchObject({ code: 1, outcome: "fails" });
    expect(() => parsePolicy(policyOf(`log ${log.vkey}`, "passkey per_a 00", "quorum none"))).toThrow(
      /Line 2/,
    );
  });
});

test("a document that asks for no passkey where its charter does asks for less", () => {
  const controls = { approverCount: 1, approverRoles: ["reviewer"], extraApproverOnFlags: false };
  const document = { needed: 1, roles: ["reviewer"], testIntegrity: [] };
  for (const [stepUp, isLess] of [
    ["none", false],
    ["merge", true],
    ["every_gate", true],
  ] as const) {
    const rule = ruleOf(JSON.stringify({ controls: { ...controls, stepUp } }));
    if (rule === null) throw new Error("the charter says who approves");
    expect(shortfall(rule, null, { ...document, method: "session" }) !== null).toBe(isLess);
    expect(shortfall(rule, null, { ...document, method: "passkey" })).toBeNull();
  }
});

test("probe: what is no key of the three kinds checks nothing", () => {
  const key = softAuthenticator(SITE).publicKey;
  expect(checkerOf(key)).not.toBeNull();
  for (let at = 0; at < key.length; at++) expect(checkerOf(key.subarray(0, at))).toBeNull();
  expect(checkerOf(Buffer.concat([key, Buffer.of(0)]))).toBeNull();
  expect(checkerOf(Buffer.from("a10102", "hex"))).toBeNull();
  expect(checkerOf(Buffer.from("bfff", "hex"))).toBeNull();
});
