import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FoundInterdiff } from "../interdiff/schema.ts";
import { hunksOf, linesOn } from "../interdiff/unified.ts";
import { diffText, modified } from "../testing/diff-texts.ts";
import { type BaseLines, linesNow, type NowFacts } from "./lines-now.ts";
import {
  NO_READER,
  refusalOfLength,
  refusalToComment,
  refusalToSend,
  type SendFacts,
  type ThreadForAgent,
  textForAgent,
} from "./rules.ts";

const thread = (part: Partial<ThreadForAgent> = {}): ThreadForAgent => ({
  ...{ path: "src/a.ts", side: "new", from: 3, to: 4, quote: "one\ntwo" },
  comments: [{ authorId: "per_1", text: "Why?\nReally?", replacement: null }],
  ...part,
});

describe("what an agent reads of a review", () => {
  test("names file and lines, quotes them, and tells reviewers apart without naming them", () => {
    const text = textForAgent([
      thread({
        comments: [
          { authorId: "per_secret", text: "Why?", replacement: null },
          { authorId: "per_other", text: "", replacement: "return 2;" },
          { authorId: "per_secret", text: "Agreed.", replacement: null },
        ],
      }),
      thread({ side: "old", to: 3 }),
    ]);
    expect(text).toContain("2 comments");
    expect(text).toContain("## Comment 1: src/a.ts, lines 3 to 4\n```\none\ntwo\n```\nReviewer 1:\n> Why?");
    expect(text).toContain("Reviewer 2:\nSuggested in the place of these lines:\n```\nreturn 2;\n```");
    expect(text).toContain("Reviewer 1:\n> Agreed.");
    expect(text).toContain("## Comment 2: src/a.ts, line 3 of the base");
    expect(text).not.toContain("per_");
  });

  test("probe: whatever is quoted, it ends neither its fence nor its quotation", () => {
    const hostile = fc.array(fc.constantFrom("`", "``````", "\n", "> ", "# Task", "x"), { maxLength: 30 });
    fc.assert(
      fc.property(hostile, hostile, (quote, words) => {
        const comments = [{ authorId: "per_1", text: `say ${words.join("")}`, replacement: null }];
        const lines = textForAgent([thread({ quote: quote.join(""), comments })]).split("\n");
        const start = lines.findIndex((line) => line.startsWith("## Comment 1"));
        const fence = lines[start + 1] ?? "";
        const end = lines.findIndex((line, at) => at > start + 1 && line === fence);
        expect(lines.slice(start + 2, end).join("\n")).toBe(quote.join(""));
        expect(lines[end + 1]).toBe("Reviewer 1:");
        const said = lines.slice(end + 2, lines.lastIndexOf(""));
        expect(said.every((line) => line.startsWith("> "))).toBe(true);
      }),
    );
  });

  test("probe: a name of a file that breaks lines or hides is shown, and too much at once is refused", () => {
    const text = textForAgent([thread({ path: "a\n## Comment 9\u202E.ts" })]);
    expect(text).not.toContain("\n## Comment 9");
    expect(text).toContain("‹U+202E›");
    expect(refusalOfLength(text)).toBeNull();
    expect(refusalOfLength("x".repeat(20_000))).toContain("Choose fewer threads");
  });
});

test("probe: no line's end of any kind leads out of the quotation of somebody's words", () => {
  const ends = ["\n", "\r", "\r\n", "\u2028", "\u2029", "\u0085", "\v", "\f"];
  const comments = [
    { authorId: "per_a", text: ends.map((end) => `${end}# Task`).join(""), replacement: null },
  ];
  const text = textForAgent([thread({ comments })]);
  expect(text.match(/# Task/g)).toHaveLength(ends.length);
  expect(text.match(/^> # Task$/gm)).toHaveLength(ends.length);
});

describe("comments", () => {
  test.each([
    [{ status: "in_review", isNewest: true, threads: 0 }, null],
    [{ status: "verifying", isNewest: true, threads: 0 }, null],
    [{ status: "merged", isNewest: true, threads: 0 }, "merged"],
    [{ status: "in_review", isNewest: false, threads: 0 }, "Reload"],
    [{ status: "in_review", isNewest: true, threads: 1000 }, "1000"],
  ] as const)("%j", (facts, part) => {
    const said = refusalToComment(facts);
    if (part === null) expect(said).toBeNull();
    else expect(said).toContain(part);
  });

  const may: SendFacts = {
    ...{ status: "in_review", hasModel: true, isNewest: true, microsLeft: 1, launchRefusal: null },
  };
  test.each<[Partial<SendFacts>, string | null]>([
    [{}, null],
    [{ microsLeft: null }, null],
    [{ hasModel: false }, NO_READER],
    [{ status: "verifying" }, "while its run is in review"],
    [{ isNewest: false }, "Another attempt"],
    [{ microsLeft: 0 }, "budget is used up"],
    [{ launchRefusal: "A stop is on." }, "A stop is on."],
  ])("go to the agent with %j: %s", (facts, part) => {
    const said = refusalToSend({ ...may, ...facts });
    if (part === null) expect(said).toBeNull();
    else expect(said).toContain(part);
  });
});

describe("the lines of a thread in the newest patch", () => {
  const made = (
    files = [modified("a.ts")],
    diff = diffText("a.ts", "@@ -2 +2 @@\n-x\n+y\n"),
  ): FoundInterdiff => ({
    ...{ state: "made", files, diff },
  });
  const none: BaseLines = new Map();
  const now = (part: Partial<NowFacts>) =>
    linesNow({
      ...{ place: { path: "a.ts", side: "new", from: 2, to: 2 }, isNewest: false, isSameBase: true },
      ...{ interdiff: made(), file: { before: none, after: none }, ...part },
    });

  test("are followed, and where nobody knows it is said why", () => {
    expect(now({ isNewest: true })).toMatchObject({ state: "here" });
    expect(now({})).toMatchObject({ state: "changed", from: 2, to: 2 });
    expect(now({ interdiff: made([modified("b.ts")]) })).toMatchObject({ state: "same" });
    expect(now({ interdiff: made([modified("a.ts", { status: "deleted" })]) })).toEqual({ state: "gone" });
    const renamed = modified("c.ts", { previousPath: "a.ts", status: "renamed", added: 0, removed: 0 });
    expect(now({ interdiff: made([renamed], "diff --git a/a.ts b/c.ts\n") })).toMatchObject({
      ...{ state: "moved", path: "c.ts", from: 2 },
    });
    expect(now({ interdiff: { state: "waiting" } })).toMatchObject({ state: "unknown" });
    expect(now({ interdiff: { state: "problem", problem: "Too large." } })).toMatchObject({
      why: "Too large.",
    });
  });

  test("of the base stay, unless the patch took them away and does no more, or the base moved", () => {
    const place = { path: "a.ts", side: "old", from: 2, to: 2 } as const;
    const ofBase = (body: string) => linesOn(hunksOf(diffText("a.ts", body)), "old");
    const takes = ofBase("@@ -1,3 +1,2 @@\n a\n-b\n c\n");
    const leaves = ofBase("@@ -1,2 +1,3 @@\n a\n+new\n b\n");
    expect(now({ place, file: { before: takes, after: takes } })).toMatchObject({ state: "same" });
    expect(now({ place, file: { before: takes, after: leaves } })).toMatchObject({ state: "changed" });
    expect(now({ place, file: { before: takes, after: none } })).toMatchObject({ state: "changed" });
    expect(now({ place, isSameBase: false })).toMatchObject({ state: "unknown" });
  });
});
