import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computing } from "#lib/testing/computing.ts";
import { assumptionsIn, MOST_ASSUMPTIONS, MOST_STEPS, planIn } from "./anchor-assumptions.ts";

describe("assumptions", () => {
  test("are lines of the closed form, with or without marks around them", () => {
    const message = `I think so.
ASSUME file src/sum.js exists
- ASSUME file tmp/x y.txt does not exist
\`ASSUME test test/sum.test.js › adds passes\`
* ASSUME test adds nothing fails.
ASSUME command node -e "process.exit(3)" exits 3
ASSUME file src/sum.js exists`;
    expect(assumptionsIn(message)).toEqual([
      { about: "file", text: "ASSUME file src/sum.js exists", path: "src/sum.js", exists: true },
      { about: "file", text: "ASSUME file tmp/x y.txt does not exist", path: "tmp/x y.txt", exists: false },
      {
        about: "test",
        text: "ASSUME test test/sum.test.js › adds passes",
        test: "test/sum.test.js › adds",
        passes: true,
      },
      { about: "test", text: "ASSUME test adds nothing fails", test: "adds nothing", passes: false },
      {
        about: "command",
        text: 'ASSUME command node -e "process.exit(3)" exits 3',
        argv: ["node", "-e", "process.exit(3)"],
        exit: 3,
      },
    ]);
  });

  test("of a message without any are those from before", () => {
    expect(assumptionsIn("Done. I assume that it works.")).toBeNull();
  });

  test.each([
    "ASSUME file /etc/passwd exists",
    "ASSUME file ../x exists",
    "ASSUME file a/../../x exists",
    "ASSUME file .git/config exists",
    "ASSUME file a//b exists",
    "ASSUME command  exits 0",
    'ASSUME command node "unclosed exits 0',
    "ASSUME command node exits 999",
    "ASSUME command node exits",
    "ASSUME the moon exists",
    "ASSUME file a\u202eb exists",
    "ASSUME file a\u0007b exists",
    `ASSUME file ${"x".repeat(700)} exists`,
    `ASSUME command ${"a ".repeat(60)}exits 0`,
    "assume file a exists",
    "I ASSUME file a exists",
  ])("probe: is none: %j", (line) => expect(assumptionsIn(line)).toBeNull());

  test("probe: of whatever an agent writes there are few, short and inside the tree", () => {
    const line = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `ASSUME file ${text} exists`),
      fc.string().map((text) => `ASSUME command ${text} exits 0`),
      fc.string().map((text) => `PLAN ${text}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const message = lines.join("\n");
        const found = assumptionsIn(message) ?? [];
        expect(found.length).toBeLessThanOrEqual(MOST_ASSUMPTIONS);
        for (const each of found) {
          expect(each.text.length).toBeLessThanOrEqual(600);
          expect(each.text).not.toMatch(/[\n\0]/);
          if (each.about === "file") {
            expect(each.path.startsWith("/")).toBe(false);
            expect(each.path.split("/")).not.toContain("..");
          }
          if (each.about === "command") expect(each.argv.length).toBeGreaterThan(0);
        }
        expect((planIn(message) ?? []).length).toBeLessThanOrEqual(MOST_STEPS);
      }),
    );
  });

  test("probe: a message of many megabytes takes no time", () => {
    const texts = ["ASSUME file a ".repeat(500_000), "PLAN \n".repeat(500_000), "`- ".repeat(1_000_000)];
    const took = computing(() => {
      for (const text of texts) assumptionsIn(text);
    });
    expect(took).toBeLessThan(2000);
  });
});

test("a plan is the last one stated, shown as text", () => {
  expect(planIn("PLAN one\n- PLAN two\u202e\nPLAN  ")).toEqual(["one", "two‹U+202E›"]);
  expect(planIn("My PLAN is good.")).toBeNull();
});
