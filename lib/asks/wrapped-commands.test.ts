import { describe, expect, test } from "vitest";
import type { AskPolicy } from "../protocol/steering.ts";
import { judgeCommand } from "./rules.ts";
import { commandsIn } from "./wrapped-commands.ts";

const NEVER: AskPolicy = {
  ...{
    mode: "never",
    allowed: [],
    denied: ["git push", "curl"],
    unattended: "deny_and_continue",
    minutes: 30,
  },
  tools: { write: "allow", execute: "allow", network: "ask" },
};
const UNLISTED: AskPolicy = { ...NEVER, mode: "unlisted", allowed: ["npm run *"] };
const verdict = (line: string | string[], policy = NEVER) =>
  judgeCommand(policy, ["npm", "test"], line).verdict;

describe("probe: a denied command is denied", () => {
  test.each([
    "env sh -c 'git push'",
    "env -i A=1 /bin/sh -ec 'git push origin'",
    "env -S 'git push'",
    "env '-Sgit push'",
    "env --split-string='git push'",
    "echo x | xargs git push",
    "echo x | xargs -n1 sh -c 'git push'",
    "find . -name x -exec git push ';'",
    "find . -name x -exec sh -c 'git push' ';' -print",
    "find . -execdir bash -c 'cd x && git push' +",
    "nice -n 5 git push",
    "nice sh -c 'git push'",
    "timeout 5 git push",
    "timeout --signal=KILL 5s bash -lc 'git push'",
    "nohup setsid stdbuf -oL sh -c 'git push'",
    "busybox sh -c 'git push'",
    "busybox ash -c 'git push'",
    "sh -c \"bash -c 'git push'\"",
    "bash --norc -c 'git push'",
    "bash -o pipefail -c 'git push'",
    "bash -c -e 'git push'",
    "zsh -c 'git push'",
    "/tmp/sh -c 'git push'",
    "command git push",
    "exec git push",
    "eval git push",
    "eval 'git push'",
    "eval 'git' 'push'",
    "sudo -u me sh -c 'git push'",
    "su me -c 'git push'",
    "flock /tmp/x -c 'git push'",
    "watch 'git push'",
    "npx -c 'git push'",
    "timeout 5 env nice sh -c 'eval \"git push\"'",
    "echo 'git push' | sh",
    "sh <<E\ngit push\nE",
    "python3 -c 'import os; os.system(\"git push\")'",
    'node -e \'require("child_process").execFileSync("git", ["push"])\'',
    "perl -e 'system qw(git push)'",
    "awk 'BEGIN{system(\"git push\")}'",
    "x=$(git push)",
    "for i in 1 2; do git push; done",
    "(cd x; /usr/bin/git  push)",
    "git -C sub push",
    "git --no-pager -c user.name=x push origin",
    "bash -oc pipefail 'git push'",
    "trap 'git push' EXIT",
    "screen -dm sh -c 'git push'",
    "tmux new-session -d 'git push'",
    "npm exec -- sh -c 'git push'",
    "poetry run bash -lc 'git push'",
    "git bisect run sh -c 'git push'",
    "timeout 9 python3 -c 'import os; os.system(\"git push\")'",
    'env node -e \'require("child_process").execFileSync("git", ["push"])\'',
    "echo push | xargs git",
    "echo push | xargs -n1 git -C sub",
    "/usr/bin/gi? push",
    "git -c alias.p=push p",
    "git -c Alias.p=push p",
    "git -c alias.p='!git push' p",
    "git -c 'alias.p=!sh -c \"git push\"' p",
    "git config alias.p push && git p",
    "git config --global alias.p '!curl x'",
    "git config set alias.p 'push --force'",
    "npm exec -c 'git push'",
    "npm exec --call='cd x && git push'",
    "npm x -c 'git push'",
    "pnpm exec -c 'git push'",
    "sed '1e git push' a",
    "sed -n '1{e git push\n}' a",
    "sed 's/.*/git push/e' a",
    "sed -E 's|x|git push|ge; p' a",
    "git pus*",
  ])("%s", (line) => {
    expect(verdict(line)).toBe("denied");
    expect(verdict(line, UNLISTED)).not.toMatch(/allowed|quiet/);
  });

  test("also as an argument vector", () => {
    expect(verdict(["env", "sh", "-c", "git push"])).toBe("denied");
    expect(verdict(["bash", "-lc", "timeout 9 sh -c 'curl x'"])).toBe("denied");
  });

  test.each([
    "g=git; $g push",
    "gi''t pu\\sh",
    'sh -c "$X"',
    "xargs sh",
    "echo Z2l0IHB1c2g= | base64 -d | sh",
    "echo 'git push' | bash -s x",
    "echo 'git push' | bash /dev/stdin",
    "echo 'git push' | . /dev/stdin",
    "echo 'git push' | xargs -I% sh -c %",
    "echo git push | xargs env",
    "echo 'import os; os.system(\"git push\")' | python3",
    "echo 'import os; os.system(\"git push\")' | python3 -",
    "echo 'git push' | at now",
    "alias x='git push'\nx",
    "parallel git ::: push",
    "find /usr/bin -name git -exec '{}' push ';'",
  ])("and what cannot be read is, where nobody is asked: %s", (line) => {
    expect(verdict(line)).toBe("denied");
    expect(verdict(line, { ...NEVER, denied: [] })).toBe("allowed");
    expect(verdict(line, UNLISTED)).toMatch(/ask|denied/);
  });
});

test("probe: a program that is denied by its path is denied, by whatever path", () => {
  const policy = { ...NEVER, denied: ["./scripts/deploy.sh *"] };
  for (const line of ["./scripts/deploy.sh prod", "scripts/deploy.sh", "bash ./scripts/deploy.sh prod"])
    expect(verdict(line, policy)).toBe("denied");
});

test("probe: a line is judged at once, however it is made to be tried in many ways", () => {
  const policy = { ...NEVER, denied: [`git ${"a".repeat(200)}`] };
  expect(verdict(`git ${"-a ".repeat(20)}x`, policy)).toBe("allowed");
  expect(verdict(`git ${"-a ".repeat(2000)}x`, policy)).toBe("denied");
  expect(verdict(`git ${"a*".repeat(100)}b`, policy)).toBe("allowed");
  expect(verdict(`git ${"-a ".repeat(2000)}${"a*".repeat(100)}`, policy)).toBe("denied");
});

describe("what is no denied command", () => {
  test.each([
    "bash scripts/test.sh",
    "env CI=1 npm run build",
    "timeout 60 npm run lint",
    "find . -name '*.js' -exec node --check '{}' ';'",
    "git status | xargs echo",
    "git commit -m 'how to git  pull'",
    "git add sh bash",
    "sed -i 's/git push/git pull/' notes.md",
    "sed -n '1,5p' git-push.md",
    "git config alias.st status && git st",
    "git -c user.name='git push' commit -m x",
    "npm run build -- -c release",
    "node scripts/push.js",
    "git log --grep push",
    "git add -A src",
    "cat src/* lib/?.ts",
    "timeout 9 ls src/*",
    "find . -name '*'",
    "python3 -m pytest -q",
    "make",
    "xargs rm",
  ])("goes on where nobody is asked: %s", (line) => {
    expect(verdict(line)).toBe("allowed");
  });

  test("is asked about behind a program that runs others, however harmless it reads", () => {
    expect(verdict("env ls", UNLISTED)).toBe("ask");
    expect(verdict("xargs cat", UNLISTED)).toBe("ask");
    expect(verdict("timeout 5 sh -c 'ls'", UNLISTED)).toBe("ask");
    expect(verdict("sh -c 'ls | wc -l'", UNLISTED)).toBe("quiet");
    expect(verdict("bash -lc 'npm run build'", UNLISTED)).toBe("allowed");
    expect(verdict("bash -ec 'npm run build'", UNLISTED)).toBe("ask");
  });

  test("is read as deep as people nest, and no deeper", () => {
    const nested = (depth: number): string[] => {
      let argv = ["true"];
      for (let at = 0; at < depth; at++) argv = ["env", ...(at === 0 ? ["sh", "-c", "true"] : argv)];
      return argv;
    };
    expect(commandsIn(nested(3))).not.toBeNull();
    const deep = ["'", '"'].reduce((line, quote) => `sh -c ${quote}${line}${quote}`, "git push");
    expect(verdict(deep)).toBe("denied");
  });
});
