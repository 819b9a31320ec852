import { describe, expect, test } from "vitest";
import type { NewEvent } from "../protocol/events.ts";
import { chainOf, changesOf, withTexts } from "./gather.ts";
import { type Candidate, causeOf } from "./rules.ts";
import type { CauseEvent } from "./store.ts";

const candidate = (seq: number, part: Partial<Candidate> = {}): Candidate => ({
  ...{ seq, attempt: 1, turn: 1, what: "command", title: `command ${seq}`, others: 0, prompt: null },
  ...{ text: "", isMaybe: false, ...part },
});
const cause = (candidates: readonly Candidate[], part: object = {}) =>
  causeOf({ line: "  const tax = 7;", isInBase: false, candidates, isTakenAway: false, ...part });
const seqs = ({ writers }: ReturnType<typeof causeOf>) => writers.map(({ seq }) => seq);

describe("what wrote a line", () => {
  test("is known where one thing alone changed the file", () => {
    expect(cause([candidate(4)])).toMatchObject({ certainty: "only", writers: [{ seq: 4 }] });
  });

  test("is the one whose text holds the line, plainly or inside JSON", () => {
    const json = JSON.stringify({ content: 'a\n  const tax = 7;\nsay("x")' });
    expect(cause([candidate(4), candidate(9, { text: json }), candidate(12)])).toMatchObject({
      ...{ certainty: "holds", writers: [{ seq: 9 }] },
    });
    const quoted = cause([candidate(4), candidate(9, { text: JSON.stringify('say("twice")') })], {
      line: 'say("twice")',
    });
    expect(quoted.certainty).toBe("holds");
  });

  test("may have been several, and then all are named, the newest first, and nothing is guessed", () => {
    expect(seqs(cause([candidate(4), candidate(9)]))).toEqual([9, 4]);
    const text = "const tax = 7;";
    const both = cause([candidate(4, { text }), candidate(7), candidate(9, { text })]);
    expect([both.certainty, seqs(both)]).toEqual(["several", [9, 4]]);
    const many = cause(Array.from({ length: 30 }, (_, n) => candidate(n + 1)));
    expect([many.writers.length, many.more]).toEqual([20, 10]);
    const short = cause([candidate(4, { text: "}" }), candidate(9)], { line: "}" });
    expect(short.certainty).toBe("several");
  });

  test("is not claimed where it is in the base, unknown, taken away, or only perhaps so", () => {
    expect(cause([candidate(4)], { isInBase: true })).toMatchObject({ certainty: "base", writers: [] });
    expect(cause([])).toMatchObject({ certainty: "unknown", writers: [] });
    expect(cause([candidate(4)], { isTakenAway: true }).sentence).toContain("taken away");
    const perhaps = cause([candidate(4, { isMaybe: true })]);
    expect(perhaps).toMatchObject({
      certainty: "several",
      sentence: expect.stringContaining("only perhaps"),
    });
  });
});

const events = (...given: readonly [number, NewEvent][]): CauseEvent[] =>
  given.map(
    ([attempt, { kind, body }], at) => ({ seq: at + 1, attempt, kind, body, isTaken: false }) as CauseEvent,
  );
const bound = (native: string): NewEvent => ({ kind: "session_bound", body: { driver: "openai", native } });
const opened = (item: number, title: string): NewEvent => ({
  kind: "item_opened",
  body: { item, type: "tool", title },
});
const recorded = (item: number, paths: string[], more = 0): NewEvent => ({
  kind: "tree_recorded",
  body: { item, tree: "a".repeat(40), paths, more },
});

describe("what changed a file", () => {
  test("is looked for in the attempts whose work the patch is made of", () => {
    const all = events([1, bound("s1")], [2, bound("s1")], [4, bound("s2")]);
    expect(chainOf(all, 2)).toEqual([1, 2]);
    expect(chainOf(all, 4)).toEqual([4]);
    expect(chainOf([], 3)).toEqual([3]);
  });

  test("is told with its command, its turn and what the agent was told before", () => {
    const found = changesOf(
      events(
        [1, { kind: "turn_started", body: { turn: 2 } }],
        [1, { kind: "prompt_sent", body: { turn: 2, origin: "steer", text: "Use sevens." } }],
        [1, { kind: "prompt_sent", body: { turn: 2, origin: "steer", text: "rest", part: 2 } }],
        [
          1,
          { kind: "command_started", body: { command: 3, argv: ["sed", "-i", "x"], tree: "", purpose: "" } },
        ],
        [1, { kind: "item_opened", body: { item: 5, type: "command", title: "sed", command: 3 } }],
        [1, recorded(5, ["a.ts", "b.ts"])],
        [1, opened(6, "Write b.ts")],
        [1, recorded(6, ["b.ts"], 2)],
      ),
      [1],
      "a.ts",
    );
    expect(found).toMatchObject([
      {
        seq: 5,
        turn: 2,
        what: "command",
        title: "sed -i x",
        others: 1,
        isMaybe: false,
        prompt: { seq: 2, text: "Use sevens." },
      },
      { seq: 7, what: "change", title: "Write b.ts", isMaybe: true },
    ]);
    expect(withTexts(found, [{ attempt: 1, item: 6, text: "new words" }])[1]?.text).toContain("new words");
  });

  test("of an agent that only reverts is each commit that it reverted", () => {
    const repaired = (cluster: number, letter: string): NewEvent => ({
      kind: "cluster_repaired",
      body: { cluster, commit: letter.repeat(40), by: "revert" },
    });
    const found = changesOf(
      events([1, repaired(1, "b")], [1, repaired(2, "b")], [1, repaired(3, "c")]),
      [1],
      "a.ts",
    );
    expect(found.map(({ title }) => title)).toEqual(["Revert of bbbbbbbbbbbb", "Revert of cccccccccccc"]);
  });
});
