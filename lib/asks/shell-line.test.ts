// What we read out of a line is what a shell makes of it, or nothing: asked of the shells themselves.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandsOf } from "./shell-line.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pilothouse-shell-"));
  for (const name of ["-a", "--pre=x", "ab", "a b"]) writeFileSync(join(folder, name), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The words a shell hands to a program, NUL after each. */
const shellWords = (shell: string, words: string): string[] =>
  execFileSync(shell, ["-c", `printf '%s\\0' x ${words}`], { cwd: folder, encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

describe("a line", () => {
  test("is its commands, each as its words", () => {
    expect(commandsOf("ls -l 'a b' \"c d\" e'f'\"g\"")).toEqual([["ls", "-l", "a b", "c d", "efg"]]);
    expect(commandsOf("a; b && c || d | e\nf")).toEqual([["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]);
    expect(commandsOf("a 2>&1 >/dev/null b 2>/dev/null")).toEqual([["a", "b"]]);
    expect(commandsOf("a |\nb")).toBeNull();
  });

  test("probe: has for a shell the words that were read, whatever it is made of", () => {
    const piece = fc.constantFrom(
      ...[
        "a",
        "b",
        "-",
        "--",
        "=",
        "'",
        '"',
        " ",
        "\t",
        "\\",
        "$",
        "`",
        "*",
        "?",
        "[",
        "]",
        "{",
        "}",
        "~",
        "!",
        "#",
      ],
      ...[
        "(",
        ")",
        "<",
        ">",
        "&",
        "|",
        ";",
        "\n",
        "\r",
        "%",
        "^",
        "@",
        ":",
        ",",
        ".",
        "/",
        "+",
        "é",
        "\u00a0",
        "0",
        "1",
        "2",
      ],
      ...["'a b'", '"a b"', "'*'", '"\\n"', "2>&1", ">/dev/null", "a*", "-*", "$(a)", "''"],
    );
    const seen = { read: 0 };
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 7 }), (pieces) => {
        const words = pieces.join("");
        const read = commandsOf(`printf x ${words}`);
        if (read?.length !== 1 || />\/dev\/null/.test(words)) return;
        seen.read += 1;
        const [, ...expected] = read[0] ?? [];
        // A pattern that matches files is those files: none of them may begin like an option.
        const isPattern =
          expected.some((word) => /[*?]/.test(word)) &&
          !/^[^*?]*$/.test(words.replaceAll(/'[^']*'|"[^"]*"/g, ""));
        for (const shell of ["sh", "bash"]) {
          const got = shellWords(shell, words);
          if (isPattern)
            expect(got.filter((word) => word.startsWith("-") && !expected.includes(word))).toEqual([]);
          else expect(got).toEqual(expected);
        }
      }),
      { numRuns: 400 },
    );
    expect(seen.read).toBeGreaterThan(20);
  });
});
