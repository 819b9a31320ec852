import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { HOUR, MINUTE, SECOND } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { type Phase, Register } from "../protocol/schema.ts";
import { newRunnerKeys } from "../protocol/signing.ts";
import { testDatabase } from "../testing/database.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { registerRunner } from "./register-runner.ts";
import {
  findRunner,
  findRunnerForAuth,
  getRunner,
  listOpenEnrolments,
  listRunners,
  makeEnrolment,
  revokeRunner,
  touchContact,
} from "./service.ts";

const database = await testDatabase("web");
const clock = testClock();
const security = testScope({ roles: ["security_lead"], clock });
const door = testScope({ actor: systemActor("registration"), clock });

function application(
  enrolmentToken: string,
  change: Partial<z.infer<typeof Register>> = {},
): z.infer<typeof Register> {
  return {
    ...{
      version: 1,
      enrolmentToken,
      name: "build-01",
      publicKey: newRunnerKeys().publicKey,
      hostId: "host-0001",
    },
    ...{ phases: ["agent" as Phase], tier: "strong" as const, tierMissing: [], slots: 2 },
    ...change,
  };
}

async function registered(change: Partial<z.infer<typeof Register>> = {}) {
  const { token } = await makeEnrolment(security, { phases: ["agent", "verify"] });
  const input = application(token, change);
  return { ...(await registerRunner(door, input, "192.0.2.7")), input };
}

async function entries(kind: string): Promise<{ about: string[]; detail: Record<string, unknown> }[]> {
  const { rows } = await database.owner.query(
    "select about, convert_from(body, 'UTF8') as body from log_entry where kind = $1 order by seq",
    [kind],
  );
  return rows.map((row) => ({ about: row.about, detail: JSON.parse(row.body).detail }));
}

describe("an enrolment", () => {
  test("shows its token once: neither table nor record hold it", async () => {
    const { token, enrolmentId, expiresAt } = await makeEnrolment(security, { phases: ["verify"] });
    expect(token).toMatch(/^phe_[A-Za-z0-9_-]{43}$/);
    expect(expiresAt).toEqual(new Date(clock.now() + HOUR));
    const { rows } = await database.owner.query(
      "select to_jsonb(e)::text || (select string_agg(convert_from(body, 'UTF8'), '') from log_entry) as everything from enrolment e where id = $1",
      [enrolmentId],
    );
    expect(rows[0].everything).not.toContain(token.slice(4));
    expect((await listOpenEnrolments(security)).map((each) => each.id)).toContain(enrolmentId);
  });

  test("is made by administrators and security leads of the organisation only", async () => {
    for (const scope of [
      testScope({ roles: ["engineering_lead"] }),
      testScope({ roles: [["security_lead", "pil_1"]] }),
      testScope(),
    ]) {
      await expect(makeEnrolment(scope, { phases: ["agent"] })).rejects.toMatchObject({ code: "forbidden" });
    }
    await makeEnrolment(testScope({ roles: ["administrator"] }), { phases: ["agent"] });
  });

  test("can be used for an hour", async () => {
    const { token, enrolmentId } = await makeEnrolment(security, { phases: ["agent"] });
    clock.advance(HOUR);
    expect((await listOpenEnrolments(security)).map((each) => each.id)).not.toContain(enrolmentId);
    await expect(registerRunner(door, application(token), "192.0.2.7")).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });
});

describe("registering", () => {
  test("probe: under the host id of the self-test's canaries is refused", () => {
    const named = (hostId: string) => ({ ...application("t".repeat(43)), hostId });
    expect(Register.safeParse(named("host-0001")).success).toBe(true);
    expect(Register.safeParse(named("self-test")).error?.issues[0]).toMatchObject({
      ...{ path: ["hostId"], message: expect.stringContaining("canaries") },
    });
  });

  test("makes a runner that is known by its key and heard of now", async () => {
    const { runnerId, input } = await registered({ tier: "weak", tierMissing: ["No cgroup."] });
    expect(await findRunnerForAuth(door, runnerId)).toEqual({
      id: runnerId,
      name: expect.stringMatching(/^build-01/),
      publicKey: input.publicKey,
      phases: ["agent"],
      revoked: false,
    });
    expect(await getRunner(security, runnerId)).toMatchObject({
      ...{ hostId: "host-0001", phases: ["agent"], revokedAt: null, live: true, leases: 0 },
      contact: { version: 1, tier: "weak", tierMissing: ["No cgroup."], at: new Date(clock.now()) },
    });
    const last = (await entries("runner.registered")).at(-1);
    expect(last?.about[0]).toBe(`runner:${runnerId}`);
    expect(last?.detail).toMatchObject({ address: "192.0.2.7", public_key: input.publicKey });
  });

  test("twice with the same token and key, after a lost answer, is one runner", async () => {
    const { runnerId, input } = await registered();
    clock.advance(2 * HOUR);
    expect(await registerRunner(door, input, "192.0.2.7")).toEqual({ runnerId });
  });

  test("many at once with one token makes one runner", async () => {
    const { token } = await makeEnrolment(security, { phases: ["agent"] });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => registerRunner(door, application(token), "192.0.2.7")),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  });

  test("many at once with one name gives each a name of its own", async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => registered({ name: "twin" })));
    const names = await Promise.all(
      made.map(async ({ runnerId }) => (await getRunner(security, runnerId)).name),
    );
    expect(names.sort()).toEqual(["twin", "twin-2", "twin-3", "twin-4"]);
  });

  test("probe: a used token with another key is refused, and so is a token nobody made; both are recorded", async () => {
    const { input } = await registered();
    const before = (await entries("runner.refused")).length;
    for (const hostile of [
      application(input.enrolmentToken),
      application(`phe_${"A".repeat(43)}`),
      application(input.enrolmentToken.toLowerCase()),
    ]) {
      await expect(registerRunner(door, hostile, "203.0.113.9")).rejects.toMatchObject({
        code: "unauthenticated",
      });
    }
    const refused = (await entries("runner.refused")).slice(before);
    expect(refused).toHaveLength(3);
    expect(refused[0]?.detail).toEqual({ code: "unauthenticated", address: "203.0.113.9", unwritten: 0 });
    expect(refused[1]?.about).toEqual(["enrolment:unknown"]);
  });

  test("probe: a flood of made-up tokens is refused to the last and leaves few entries; the next one says how many", async () => {
    const knock = () => registerRunner(door, application(`phe_${"B".repeat(43)}`), "203.0.113.77");
    const before = (await entries("runner.refused")).length;
    for (let nth = 0; nth < 30; nth++)
      await expect(knock()).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await entries("runner.refused")).toHaveLength(before + 10);
    clock.advance(MINUTE);
    await expect(knock()).rejects.toMatchObject({ code: "unauthenticated" });
    expect((await entries("runner.refused")).at(-1)?.detail).toMatchObject({ unwritten: 20 });
  });

  test("probe: phases beyond the enrolment, a version we do not speak and a key of another kind are refused, and the token stays good", async () => {
    const { token } = await makeEnrolment(security, { phases: ["agent"] });
    await expect(
      registerRunner(door, application(token, { phases: ["agent", "verify"] }), "x"),
    ).rejects.toMatchObject({ code: "refused" });
    await expect(registerRunner(door, application(token, { version: 99 }), "x")).rejects.toMatchObject({
      code: "refused",
    });
    await expect(
      registerRunner(door, application(token, { publicKey: "A".repeat(60) }), "x"),
    ).rejects.toMatchObject({ code: "bad_input" });
    await registerRunner(door, application(token), "x");
  });

  test("probe: a key that is a runner's already makes no second runner", async () => {
    const { input } = await registered();
    await expect(registered({ publicKey: input.publicKey })).rejects.toMatchObject({ code: "refused" });
  });
});

describe("revoking", () => {
  test("is for good: the runner is no runner any more, and its old token does not bring it back", async () => {
    const { runnerId, input } = await registered();
    await revokeRunner(security, runnerId);
    expect(await findRunnerForAuth(door, runnerId)).toMatchObject({ revoked: true });
    await expect(read(door, (db) => findRunner(db, runnerId))).rejects.toMatchObject({ code: "not_found" });
    expect(await getRunner(security, runnerId)).toMatchObject({
      live: false,
      revokedAt: new Date(clock.now()),
    });
    await expect(registerRunner(door, input, "x")).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(revokeRunner(security, runnerId)).rejects.toMatchObject({ code: "conflict" });
    expect((await listRunners(security)).at(-1)?.revokedAt).not.toBeNull();
  });

  test("is not for everybody, nor of nobody", async () => {
    const { runnerId } = await registered();
    await expect(revokeRunner(testScope({ roles: ["engineering_lead"] }), runnerId)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(revokeRunner(security, "rnr_nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(getRunner(security, "rnr_nobody")).rejects.toMatchObject({ code: "not_found" });
    expect(await findRunnerForAuth(door, "rnr_nobody")).toBeNull();
  });
});

describe("liveness", () => {
  test("ends 15 seconds after the last word and comes back with the next", async () => {
    const { runnerId } = await registered();
    clock.advance(16 * SECOND);
    expect((await getRunner(security, runnerId)).live).toBe(false);
    await transaction(door, (tx) => touchContact(tx, door, runnerId, null));
    expect(await getRunner(security, runnerId)).toMatchObject({ live: true, contact: { tier: "strong" } });
    await transaction(door, (tx) =>
      touchContact(tx, door, runnerId, { version: 1, tier: "weak", tierMissing: ["No seccomp."] }),
    );
    expect(await getRunner(security, runnerId)).toMatchObject({
      contact: { tier: "weak", tierMissing: ["No seccomp."] },
    });
  });

  test("is not set back by a word that arrives late", async () => {
    const { runnerId } = await registered();
    const late = testScope({ actor: systemActor("late"), clock: testClock(clock.now() - HOUR) });
    await transaction(late, (tx) => touchContact(tx, late, runnerId, null));
    expect((await getRunner(security, runnerId)).live).toBe(true);
  });
});
