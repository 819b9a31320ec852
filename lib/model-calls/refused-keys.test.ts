// A provider that does not take our key, on a real Postgres: the pilot pauses, and says why.
import { beforeAll, describe, expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import { admitted, finalOf, intentOf, type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { openCalls } from "./open-calls.ts";
import { createKeyWatch } from "./refused-keys.ts";
import type { Final } from "./schema.ts";
import { settleCalls } from "./settle-calls.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const worker = testScope({ actor: systemActor("worker"), clock });
const watch = createKeyWatch();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock);
});

const REFUSED: Partial<Final> = {
  ...{ outcome: "failed", status: 401, flags: ["provider_unauthorized"], usage: null },
};

async function call(of: ModelScene, part: Partial<Final>): Promise<void> {
  const working = await of.start();
  await asProcess(database, "gateway", async () => {
    const intent = intentOf(await admitted(of, working), clock);
    await openCalls(of.gateway, [intent]);
    await settleCalls(of.gateway, [finalOf(intent, clock, part)]);
  });
}

const look = () => asProcess(database, "worker", () => watch(worker));
const pilotOf = async ({ pilotId }: ModelScene) =>
  (await database.owner.query("select status, status_reason from pilot where id = $1", [pilotId])).rows[0];

/** As the resume gate does; what it takes to get there is not of interest here. */
async function resume({ pilotId }: ModelScene): Promise<void> {
  await database.owner.query("alter table pilot disable trigger user");
  await database.owner.query("update pilot set status = 'active' where id = $1", [pilotId]);
  await database.owner.query("alter table pilot enable trigger user");
}

describe("a key that its provider refuses", () => {
  test("pauses the pilot whose call it was, with a sentence and an entry, and no other pilot", async () => {
    const other = await openModelScene(database, clock);
    await call(other, {});
    await call(scene, REFUSED);
    expect(await look()).toBe(1);
    expect(await pilotOf(scene)).toMatchObject({
      status: "paused",
      status_reason: expect.stringMatching(/refuses our key \(HTTP 401\)/),
    });
    expect(await pilotOf(other)).toMatchObject({ status: "active" });
    const paused = (await entriesAbout(database, `pilot:${scene.pilotId}`)).filter(
      ({ kind }) => kind === "pilot.paused",
    );
    expect(paused.map(({ detail }) => detail.by)).toEqual(["tripwire"]);
  });

  test("counts once: a pilot that was resumed pauses only when the key is refused again", async () => {
    await resume(scene);
    expect(await look()).toBe(0);
    await call(scene, { ...REFUSED, status: 403 });
    expect(await look()).toBe(1);
  });

  test("an answer that is only an error pauses nobody", async () => {
    await resume(scene);
    await call(scene, { outcome: "failed", status: 429, usage: null });
    await call(scene, { outcome: "failed", status: 500, usage: null });
    expect(await look()).toBe(0);
  });
});
