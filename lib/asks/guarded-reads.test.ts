import { describe, expect, test } from "vitest";
import type { AskPolicy } from "../protocol/steering.ts";
import { guardedPaths, judgeAsk, judgeCommand, READS_GUARDED } from "./rules.ts";

const GUARDED = ["secrets/**", "**/*.pem", ".env"];
const TESTS = ["node", "--test", "test/*.js"];
const policyOf = (rule: "deny" | "ask" | "allow", changes: Partial<AskPolicy> = {}): AskPolicy => ({
  ...{ mode: "never", allowed: ["npm run *"], denied: [], unattended: "deny_and_continue", minutes: 30 },
  tools: { write: "allow", execute: "allow", network: "deny", read: { rule, guarded: GUARDED } },
  ...changes,
});
const DENY = policyOf("deny");
const verdictOf = (command: string | readonly string[], policy = DENY) =>
  judgeCommand(policy, TESTS, command).verdict;

describe("what guards files from being read", () => {
  test.each([
    "cat README.md src/a.ts",
    "head -n 20 src/a.ts | tail -5",
    "sed -n '10,20p' src/a.ts",
    "grep -n needle src/a.ts | sort -u",
    "git status --short && ls -la src",
    "git ls-files; git rev-parse HEAD",
    "cd /work/tree && cat /work/tree/src/a.ts",
    "mkdir -p src/b; touch src/b/c.ts; rm src/b/c.ts",
    "cat src/../README.md 2>/dev/null",
    "cat .env.example",
    "npm run build",
  ])("leaves alone what names its files: %s", (line) => {
    expect(verdictOf(line)).toBe("allowed");
  });

  test("the project's tests and what people listed go on, but for files that a line names", () => {
    expect(verdictOf(TESTS)).toBe("allowed");
    expect(verdictOf("npm run build -- src")).toBe("allowed");
  });

  test("the rule says who decides; without it, or without guarded files, nothing changes", () => {
    expect(judgeCommand(DENY, TESTS, "cat .env")).toEqual({ verdict: "denied", rule: READS_GUARDED });
    expect(judgeCommand(policyOf("ask"), TESTS, "cat .env")).toEqual({ verdict: "ask", rule: READS_GUARDED });
    expect(verdictOf("cat .env", policyOf("allow"))).toBe("allowed");
    const { read: _read, ...tools } = DENY.tools ?? { write: "allow", execute: "allow", network: "deny" };
    expect(verdictOf("cat .env", policyOf("deny", { tools }))).toBe("allowed");
    expect(guardedPaths(policyOf("allow"))).toEqual([]);
    expect(guardedPaths(DENY)).toEqual(GUARDED);
  });

  test("what is denied for another reason stays denied where reading is only asked about", () => {
    const strict = policyOf("ask", { denied: ["cat .env"] });
    expect(verdictOf("cat .env", strict)).toBe("denied");
  });

  test("a change that names a guarded file counts as reading it; one that does not is a change", () => {
    const verdict = (text: string, policy = DENY) =>
      judgeAsk(policy, TESTS, { what: "change", text }).verdict;
    expect(verdict("*** Begin Patch\n*** Update File: src/a.ts\n@@\n-x\n+cat .env\n*** End Patch")).toBe(
      "quiet",
    );
    const moved = "*** Begin Patch\n*** Update File: secrets/key\n*** Move to: a\n*** End Patch";
    expect(verdict(moved)).toBe("denied");
    expect(verdict(moved, policyOf("ask"))).toBe("ask");
    expect(verdict("--- /work/tree/.env (every place)\n-a\n+b")).toBe("denied");
    expect(verdict("Change secrets/my key → a.txt\n+b")).toBe("denied");
  });
});

describe("probe: a guarded file is not read under another word", () => {
  test.each([
    ["its name", "cat .env"],
    ["a part of another path", "cat src/../secrets/key"],
    ["a name with dots", "cat ./secrets/./key"],
    ["the checkout's own root", "cat /work/tree/secrets/key"],
    ["the root of a process", "cat /proc/self/cwd/src/a.ts"],
    ["another root", "cat /mnt/secrets/key"],
    ["a path that leads out and in again", "cat ../tree/.env"],
    ["quotes in the name", 'cat "sec"rets/key'],
    ["a pattern", "cat s*/key"],
    ["a pattern of one letter", "cat .en?"],
    ["braces", "cat {.env,a}"],
    ["a backslash", "cat .e\\nv"],
    ["a variable", "X=.env; cat $X"],
    ["a substitution", "echo $(cat .env)"],
    ["a redirect", "cat < .env"],
    ["a file of names", "wc --files0-from=secrets/list"],
    ["a value in its option's word", "grep -e x -f.env src/a.ts"],
    ["patterns from a file", "grep -f src/a.ts src/b.ts"],
    ["a reader of folders", "rg needle"],
    ["grep of folders", "grep -rn needle ."],
    ["grep of folders, in other letters", "grep -nR needle src"],
    ["grep of folders, by a long option", "grep --recursive x src"],
    ["grep of folders, by its short rule", "grep -d recurse x src"],
    ["find", "find . -type f -exec cat {} +"],
    ["xargs", "ls | xargs cat"],
    ["a commit", "git show HEAD:secrets/key"],
    ["a commit's whole patch", "git log -p"],
    ["git's own search", "git grep needle"],
    ["git's differences", "git diff HEAD"],
    ["git's state with differences", "git status -v"],
    ["an archive of git's", "git archive HEAD"],
    ["an object", "git cat-file -p abc"],
    ["what git keeps", "cat .git/objects/ab/cd"],
    ["git with other settings", "git -c core.pager=cat status"],
    ["an archive", "tar cf - src"],
    ["a copy of a folder", "cp -r src /tmp/x"],
    ["another name", "mv src /tmp/x"],
    ["a link", "ln -s /work/tree/docs l"],
    ["an interpreter", "python3 -c 'print(1)'"],
    ["a script", "bash build.sh"],
    ["a script in a shell", "bash -c 'sh -c \"cat .env\"'"],
    ["a program of the checkout's by a reader's name", "./cat src/a.ts"],
    ["another folder first", "cd secrets && cat key"],
    ["a wrapper", "env cat src/a.ts"],
    ["a listed command that names it", "npm run print -- .env"],
    ["a listed command that names its folder", "npm run print -- secrets"],
    ["a listed command elsewhere", "cd secrets && npm run build"],
    ["an option that is too long to look through", `cat -${"a".repeat(300)}`],
  ])("by %s", (_way, line) => {
    expect(verdictOf(line)).toBe("denied");
    expect(verdictOf(line, policyOf("ask"))).toBe("ask");
  });

  test("as words without a shell, where a folder is another one, or beside the tests", () => {
    expect(verdictOf(["cat", ".env"])).toBe("denied");
    expect(verdictOf(["bash", "-lc", "cat .env"])).toBe("denied");
    expect(verdictOf(["cat", "--", "docs/link", "/work/tree/secrets/key"])).toBe("denied");
    const text = JSON.stringify(["cat", "key"]);
    expect(judgeAsk(DENY, TESTS, { what: "command", text, cwd: "/work/tree/secrets" }).verdict).toBe(
      "denied",
    );
    expect(judgeAsk(DENY, TESTS, { what: "command", text, cwd: "/work/tree" }).verdict).toBe("allowed");
    expect(verdictOf("node --test && cat .env")).toBe("denied");
  });
});
