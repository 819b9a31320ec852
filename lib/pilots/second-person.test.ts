import { describe, expect, test } from "vitest";
import type { Role } from "../authz/schema.ts";
import { read, transaction } from "../db.ts";
import { createPerson, grantRole } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { requireSecondPerson } from "./second-person.ts";

await testDatabase("web");
const clock = testClock();
const seed = testScope({ actor: systemActor("demo"), clock });

const LEADS: readonly Role[] = ["security_lead"];
const allowed = async (scope: Scope, pilotId: string | null = "pil_1", roles = LEADS): Promise<boolean> =>
  read(scope, (db) => requireSecondPerson(db, scope, roles, pilotId)).then(
    () => true,
    (error) => {
      expect(error).toMatchObject({ code: "refused" });
      return false;
    },
  );

describe("a second person", () => {
  test("is somebody else with the role on the organisation or on that pilot", async () => {
    const asker = await member(seed, "ada", "security_lead");
    expect(await allowed(asker)).toBe(false);
    await member(seed, "bo", "engineering_lead");
    expect(await allowed(asker)).toBe(false);
    expect(await allowed(asker, "pil_1", ["security_lead", "engineering_lead"])).toBe(true);
    const cy = await createPerson(seed, { email: "cy@example.org", name: "cy" });
    await grantRole(seed, { personId: cy, role: "security_lead", pilotId: "pil_1" });
    expect(await allowed(asker, "pil_1")).toBe(true);
    expect(await allowed(asker, "pil_2")).toBe(false);
    expect(await allowed(asker, null)).toBe(false);
  });

  test("probe: is nobody who was disabled, and nobody whose role was taken away", async () => {
    const asker = await member(seed, "dee", "administrator");
    const count = async () => allowed(asker, "pil_2", ["auditor"]);
    const auditor = actorId((await member(seed, "eve", "auditor")).actor);
    expect(await count()).toBe(true);
    const change = (work: (db: Parameters<Parameters<typeof read>[1]>[0]) => Promise<unknown>) =>
      transaction(seed, async (tx) => {
        await work(tx.db);
        tx.record({
          kind: "person.link_made",
          about: [`person:${auditor}`],
          detail: { link: "lnk_1" },
        });
      });
    await change((db) => db.person.update({ where: { id: auditor }, data: { disabledAt: new Date() } }));
    expect(await count()).toBe(false);
    await change((db) => db.person.update({ where: { id: auditor }, data: { disabledAt: null } }));
    expect(await count()).toBe(true);
    await change((db) =>
      db.grant.updateMany({ where: { personId: auditor }, data: { revokedAt: new Date() } }),
    );
    expect(await count()).toBe(false);
  });

  test("is missing in words that say what to do", async () => {
    const asker = await member(seed, "fay", "viewer");
    await expect(
      read(asker, (db) => requireSecondPerson(db, asker, ["reviewer", "auditor"], null)),
    ).rejects.toThrow("nobody but you is reviewer or auditor here. Give somebody the role first.");
  });
});
