// A page of the inbox and its counts, held to what each gate's own rule says of each person.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import { transaction } from "../db.ts";
import { nameDeputy } from "../deputies/service.ts";
import { grantGroupRole } from "../groups/grant-group-role.ts";
import { addMember, createGroup } from "../groups/service.ts";
import { newId } from "../ids.ts";
import { createPerson, grantRole } from "../people/service.ts";
import { createRole } from "../roles/service.ts";
import type { Scope } from "../scope.ts";
import { actorId } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { runScene } from "../testing/run-scene.ts";
import { person as actorOf, systemActor, testScope } from "../testing/scopes.ts";
import { decideGate } from "./decide-gate.ts";
import { openGate } from "./open-gate.ts";
import { cursorOf, type InboxQuery } from "./schema.ts";
import { countInbox, getGate, listInbox } from "./service.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { seed, work, clock } = scene;
const people: Scope[] = [];
let other = "";

/** Gates of two pilots and three kinds, some of them decided half, barred or over. */
beforeAll(async () => {
  for (const [name, role] of [
    ["ada", "engineering_lead"],
    ["bo", "reviewer"],
    ["cy", "security_lead"],
    ["vi", "viewer"],
  ] as const)
    people.push(await member(seed, name, role));
  const [ada, bo] = people.map(({ actor }) => actorId(actor));
  other = await scene.pilotWith();
  const gates = await transaction(seed, async (tx) => {
    const made: string[] = [];
    for (let nth = 0; nth < 60; nth++)
      made.push(
        await openGate(tx, seed, {
          ...{ kind: nth % 3 ? "resume" : "activate", pilotId: nth % 2 ? work.pilotId : other },
          document: { number: nth },
          rule: {
            needed: 2,
            roles: nth % 5 ? ["reviewer", "security_lead"] : ["engineering_lead"],
            barred: nth % 4 ? [] : [ada ?? "", bo ?? ""],
            people: nth % 7 ? [] : [bo ?? ""],
          },
          expiresAt: new Date(clock.now() + Math.floor(nth / 3 - 1) * HOUR),
        }),
      );
    return made;
  });
  const [half] = (await listInbox(people[1] as Scope, { show: "mine" })).filter(({ id }) =>
    gates.includes(id),
  );
  if (half)
    await decideGate(people[1] as Scope, {
      gateId: half.id,
      digest: half.digest,
      decision: "approve",
      reason: "",
    });
});

async function pages(scope: Scope, query: InboxQuery): Promise<string[][]> {
  const found: string[][] = [];
  for (let after: string | null = null; ; ) {
    const page = await listInbox(scope, { ...query, after, limit: 7 });
    if (page.length > 0) found.push(page.map(({ id }) => id));
    const last = page.at(-1);
    if (page.length < 7 || !last) return found;
    after = cursorOf(last);
  }
}

describe("the inbox, a page at a time", () => {
  test("holds every gate once, the soonest deadline first", async () => {
    const all = await listInbox(seed, { limit: 200 });
    const ids = (await pages(seed, {})).flat();
    expect(ids).toEqual(all.map(({ id }) => id));
    expect(new Set(ids).size).toBe(60);
    const deadlines = all.map(({ expiresAt }) => expiresAt.getTime());
    expect(deadlines).toEqual([...deadlines].sort((one, two) => one - two));
  });

  test("of one person is exactly what the rule lets them approve, and is counted so", async () => {
    for (const scope of people) {
      const may = (await listInbox(scope, { limit: 200 })).filter(
        ({ cannotApprove }) => cannotApprove === null,
      );
      expect((await pages(scope, { show: "mine" })).flat()).toEqual(may.map(({ id }) => id));
      expect(await countInbox(scope)).toEqual({ mine: may.length, team: 60 });
    }
    expect((await countInbox(people[1] as Scope)).mine).toBeGreaterThan(10);
    expect((await countInbox(people[3] as Scope)).mine).toBe(0);
  });

  test("can be asked for one kind and one pilot", async () => {
    const found = await listInbox(seed, { kind: "activate", pilotId: other, limit: 200 });
    expect(found.length).toBe(10);
    expect(new Set(found.map(({ kind, pilotId }) => `${kind} ${pilotId}`))).toEqual(
      new Set([`activate ${other}`]),
    );
  });

  test("probe: what is no cursor begins at the beginning", async () => {
    const first = (await listInbox(seed, { limit: 3 })).map(({ id }) => id);
    for (const after of ["", "x", "12", "12_'; drop table gate", "9999999999999999_gat_1"])
      expect((await listInbox(seed, { limit: 3, after })).map(({ id }) => id)).toEqual(first);
  });
});

/** Somebody who sees everything; what they decide with is given to them by the services. */
async function somebody(): Promise<{ id: string; scope: Scope }> {
  const id = await createPerson(seed, { email: `${newId("person")}@example.org`, name: "Somebody" });
  return { id, scope: testScope({ roles: ["viewer"], actor: actorOf(id), clock }) };
}

/** By a role there and here, by a group, by one made here, and as deputies of who is away: one, two, and one who holds nothing. */
async function everyWay(): Promise<readonly { id: string; scope: Scope }[]> {
  const admin = testScope({ roles: ["administrator"], actor: systemActor("test"), clock });
  const all = await Promise.all(Array.from({ length: 8 }, somebody));
  const id = (nth: number) => all[nth]?.id ?? "";
  const give = (
    nth: number,
    role: "reviewer" | "security_lead" | "engineering_lead",
    pilotId: string | null,
  ) => grantRole(admin, { personId: id(nth), role, pilotId });
  await give(0, "engineering_lead", null);
  await give(1, "reviewer", work.pilotId);
  await give(1, "security_lead", other);
  const groupId = await createGroup(admin, { name: "Security", description: "" });
  await addMember(admin, { groupId, personId: id(2) });
  await grantGroupRole(admin, { groupId, role: "security_lead", pilotId: null });
  const permissions = ["run.view", "run.launch"] as const;
  const role = await createRole(admin, { name: "Launcher", description: "", permissions: [...permissions] });
  await grantRole(admin, { personId: id(3), role: role as `rol_${string}`, pilotId: null });
  const time = { from: new Date(clock.now() - HOUR), until: new Date(clock.now() + DAY) };
  const standIn = (absent: number, deputy: number, pilotId: string | null) =>
    nameDeputy(all[absent]?.scope ?? admin, { personId: id(absent), deputyId: id(deputy), pilotId, ...time });
  await standIn(0, 4, null);
  await standIn(1, 5, null);
  await standIn(2, 5, work.pilotId);
  await standIn(2, 1, null);
  return all;
}

const nth = fc.nat(7);
const asked = fc.record({
  kind: fc.constantFrom("merge", "resume", "break_glass"),
  roles: fc.subarray(["engineering_lead", "reviewer", "security_lead"] as const, { minLength: 1 }),
  barred: fc.uniqueArray(nth, { maxLength: 3 }),
  isHere: fc.boolean(),
  hours: fc.integer({ min: -2, max: 30 }),
  steered: fc.uniqueArray(nth, { maxLength: 2 }),
  approves: fc.uniqueArray(nth, { maxLength: 3 }),
});

test("the count and the list of each say what the rule says of every gate, whatever way they came to decide", async () => {
  const all = await everyWay();
  const idOf = (person: number) => all[person]?.id ?? "";
  const deputies = all.slice(4, 6);
  const found = { mine: 0, deputies: 0, notTheirs: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 6, maxLength: 10 }), async (gates) => {
      for (const gate of gates) {
        const runId = gate.kind === "merge" ? await scene.launched() : undefined;
        const gateId = await transaction(seed, (tx) =>
          openGate(tx, seed, {
            ...{ kind: gate.kind as "merge", pilotId: gate.isHere ? work.pilotId : other },
            ...(runId === undefined ? {} : { runId }),
            document: { decides: gate.kind, number: newId("request") },
            rule: { needed: 5, roles: gate.roles, barred: gate.barred.map(idOf) },
            expiresAt: new Date(clock.now() + gate.hours * HOUR),
          }),
        );
        for (const by of gate.approves) await approveIfMay(all[by]?.scope, gateId);
        for (const by of runId === undefined ? [] : gate.steered)
          await scene.database.owner.query(STEER, [newId("message"), runId, idOf(by)]);
      }
      for (const { scope } of all) {
        const team = await listInbox(scope, { limit: 1000 });
        const may = team.filter(({ cannotApprove }) => cannotApprove === null).map(({ id }) => id);
        const mine = await listInbox(scope, { show: "mine", limit: 1000 });
        expect(mine.map(({ id }) => id)).toEqual(may);
        expect(await countInbox(scope)).toEqual({ mine: may.length, team: team.length });
        found.mine += may.length;
        if (deputies.some((one) => one.scope === scope)) found.deputies += may.length;
        found.notTheirs += team.filter(({ cannotApprove }) =>
          cannotApprove?.startsWith("You decide here only"),
        ).length;
      }
    }),
    { numRuns: 3 },
  );
  expect(Math.min(found.mine, found.deputies, found.notTheirs)).toBeGreaterThan(0);
});

const STEER = `
  with said as (insert into log_entry (id, kind, about, body) values ('ent_' || $1::text, 'message.sent', array['run:' || $2::text], ''))
  insert into run_message (id, run_id, mode, origin, text, commitment, status, sent_by, request_key, sent_at)
  values ($1, $2, 'now', 'steer', '', '', 'queued', $3, $1, now())`;

async function approveIfMay(scope: Scope | undefined, gateId: string): Promise<void> {
  if (!scope) return;
  const { cannotApprove, digest } = await getGate(scope, gateId);
  if (cannotApprove === null)
    await decideGate(scope, { gateId, digest, decision: "approve", reason: "", source: "web" });
}
