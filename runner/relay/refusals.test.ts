import { expect, test } from "vitest";
import { NewEvent } from "#lib/protocol/events.ts";
import { createRefusals } from "./refusals.ts";

function record() {
  const bodies: Extract<NewEvent, { kind: "relay_refused" }>["body"][] = [];
  const refusals = createRefusals(async (event) => {
    const parsed = NewEvent.parse(event);
    if (parsed.kind === "relay_refused") bodies.push(parsed.body);
  });
  return { bodies, refusals };
}

const asked = { method: "GET", target: "/secrets", status: 404, reason: "No such path." };

test("each kind is told once at once, and how often it happened again at the end", async () => {
  const { bodies, refusals } = record();
  for (let time = 0; time < 5; time++) await refusals.add(asked);
  await refusals.add({ ...asked, method: "PUT" });
  expect(bodies.map(({ method, times }) => [method, times])).toEqual([
    ["GET", 1],
    ["PUT", 1],
  ]);
  await refusals.close();
  expect(bodies.slice(2).map(({ method, times }) => [method, times])).toEqual([["GET", 4]]);
});

test("probe: an agent that asks for ever new things fills no log", async () => {
  const { bodies, refusals } = record();
  for (let time = 0; time < 2000; time++) await refusals.add({ ...asked, target: `/${time}` });
  await refusals.close();
  expect(bodies.length).toBeLessThan(60);
  expect(bodies.reduce((sum, { times }) => sum + times, 0)).toBe(2000);
});

test("probe: a hostile address is made visible and cut", async () => {
  const { bodies, refusals } = record();
  await refusals.add({ ...asked, method: "A".repeat(100), target: `/\u202e\u0000${"x".repeat(5000)}\ud800` });
  for (const hidden of ["\u202e", "\0"]) expect(bodies[0]?.target).not.toContain(hidden);
  expect(bodies[0]?.target.length).toBeLessThanOrEqual(500);
});
