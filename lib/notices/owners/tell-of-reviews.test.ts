// Who answers for a pilot is told when a look at its numbers is due, and what its charter did by itself; deputies while an
// owner is away.
import { expect, test } from "vitest";
import { DAY } from "../../clock.ts";
import { transaction } from "../../db.ts";
import { nameDeputy } from "../../deputies/service.ts";
import { pauseByTripwire, pausePilot } from "../../pilots/service.ts";
import { actorId } from "../../scope.ts";
import { member } from "../../testing/arrange.ts";
import { noticeScene } from "../../testing/notice-scene.ts";
import { tellOfReviews } from "./tell-of-reviews.ts";

test("owners are told once a day that is due, and deputies with them while one of the owners is away", async () => {
  const scene = await noticeScene();
  const { seed, clock, database } = scene;
  const smtp = { kind: "smtp", name: "Mail", host: "mail.example.org", port: 465, security: "tls" } as const;
  await scene.channel({ ...smtp, user: "robot", from: "ph@example.org", password: "hunter2" });
  const eng = await member(seed, "eng", "engineering_lead");
  const sec = await member(seed, "sec", "security_lead");
  const dora = await member(seed, "dora", "engineering_lead");
  const names = async (kind: string) => {
    const { rows } = await database.owner.query<{ name: string }>(
      `select p.name from notice n join person p on p.id = n.recipient where n.kind = $1 order by n.at, p.name`,
      [kind],
    );
    return rows.map(({ name }) => name);
  };
  const owners = [actorId(eng.actor), actorId(sec.actor)];
  const pilotId = await scene.pilotWith(({ kpis }) => ({
    kpis: { ...kpis, owners, deputies: [actorId(dora.actor)], cadence: "weekly" },
  }));
  await scene.pilotWith(({ kpis }) => ({ kpis: { ...kpis, owners, cadence: "never" } }));

  clock.advance(6 * DAY);
  expect(await scene.asWorker(tellOfReviews)).toBe(0);
  clock.advance(DAY);
  expect(await scene.asWorker(tellOfReviews)).toBe(2);
  expect(await scene.asWorker(tellOfReviews)).toBe(0);
  expect(await names("review_due")).toEqual(["eng", "sec"]);

  const now = clock.now();
  await nameDeputy(eng, {
    ...{ personId: actorId(eng.actor), deputyId: actorId(sec.actor), pilotId: null },
    ...{ from: new Date(now), until: new Date(now + 10 * DAY) },
  });
  clock.advance(7 * DAY);
  expect(await scene.asWorker(tellOfReviews)).toBe(3);
  expect(await names("review_due")).toEqual(["eng", "sec", "dora", "eng", "sec"]);

  await transaction(seed, (tx) => pauseByTripwire(tx, seed, pilotId, "3 runs in a row failed."));
  await scene.followed();
  expect(await names("pilot_paused")).toEqual(["dora", "eng", "sec"]);
  const other = await scene.pilotWith(({ kpis }) => ({ kpis: { ...kpis, owners } }));
  await pausePilot(eng, { pilotId: other, reason: "Somebody paused it, and knows." });
  await scene.followed();
  expect(await names("pilot_paused")).toHaveLength(3);
});
