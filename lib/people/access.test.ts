// Who gives and takes what, and what is left of somebody who leaves. On a real database, through the services.
import { beforeAll, describe, expect, test } from "vitest";
import { getLiveSession, openNewSession } from "../auth/sessions.ts";
import type { Role, RoleKey } from "../authz/schema.ts";
import { HOUR } from "../clock.ts";
import { transaction } from "../db.ts";
import { newId } from "../ids.ts";
import type { RoleInput } from "../roles/schema.ts";
import { changeRole, createRole, listRoles, retireRole } from "../roles/service.ts";
import type { Scope } from "../scope.ts";
import { testDatabase } from "../testing/database.ts";
import { person as actorOf, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { deactivatePerson, reactivatePerson } from "./deactivate.ts";
import { inviteAgain, invitePerson } from "./invite.ts";
import { revokeRole } from "./revoke-role.ts";
import { createPerson, grantRole, liveGrants } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ actor: systemActor("test"), clock });
const VISITOR = { address: "192.0.2.1", userAgent: "test" };

interface Somebody {
  readonly id: string;
  readonly scope: Scope;
}

async function somebody(...roles: (Role | readonly [Role, string])[]): Promise<Somebody> {
  const id = await createPerson(seed, { email: `${newId("person")}@example.org`, name: "Somebody" });
  for (const each of roles) {
    const [role, pilotId] = typeof each === "string" ? [each, null] : each;
    await grantRole(seed, { personId: id, role, pilotId });
  }
  return { id, scope: testScope({ roles, actor: actorOf(id), clock }) };
}

const grantsOf = (id: string) => transaction(seed, (tx) => liveGrants(tx, id));
const session = (id: string) => transaction(seed, (tx) => openNewSession(tx, seed, id, VISITOR));
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

async function grantIdOf(personId: string, role: RoleKey): Promise<string> {
  const { rows } = await database.owner.query<{ id: string }>(
    "select id from role_grant where person_id = $1 and role = $2 and revoked_at is null",
    [personId, role],
  );
  return rows[0]?.id ?? "none";
}

const entriesAbout = async (subject: string) =>
  (
    await database.owner.query<{ kind: string }>(
      "select kind from log_entry where about @> array[$1] order by seq",
      [subject],
    )
  ).rows.map(({ kind }) => kind);

let ada: Somebody;
let security: Somebody;
beforeAll(async () => {
  ada = await somebody("administrator");
  security = await somebody("security_lead");
  await database.owner.query(
    `with said as (insert into log_entry (id, kind, about, body) values ('ent_pilot', 'test', array['pilot:pil_1'], ''))
     insert into pilot (id, name, status, time_zone, created_by, created_at) values ('pil_1', 'One', 'draft', 'UTC', 'x', now())`,
  );
});

describe("giving", () => {
  test("an administrator gives any role to others, for good or until a day", async () => {
    const { id } = await somebody();
    const until = new Date(clock.now() + HOUR);
    await grantRole(ada.scope, { personId: id, role: "reviewer", pilotId: "pil_1", endsAt: until });
    expect(await grantsOf(id)).toEqual([{ role: "reviewer", pilotId: "pil_1" }]);
    expect(await entriesAbout(`person:${id}`)).toContain("person.role_granted");
  });

  test("what has ended counts no more, and can be given anew", async () => {
    const { id } = await somebody();
    const past = testScope({ actor: systemActor("test"), clock: testClock(clock.now() - 3 * HOUR) });
    const given = { personId: id, role: "reviewer", pilotId: null } as const;
    await grantRole(past, { ...given, endsAt: new Date(clock.now() - HOUR) });
    expect(await grantsOf(id)).toEqual([]);
    await grantRole(ada.scope, given);
    expect(await grantsOf(id)).toHaveLength(1);
    const late = { ...given, role: "viewer", endsAt: new Date(clock.now() - HOUR) } as const;
    expect(await refusal(grantRole(ada.scope, late))).toMatch(/ended already/);
  });

  test("nobody gives a role to themselves", async () => {
    const given = grantRole(ada.scope, { personId: ada.id, role: "security_lead", pilotId: null });
    expect(await refusal(given)).toMatch(/to yourself/);
  });

  test("a security lead gives and takes what they have themselves, and there", async () => {
    const { id } = await somebody();
    await grantRole(security.scope, { personId: id, role: "reviewer", pilotId: null });
    await revokeRole(security.scope, await grantIdOf(id, "reviewer"));
    expect(await grantsOf(id)).toEqual([]);
    const more = grantRole(security.scope, { personId: id, role: "administrator", pilotId: null });
    expect(await refusal(more)).toMatch(/only what you have yourself/);
    const onOne = await somebody(["security_lead", "pil_1"]);
    const wider = grantRole(onOne.scope, { personId: id, role: "viewer", pilotId: null });
    expect(await refusal(wider)).toMatch(/Your role does not include/);
    await grantRole(onOne.scope, { personId: id, role: "viewer", pilotId: "pil_1" });
  });

  test.each(["engineering_lead", "reviewer", "auditor", "viewer"] as const)(
    "probe: %s gives none",
    async (role) => {
      const { scope } = await somebody(role);
      const { id } = await somebody();
      expect(await refusal(grantRole(scope, { personId: id, role: "viewer", pilotId: null }))).toMatch(
        /Your role does not include “role.grant”/,
      );
    },
  );

  test("probe: a role or a pilot that is not there is refused", async () => {
    const { id } = await somebody();
    const give = (role: RoleKey, pilotId: string | null) =>
      refusal(grantRole(ada.scope, { personId: id, role, pilotId }));
    expect(await give("rol_none", null)).toMatch(/no such role/);
    expect(await give("viewer", "pil_none")).toMatch(/no such pilot/);
  });
});

describe("a live stream", () => {
  test("is told to look again in the transaction that gives, takes or changes a role, and at once", async () => {
    const { id } = await somebody();
    const { sessionId } = await session(id);
    const client = await database.owner.connect();
    const told: (string | undefined)[] = [];
    const heard = () =>
      new Promise<void>((resolve) => {
        client.once("notification", ({ payload }) => {
          told.push(payload);
          resolve();
        });
      });
    await client.query("listen session_revoked");
    const input: RoleInput = { name: "Streamed", description: "", permissions: ["run.view"] };
    const role = (await createRole(ada.scope, input)) as RoleKey;
    const steps = [
      () => grantRole(ada.scope, { personId: id, role, pilotId: null }),
      () => changeRole(ada.scope, role, { ...input, permissions: ["log.view"] }),
      async () => revokeRole(ada.scope, await grantIdOf(id, role)),
      () => deactivatePerson(ada.scope, id),
    ];
    for (const step of steps) await Promise.all([heard(), step()]);
    client.release(true);
    expect(told).toEqual(steps.map(() => sessionId));
  });
});

describe("a role that was made here", () => {
  const input: RoleInput = { name: "Night desk", description: "", permissions: ["gate.decide", "run.view"] };

  test("gives what stands in it, from the next request on, whatever is changed", async () => {
    const { id } = await somebody();
    const { sessionId } = await session(id);
    const role = (await createRole(ada.scope, input)) as RoleKey;
    await grantRole(ada.scope, { personId: id, role, pilotId: null });
    const seen = async () => (await getLiveSession(seed, sessionId))?.grants;
    expect(await seen()).toEqual([{ role, pilotId: null, permissions: ["gate.decide", "run.view"] }]);
    await changeRole(ada.scope, role, { ...input, permissions: ["run.view"] });
    expect(await seen()).toEqual([{ role, pilotId: null, permissions: ["run.view"] }]);
    await retireRole(ada.scope, role);
    expect(await seen()).toEqual([]);
    expect(await entriesAbout(`role:${role}`)).toEqual(["role.created", "role.changed", "role.retired"]);
  });

  test("is not made bigger by who holds it", async () => {
    const role = (await createRole(ada.scope, { ...input, name: "Own" })) as RoleKey;
    const other = await somebody("administrator");
    await grantRole(other.scope, { personId: ada.id, role, pilotId: null });
    const bigger = changeRole(ada.scope, role, { ...input, name: "Own", permissions: ["stop.lift"] });
    expect(await refusal(bigger)).toMatch(/You hold this role yourself/);
    await deactivatePerson(ada.scope, other.id);
  });

  test("has a name of its own, and the built-in ones stay as they are", async () => {
    await createRole(ada.scope, { ...input, name: "Twice" });
    expect(await refusal(createRole(ada.scope, { ...input, name: "twice" }))).toMatch(/called this already/);
    expect(await refusal(changeRole(ada.scope, "viewer", { ...input, name: "Viewer" }))).toMatch(/built in/);
    await expect(
      database.owner.query("update role set permissions = array['stop.lift'] where id = 'viewer'"),
    ).rejects.toThrow(/built-in role viewer is fixed/);
    expect((await listRoles(ada.scope)).filter(({ isBuiltIn }) => isBuiltIn)).toHaveLength(6);
  });

  test("probe: what lets others in is given by none, whatever its row says", async () => {
    const { id } = await somebody();
    const role = (await createRole(ada.scope, { ...input, name: "Forged" })) as RoleKey;
    await grantRole(ada.scope, { personId: id, role, pilotId: null });
    await database.owner.query(
      `with said as (insert into log_entry (id, kind, about, body) values ('ent_forged', 'test', array['role:' || $1::text], ''))
       update role set permissions = array['role.manage', 'person.manage', 'run.view'] where id = $1`,
      [role],
    );
    const [grant] = await grantsOf(id);
    const scope = { ...testScope({ actor: actorOf(id), clock }), grants: grant ? [grant] : [] };
    expect(await refusal(createRole(scope, { ...input, name: "More" }))).toMatch(
      /does not include “role.manage”/,
    );
  });
});

describe("inviting", () => {
  test("makes a person and a link that is shown once; another only until they came in", async () => {
    const email = `${newId("person")}@example.org`;
    const { personId, path } = await invitePerson(ada.scope, { email, name: "New" });
    expect(path).toMatch(/^\/link\//);
    expect((await inviteAgain(ada.scope, personId)).path).not.toBe(path);
    await session(personId);
    expect(await refusal(inviteAgain(ada.scope, personId))).toMatch(/has signed in already/);
    expect(await refusal(invitePerson(security.scope, { email: "x@example.org", name: "X" }))).toMatch(
      /“person.manage”/,
    );
  });
});

describe("somebody who leaves", () => {
  test("has no session, no role and no link left, and one entry says so", async () => {
    const { id } = await somebody("reviewer");
    const { sessionId } = await session(id);
    await deactivatePerson(ada.scope, id);
    expect(await getLiveSession(seed, sessionId)).toBeNull();
    expect(await grantsOf(id)).toEqual([]);
    expect(await entriesAbout(`person:${id}`)).toContain("person.deactivated");
    expect(await refusal(deactivatePerson(ada.scope, id))).toMatch(/deactivated already/);
    expect(await refusal(grantRole(ada.scope, { personId: id, role: "viewer", pilotId: null }))).toMatch(
      /is deactivated/,
    );
    await reactivatePerson(ada.scope, id);
    expect(await grantsOf(id)).toEqual([{ role: "reviewer", pilotId: null }]);
    expect(await getLiveSession(seed, sessionId)).toBeNull();
  });

  test("is never oneself, and never the last administrator, at once or one after the other", async () => {
    expect(await refusal(deactivatePerson(ada.scope, ada.id))).toMatch(/cannot deactivate yourself/);
    const other = await somebody("administrator");
    const both = await Promise.all([
      refusal(deactivatePerson(ada.scope, other.id)),
      refusal(deactivatePerson(other.scope, ada.id)),
    ]);
    expect(both.filter((each) => each === "done")).toHaveLength(1);
    expect(both.filter((each) => /last administrator/.test(each))).toHaveLength(1);
    const left = both[0] === "done" ? ada : other;
    const own = await grantIdOf(left.id, "administrator");
    expect(await refusal(revokeRole(left.scope, own))).toMatch(/last administrator/);
  });
});
