// Somebody is away: who decides for them, for how long, and that nobody makes it their own doing. On a real database.
import { beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../authz/schema.ts";
import { DAY, HOUR } from "../clock.ts";
import { transaction } from "../db.ts";
import { newId } from "../ids.ts";
import { deactivatePerson } from "../people/deactivate.ts";
import { createPerson, grantRole, liveGrants, peopleWith } from "../people/service.ts";
import type { Scope } from "../scope.ts";
import { testDatabase } from "../testing/database.ts";
import { person as actorOf, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { NameDeputy, SetDuty } from "./schema.ts";
import { endDeputyship, listDeputies, listDuties, nameDeputy, removeDuty, setDuty } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ actor: systemActor("test"), clock });
const now = clock.now();
const since = new Date(now - HOUR);
const until = new Date(now + DAY);

async function somebody(...roles: (Role | readonly [Role, string])[]): Promise<{ id: string; scope: Scope }> {
  const id = await createPerson(seed, { email: `${newId("person")}@example.org`, name: "Somebody" });
  for (const each of roles) {
    const [role, pilotId] = typeof each === "string" ? [each, null] : each;
    await grantRole(seed, { personId: id, role, pilotId });
  }
  return { id, scope: testScope({ roles, actor: actorOf(id), clock }) };
}
const grantsOf = (id: string) => transaction(seed, (tx) => liveGrants(tx, id));
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

let ada: { id: string; scope: Scope };
beforeAll(async () => {
  ada = await somebody("administrator");
  for (const pilot of ["pil_1", "pil_2"])
    await database.owner.query(
      `with said as (insert into log_entry (id, kind, about, body) values ('ent_' || $1::text, 'test', array['pilot:' || $1::text], ''))
       insert into pilot (id, name, status, time_zone, created_by, created_at) values ($1, $1, 'draft', 'UTC', 'x', now())`,
      [pilot],
    );
});

describe("a deputy", () => {
  test("has the absent person's roles for deciding in that time, on the pilot that was named", async () => {
    const absent = await somebody("reviewer", ["security_lead", "pil_2"]);
    const deputy = await somebody();
    const time = { from: since, until };
    const id = await nameDeputy(absent.scope, {
      ...{ personId: absent.id, deputyId: deputy.id, pilotId: "pil_1" },
      ...time,
    });
    expect(await grantsOf(deputy.id)).toMatchObject([
      {
        role: "reviewer",
        pilotId: "pil_1",
        deputyOf: absent.id,
        permissions: expect.arrayContaining(["gate.decide"]),
      },
    ]);
    const deciding = await transaction(seed, (tx) => peopleWith(tx.db, ["reviewer"], "pil_1"));
    expect(deciding.map(({ personId }) => personId)).toContain(deputy.id);
    expect(await listDeputies(deputy.scope, deputy.id)).toHaveLength(1);
    await endDeputyship(deputy.scope, id);
    expect(await grantsOf(deputy.id)).toEqual([]);
  });

  test("of everything stands in everywhere, and passes nothing on to a deputy of their own", async () => {
    const [absent, deputy, next] = [await somebody("reviewer"), await somebody("viewer"), await somebody()];
    const time = { from: since, until, pilotId: null };
    await nameDeputy(absent.scope, { ...time, personId: absent.id, deputyId: deputy.id });
    await nameDeputy(deputy.scope, { ...time, personId: deputy.id, deputyId: next.id });
    expect((await grantsOf(deputy.id)).map(({ role }) => role).sort()).toEqual(["reviewer", "viewer"]);
    expect((await grantsOf(next.id)).map(({ role }) => role)).toEqual(["viewer"]);
    await deactivatePerson(ada.scope, absent.id);
    expect((await grantsOf(deputy.id)).map(({ role }) => role)).toEqual(["viewer"]);
  });

  test("has nothing before that time and nothing after it", async () => {
    const [absent, deputy] = [await somebody("reviewer"), await somebody()];
    const of = { personId: absent.id, deputyId: deputy.id, pilotId: null };
    await nameDeputy(absent.scope, { ...of, from: new Date(now + HOUR), until });
    expect(await grantsOf(deputy.id)).toEqual([]);
    const past = testScope({ actor: actorOf(absent.id), clock: testClock(now - DAY) });
    await nameDeputy(past, { ...of, from: new Date(now - DAY), until: since });
    expect(await grantsOf(deputy.id)).toEqual([]);
    const over = nameDeputy(absent.scope, { ...of, from: new Date(now - DAY), until: since });
    expect(await refusal(over)).toMatch(/time is over/);
  });

  test("is named by the absent themselves, or by an administrator who is somebody else", async () => {
    const [absent, other] = [await somebody("security_lead"), await somebody("security_lead")];
    const of = { personId: absent.id, pilotId: null, from: since, until };
    expect(await refusal(nameDeputy(other.scope, { ...of, deputyId: other.id }))).toMatch(/“person.manage”/);
    expect(await refusal(nameDeputy(ada.scope, { ...of, deputyId: ada.id }))).toMatch(/yourself/);
    expect(await refusal(nameDeputy(ada.scope, { ...of, deputyId: "per_nobody" }))).toMatch(/who is here/);
    const id = await nameDeputy(ada.scope, { ...of, deputyId: other.id });
    expect(await refusal(endDeputyship((await somebody("reviewer")).scope, id))).toMatch(/no such deputy/);
    await endDeputyship(absent.scope, id);
  });

  test("probe: is never oneself, never for ever, and a rota is always a pilot's", () => {
    const of = { personId: "per_1", deputyId: "per_2", pilotId: null, from: since, until };
    const isTaken = (more: object) => NameDeputy.safeParse({ ...of, ...more }).success;
    expect(isTaken({})).toBe(true);
    expect(isTaken({ deputyId: "per_1" })).toBe(false);
    expect(isTaken({ deputyId: null })).toBe(false);
    expect(isTaken({ until: since })).toBe(false);
    expect(isTaken({ until: new Date(now + 93 * DAY) })).toBe(false);
    expect(SetDuty.safeParse({ pilotId: "p", personId: "p", from: until, until: since }).success).toBe(false);
  });
});

describe("whoever is on duty", () => {
  test("stands in for who named the rota, while they are on it", async () => {
    const [absent, onDuty] = [await somebody("reviewer"), await somebody()];
    const of = { personId: absent.id, deputyId: null, pilotId: "pil_1", from: since, until };
    await nameDeputy(absent.scope, of);
    expect(await grantsOf(onDuty.id)).toEqual([]);
    const id = await setDuty(ada.scope, { pilotId: "pil_1", personId: onDuty.id, from: since, until });
    expect(await grantsOf(onDuty.id)).toMatchObject([
      { role: "reviewer", pilotId: "pil_1", deputyOf: absent.id },
    ]);
    expect(await listDuties(ada.scope)).toMatchObject([{ id, personId: onDuty.id }]);
    const twice = setDuty(ada.scope, { pilotId: "pil_1", personId: absent.id, from: since, until });
    expect(await refusal(twice)).toMatch(/on duty there in that time already/);
    await removeDuty(ada.scope, id);
    expect(await grantsOf(onDuty.id)).toEqual([]);
  });

  test("is put there by another, who gives roles on that pilot", async () => {
    const security = await somebody(["security_lead", "pil_2"]);
    const { id } = await somebody();
    const of = { pilotId: "pil_2", personId: id, from: since, until };
    const own = setDuty(security.scope, { ...of, personId: security.id });
    expect(await refusal(own)).toMatch(/somebody else has to put you/);
    expect(await refusal(setDuty((await somebody("reviewer")).scope, of))).toMatch(/“role.grant”/);
    await setDuty(security.scope, of);
    expect(await listDuties(security.scope)).toHaveLength(1);
    expect(await listDuties((await somebody(["viewer", "pil_1"])).scope)).toEqual([]);
  });
});
