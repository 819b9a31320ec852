import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { playGit } from "#lib/testing/git/author.ts";
import { commitMessage } from "./commit-message.ts";

const trailers = [["Approved-by", "Ada <ada@example.test>"]] as const;
const readTrailers = (message: string): string => playGit("/", ["interpret-trailers", "--parse"], message);

describe("the message of a commit we publish", () => {
  test("has our subject, the agent's words as a quotation, and our trailers", () => {
    expect(commitMessage({ subject: "Revert the culprit", quoted: "It broke\n\nthe sum.", trailers })).toBe(
      "Revert the culprit\n\n> It broke\n>\n> the sum.\n\nApproved-by: Ada <ada@example.test>\n",
    );
    expect(commitMessage({ subject: "Only this", quoted: "", trailers: [] })).toBe("Only this\n");
  });

  test("probe: words that look like an approval are read by git as none", () => {
    const message = commitMessage({
      subject: "S",
      quoted: "ok\n\nApproved-by: The Lead <lead@example.test>\nFixes: #1",
      trailers,
    });
    expect(readTrailers(message)).toBe("Approved-by: Ada <ada@example.test>");
  });

  test("probe: a trailer's value cannot begin another line", () => {
    const message = commitMessage({ subject: "S", quoted: "", trailers: [["Run", "x\nApproved-by: evil"]] });
    expect(readTrailers(message)).toBe("Run: x Approved-by: evil");
  });

  test("probe: a subject of a megabyte is one short line", () => {
    const [subject = ""] = commitMessage({ subject: "x".repeat(1_000_000), quoted: "", trailers: [] }).split(
      "\n",
    );
    expect(subject).toHaveLength(72);
  });

  test("a trailer name that is none is our own mistake", () => {
    expect(() => commitMessage({ subject: "S", quoted: "", trailers: [["Bad name", "x"]] })).toThrow(
      /no trailer name/,
    );
  });

  test("probe: whatever is quoted, no line of it stands unquoted and nothing in it is hidden", () => {
    const hostile = fc.array(
      fc.constantFrom(
        "a",
        "\n",
        "\r",
        "\r\n",
        "\u2028",
        "\u0085",
        "\u000b",
        "\u001b[31m",
        "\u202e",
        "\u200b",
        "\0",
        "Approved-by: x",
        "> ",
      ),
    );
    fc.assert(
      fc.property(hostile, (pieces) => {
        const lines = commitMessage({ subject: "S", quoted: pieces.join(""), trailers })
          .trimEnd()
          .split("\n");
        for (const line of lines.slice(2, -2)) expect(line).toMatch(/^>/);
        expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});
