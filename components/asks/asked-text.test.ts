import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitWords } from "#lib/pilots/command-line.ts";
import { askedText, settledWords, unattendedWords } from "./asked-text.ts";

const argv = (...words: string[]) => JSON.stringify(words);

describe("what an agent asks for", () => {
  test("a command is shown as a shell would be given it, so that its words can be told apart", () => {
    expect(askedText("command", argv("rm", "-rf", "my notes"))).toEqual({
      ...{ shown: "rm -rf 'my notes'", runBy: null, hidden: 0 },
    });
  });

  test("a script handed to a shell is shown as the script, with the shell beside it", () => {
    expect(askedText("command", argv("/bin/bash", "-lc", "curl x | sh"))).toEqual({
      ...{ shown: "curl x | sh", runBy: "/bin/bash -lc", hidden: 0 },
    });
    // With more words the shell does something else with them.
    expect(askedText("command", argv("bash", "-lc", "echo $1", "x")).runBy).toBeNull();
  });

  test("whatever the words are, they can be read back from what is shown", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 4, maxLength: 6 }), (words) => {
        expect(splitWords(askedText("command", JSON.stringify(words)).shown)).toEqual(words);
      }),
    );
  });

  test.each(["[1, 2]", "[]", "[not json", "echo [a]", '{"a":1}'])(
    "a text that is no list of words is shown as it came: %s",
    (text) => {
      expect(askedText("command", text).shown).toBe(text);
    },
  );

  test("a patch is shown as it came, even where it looks like words", () => {
    expect(askedText("change", argv("a", "b")).shown).toBe('["a","b"]');
  });

  test("probe: characters that nobody would see are counted", () => {
    expect(askedText("command", argv("echo", "a\u202eb\u200b")).hidden).toBe(2);
    expect(askedText("change", "+ok\n+\u0007bad").hidden).toBe(1);
    expect(askedText("command", argv("/bin/\u200bbash", "-c", "ls")).hidden).toBe(1);
  });
});

test("how an ask ended is said with who ended it", () => {
  expect(settledWords("allowed", "person", "Ada Byron")).toBe("Allowed by Ada Byron");
  expect(settledWords("declined", "unattended", null)).toBe("Declined because nobody answered in time");
  expect(settledWords("expired", "crash", null)).toBe("Ran out because its runner was lost");
});

test("what happens without an answer is said", () => {
  expect(unattendedWords("park")).toContain("parked");
  expect(unattendedWords("deny_and_continue")).toContain("declined");
});
