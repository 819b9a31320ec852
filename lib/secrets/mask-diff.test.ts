import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plantedSecret } from "#lib/testing/planted-secrets.ts";
import { maskDiff } from "./mask-diff.ts";

const TOKEN = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
const KEY = ["-----BEGIN PRIVATE KEY-----", ...Array(6).fill("MIIa".repeat(16)), "-----END PRIVATE KEY-----"];

const patch = (lines: readonly string[], name = "a.ts") =>
  [
    `diff --git a/${name} b/${name}`,
    "index 1..2 100644",
    `--- a/${name}`,
    `+++ b/${name}`,
    `@@ -1,${lines.length} +1,${lines.length} @@ function f() {`,
    ...lines,
    "",
  ].join("\n");

describe("a masked diff", () => {
  test("keeps its files, hunks, lines and their first characters", async () => {
    await fc.assert(
      fc.asyncProperty(plantedSecret, fc.constantFrom("+", "-", " "), async ({ secret, text }, mark) => {
        const raw = patch([" before", ...text.split("\n").map((line) => mark + line), " after"]);
        const shown = await maskDiff(raw);
        const [lines, rawLines] = [shown.text.split("\n"), raw.split("\n")];
        expect(lines.map((line) => line[0])).toEqual(rawLines.map((line) => line[0]));
        for (const part of secret.split("\n")) {
          if (part.length >= 16) expect(shown.text).not.toContain(part.slice(0, 16));
        }
        for (const [at, line] of lines.entries()) {
          if (!shown.lines.includes(at)) expect(line).toBe(rawLines[at]);
        }
        expect(shown.lines.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });

  test("hides a key of many lines that is added, and one that is taken away", async () => {
    for (const mark of ["+", "-"]) {
      const { text, lines } = await maskDiff(patch(KEY.map((line) => mark + line)));
      expect(lines).toHaveLength(KEY.length);
      expect(text).not.toContain("MIIa");
    }
  });

  test("masks what git quotes of the code, and names of files", async () => {
    const raw = patch(["+x"], `${TOKEN}.ts`).replace("function f() {", `const t = "${TOKEN}"`);
    const { text } = await maskDiff(raw);
    expect(text).not.toContain(TOKEN);
    expect(text.split("\n")[0]).toBe("diff --git a/[secret:github].ts b/[secret:github].ts");
  });

  test("without secrets is the diff", async () => {
    expect(await maskDiff(patch(["+x"]))).toEqual({ text: patch(["+x"]), lines: [] });
  });

  test("probe: one that nobody had time to search shows its files and nothing of them", async () => {
    const raw = patch(["+x = 1"]) + patch(["-y = 2"], "b.ts");
    const { text, lines } = await maskDiff(raw, { characters: 1, milliseconds: 1000 });
    expect(text.match(/^diff --git /gm)).toHaveLength(2);
    expect(text.match(/^@@ -1,1 \+1,1 @@$/gm)).toHaveLength(2);
    expect(text).not.toMatch(/x = 1|y = 2|function/);
    expect(lines.length).toBeGreaterThan(0);
  });
});
