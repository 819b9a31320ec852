import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../protocol/events.ts";
import { maskEvents, maskValue } from "./mask-value.ts";

const TOKEN = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;

const printed = (seq: number, text: string, more: object = {}) =>
  ({
    ...{ seq, attempt: 1, at: "2030-01-01T00:00:00.000Z", observedBy: "runner", kind: "command_output" },
    body: { text, stream: "stdout", command: 1, ...more },
  }) as RunEvent;

describe("a value", () => {
  test("is masked in its texts and keeps everything else", async () => {
    const at = new Date(0);
    const value = { at, list: ["plain", `x ${TOKEN}`], deep: { n: 1, none: null, text: TOKEN } };
    expect(await maskValue(value)).toEqual({
      at,
      list: ["plain", "x [secret: github]"],
      deep: { n: 1, none: null, text: "[secret: github]" },
    });
    expect(await maskValue(null)).toBeNull();
  });

  test("probe: without time to search, texts are not shown, and the words a page is drawn by still are", async () => {
    const value = {
      status: "in_review",
      kind: "repair",
      title: "in_review",
      steps: [{ status: "Not A Word", outcome: "done" }],
    };
    const hidden = "[not shown: too long to be searched for secrets]";
    expect(await maskValue(value, { characters: 1000, milliseconds: -1 })).toEqual({
      ...{ status: "in_review", kind: "repair", title: hidden },
      steps: [{ status: hidden, outcome: "done" }],
    });
  });

  test("without secrets is the same value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await maskValue(value)).toEqual(value);
      }),
    );
  });
});

describe("events", () => {
  test("a secret cut by two events of one output is masked in both, whatever came in between", async () => {
    const events = [
      printed(1, `login ${TOKEN.slice(0, 15)}`),
      printed(2, "a warning\n", { stream: "stderr" }),
      printed(3, `${TOKEN.slice(15)} done`),
    ];
    const shown = await maskEvents(events);
    expect(shown.map(({ body }) => body)).toEqual([
      { text: "login [secret: github]", stream: "stdout", command: 1 },
      { text: "a warning\n", stream: "stderr", command: 1 },
      { text: "[secret: github] done", stream: "stdout", command: 1 },
    ]);
  });

  test("so is one that an agent's message, its prompt or its raw lines cut in two", async () => {
    const event = (seq: number, kind: string, body: object) =>
      ({ ...printed(seq, ""), kind, body }) as RunEvent;
    const cut = (kind: string, body: object) => [
      event(1, kind, { ...body, text: `say ${TOKEN.slice(0, 15)}` }),
      event(2, "item_delta", { item: 99, text: "between" }),
      event(3, kind, { ...body, text: TOKEN.slice(15) }),
    ];
    for (const events of [
      cut("item_delta", { item: 1 }),
      cut("prompt_sent", { turn: 1, origin: "goal" }),
      cut("agent_line", { stream: "stdout" }),
    ]) {
      const shown = await maskEvents(events);
      expect(shown.map(({ body }) => "text" in body && body.text)).toEqual([
        "say [secret: github]",
        "between",
        "[secret: github]",
      ]);
    }
  });

  test("outputs of two commands are two texts", async () => {
    const events = [printed(1, TOKEN.slice(0, 15)), printed(2, TOKEN.slice(15), { command: 2 })];
    expect(await maskEvents(events)).toEqual(events);
  });

  test("arguments, notes and names of tests are masked as well", async () => {
    const more = { attempt: 1, at: "2030-01-01T00:00:00.000Z", observedBy: "runner" } as const;
    const events: RunEvent[] = [
      {
        ...{ ...more, seq: 1, kind: "command_started" },
        body: {
          command: 1,
          argv: ["curl", "-H", `Authorization: Bearer ${TOKEN}`],
          tree: "base",
          purpose: "x",
        },
      },
      { ...more, seq: 2, kind: "note", body: { text: `the token is ${TOKEN}` } },
    ];
    expect(JSON.stringify(await maskEvents(events))).not.toContain(TOKEN.slice(4));
  });
});
