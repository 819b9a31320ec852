// Owners are told, once, of a week that nobody decided before the next was packed.
import { expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { actorId } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { noticeScene } from "../testing/notice-scene.ts";
import { packWeeks } from "./pack-weeks.ts";

test("owners are told once of a week that nobody decided before the next was packed", async () => {
  const scene = await noticeScene();
  const { seed, clock, database } = scene;
  const smtp = { kind: "smtp", name: "Mail", host: "mail.example.org", port: 465, security: "tls" } as const;
  await scene.channel({ ...smtp, user: "robot", from: "ph@example.org", password: "hunter2" });
  const ada = await member(seed, "ada", "engineering_lead");
  const sam = await member(seed, "sam", "security_lead");
  await member(seed, "third", "security_lead");
  const owners = [actorId(ada.actor), actorId(sam.actor)];
  await scene.pilotWith(({ kpis }) => ({ kpis: { ...kpis, owners } }));
  const told = async () => {
    const { rows } = await database.owner.query<{ name: string; week: number }>(
      `select p.name, (n.facts ->> 'overdueWeek')::int as week from notice n join person p on p.id = n.recipient
       where n.kind = 'review_due' and n.facts ? 'overdueWeek' order by week, p.name`,
    );
    return rows.map(({ name, week }) => [name, week]);
  };
  clock.advance(7 * DAY);
  await scene.asWorker(packWeeks);
  expect(await told()).toEqual([]);
  clock.advance(7 * DAY);
  await scene.asWorker(packWeeks);
  await scene.asWorker(packWeeks);
  expect(await told()).toEqual([
    ["ada", 1],
    ["sam", 1],
  ]);
  // While nothing ran three more weeks passed: of those only the second, which waited, was late.
  clock.advance(21 * DAY);
  await scene.asWorker(packWeeks);
  expect((await told()).map(([, week]) => week)).toEqual([1, 1, 2, 2]);
  clock.advance(7 * DAY);
  await scene.asWorker(packWeeks);
  expect((await told()).map(([, week]) => week)).toEqual([1, 1, 2, 2, 5, 5]);
});
