// Budgets that are nearly spent, on a real Postgres.
import { beforeAll, expect, test } from "vitest";
import { read } from "../db.ts";
import { budgetsOf } from "../model-calls/rules.ts";
import { dayIn } from "../pilots/rules.ts";
import { findActiveCharter } from "../pilots/service.ts";
import { ask } from "../testing/journey.ts";
import { type NoticeScene, noticeScene } from "../testing/notice-scene.ts";
import { subscribe } from "./subscriptions.ts";
import { watchBudgets } from "./watch-budgets.ts";

let scene: NoticeScene;
let limit: number;
beforeAll(async () => {
  scene = await noticeScene();
  const channelId = await scene.channel({
    kind: "webhook",
    name: "Hook",
    url: "https://hooks.example.org/x",
  });
  await subscribe(scene.reviewer, { channelId, pilotId: "", kind: "budget_nearly_spent" });
  const active = await read(scene.seed, (db) => findActiveCharter(db, scene.work.pilotId));
  if (!active) throw new Error("the scene's pilot has a charter");
  limit = budgetsOf(active.charter).dayMicros;
});

const spent = async (micros: number) => {
  const day = dayIn("UTC", scene.clock.now());
  await scene.database.owner.query(
    `insert into budget_use (kind, subject, day, spent_micros) values ('day', $1, $2, $3)
     on conflict (kind, subject, day) do update set spent_micros = excluded.spent_micros`,
    [scene.work.pilotId, day, micros],
  );
  await scene.asWorker(watchBudgets);
  const { rows } = await scene.database.owner.query("select facts from notice order by id");
  return rows.map(({ facts }) => facts);
};

test("are told at four fifths, once, and not before", async () => {
  await scene.launched();
  await ask(scene.runner, { phases: ["agent"] });
  expect(await spent(Math.floor(limit * 0.79))).toEqual([]);
  expect(await spent(Math.ceil(limit * 0.81))).toEqual([{ budget: "day", percent: 81 }]);
  expect(await spent(Math.ceil(limit * 0.95))).toHaveLength(1);
});
