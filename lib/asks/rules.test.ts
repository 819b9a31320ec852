import { describe, expect, test } from "vitest";
import type { AskPolicy } from "../protocol/steering.ts";
import { commandIn, judgeAsk, judgeCommand, scriptText } from "./rules.ts";

const UNLISTED: AskPolicy = {
  mode: "unlisted",
  allowed: ["npm run build", "npm run *", "make check"],
  denied: ["git push", "npm publish"],
  unattended: "deny_and_continue",
  minutes: 30,
};
const TESTS = ["node", "--test", "--test-reporter=junit"];
const verdictOf = (command: readonly string[] | string, policy = UNLISTED) =>
  judgeCommand(policy, TESTS, command).verdict;

describe("what never asks", () => {
  test.each([
    "ls -la src",
    "cat README.md package.json",
    "pwd; ls",
    "head -n 20 src/a.ts | tail -5",
    "rg -n 'needle in a haystack' src --glob '*.ts'",
    "rg --files -g '!*.md' | wc -l",
    'grep -rn "foo\\.bar" src/*.ts',
    "sed -n '10,20p' src/a.ts",
    "sed -n '/begin/,/end/p' src/a.ts",
    "find . -name '*.ts' -type f -maxdepth 3",
    "find src -name x -o -name y 2>/dev/null | sort -u",
    "git status --short && git diff --stat",
    "git --no-pager log --oneline -n 5",
    "git log -5 --format='%h %s' -- src/a.ts",
    "git show HEAD:src/a.ts | head -50",
    "git diff HEAD~1 -U5".replace("~", "^"),
    "cd src && ls -l",
    "ls\nls -a\n",
    "cat a 2>&1 > /dev/null",
    "node --test --test-reporter=junit",
    "ls && node --test --test-reporter=junit",
    "/bin/cat /etc/hostname",
  ])("a line that reads, or runs the tests: %s", (line) => {
    expect(judgeCommand(UNLISTED, TESTS, line)).toMatchObject({ verdict: "quiet" });
    expect(judgeCommand(UNLISTED, TESTS, ["bash", "-lc", line])).toMatchObject({ verdict: "quiet" });
  });

  test("is judged word by word where no shell is: what looks like one is a name", () => {
    expect(verdictOf(["cat", "$(rm -rf x)", "; rm x"])).toBe("quiet");
    expect(verdictOf(["ls; rm -rf ."])).toBe("ask");
    expect(verdictOf(TESTS)).toBe("quiet");
    expect(verdictOf([...TESTS, "--import=./x.js"])).toBe("ask");
    expect(verdictOf([])).toBe("ask");
    expect(verdictOf([""])).toBe("ask");
  });
});

describe("what the charter lists", () => {
  test("needs no answer, and says by which line", () => {
    expect(judgeCommand(UNLISTED, TESTS, "npm run build")).toEqual({
      verdict: "allowed",
      rule: "npm run build",
    });
    expect(judgeCommand(UNLISTED, TESTS, "ls && npm run lint -- --fix")).toEqual({
      verdict: "allowed",
      rule: "ls, npm run *",
    });
    expect(verdictOf("make check")).toBe("allowed");
  });

  test.each([
    "make check all",
    "make",
    "npm install",
    "npm",
    "npm run build && npm install",
    "cd x && make check",
  ])("is that and nothing more: %s", (line) => expect(verdictOf(line)).toBe("ask"));

  test("and denies comes first, whatever else is in the line and however the program is named", () => {
    for (const line of [
      "git push",
      "git push origin main",
      "ls; git push",
      "/usr/bin/git push -f",
      "npm publish",
    ])
      expect(judgeCommand(UNLISTED, TESTS, line).verdict).toBe("denied");
    expect(verdictOf(["bash", "-lc", "npm publish"])).toBe("denied");
    expect(verdictOf("npm run x", { ...UNLISTED, denied: ["npm run"] })).toBe("denied");
  });

  test("a denied command with a * at its end is denied with whatever follows, and alone", () => {
    for (const mode of ["unlisted", "never"] as const) {
      const policy = { ...UNLISTED, mode, denied: ["git push *"] };
      for (const line of ["git push origin main", "git push", "env X=1 git push -f", "x=$(git push origin)"])
        expect(verdictOf(line, policy)).toBe(line.includes("$") && mode === "unlisted" ? "ask" : "denied");
      expect(verdictOf("git pull", policy)).not.toBe("denied");
    }
  });

  test("nobody is asked where the charter says never; what is denied is refused all the same", () => {
    const never = { ...UNLISTED, mode: "never" } as const;
    expect(verdictOf("rm -rf build", never)).toBe("allowed");
    expect(verdictOf("x=$(date); echo $x", { ...never, denied: [] })).toBe("allowed");
    // Nobody can say that it is none of the denied ones.
    expect(verdictOf("x=$(date); echo $x", never)).toBe("denied");
    expect(verdictOf("git push", never)).toBe("denied");
    expect(verdictOf("for i in 1 2; do git push; done", never)).toBe("denied");
    for (const line of ["(cd x; /usr/bin/git  push)", "env X=1 git push", "sh -c 'bash -c \"git push\"'"])
      expect(verdictOf(line, never)).toBe("denied");
  });
});

describe("probe: quiet is not got by hiding", () => {
  test.each([
    ["a substitution", "ls $(rm x)"],
    ["a substitution in quotes", 'ls "$(rm x)"'],
    ["backticks", "ls `rm x`"],
    ["backticks in quotes", 'echo "`rm x`"'],
    ["a variable", "ls $HOME"],
    ["a variable as program", "$X"],
    ["arithmetic", "echo $((1))"],
    ["ANSI-C quoting", "cat $'a\\nb'"],
    ["a process substitution", "cat <(rm x)"],
    ["a writing process substitution", "ls > >(sh)"],
    ["a second command", "ls; rm x"],
    ["a second line", "ls\nrm x"],
    ["a carriage return", "ls\r\nrm x"],
    ["and", "ls && rm x"],
    ["or", "ls || rm x"],
    ["a pipe", "ls | sh"],
    ["a pipe of both", "ls |& sh"],
    ["the background", "ls & rm x"],
    ["a group", "{ ls; rm x; }"],
    ["a subshell", "(ls)"],
    ["a redirect", "ls > out"],
    ["a redirect without blanks", "ls>out"],
    ["appending", "echo x >> out"],
    ["clobbering", "ls >| out"],
    ["a redirect of both", "ls &> out"],
    ["a redirect of errors", "ls 2> out"],
    ["a file that begins like the null device", "ls >/dev/nullx"],
    ["a file beside the null device", "ls >/dev/null/../x"],
    ["reading and writing", "cat <> out"],
    ["a here document", "cat <<E\nx\nE"],
    ["an open quote", "ls 'x"],
    ["an open double quote", 'ls "x'],
    ["a backslash", "l\\s"],
    ["a line continued", "ls \\\nrm"],
    ["a program in quotes with a tail", "'ls'x"],
    ["an empty program", "'' ls"],
    ["a comment", "ls # x"],
    ["a negation", "! ls"],
    ["a brace expansion", "ls {a,b}"],
    ["a tilde", "ls ~root"],
    ["a glob that may be an option", "rg x *"],
    ["a glob behind an option", "rg x --pr*"],
    ["a glob behind nothing in quotes", "cat ''*"],
    ["an assignment before", "X=1 ls"],
    ["a path of programs before", "PATH=. ls"],
    ["a pager before", "GIT_PAGER=sh git log"],
    ["env", "env ls"],
    ["eval", "eval ls"],
    ["exec", "exec ls"],
    ["command", "command ls"],
    ["a keyword", "if ls; then rm x; fi"],
    ["a function", "ls() { rm x; }; ls"],
    ["an alias", "alias ls=rm; ls x"],
    ["xargs", "ls | xargs rm"],
    ["tee", "ls | tee out"],
    ["awk", "awk 'BEGIN{system(\"rm x\")}'"],
    ["a program of the checkout", "./ls"],
    ["a program elsewhere", "/tmp/ls"],
    ["find -exec", "find . -exec rm {} +"],
    ["find -exec in quotes", "find . -exec rm '{}' ';'"],
    ["find -delete", "find . -delete"],
    ["find -delete in quotes", "find . '-delete'"],
    ["find -fprint", "find . -fprint out"],
    ["find -ok", "find . -ok rm x ';'"],
    ["git with an alias", "git -c alias.x='!rm x' x"],
    ["git with another folder", "git -C /x status"],
    ["git with another repository", "git --git-dir=x log"],
    ["git with other programs", "git --exec-path=. status"],
    ["git's pager", "git -p log"],
    ["git --output", "git diff --output=out"],
    ["git --output, cut short", "git diff --outp=out"],
    ["git's external diff", "git diff --ext-diff"],
    ["git's text conversion", "git show --textconv"],
    ["git's signatures", "git log --show-signature"],
    ["git's signatures in a format", "git log --format=%GK"],
    ["git's signatures behind a modifier", "git log --format=%+GK"],
    ["git --output behind a -- that is a value", "git diff -G -- --output=out a b"],
    ["a branch made", "git branch x"],
    ["a branch deleted", "git branch -D x"],
    ["git config", "git config core.pager sh"],
    ["git checkout", "git checkout ."],
    ["git grep's pager", "git grep -O x"],
    ["rg --pre", "rg --pre sh x"],
    ["rg --pre=", "rg --pre=sh x"],
    ["rg --pre in quotes", "rg '--pre=sh' x"],
    ["rg --pre behind an option with a value", "rg -e --pre=sh x"],
    ["rg --pre behind a -- that is a value", "rg -e -- --pre=sh x"],
    ["rg that unpacks", "rg -z x"],
    ["rg --hostname-bin", "rg --hostname-bin=x y"],
    ["sort -o", "sort -o out in"],
    ["sort -o at the end of others", "sort -uo out in"],
    ["sort's program", "sort --compress-program=sh x"],
    ["sed that writes", "sed -n 'w out' in"],
    ["sed in place", "sed -i s/a/b/ x"],
    ["sed in place behind", "sed -n 1p x -i"],
    ["sed that runs", "sed -n '1e rm x'"],
    ["sed with two scripts", "sed -n -e 1p -e 'w out' in"],
    ["sed's own file", "sed -f x"],
    ["tests elsewhere", "cd x && node --test --test-reporter=junit"],
    ["tests and more", "node --test --test-reporter=junit x"],
    ["the way back", "cd -"],
    ["a wide letter", "ｌs"],
    ["a Cyrillic letter", "саt x"],
    ["a blank that is none", "ls\u00a0x"],
    ["a line separator", "ls\u2028rm x"],
    ["a character of direction", "ls '\u202Exr'"],
    ["a NUL", "ls '\0'"],
    ["half a character", "ls '\ud800'"],
    ["an escape sequence", "echo '\u001b[2J'"],
    ["a separator alone", ";"],
    ["a separator too many", "ls && && ls"],
    ["an end that is none", "ls &&"],
    ["a case's end", "ls ;; rm"],
    ["nothing", ""],
    ["blanks", "  \n "],
    ["words of history", 'echo "!!"'],
  ])("%s is asked about", (_name, line) => {
    expect(verdictOf(line)).toBe("ask");
    expect(verdictOf(["bash", "-lc", line])).toBe("ask");
  });

  test.each<readonly string[]>([
    ["bash", "-c"],
    ["bash", "-c", "ls", "x"],
    ["bash", "-i", "-c", "ls"],
    ["bash", "--rcfile", "x", "-c", "ls"],
    ["bash", "ls"],
    ["zsh", "-c", "ls"],
    ["./bash", "-c", "ls"],
    ["sh"],
  ])("a shell that is given something else is asked about: %j", (...argv) => {
    expect(verdictOf(argv)).toBe("ask");
  });
});

describe("probe: a line of the greatest length", () => {
  const pieces = [
    "ls;",
    "a ",
    "'a'",
    '"',
    "ls\n",
    "git push ",
    "\\",
    "sh -x ",
    "sh x ",
    "eval ",
    "git -a ",
    "*",
  ];
  const made = pieces.flatMap((piece) => ["ls", "env"].map((program) => [program, piece] as const));
  test.each(made)("begun with %s and made of %j is judged at once", (program, piece) => {
    const line = `${program} ${piece.repeat(Math.floor(16_000 / piece.length))}`;
    const before = process.cpuUsage();
    judgeCommand(UNLISTED, TESTS, line);
    judgeCommand({ ...UNLISTED, mode: "never" }, TESTS, line);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(1_000_000); // microseconds; some milliseconds are usual
  });
});

describe("what is asked about", () => {
  test("is a command, told as its argument vector or as a script", () => {
    expect(commandIn('["ls","-l"]')).toEqual(["ls", "-l"]);
    for (const script of ["[ -f x ] && rm x", "[1]", "[]", '["a", 1]', "ls"])
      expect(commandIn(script)).toBe(script);
    expect(judgeAsk(UNLISTED, TESTS, { what: "command", text: '["ls"]' }).verdict).toBe("quiet");
    expect(judgeAsk(UNLISTED, TESTS, { what: "command", text: "rm x" }).verdict).toBe("ask");
  });

  test("probe: is no argument vector where it is a script that reads like one", () => {
    const script = '["echo","$(touch pwned)"]'; // what bash makes of it runs touch
    expect(judgeAsk(UNLISTED, TESTS, { what: "command", text: script }).verdict).toBe("quiet");
    expect(judgeAsk(UNLISTED, TESTS, { what: "command", text: scriptText(script) }).verdict).toBe("ask");
    expect(commandIn(scriptText(script))).toEqual(["bash", "-c", script]);
    for (const plain of ["ls", "[1]", "[ -f x ] && rm x"]) expect(scriptText(plain)).toBe(plain);
  });

  test("is no change of the checkout, which the merge gate decides, and any reach for a network", () => {
    expect(judgeAsk(UNLISTED, TESTS, { what: "change", text: "*** Begin Patch" }).verdict).toBe("quiet");
    expect(judgeAsk(UNLISTED, TESTS, { what: "network", text: "example.org" }).verdict).toBe("ask");
    expect(judgeAsk({ ...UNLISTED, mode: "never" }, TESTS, { what: "network", text: "x" }).verdict).toBe(
      "denied",
    );
  });
});

describe("what the charter says of tools", () => {
  const OPEN = { write: "allow", execute: "allow", network: "ask" } as const;
  const never = (tools: Partial<NonNullable<AskPolicy["tools"]>>): AskPolicy => ({
    ...{ ...UNLISTED, mode: "never", tools: { ...OPEN, ...tools } },
  });
  const command = (policy: AskPolicy, text: string) => judgeCommand(policy, TESTS, text);

  test("denied commands leave reading, and nothing else: not the tests, not what is on the list, not what is unreadable", () => {
    const policy = { ...never({ execute: "deny" }), allowed: ["npm run *"] };
    expect(command(policy, "ls && cat a.js").verdict).toBe("allowed");
    for (const line of ["npm run build", "ls && rm x", TESTS.join(" "), "eval $(cat x)", "sh -c 'touch x'"])
      expect(command(policy, line), line).toMatchObject({ verdict: "denied" });
    expect(command({ ...policy, mode: "unlisted" }, "rm x").verdict).toBe("denied");
  });

  test("commands that are asked about are so also where the agent never asks otherwise", () => {
    const policy = { ...never({ execute: "ask" }), allowed: ["npm run *"], denied: ["git push"] };
    expect(command(policy, "rm x").verdict).toBe("ask");
    expect(command(policy, "eval $(cat x)").verdict).toBe("ask");
    expect(command(policy, "npm run build").verdict).toBe("allowed");
    expect(command(policy, "ls").verdict).toBe("quiet");
    expect(command(policy, "git push").verdict).toBe("denied");
  });

  test("changes by the agent's own editing are declined or asked about", () => {
    const change = (policy: AskPolicy) => judgeAsk(policy, TESTS, { what: "change", text: "x" }).verdict;
    expect([change(never({ write: "deny" })), change(never({ write: "ask" })), change(never({}))]).toEqual([
      ...["denied", "ask", "quiet"],
    ]);
  });

  test("a denied network is not even asked for", () => {
    const reach = (tools: AskPolicy["tools"]) =>
      judgeAsk({ ...UNLISTED, tools }, TESTS, { what: "network", text: "example.org" }).verdict;
    expect([reach({ ...OPEN, network: "deny" }), reach(OPEN)]).toEqual(["denied", "ask"]);
  });
});
