import { describe, expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { entriesAbout } from "../testing/journey.ts";
import { person, systemActor, testClock, testScope } from "../testing/scopes.ts";
import { GiveAccess } from "./schema.ts";
import { findAccessByToken, giveAccess, isAccessLive, listAccesses, withdrawAccess } from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const lead = testScope({ roles: ["security_lead"], actor: person("per_lead"), clock });
const { pilotId } = await arrangeWork(seed);
const everything = { label: "The auditors", pilotId: null, withBlobs: false, days: 10 };

describe("giving access", () => {
  test("keeps the token's hash alone, and records who may follow what until when", async () => {
    const { accessId, token, expiresAt } = await giveAccess(lead, { ...everything, pilotId });
    expect(token).toMatch(/^pla_[A-Za-z0-9_-]{43}$/);
    expect(expiresAt.getTime()).toBe(clock.now() + 10 * DAY);
    const { rows } = await database.owner.query("select * from log_access where id = $1", [accessId]);
    expect(JSON.stringify(rows)).not.toContain(token);
    const [entry] = await entriesAbout(database, `access:${accessId}`);
    expect(entry).toMatchObject({
      kind: "log.access_given",
      detail: { pilot: pilotId, with_blobs: false, expires_at: expiresAt.getTime() },
    });
    expect(JSON.stringify(entry)).not.toContain("The auditors");
    expect(await entriesAbout(database, `pilot:${pilotId}`)).toContainEqual(entry);
  });

  test("opens what was given until it ends", async () => {
    const { accessId, token, expiresAt } = await giveAccess(lead, everything);
    const opens = { id: accessId, pilotId: null, withBlobs: false, expiresAt };
    expect(await findAccessByToken(lead, token)).toEqual(opens);
    const later = testScope({ clock: testClock(expiresAt.getTime()) });
    expect(await findAccessByToken(later, token)).toBeNull();
    expect(await isAccessLive(later, accessId)).toBe(false);
  });

  test("is for who may give it: everything is not a pilot's lead's to give", async () => {
    const ofPilot = testScope({ roles: [["security_lead", pilotId]], actor: person("per_own"), clock });
    await expect(giveAccess(ofPilot, everything)).rejects.toMatchObject({ code: "forbidden" });
    const { accessId } = await giveAccess(ofPilot, { ...everything, pilotId });
    expect((await listAccesses(ofPilot)).map(({ id }) => id)).toContain(accessId);
    expect((await listAccesses(ofPilot)).every((access) => access.pilotId === pilotId)).toBe(true);
    for (const role of ["engineering_lead", "reviewer", "auditor", "viewer"] as const) {
      const other = testScope({ roles: [role], clock });
      await expect(giveAccess(other, everything)).rejects.toMatchObject({ code: "forbidden" });
      expect(await listAccesses(other)).toEqual([]);
    }
  });

  test("with payloads is for who may see them unmasked", async () => {
    const administrator = testScope({ roles: ["administrator"], actor: person("per_admin"), clock });
    const wanted = { ...everything, withBlobs: true };
    await expect(giveAccess(administrator, wanted)).rejects.toMatchObject({ code: "forbidden" });
    expect((await giveAccess(lead, wanted)).token).not.toBe("");
  });

  test("to a pilot that is not there is refused", async () => {
    await expect(giveAccess(lead, { ...everything, pilotId: "pil_nobody" })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test.each([
    [{ days: "91" }, "days"],
    [{ days: "0" }, "days"],
    [{ days: "1.5" }, "days"],
    [{ days: "soon" }, "days"],
    [{ label: " a " }, "label"],
    [{ label: "x".repeat(101) }, "label"],
  ])("probe: %j names the field that is wrong", (more, field) => {
    const result = GiveAccess.safeParse({ ...everything, ...more });
    expect(result.error?.issues.map(({ path }) => path.join("."))).toEqual([field]);
  });
});

describe("withdrawing access", () => {
  test("ends it at once, is recorded, and cannot be done twice", async () => {
    const { accessId, token } = await giveAccess(lead, everything);
    await withdrawAccess(lead, accessId);
    expect(await findAccessByToken(lead, token)).toBeNull();
    expect((await listAccesses(lead)).find(({ id }) => id === accessId)?.state).toBe("withdrawn");
    expect((await entriesAbout(database, `access:${accessId}`)).map(({ kind }) => kind)).toEqual([
      "log.access_given",
      "log.access_withdrawn",
    ]);
    await expect(withdrawAccess(lead, accessId)).rejects.toMatchObject({ code: "conflict" });
  });

  test("probe: by somebody who may not, or of what is not there, is refused and changes nothing", async () => {
    const { accessId, token } = await giveAccess(lead, everything);
    const auditor = testScope({ roles: ["auditor"], clock });
    await expect(withdrawAccess(auditor, accessId)).rejects.toMatchObject({ code: "forbidden" });
    await expect(withdrawAccess(lead, "acc_nobody")).rejects.toMatchObject({ code: "not_found" });
    expect(await findAccessByToken(lead, token)).not.toBeNull();
  });
});
