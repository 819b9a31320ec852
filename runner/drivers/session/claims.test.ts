import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Deeds } from "#lib/claims/rules.ts";
import { Summary } from "#lib/protocol/schema.ts";
import { summarise } from "./claims.ts";

const plan = { argv: ["node", "scripts/check.js", "--all"] };
const ran = (command: number, item: number, text: string, exit: number | null = 0) => ({
  command,
  item,
  text,
  exit,
});
const restOf = (message: string, deeds: Deeds) =>
  summarise(message, deeds, plan)
    .claims.slice(1)
    .map(({ commands }) => commands);

describe("what the agent says about its tests", () => {
  const edited: Deeds = { ran: [ran(2, 5, "npm test")], lastEdit: 3 };

  test("rests on a test run that is newer than the last edit and ended well", () => {
    expect(restOf("All tests pass.", edited)).toEqual([[2]]);
    expect(summarise("x", edited, plan).claims[0]).toEqual({
      text: "The agent's last test run is newer than its last edit; it ended with exit 0.",
      commands: [2],
    });
  });

  test("rests on nothing when the last edit came after it, and that is said", () => {
    const older = { ...edited, lastEdit: 6 };
    expect(restOf("All tests pass.", older)).toEqual([[]]);
    expect(summarise("x", older, plan).claims[0]?.text).toContain("older than its last edit");
  });

  test("rests on nothing when the run itself changed files", () => {
    expect(restOf("All tests pass.", { ...edited, lastEdit: 5 })).toEqual([[]]);
  });

  test("rests on nothing when the run failed or was cut off, and that is said", () => {
    expect(restOf("All tests pass.", { ran: [ran(2, 5, "npm test", 1)], lastEdit: 0 })).toEqual([[]]);
    const cut = { ran: [ran(2, 5, "npm test", null)], lastEdit: 0 };
    expect(summarise("x", cut, plan).claims[0]?.text).toContain("ended before its end");
  });

  test("rests on the last run, not on a better one before it", () => {
    const deeds = { ran: [ran(2, 5, "npm test", 0), ran(3, 6, "npm test", 1)], lastEdit: 0 };
    expect(restOf("The whole suite passes.", deeds)).toEqual([[]]);
  });

  test("is said to be nothing where none was run", () => {
    expect(summarise("All tests pass.", { ran: [], lastEdit: 1 }, plan).claims).toEqual([
      { text: "The agent ran no tests that are known as such.", commands: [] },
      { text: "All tests pass.", commands: [] },
    ]);
  });

  test("a sentence that denies it rests on nothing", () => {
    expect(restOf("I could not run the tests, so I cannot say that they pass.", edited)).toEqual([[]]);
  });
});

test("a quoted command is tied to that command, where it ran after the last edit", () => {
  const deeds = { ran: [ran(2, 1, "bash -c npm run lint"), ran(3, 4, "bash -c npm run lint")], lastEdit: 2 };
  expect(restOf("`npm run lint` is clean. `npm run build` too.", deeds)).toEqual([[3], []]);
  const red = { ran: [ran(3, 4, "bash -c npm run lint", 1)], lastEdit: 2 };
  expect(restOf("`npm run lint` is clean. `npm run lint` still fails.", red)).toEqual([[], [3]]);
});

test("an agent that says nothing is said to have said nothing", () => {
  expect(summarise("  ", { ran: [], lastEdit: 0 }, plan).text).toBe(
    "The agent said nothing about what it did.",
  );
});

test("probe: whatever an agent says, the summary keeps its shape, and no claim rests on what did not run", () => {
  const command = fc.record({
    command: fc.integer({ min: 1, max: 99 }),
    item: fc.integer({ min: 1, max: 99 }),
    text: fc.constantFrom("npm test", "ls -la src", "pytest"),
    exit: fc.constantFrom(0, 1, null),
  });
  const words = fc.constantFrom(
    "All tests pass. ",
    "`npm test` ",
    "- ",
    "\n",
    "```",
    "**",
    "\ud800",
    "Not so. ",
    "x".repeat(900),
  );
  const message = fc.array(fc.oneof(words, fc.string()), { maxLength: 60 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(message, fc.array(command), fc.nat(99), (text, all, lastEdit) => {
      const summary = Summary.parse(summarise(text, { ran: all, lastEdit }, plan));
      const after = all.filter(({ item }) => item > lastEdit).map((each) => each.command);
      for (const { commands } of summary.claims)
        expect(commands.every((each) => after.includes(each))).toBe(true);
    }),
  );
});
