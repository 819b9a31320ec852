import { describe, expect, test } from "vitest";
import { read, transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import { newId } from "../ids.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { Email, PersonName } from "./schema.ts";
import {
  askSentence,
  createPerson,
  getPerson,
  grantRole,
  holdersOf,
  listPeople,
  liveGrants,
  namesOf,
} from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const scope = testScope({ actor: systemActor("test"), clock });
let count = 0;

const person = (name = "Ada") => createPerson(scope, { email: `p${++count}@example.org`, name });

async function refusal(attempt: Promise<unknown>): Promise<AppError> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

async function disable(personId: string): Promise<void> {
  const client = await database.owner.connect();
  try {
    await client.query("begin");
    await client.query("update person set disabled_at = now() where id = $1", [personId]);
    await client.query("insert into log_entry (id, kind, about, body) values ($1, 'test', array[$2], '')", [
      newId("entry"),
      `person:${personId}`,
    ]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

describe("a new person", () => {
  test("is there, without password and roles, and is written down without their name", async () => {
    const id = await person("Grace Hopper");
    expect(await getPerson(scope, id)).toMatchObject({
      name: "Grace Hopper",
      hasPassword: false,
      grants: [],
    });
    const { rows } = await database.owner.query("select body from log_entry where about @> array[$1]", [
      `person:${id}`,
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0].body.toString()).not.toContain("Grace");
  });

  test("has an address nobody else has, told beside the field", async () => {
    const email = `p${count}@example.org`;
    const error = await refusal(createPerson(scope, { email, name: "Twin" }));
    expect([error.code, Object.keys(error.fields ?? {})]).toEqual(["bad_input", ["email"]]);
  });

  test("nobody is not found", async () => {
    expect((await refusal(getPerson(scope, "per_nobody"))).code).toBe("not_found");
  });
});

describe("a role", () => {
  test("is given on the organisation or on one pilot, once, and written down", async () => {
    const id = await person();
    await grantRole(scope, { personId: id, role: "reviewer", pilotId: "pil_1" });
    clock.advance(1);
    await grantRole(scope, { personId: id, role: "reviewer", pilotId: null });
    expect((await refusal(grantRole(scope, { personId: id, role: "reviewer", pilotId: null }))).code).toBe(
      "conflict",
    );
    expect((await getPerson(scope, id)).grants).toEqual([
      { role: "reviewer", pilotId: "pil_1" },
      { role: "reviewer", pilotId: null },
    ]);
    const { rows } = await database.owner.query(
      "select kind, about from log_entry where about @> array[$1] order by seq",
      [`person:${id}`],
    );
    expect(rows).toEqual([
      { kind: "person.created", about: [`person:${id}`] },
      { kind: "person.role_granted", about: [`person:${id}`, "pilot:pil_1"] },
      { kind: "person.role_granted", about: [`person:${id}`] },
    ]);
  });

  test("needs somebody to hold it", async () => {
    const given = grantRole(scope, { personId: "per_nobody", role: "viewer", pilotId: null });
    expect((await refusal(given)).code).toBe("not_found");
  });

  test("probe: two hands giving the same role at once leave one grant", async () => {
    const id = await person();
    const give = () => grantRole(scope, { personId: id, role: "viewer", pilotId: null });
    await Promise.allSettled([give(), give(), give()]);
    expect((await getPerson(scope, id)).grants).toEqual([{ role: "viewer", pilotId: null }]);
  });

  test("probe: a role nobody defined is stopped by the database too", async () => {
    const id = await person();
    await expect(
      grantRole(scope, { personId: id, role: "owner" as "viewer", pilotId: null }),
    ).rejects.toThrow();
  });

  test("counts for nothing while its holder is disabled", async () => {
    const id = await person("Dis Abled");
    await grantRole(scope, { personId: id, role: "security_lead", pilotId: null });
    const grants = () => transaction(scope, (tx) => liveGrants(tx, id));
    expect(await grants()).toEqual([{ role: "security_lead", pilotId: null }]);
    await disable(id);
    expect(await grants()).toEqual([]);
    const names = (await holdersOf(scope, "runner.enrol", null)).map(({ name }) => name);
    expect(names).not.toContain("Dis Abled");
  });
});

describe("names", () => {
  test("are found for ids, and what is unknown is left out", async () => {
    const id = await person("Named");
    expect(await namesOf(scope, [id, "per_nobody"])).toEqual(new Map([[id, "Named"]]));
    expect(await namesOf(scope, [])).toEqual(new Map());
  });

  test("of who could help are those on the organisation and on the pilot in question", async () => {
    const [org, one, two] = [await person("Org"), await person("One"), await person("Two")];
    await grantRole(scope, { personId: org, role: "engineering_lead", pilotId: null });
    await grantRole(scope, { personId: one, role: "engineering_lead", pilotId: "pil_8" });
    await grantRole(scope, { personId: two, role: "engineering_lead", pilotId: "pil_9" });
    expect(await askSentence(scope, "pilot.create", "pil_8")).toBe(
      "That is One (engineering lead) or Org (engineering lead).",
    );
    expect(await askSentence(scope, "pilot.create", null)).toBe("That is Org (engineering lead).");
  });

  test("a list of people is in order of names", async () => {
    const names = (await listPeople(scope)).map(({ name }) => name);
    const { rows } = await database.owner.query<{ name: string }>(
      "select name from person order by name, id",
    );
    expect(names).toEqual(rows.map(({ name }) => name));
    expect(await read(scope, (db) => db.person.count())).toBe(names.length);
  });
});

describe("what a form may say about a person", () => {
  test("an address is lower case and has a name and a place", () => {
    expect(Email.parse("  Ada@Example.ORG ")).toBe("ada@example.org");
    for (const odd of ["", "ada", "@x", "a@", "a b@x", "a@b@c", `${"a".repeat(250)}@x.org`]) {
      expect(Email.safeParse(odd).success).toBe(false);
    }
  });

  test("a name is not empty and not a novel", () => {
    expect(PersonName.parse(" Ada ")).toBe("Ada");
    expect(PersonName.safeParse("  ").success).toBe(false);
    expect(PersonName.safeParse("x".repeat(101)).success).toBe(false);
  });
});
