// Broken glass that was signed, as somebody reads it who has nothing but the file: what was kept of the signature holds for
// exactly that patch and run, by a passkey that counted, or it does not hold.
import { describe, expect, test } from "vitest";
import { type Otherwise, softAuthenticator } from "#lib/testing/passkeys/authenticator.ts";
import { verifyBundle } from "../bundle.ts";
import { parsePolicy } from "../policy.ts";
import { textOf } from "../report.ts";
import { bundleLines, canonical, fileOf, type Json, type Leaf, sha256, streamed } from "../testing/build.ts";
import { entry, mergeLeaves, person, scene, witnessed } from "../testing/scene.ts";

const SITE = { origin: "https://p.example", rpId: "p.example" };
const [RUN, GATE, PILOT] = ["run:run_1", "gate:gat_1", "pilot:pil_1"];
const PASSKEY = ["passkey:psk_1", "person:per_g"];
const hex = (bytes: string | Uint8Array): string => sha256(bytes).toString("hex");

interface Story {
  readonly stepUp?: string;
  readonly method?: string;
  readonly otherwise?: Otherwise;
  readonly statement?: Record<string, Json>;
  /** Of what is kept, beside what it should be. */
  readonly kept?: Record<string, Json>;
  readonly used?: Record<string, Json>;
  readonly isUnsigned?: boolean;
  readonly isOld?: boolean;
  readonly isUnattached?: boolean;
  readonly isUnconfirmed?: boolean;
}

function leavesOf(story: Story): Leaf[] {
  const key = softAuthenticator(SITE);
  const signs = { v: 1, approves: hex("patch"), gate: "run_1", decision: "approve", person: "per_g" };
  const statement = canonical({ ...signs, origin: SITE.origin, nonce: "n", ...story.statement });
  const { id, response } = key.get({ challenge: sha256(statement).toString("base64url") }, story.otherwise);
  const assertion = canonical({ v: 1, statement, credential: id, ...response, ...story.kept });
  const controls = { approverCount: 2, approverRoles: ["reviewer"], extraApproverOnFlags: true };
  const charterText = canonical({
    controls: { ...controls, breakGlass: ["security_lead"], stepUp: story.stepUp ?? "merge" },
  });
  const charter = hex(charterText);
  const decision = canonical({
    ...{
      v: 1,
      decides: "break_glass",
      run: "run_1",
      gate: "gat_1",
      tree: "t".repeat(40),
      patch: hex("patch"),
    },
    ...{ baseCommit: "b".repeat(40), targetRef: "refs/heads/main", charter, inForce: charter, needed: 1 },
    ...{ by: "per_g", as: "security_lead", roles: ["security_lead"], method: story.method ?? "passkey" },
  });
  const digest = hex(decision);
  const isSigned = !story.isUnsigned && !story.isOld;
  const used: Record<string, Json> = {
    ...{ gate: "gat_1", person: "per_g", role: "security_lead", decision: digest, patch: hex("patch") },
    ...{ evidence: "verified", reason_sha256: hex("It burns.") },
    ...(isSigned ? { passkey: "psk_1", assertion: hex(assertion) } : {}),
    ...story.used,
  };
  const signed: Json = { type: "document", name: "assertion", sha256: hex(assertion), text: assertion };
  const whose = {
    passkey: "psk_1",
    person: "per_g",
    credential: hex(Buffer.from(key.credentialId, "base64url")),
  };
  const keyed = { ...whose, key: key.publicKey.toString("base64url"), rp: hex(SITE.rpId) };
  const actor = person("per_g", "security_lead");
  const about = [RUN, GATE, PILOT];
  const merging = mergeLeaves().filter(({ body }) => /"run\.(merge|patch)/.test(body));
  return [
    { body: entry("passkey.enrolled", PASSKEY, actor, keyed) },
    ...(story.isUnconfirmed
      ? []
      : [{ body: entry("passkey.confirmed", PASSKEY, person("per_b", "administrator"), whose) }]),
    {
      body: entry("pilot.charter_written", [PILOT], { kind: "system", name: "x" }, { digest: charter }),
      attached: [{ type: "document", name: "charter", sha256: charter, text: charterText }],
    },
    { body: entry("run.launched", [RUN, PILOT], person("per_l"), { agent: "agt_1", charter }) },
    {
      body: entry("gate.opened", [GATE, RUN, PILOT], actor, { gate: "break_glass", digest, needed: 1 }),
      attached: [{ type: "document", name: "decision", sha256: digest, text: decision }],
    },
    {
      body: entry(
        "break_glass.used",
        [...about, ...(story.isUnsigned ? [] : [PASSKEY[0] ?? ""])],
        actor,
        used,
      ),
      attached: isSigned && !story.isUnattached ? [signed] : [],
    },
    ...merging.map(({ body, attached }): Leaf => {
      const { kind, about, detail } = JSON.parse(body);
      if (kind !== "run.merge_intended") return { body, ...(attached ? { attached } : {}) };
      return { body: entry(kind, about, actor, { ...detail, decision: digest }) };
    }),
  ];
}

async function verify(story: Story) {
  const file = fileOf(bundleLines(scene({ leaves: leavesOf(story), about: "dossier" })));
  const report = await verifyBundle(streamed(file), parsePolicy(witnessed));
  const outcomes = report.findings.filter(({ check }) => check === "passkeys").map(({ outcome }) => outcome);
  return { code: report.code, outcomes, text: textOf(report) };
}

describe("broken glass that was signed", () => {
  test("holds for exactly that patch and run", async () => {
    const { code, outcomes, text } = await verify({});
    expect([code, outcomes]).toEqual([0, ["holds", "note"]]);
    expect(text).toContain("Broken glass of per_g at gat_1 is signed over exactly this patch and run.");
    expect(text).toContain("BROKEN GLASS, not an approved merge");
  });

  test.each<[string, Story, string]>([
    ["over another patch", { statement: { approves: hex("other") } }, "another patch"],
    ["for another run", { statement: { gate: "run_2" } }, "another run"],
    ["as an approval of its review", { statement: { gate: "gat_1" } }, "another run"],
    ["by somebody else", { statement: { person: "per_x" } }, "another person"],
    ["on another site", { otherwise: { origin: "https://evil.example" } }, "another site"],
    ["with a bit of it turned", { otherwise: { spoil: "signature" } }, "not a signature"],
    ["without asking who signs", { otherwise: { unverified: true } }, "who signs"],
    ["by a passkey that nobody confirmed", { isUnconfirmed: true }, "nobody had confirmed"],
    ["and the entry names another patch", { used: { patch: hex("other") } }, "another patch"],
    ["and its document asks for nothing", { isUnsigned: true, method: "session" }, "without the signature"],
    ["and its charter asks for nothing", { isUnsigned: true, stepUp: "none" }, "without the signature"],
  ])("probe: %s fails", async (_, story, says) => {
    const { code, text } = await verify(story);
    expect(code).toBe(1);
    expect(text).toContain(says);
  });

  test("is asked of nobody where neither says so", async () => {
    const { code, outcomes } = await verify({ isUnsigned: true, stepUp: "none", method: "session" });
    expect([code, outcomes]).toEqual([0, []]);
  });

  test("is not shown where the signature was left out, or not kept by an earlier version", async () => {
    expect(await verify({ isUnattached: true })).toMatchObject({ code: 3, outcomes: ["not_shown"] });
    expect(await verify({ isOld: true })).toMatchObject({
      ...{ code: 3, text: expect.stringContaining("without the signature") },
    });
  });

  test("probe: one byte of what was kept changed is no part of the file", async () => {
    const leaves = leavesOf({}).map((leaf) => ({
      ...leaf,
      ...(leaf.attached ? { attached: leaf.attached.map(turned) } : {}),
    }));
    const report = await verifyBundle(
      streamed(fileOf(bundleLines(scene({ leaves })))),
      parsePolicy(witnessed),
    );
    expect([report.code, textOf(report)]).toEqual([
      1,
      expect.stringContaining("another digest than it says"),
    ]);
  });
});

function turned(line: Json): Json {
  const { name, text } = line as { name?: string; text?: string };
  return name === "assertion" ? ({ ...(line as object), text: `${text?.slice(0, -1)} ` } as Json) : line;
}
