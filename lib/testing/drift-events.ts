// Runs as a generator makes them: whatever kinds in whatever order, as a hostile runner could send them too.
import fc from "fast-check";
import type { NewEvent, RunEvent } from "../protocol/events.ts";

const number = fc.integer({ min: 1, max: 6 });
const tree = fc.constantFrom(..."abcd").map((letter) => letter.repeat(40));
const path = fc.constantFrom("src/a.js", "src/b.js", "docs/x.md", "test/a.test.js", "secret/key");
const command = fc.constantFrom<string[]>(["node", "--test"], ["ls"], ["npm", "run", "build"]);
const test = fc.constantFrom("a › one", "a › two", "b › three");

const event: fc.Arbitrary<NewEvent> = fc.oneof(
  number.map((turn): NewEvent => ({ kind: "turn_started", body: { turn } })),
  fc
    .record({ turn: number, origin: fc.constantFrom("goal", "steer", "anchor", "answer") })
    .map((body): NewEvent => ({ kind: "prompt_sent", body: { ...body, text: "x" } })),
  fc
    .record({ item: number, type: fc.constantFrom("message", "patch", "command", "reasoning") })
    .map((body): NewEvent => ({ kind: "item_opened", body: { ...body, title: "", command: body.item } })),
  fc
    .record({
      item: number,
      text: fc.oneof(
        path.map((each) => `*** Update File: ${each}\n`),
        fc.constantFrom("All tests pass. ", "`npm run build` succeeds. ", "Hm. "),
      ),
    })
    .map((body): NewEvent => ({ kind: "item_delta", body })),
  number.map((item): NewEvent => ({ kind: "item_closed", body: { item, status: "completed" } })),
  fc
    .record({ command: number, argv: command })
    .map((body): NewEvent => ({ kind: "command_started", body: { ...body, tree: "work", purpose: "" } })),
  fc.record({ command: number, exit: fc.constantFrom(0, 1, null) }).map(
    (body): NewEvent => ({
      kind: "command_finished",
      body: { ...body, ended: "itself", milliseconds: 1, dropped: 0 },
    }),
  ),
  fc
    .record(
      { item: number, tree, paths: fc.array(path, { maxLength: 3 }), more: fc.nat(3) },
      { requiredKeys: ["item", "tree"] },
    )
    .map((body): NewEvent => ({ kind: "tree_recorded", body })),
  fc.record({ tree: fc.constantFrom("base", "work"), failing: fc.uniqueArray(test) }).map(
    (body): NewEvent => ({
      kind: "tests_reported",
      body: { ...body, command: 1, passed: 1, failed: body.failing.length, skipped: 0 },
    }),
  ),
  fc.record({ tokens: fc.nat(300_000), micros: fc.nat(3_000_000) }).map(
    ({ tokens, micros }): NewEvent => ({
      kind: "model_answered",
      body: {
        ...{ call: "mcl_1", outcome: "done", returned: null, milliseconds: 1, micros },
        ...{ input: tokens, cached: 0, cacheWrite: null, output: 5, reasoning: null },
      },
    }),
  ),
  number.map(
    (times): NewEvent => ({
      kind: "relay_refused",
      body: { method: "GET", target: "/", status: 403, reason: "", times },
    }),
  ),
  fc
    .record({ text: fc.constantFrom("ASSUME file a exists", "ASSUME file b exists"), holds: fc.boolean() })
    .map(
      (body): NewEvent => ({
        kind: "assumption_checked",
        body: { ...body, detail: "", tree: "a".repeat(40) },
      }),
    ),
  path.map((each): NewEvent => ({ kind: "file_changed", body: { path: each, added: 1, removed: 0 } })),
  fc.constantFrom("agent", "agent", "verify").map(
    (phase): NewEvent => ({
      kind: "attempt_started",
      body: { phase: phase as "agent", runner: "r", tier: "strong" },
    }),
  ),
);

export const driftEvents = (maxLength: number): fc.Arbitrary<NewEvent[]> => fc.array(event, { maxLength });

/** As they are stored. */
export const storedAs = (events: readonly NewEvent[]): RunEvent[] =>
  events.map(
    (each, index) =>
      ({
        ...each,
        seq: index + 1,
        attempt: 1,
        at: new Date(Date.UTC(2030, 0, 1, 8, 0, index)).toISOString(),
        observedBy: "runner",
      }) as RunEvent,
  );
