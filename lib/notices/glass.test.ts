// Every lead is told of a merge by broken glass, whatever they asked to be told, and again until one of them reviewed it.
import { expect, test } from "vitest";
import { breakGlass } from "../break-glass/service.ts";
import { DAY } from "../clock.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { getGate } from "../gates/service.ts";
import { member } from "../testing/arrange.ts";
import { toReview } from "../testing/journey.ts";
import { noticeScene } from "../testing/notice-scene.ts";
import { remindReviews } from "./remind-reviews.ts";

test("all leads are told at once, once a day after that, and no more when another lead has reviewed it", async () => {
  const scene = await noticeScene();
  const { seed, clock, database } = scene;
  const smtp = { kind: "smtp", name: "Mail", host: "mail.example.org", port: 465, security: "tls" } as const;
  await scene.channel({ ...smtp, user: "robot", from: "ph@example.org", password: "hunter2" });
  const sec = await member(seed, "sec", "security_lead");
  const eng = await member(seed, "eng", "engineering_lead");
  await member(seed, "viv", "viewer");
  const pilotId = await scene.pilotControlled({ breakGlass: ["security_lead"] });
  const runId = await scene.launched(pilotId);
  await toReview(scene, runId, { green: false });
  const told = async () => {
    const { rows } = await database.owner.query<{ name: string }>(
      `select p.name from notice n join person p on p.id = n.recipient
       where n.kind = 'glass_broken' and n.grave order by p.name`,
    );
    return rows.map(({ name }) => name);
  };

  const reason = "The shop is down, and this is the fix.";
  const { gateId } = await breakGlass(sec, { runId, patch: "3".repeat(64), reason });
  await scene.followed();
  expect(await told()).toEqual(["eng", "sec"]);
  expect(await scene.asWorker(remindReviews)).toBe(0);
  clock.advance(DAY);
  expect(await scene.asWorker(remindReviews)).toBe(2);
  expect(await scene.asWorker(remindReviews)).toBe(0);
  clock.advance(DAY);
  expect(await scene.asWorker(remindReviews)).toBe(2);
  expect(await told()).toHaveLength(6);
  const { digest } = await getGate(eng, gateId);
  await decideGate(eng, { gateId, digest, decision: "approve", reason: "It was down." });
  clock.advance(DAY);
  expect(await scene.asWorker(remindReviews)).toBe(0);
});
