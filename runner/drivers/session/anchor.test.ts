import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refused } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { type AnchorOptions, createAnchor, FORM, isDue } from "./anchor.ts";
import type { Assumption } from "./anchor-assumptions.ts";

const TREE = "a".repeat(40);
const start = { turns: 0, items: 0, tokens: 0, at: 0 };

describe("an anchor is due", () => {
  test.each([
    ["after so many turns", { turns: 3, minutes: 0, tokens: 0 }, { turns: 3, items: 9, tokens: 0, at: 0 }],
    [
      "after so many minutes",
      { turns: 0, minutes: 5, tokens: 0 },
      { turns: 0, items: 1, tokens: 0, at: 300_000 },
    ],
    [
      "after so many tokens",
      { turns: 0, minutes: 0, tokens: 100 },
      { turns: 0, items: 1, tokens: 100, at: 0 },
    ],
    [
      "after whichever is first",
      { turns: 9, minutes: 9, tokens: 100 },
      { turns: 1, items: 0, tokens: 100, at: 0 },
    ],
  ])("%s", (_, plan, now) => {
    expect(isDue(plan, start, now)).toBe(true);
    expect(isDue(plan, start, { ...now, turns: 0, items: 0 })).toBe(false);
  });

  test("never where the charter says 0, and not twice for the same turn", () => {
    const moment = fc.record({ turns: fc.nat(), items: fc.nat(), tokens: fc.nat(), at: fc.nat() });
    fc.assert(
      fc.property(moment, (now) => {
        expect(isDue({ turns: 0, minutes: 0, tokens: 0 }, start, now)).toBe(false);
        expect(isDue({ turns: 1, minutes: 1, tokens: 1 }, now, now)).toBe(false);
      }),
    );
  });
});

const measured = {
  tree: TREE,
  passed: 4,
  failing: ["a.test.js › new"],
  base: { passed: 3, failing: ["a.test.js › old"] },
  problem: null,
  files: [{ path: "src/a.js", added: 3, removed: 1 }],
};

function open(changes: Partial<AnchorOptions> = {}) {
  const events: NewEvent[] = [];
  const asked: (readonly Assumption[])[] = [];
  const anchor = createAnchor({
    plan: { turns: 2, minutes: 0, tokens: 0 },
    pilotGoal: "Keep main green.",
    allowedPaths: ["src/**"],
    testArgv: ["node", "--test"],
    began: 0,
    measure: async (assumptions) => {
      asked.push(assumptions);
      const checked = assumptions.map(({ text }) => ({ text, holds: false, detail: "it is not there" }));
      return { measured, checked };
    },
    emit: async (event) => void events.push(event),
    ...changes,
  });
  return { anchor, events, asked };
}
const now = {
  turns: 2,
  items: 4,
  tokens: 10,
  at: 5,
  goal: "Repair the sum.",
  secondsLeft: 601,
  microsLeft: null,
};

describe("an anchor", () => {
  test("says goal, rules, the plan as last stated, what was measured and what holds, and asks again", async () => {
    const { anchor, events, asked } = open();
    anchor.heard("PLAN look at it\nASSUME file src/b.js exists");
    anchor.heard("Nothing new.");
    anchor.heard("- PLAN change src/a.js\n- PLAN run the tests");
    anchor.moved({ paths: ["src/a.js", "src/\u001b[2J\nb.js"], more: 3 });
    anchor.moved({ paths: ["src/a.js"], more: 0 });
    const text = await anchor.compose({ ...now, microsLeft: 1_250_000 });
    for (const part of [
      "# Goal\nRepair the sum.",
      "# Goal of the pilot\nKeep main green.",
      "Change files only at: src/**",
      "- change src/a.js\n- run the tests",
      "4 pass, 1 fail.\n- On the base: 3 pass, 1 fail.",
      "Failing now and not on the base:\n  - a.test.js › new",
      "Failing on the base and not now: 1.",
      "src/a.js (+3 −1)",
      "Since you were told last, 5 files changed:\n  - src/a.js\n  - src/\u2039ESC\u203a[2J\u2039LF\u203ab.js\n  - and 3 more",
      "Time left: 10 minutes.",
      "Budget left: $1.25.",
      "DOES NOT HOLD: file src/b.js exists (it is not there)",
      FORM,
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("look at it");
    expect(asked).toMatchObject([[{ about: "file", path: "src/b.js", exists: true }]]);
    expect(events).toEqual([
      {
        kind: "assumption_checked",
        body: { text: "ASSUME file src/b.js exists", holds: false, detail: "it is not there", tree: TREE },
      },
    ]);
    const again = await anchor.compose(now);
    expect(again).toContain("Since you were told last, no file was changed.");
    expect(again).not.toContain("Budget left");
  });

  test("is counted from the last one", async () => {
    const { anchor } = open();
    expect(anchor.due(now)).toBe(true);
    await anchor.compose(now);
    expect(anchor.due(now)).toBe(false);
    expect(anchor.due({ ...now, turns: 3 })).toBe(false);
    expect(anchor.due({ ...now, turns: 4 })).toBe(true);
  });

  test("says that nothing could be measured where it could not; other faults are thrown", async () => {
    const { anchor, events } = open({ measure: async () => Promise.reject(refused("The tree is gone.")) });
    anchor.heard("ASSUME file a exists");
    expect(await anchor.compose(now)).toContain("could not be measured: The tree is gone.");
    expect(events).toEqual([]);
    const broken = open({ measure: async () => Promise.reject(new Error("ours")) });
    await expect(broken.anchor.compose(now)).rejects.toThrow("ours");
  });

  test("asks for nothing in the first prompt where the charter re-anchors nobody", () => {
    expect(open().anchor.form).toBe(FORM);
    expect(open({ plan: { turns: 0, minutes: 0, tokens: 0 } }).anchor.form).toBe("");
  });
});

test("probe: whatever was measured and said, an anchor's length has an end", async () => {
  const many = Array.from({ length: 5000 }, (_, index) => `test/${index}.js › ${"x".repeat(200)}`);
  const files = many.map((path) => ({ path, added: 1, removed: 1 }));
  const { anchor } = open({
    measure: async () => ({ measured: { ...measured, failing: many, files }, checked: [] }),
  });
  anchor.heard(many.map((name) => `PLAN ${name}`).join("\n"));
  const text = await anchor.compose({ ...now, goal: "x".repeat(100_000) });
  expect(text.length).toBeLessThan(40_000);
});
