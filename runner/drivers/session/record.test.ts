import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { NewEvent } from "#lib/protocol/events.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { createRecord, type FollowedRecord } from "./record.ts";

const TREES = ["a", "b", "c", "d"].map((letter) => letter.repeat(40));

interface Recorded {
  readonly record: FollowedRecord;
  readonly events: NewEvent[];
  /** Ids the checkout will have, one after the other; the last one stays. */
  readonly trees: string[];
}

function begin(): Recorded {
  const events: NewEvent[] = [];
  const trees: string[] = [];
  let command = 1;
  const [first = ""] = TREES;
  let tree = first;
  const record = createRecord({
    clock: systemClock,
    nextCommand: () => ++command,
    firstTree: first,
    changes: async () => {
      const before = tree;
      tree = trees.shift() ?? tree;
      return { tree, paths: tree === before ? [] : ["src/a.js"], more: 0 };
    },
    treeLabel: "the agent's checkout",
    test: { argv: ["npm", "test"] },
    emit: async (event) => void events.push(NewEvent.parse(event)),
  });
  return { record, events, trees };
}

const end = { status: "completed", exit: 0, milliseconds: 5 } as const;

describe("a message", () => {
  test("that comes word by word is few events, in order and whole", async () => {
    const { record, events } = begin();
    await record.startTurn();
    await record.open("m1", "message", "Message");
    const words = Array.from({ length: 500 }, (_, index) => `word ${index} `);
    for (const word of words) await record.delta("m1", word);
    await record.close("m1", "completed");
    const deltas = ofKind(events, "item_delta");
    expect(deltas.map(({ text }) => text).join("")).toBe(words.join(""));
    expect(deltas.length).toBeLessThan(20);
    expect(events.at(-1)).toEqual({ kind: "item_closed", body: { item: 1, status: "completed" } });
  });

  test("that is longer than an event is cut between characters, and ends at a megabyte", async () => {
    const { record, events } = begin();
    await record.open("m1", "message", "Message");
    await record.delta("m1", "\u{1F600}".repeat(20_000));
    await record.delta("m1", "x".repeat(3 * 1024 * 1024));
    await record.close("m1", "completed");
    const text = ofKind(events, "item_delta")
      .map((delta) => delta.text)
      .join("");
    expect(text.startsWith("\u{1F600}".repeat(20_000))).toBe(true);
    expect(text.length).toBe(1024 * 1024);
  });
});

describe("a command", () => {
  test("is announced, then its item, and closed with its tree; an edit is remembered", async () => {
    const { record, events, trees } = begin();
    trees.push(TREES[1] ?? "");
    await record.startTurn();
    await record.openCommand("c1", ["bash", "-c", "make"], "build");
    await record.output("c1", "stdout", "building\n");
    await record.closeCommand("c1", end);
    expect(events.map(({ kind }) => kind)).toEqual([
      "turn_started",
      "command_started",
      "item_opened",
      "command_output",
      "command_finished",
      "item_closed",
      "tree_recorded",
    ]);
    expect(ofKind(events, "command_started")[0]?.command).toBe(2);
    expect(record.deeds()).toEqual({
      ran: [{ command: 2, item: 1, text: "bash -c make", exit: 0 }],
      lastEdit: 1,
    });
  });

  test("keeps a quarter of a megabyte of its output and counts the rest", async () => {
    const { record, events } = begin();
    await record.openCommand("c1", ["yes"], "");
    for (let part = 0; part < 10; part++) await record.output("c1", "stdout", "y".repeat(100_000));
    await record.closeCommand("c1", { ...end, dropped: 7 });
    const kept = ofKind(events, "command_output").reduce((sum, { text }) => sum + text.length, 0);
    expect(kept).toBe(256 * 1024);
    expect(ofKind(events, "command_finished")[0]?.dropped).toBe(1_000_000 - kept + 7);
  });

  test("that was declined ran nowhere: it is ended, and no tree is looked at", async () => {
    const { record, events } = begin();
    await record.openCommand("c1", ["rm", "-rf", "/"], "");
    await record.closeCommand("c1", { status: "declined", exit: null, milliseconds: 0 });
    expect(ofKind(events, "item_closed")).toEqual([{ item: 1, status: "declined", exit: null }]);
    expect(ofKind(events, "tree_recorded")).toEqual([]);
  });
});

describe("the end", () => {
  test("of a turn closes what is open as aborted", async () => {
    const { record, events } = begin();
    await record.startTurn();
    await record.open("m1", "message", "Message");
    await record.delta("m1", "half a sen");
    await record.openCommand("c1", ["sleep", "9"], "");
    await record.endTurn("interrupted");
    expect(ofKind(events, "item_closed").map(({ status }) => status)).toEqual(["aborted", "aborted"]);
    expect(ofKind(events, "command_finished")).toMatchObject([{ exit: null, ended: "cancelled" }]);
    expect(events.at(-1)?.kind).toBe("turn_ended");
  });

  test("of everything ends the turn too, and sends the lines that wait", async () => {
    const { record, events } = begin();
    await record.startTurn();
    await record.line("stdout", '{"type":"x"}');
    record.complain("oh no\n");
    await record.finish();
    expect(ofKind(events, "turn_ended")).toEqual([{ turn: 1, status: "interrupted" }]);
    expect(ofKind(events, "agent_line")).toEqual([
      { stream: "stdout", text: '{"type":"x"}\n' },
      { stream: "stderr", text: "oh no\n" },
    ]);
  });

  test("a failure to keep events reaches whoever goes on", async () => {
    const record = createRecord({
      clock: systemClock,
      nextCommand: () => 1,
      firstTree: "",
      changes: async () => ({ tree: "", paths: [], more: 0 }),
      treeLabel: "",
      test: { argv: ["npm", "test"] },
      emit: () => Promise.reject(new Error("The lease is over.")),
    });
    await expect(record.startTurn()).rejects.toThrow("The lease is over.");
    await record.line("stdout", "x");
    await expect(record.finish()).rejects.toThrow("The lease is over.");
  });
});

test("a long prompt goes out in numbered parts", async () => {
  const { record, events } = begin();
  await record.startTurn();
  await record.prompt("goal", "p".repeat(40_000));
  const parts = ofKind(events, "prompt_sent");
  expect(parts.map(({ part }) => part)).toEqual([1, 2, 3]);
  expect(parts.map(({ text }) => text).join("")).toBe("p".repeat(40_000));
});

test("probe: hostile names, titles and texts never leave the protocol's shape", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 8 }),
      async (texts) => {
        const { record, events } = begin();
        for (const text of texts) {
          await record.bound(text.slice(0, 40), text);
          await record.open(text, "tool", text);
          await record.delta(text, `${text}\0\ud800`);
          await record.openCommand(`c${text}`, [text], text);
          await record.output(`c${text}`, "stderr", text);
        }
        await record.endTurn("failed", texts.join());
        await record.finish();
        const open = ofKind(events, "item_opened").map(({ item }) => item);
        expect(
          ofKind(events, "item_closed")
            .map(({ item }) => item)
            .toSorted((a, b) => a - b),
        ).toEqual(open);
      },
    ),
    { numRuns: 40 },
  );
});

test("probe: whatever order items come in, each is opened once and closed once, and its turn ends last", async () => {
  const step = fc.tuple(
    fc.constantFrom("open", "close", "command", "end", "delta", "turn", "endTurn"),
    fc.nat(4),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { record, events } = begin();
      await record.startTurn();
      for (const [what, name] of steps) {
        const native = `i${name}`;
        if (what === "open") await record.open(native, "message", "m");
        if (what === "close") await record.close(native, "completed", true);
        if (what === "command") await record.openCommand(native, ["x"], "");
        if (what === "end") await record.closeCommand(native, end);
        if (what === "delta") await record.delta(native, "d");
        if (what === "turn") await record.startTurn();
        if (what === "endTurn") await record.endTurn("completed");
      }
      await record.finish();
      const opened = ofKind(events, "item_opened").map(({ item }) => item);
      const closed = ofKind(events, "item_closed").map(({ item }) => item);
      expect(opened).toEqual(opened.map((_, index) => index + 1));
      expect(closed.toSorted((a, b) => a - b)).toEqual(opened);
      const commands = ofKind(events, "command_started").map(({ command }) => command);
      expect(
        ofKind(events, "command_finished")
          .map(({ command }) => command)
          .toSorted((a, b) => a - b),
      ).toEqual(commands);
      expect(ofKind(events, "turn_started").length).toBe(ofKind(events, "turn_ended").length);
    }),
    { numRuns: 60 },
  );
});

test("probe: what is opened and never ended ends the turn, and all of it is closed", async () => {
  const { record, events } = begin();
  await record.startTurn();
  for (let count = 0; count < 499; count++) await record.open(`m${count}`, "message", "");
  await record.openCommand("c", ["ls"], "");
  await expect(record.openCommand("d", ["ls"], "")).rejects.toMatchObject({ code: "refused" });
  await expect(record.open("m", "tool", "")).rejects.toMatchObject({ code: "refused" });
  await record.open("m0", "message", "");
  await record.endTurn("failed");
  await record.open("m", "tool", "");
  await record.finish();
  expect(ofKind(events, "item_closed")).toHaveLength(501);
});

test("a command of the agent is waited for, and not where one is open or the turn is over", async () => {
  const { record } = begin();
  const over = new AbortController();
  await record.startTurn();
  const soon = record.duringCommand(over.signal);
  await record.open("m", "message", "Message");
  await record.openCommand("c", ["ls"], "");
  await soon;
  await record.duringCommand(over.signal);
  await record.closeCommand("c", end);
  const late = record.duringCommand(over.signal);
  over.abort(new Error("The turn is over."));
  await expect(late).rejects.toThrow("The turn is over.");
  await record.finish();
});
