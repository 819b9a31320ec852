// Approvals that a charter wants signed, with real signatures of an authenticator in software.
import { createHash } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askAmendment } from "../charters/ask-amendment.ts";
import { SECOND } from "../clock.ts";
import { removePasskey } from "../passkeys/remove-passkey.ts";
import type { Charter } from "../pilots/schema.ts";
import { writeCharter } from "../pilots/write-charter.ts";
import { actorId, type Scope } from "../scope.ts";
import { charterFor, member } from "../testing/arrange.ts";
import { entriesAbout } from "../testing/journey.ts";
import type { Otherwise } from "../testing/passkeys/authenticator.ts";
import { type OwnPasskey, passkeyOf } from "../testing/passkeys/enrolled.ts";
import { type Reviewed, runScene } from "../testing/run-scene.ts";
import { webTestEnv } from "../testing/web-env.ts";
import { decideGate } from "./decide-gate.ts";
import { DecideGate } from "./schema.ts";
import { getGate, listGatesOf, listInbox } from "./service.ts";
import { askSignature } from "./step-up.ts";

webTestEnv();
const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed } = scene;
let people: Record<"ada" | "bo" | "cy" | "di", Scope>;
let keys: Record<"bo" | "cy", OwnPasskey>;
let pilotId = "";
let gate: Reviewed;

beforeAll(async () => {
  people = {
    ada: await member(seed, "ada", "engineering_lead"),
    bo: await member(seed, "bo", "reviewer"),
    cy: await member(seed, "cy", "security_lead"),
    di: await member(seed, "di", "reviewer"),
  };
  keys = { bo: await passkeyOf(people.bo, people.ada), cy: await passkeyOf(people.cy, people.ada) };
  pilotId = await scene.pilotControlled({ stepUp: "merge", maxConcurrentRuns: 20 });
});

const asked = (scope: Scope, { gateId, digest }: Reviewed) => askSignature(scope, { gateId, digest });

const approve = (scope: Scope, { gateId, digest }: Reviewed, assertion?: DecideGate["assertion"]) =>
  decideGate(scope, { gateId, digest, decision: "approve", reason: "", assertion });

async function approvalsOf(gateId: string) {
  const { rows } = await database.owner.query("select * from approval where gate_id = $1", [gateId]);
  return rows;
}

describe("an approval that is signed", () => {
  test.each(["ES256", "EdDSA", "RS256"] as const)(
    "with %s is given, and kept with its signature",
    async (name) => {
      gate = await scene.reviewed(pilotId, people.ada);
      const { key, passkeyId } = await passkeyOf(people.bo, people.ada, name);
      expect(await getGate(people.bo, gate.gateId)).toMatchObject({ signing: "passkey" });
      expect(await getGate(people.di, gate.gateId)).toMatchObject({ signing: "passkey_missing" });
      const { options } = await asked(people.bo, gate);
      expect(options).toMatchObject({ rpId: "localhost", userVerification: "required", timeout: 60_000 });
      expect(await approve(people.bo, gate, key.get(options))).toEqual({ status: "approved" });
      const [row] = await approvalsOf(gate.gateId);
      const { statement, ...kept } = JSON.parse(row.assertion);
      expect(kept).toMatchObject({ v: 1, credential: key.credentialId });
      expect(JSON.parse(statement)).toMatchObject({
        ...{ approves: gate.digest, gate: gate.gateId, decision: "approve" },
        ...{ person: actorId(people.bo.actor), origin: "http://localhost:4300" },
      });
      expect(options.challenge).toBe(createHash("sha256").update(statement).digest("base64url"));
      const entry = (await entriesAbout(database, `passkey:${passkeyId}`)).at(-1);
      expect(entry).toMatchObject({ kind: "gate.approval_given", detail: { passkey: passkeyId } });
      expect(entry?.detail.assertion).toBe(createHash("sha256").update(row.assertion).digest("hex"));
      expect((await getGate(people.bo, gate.gateId)).approvals).toMatchObject([{ isSigned: true }]);
    },
  );

  test("is not wanted for saying no, nor where the charter asks for none", async () => {
    const denied = await scene.reviewed(pilotId, people.ada);
    const no = { decision: "deny", reason: "Not this way." } as const;
    const { gateId, digest } = denied;
    expect(await decideGate(people.di, { gateId, digest, ...no })).toEqual({ status: "denied" });
    const free = await scene.reviewed(undefined, people.ada);
    expect(await getGate(people.di, free.gateId)).toMatchObject({ signing: "session" });
    expect(await approve(people.di, free)).toEqual({ status: "approved" });
  });
});

describe("probe: an approval that is signed wrongly writes nothing", () => {
  beforeEach(async () => {
    gate ??= await scene.reviewed(pilotId, people.ada);
    if ((await getGate(seed, gate.gateId)).status !== "open")
      gate = await scene.reviewed(pilotId, people.ada);
  });

  const refusedWith = async (words: RegExp, given: Promise<unknown>) => {
    await expect(given).rejects.toMatchObject({ code: "refused", message: expect.stringMatching(words) });
    expect(await approvalsOf(gate.gateId)).toEqual([]);
    expect(await getGate(seed, gate.gateId)).toMatchObject({ status: "open" });
  };
  const signed = async (otherwise: Otherwise, { key } = keys.bo) =>
    key.get((await asked(people.bo, gate)).options, otherwise);

  test("not signed at all", async () => {
    await refusedWith(/nothing was signed/, approve(people.bo, gate));
  });

  const wrong: readonly (readonly [string, Otherwise, RegExp])[] = [
    ["on another site", { origin: "https://evil.example" }, /on another site/],
    ["in a frame of another site", { crossOrigin: true }, /on another site/],
    ["for another domain", { rpId: "evil.example" }, /for another site/],
    ["without asking for a PIN or a finger", { unverified: true }, /did not check that it is you/],
    ["by a counter that went back", { counter: 0 }, /counter went back/],
    ["as an enrolment", { type: "webauthn.create" }, /not an answer/],
    ["with a bit of the signature turned", { spoil: "signature" }, /not this passkey's/],
    ["with a byte changed after it was signed", { spoil: "authenticatorData" }, /not this passkey's/],
    ["over something that was never asked", { challenge: "c29tZXRoaW5nIGVsc2U" }, /not what you were asked/],
  ];
  test.each(wrong)("signed %s", async (_, otherwise, words) => {
    await refusedWith(words, approve(people.bo, gate, await signed(otherwise)));
  });

  test("signed for another decision", async () => {
    const other = await scene.reviewed(pilotId, people.ada);
    const { options } = await asked(people.bo, other);
    await refusedWith(/another decision than this one/, approve(people.bo, gate, keys.bo.key.get(options)));
  });

  test("signed more than a minute after it was asked", async () => {
    const assertion = await signed({});
    clock.advance(60 * SECOND);
    await refusedWith(/more than a minute/, approve(people.bo, gate, assertion));
  });

  test("signed once and sent twice, though the first was refused", async () => {
    const { options } = await asked(people.bo, gate);
    await refusedWith(
      /on another site/,
      approve(people.bo, gate, keys.bo.key.get(options, { origin: "https://x.example" })),
    );
    await refusedWith(/used already/, approve(people.bo, gate, keys.bo.key.get(options)));
  });

  test("signed by another person's passkey, for oneself or as theirs", async () => {
    await refusedWith(/not one of yours/, approve(people.bo, gate, await signed({}, keys.cy)));
    const theirs = keys.cy.key.get((await asked(people.cy, gate)).options);
    await refusedWith(/not what you were asked/, approve(people.bo, gate, theirs));
    const named = await signed({ id: keys.bo.key.credentialId }, keys.cy);
    await refusedWith(/not this passkey's/, approve(people.bo, gate, named));
  });

  test("signed by a passkey that nobody confirmed, or that was removed meanwhile", async () => {
    const waiting = await passkeyOf(people.di, null);
    await refusedWith(/none that counts/, asked(people.di, gate));
    const good = await passkeyOf(people.di, people.ada);
    const { options } = await asked(people.di, gate);
    await refusedWith(/Nobody has confirmed/, approve(people.di, gate, waiting.key.get(options)));
    const { options: again } = await asked(people.di, gate);
    await removePasskey(people.ada, good.passkeyId);
    await refusedWith(/was removed/, approve(people.di, gate, good.key.get(again)));
  });

  test("by somebody who may not approve is not even asked for", async () => {
    await refusedWith(/somebody else has to approve/, asked(people.ada, gate));
  });

  test("of which the browser's answer is no answer is refused at the door", () => {
    const form = { gateId: "gat_1", digest: "0".repeat(64), decision: "approve" };
    expect(DecideGate.safeParse({ ...form, assertion: "" }).data?.assertion).toBeUndefined();
    for (const assertion of ["{", "[]", '{"id":"x"}', '{"id":"é"}', "x".repeat(20_000)])
      expect(DecideGate.safeParse({ ...form, assertion }).success).toBe(false);
  });
});

test("of one signature sent fifty times at once, one is taken", async () => {
  const two: Partial<Charter["controls"]> = { stepUp: "merge", approverCount: 2 };
  const both = await scene.reviewed(await scene.pilotControlled(two), people.ada);
  const assertion = keys.bo.key.get((await asked(people.bo, both)).options);
  const sent = Array.from({ length: 50 }, () => approve(people.bo, both, assertion));
  const done = (await Promise.allSettled(sent)).filter(({ status }) => status === "fulfilled");
  expect(done).toHaveLength(1);
  expect(await approvalsOf(both.gateId)).toHaveLength(1);
});

describe("probe: a charter that asks for passkeys once it is in force", () => {
  let pilot = "";
  const amending = async (stepUp: Charter["controls"]["stepUp"]) => {
    const charter = charterFor(seed, scene.work.repositoryId);
    const controls = { ...charter.controls, stepUp, maxConcurrentRuns: 20 };
    const written = await writeCharter(people.ada, { pilotId: pilot, charter: { ...charter, controls } });
    const order = { pilotId: pilot, charterId: written.charterId, runs: "keep" } as const;
    const { gateId } = await askAmendment(people.ada, order);
    return getGate(people.cy, gateId);
  };

  test("asks for them also at the merge of a run that was launched before", async () => {
    pilot = await scene.pilotControlled({ maxConcurrentRuns: 20 });
    const { runId, gateId } = await scene.reviewed(pilot, people.ada);
    expect(await getGate(people.di, gateId)).toMatchObject({ signing: "session" });
    const { id, digest } = await amending("merge");
    await decideGate(people.cy, { gateId: id, digest, decision: "approve", reason: "" });
    const [next] = (await listGatesOf(people.di, runId)).filter(({ status }) => status === "open");
    expect(next).toMatchObject({ kind: "merge", signing: "passkey_missing" });
    const given = { runId, gateId: next?.id ?? "", digest: next?.digest ?? "" };
    await expect(approve(people.di, given)).rejects.toMatchObject({ code: "refused" });
  });

  test("is not amended to ask for none by whoever cannot sign; other amendments are decided as before", async () => {
    const none = await amending("none");
    expect(none).toMatchObject({ signing: "passkey" });
    const unsigned = { gateId: none.id, digest: none.digest, decision: "approve", reason: "" } as const;
    await expect(decideGate(people.cy, unsigned)).rejects.toMatchObject({ message: /nothing was signed/ });
    expect(await amending("every_gate")).toMatchObject({ signing: "session" });
  });
});

describe("a passkey that is withdrawn while a gate is open", () => {
  test("takes back what it signed there: entry by entry, and the gate waits for another", async () => {
    const twice = await scene.pilotControlled({ stepUp: "merge", approverCount: 2, maxConcurrentRuns: 20 });
    const open = await scene.reviewed(twice, people.ada);
    const lost = await passkeyOf(people.bo, people.ada);
    const { options } = await asked(people.bo, open);
    expect(await approve(people.bo, open, lost.key.get(options))).toEqual({ status: "open" });
    await removePasskey(people.ada, lost.passkeyId);
    const [row] = await approvalsOf(open.gateId);
    expect(row.withdrawn_at).not.toBeNull();
    const entry = (await entriesAbout(database, `gate:${open.gateId}`)).at(-1);
    expect(entry).toMatchObject({
      kind: "gate.approval_withdrawn",
      detail: { approval: row.id, person: actorId(people.bo.actor), passkey: lost.passkeyId },
    });
    // One more is one of two, not the second.
    const second = await asked(people.cy, open);
    expect(await approve(people.cy, open, keys.cy.key.get(second.options))).toEqual({ status: "open" });
    const { status, approvals } = await getGate(seed, open.gateId);
    expect(status).toBe("open");
    const withdrawn = approvals.map(({ personId, withdrawnAt }) => [personId, withdrawnAt instanceof Date]);
    expect(Object.fromEntries(withdrawn)).toEqual({
      [actorId(people.bo.actor)]: true,
      [actorId(people.cy.actor)]: false,
    });
  });

  test("lets its owner approve there once more, with another one, and counts that alone", async () => {
    const once = await scene.pilotControlled({ stepUp: "merge", approverCount: 2, maxConcurrentRuns: 20 });
    const open = await scene.reviewed(once, people.ada);
    const lost = await passkeyOf(people.bo, people.ada);
    const first = await asked(people.bo, open);
    await approve(people.bo, open, lost.key.get(first.options));
    expect((await getGate(people.bo, open.gateId)).cannotApprove).toMatch(/approved already/);
    await removePasskey(people.ada, lost.passkeyId);
    expect((await getGate(people.bo, open.gateId)).cannotApprove).toBeNull();
    const inbox = await listInbox(people.bo, { show: "mine" });
    expect(inbox.map(({ id }) => id)).toContain(open.gateId);
    const again = await asked(people.bo, open);
    expect(await approve(people.bo, open, keys.bo.key.get(again.options))).toEqual({ status: "open" });
    await expect(asked(people.bo, open)).rejects.toMatchObject({ message: /approved already/ });
    const last = await asked(people.cy, open);
    expect(await approve(people.cy, open, keys.cy.key.get(last.options))).toEqual({ status: "approved" });
    const rows = await approvalsOf(open.gateId);
    const counts = (person: Scope) =>
      rows
        .flatMap((row) => (row.person_id === actorId(person.actor) ? [row.withdrawn_at === null] : []))
        .sort();
    expect([counts(people.bo), counts(people.cy)]).toEqual([[false, true], [true]]);
    const { rows: merges } = await database.owner.query("select message from merge where gate_id = $1", [
      open.gateId,
    ]);
    expect(merges[0].message.match(/Approved-By: \S+/g)).toHaveLength(2);
  });
});
