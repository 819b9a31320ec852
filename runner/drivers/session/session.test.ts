// The keeper in a real sandbox: what goes in and out beside an agent, and what an agent may try with it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHANGED_PATHS } from "#lib/protocol/agent-events.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { TEST_LIMITS } from "#lib/testing/harness-scene.ts";
import { linesUntil, openSession, treeOf } from "#lib/testing/model/session-scene.ts";
import type { PatchBundle, TreeChanges } from "./port.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

/** Takes the bundle into the repository it is for; returns the patch's commit. */
function take(repository: string, bundle: PatchBundle | null): string {
  const file = join(workshop.fresh("bundle"));
  writeFileSync(file, bundle?.bytes ?? "");
  playGit(repository, ["fetch", "--quiet", file, "+refs/heads/patch:refs/heads/patch"]);
  return playGit(repository, ["rev-parse", "patch"]);
}

describe("a session", () => {
  test("starts the program in a checkout of the base and passes lines both ways", async () => {
    const { session, listeners } = await openSession(
      workshop,
      'pwd; git rev-parse --is-inside-work-tree; cat src/sum.js; while read -r line; do printf "got %s\\n" "$line"; done',
    );
    await session.send("hello \u20ac");
    await session.send('{"a":"\\n"}');
    expect(await linesUntil(session, 'got {"a":"\\n"}')).toEqual([
      "/work/tree",
      "true",
      "export const sum = (a, b) => a + b;",
      "got hello \u20ac",
      'got {"a":"\\n"}',
    ]);
    expect(await session.stop()).toMatchObject({ code: 0, signal: null });
    expect(listeners).toHaveLength(1);
    await session.close();
  });

  test("says which tree the checkout is, whatever the agent commits, stages or ignores", async () => {
    const line = `read -r go; echo 'x' >new.txt; mkdir -p report.d; echo '<x/>' >report.xml; echo done-1
      read -r go; echo 'ignored/' >.gitignore; mkdir ignored; echo y >ignored/file; git add -A
      git -c user.name=a -c user.email=a@b commit -qm mine; echo done-2
      read -r go; git checkout -q -f HEAD^ 2>/dev/null || git checkout -q HEAD~1; rm -f new.txt .gitignore; rm -rf ignored; echo done-3; read -r go`;
    const { session, base, repository } = await openSession(workshop, line);
    const baseTree = treeOf(repository, base);
    expect(await session.tree()).toBe(baseTree);
    const seen: string[] = [];
    const wanted = ["done-1", "done-2", "done-3"];
    await session.send("go");
    for await (const each of session.lines) {
      if (each !== wanted[seen.length]) continue;
      seen.push(await session.tree());
      if (seen.length === 3) break;
      await session.send("go");
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen[2]).toBe(baseTree);
    await session.close();
  });

  test("names what changed since it was asked last: hostile names as they are, the rest of very many counted", async () => {
    const line = `read -r go; printf x >"$(printf 'a\\nb')"; printf x >"$(printf '\\033[31mred')"; printf x >"$(printf 'caf\\351')"; rm src/sum.js; echo done-1
      read -r go; mkdir many; i=0; while [ $i -lt 10000 ]; do : >many/$i; i=$((i+1)); done; echo done-2
      read -r go; rm -r many; mkdir "$(printf 'd%.0s' $(seq 1 250))"; cd d*; for n in 1 2 3 4; do mkdir "$(printf 'e%.0s' $(seq 1 250))"; cd e*; done; : >deep; cd /work/tree; echo done-3; read -r go`;
    const { session } = await openSession(workshop, line);
    const seen: TreeChanges[] = [await session.changes()];
    for (const done of ["done-1", "done-2", "done-3"]) {
      await session.send("go");
      await linesUntil(session, done);
      seen.push(await session.changes());
    }
    const [first, named, many, deep] = seen;
    expect(first).toMatchObject({ paths: [], more: 0 });
    expect(named).toMatchObject({ paths: ["\u001b[31mred", "a\nb", "caf\ufffd", "src/sum.js"], more: 0 });
    expect(many?.paths).toHaveLength(CHANGED_PATHS.count);
    expect(many?.more).toBe(10_000 - CHANGED_PATHS.count);
    // A path that is too long is counted; cut, it would be the name of another file.
    expect([deep?.paths.length, deep?.more]).toEqual([CHANGED_PATHS.count, 10_001 - CHANGED_PATHS.count]);
    expect(deep?.paths.join("")).not.toContain("d".repeat(250));
    expect(await session.changes()).toMatchObject({ tree: deep?.tree, paths: [], more: 0 });
    await session.close();
  });

  test("that ends while it is being asked says so once, to whoever asked", async () => {
    const { promise: isOver, resolve } = Promise.withResolvers<Error>();
    let isEnding = false;
    const { sandbox } = workshop;
    const { session } = await openSession(workshop, "sleep 1000", {
      sandbox: {
        ...sandbox,
        async start(spec, options) {
          const child = await sandbox.start(spec, options);
          const stdin = new Writable({
            write: (chunk, _encoding, done) =>
              void (isEnding ? isOver.then(done) : child.stdin.write(chunk, done)),
          }).on("error", () => undefined);
          return { ...child, stdin };
        },
      },
    });
    isEnding = true;
    const asked = session.tree();
    await session.close();
    resolve(new Error("EPIPE"));
    await expect(asked).rejects.toThrow("sandbox has ended");
  });

  test("hands the work out as one commit on the base, with what changed", async () => {
    const line =
      "echo 'export const sum = (a, b) => b + a;' >src/sum.js; echo new >src/new.js; echo '<x/>' >report.xml";
    const { session, base, repository } = await openSession(workshop, line);
    expect(await session.ended).toMatchObject({ code: 0 });
    const bundle = await session.bundle();
    expect(bundle?.files).toEqual([
      { path: "src/new.js", added: 1, removed: 0 },
      { path: "src/sum.js", added: 1, removed: 1 },
    ]);
    const patch = take(repository, bundle);
    expect(playGit(repository, ["rev-parse", `${patch}^`])).toBe(base);
    expect(playGit(repository, ["show", "patch:src/new.js"])).toBe("new");
    expect(playGit(repository, ["show", "-s", "--format=%an <%ae>", patch])).toBe(
      "agent <agent@pilothouse.invalid>",
    );
    await session.close();
  });

  test("hands out nothing where nothing changed", async () => {
    const { session } = await openSession(workshop, "echo '<x/>' >report.xml");
    await session.ended;
    expect(await session.bundle()).toBeNull();
  });

  test("writes the files it is given before the program starts", async () => {
    const files = { "/home/agent/config/a.toml": "model = 'x'\n" };
    const { session } = await openSession(workshop, "cat /home/agent/config/a.toml; echo $WORD", {
      program: { files, env: { WORD: "from the environment" } },
    });
    expect(await linesUntil(session, "from the environment")).toEqual([
      "model = 'x'",
      "from the environment",
    ]);
    await session.close();
  });

  test("keeps what the program complains about", async () => {
    const { session, complaints } = await openSession(workshop, "echo oh no >&2; exit 3");
    expect(await session.ended).toEqual({ code: 3, signal: null, stderr: "oh no\n" });
    expect(complaints.join("")).toBe("oh no\n");
    await expect(session.send("anybody there")).rejects.toThrow("The agent has ended.");
    await session.close();
  });

  test("a program that is not there is said, not waited for", async () => {
    const { session } = await openSession(workshop, "", { program: { command: ["no-such-agent"] } });
    expect(await session.ended).toMatchObject({ code: 127 });
    await session.close();
  });

  test("slows an agent down that says more than is read, and loses nothing", async () => {
    const { session } = await openSession(workshop, "seq 1 100000; echo end");
    expect(await session.tree()).toMatch(/^[0-9a-f]{40}$/);
    const lines = await linesUntil(session, "end");
    expect(lines).toHaveLength(100_001);
    expect(lines[99_999]).toBe("100000");
    await session.close();
  });
});

describe("the end of a session", () => {
  test("stops a program that ignores it, with all it started", async () => {
    const { session } = await openSession(
      workshop,
      "trap '' TERM HUP; setsid sh -c \"trap '' TERM; sleep 1000\" & echo up; while :; do sleep 1000; done",
    );
    await linesUntil(session, "up");
    expect(await session.stop()).toMatchObject({ signal: "SIGKILL" });
    expect(await session.bundle()).toBeNull();
  });

  test("what is left running cannot change what is handed out", async () => {
    const line =
      "setsid sh -c 'while :; do date +%N >>src/noise.js; done' </dev/null >/dev/null 2>&1 & until [ -s src/noise.js ]; do :; done";
    const { session, repository } = await openSession(workshop, line);
    await session.ended;
    const bundle = await session.bundle();
    take(repository, bundle);
    expect(bundle?.files.map(({ path }) => path)).toEqual(["src/noise.js"]);
  });

  test("by the lease's end takes everything with it, and whoever waits is told", async () => {
    const over = new AbortController();
    const { session } = await openSession(workshop, "echo up; sleep 1000", { signal: over.signal });
    await linesUntil(session, "up");
    // One tree is made after the other: the end may come after some of them, never after all.
    const trees = Promise.all(Array.from({ length: 50 }, () => session.tree()));
    const waiting = [session.ended, trees].map((promise) => expect(promise).rejects.toThrow());
    over.abort(new Error("The lease is over."));
    await Promise.all(waiting);
    await session.close();
    await expect(session.tree()).rejects.toThrow("sandbox ended");
  });

  test("by its time is said so", async () => {
    const { session } = await openSession(workshop, "sleep 1000", { limits: { ...TEST_LIMITS, seconds: 2 } });
    await expect(session.ended).rejects.toThrow("did not finish in the time");
    await session.close();
  });
});

describe("probe: an agent that turns against the keeper", () => {
  test("by ending it ends itself", async () => {
    const { session } = await openSession(workshop, "kill -9 2; sleep 1000");
    await expect(session.ended).rejects.toThrow("sandbox ended");
    await expect(session.bundle()).rejects.toThrow("sandbox ended");
    await session.close();
  });

  test("by writing into its channel ends the session", async () => {
    const { session } = await openSession(workshop, "echo 'nonsense' >/proc/2/fd/1; sleep 1000");
    await expect(session.ended).rejects.toThrow("wrote into the session's own channel");
    await session.close();
  });

  describe("by answering in its place", () => {
    const forged = (paths: string) =>
      `echo '{"tree":"${"f".repeat(40)}","changed":{"paths":${paths},"more":1},"id":1}' >/proc/2/fd/1`;
    /** The keeper says nothing any more; what is read after this line is the agent's. */
    const silenced = `kill -STOP 2; echo '{"line":"silenced"}' >/proc/2/fd/1`;

    test("says nothing that has no place in the record", async () => {
      const again = `while true; do ${forged('["a\\u0000b\\ud800"]')}; sleep 0.1; done`;
      const { session } = await openSession(workshop, `${silenced}; ${again}`);
      await linesUntil(session, "silenced");
      expect(await session.changes()).toEqual({
        ...{ tree: "f".repeat(40), paths: ["a\u2400b\ufffd"], more: 1 },
      });
      await session.close();
    });

    test("with more than may be asked for ends the session", async () => {
      const many = `[${Array.from({ length: CHANGED_PATHS.count + 1 }, () => '"x"').join()}]`;
      const { session } = await openSession(workshop, `${silenced}; ${forged(many)}; sleep 1000`);
      await expect(session.changes()).rejects.toThrow("wrote into the session's own channel");
      await session.close();
    });
  });

  test("by writing into the channel of the patch brings no patch", async () => {
    const { session } = await openSession(workshop, "echo x >src/x.js; echo 'bundle 0 3' >/proc/2/fd/3");
    await session.ended;
    await expect(session.bundle()).rejects.toThrow("could not be bundled");
  });

  test("by filling that channel is ended before it fills the runner", async () => {
    const { session } = await openSession(workshop, "cat /dev/zero >/proc/2/fd/3");
    await expect(session.ended).rejects.toThrow();
    await session.close();
  });

  test("by a hostile configuration of the checkout's git runs nothing in the keeper's", async () => {
    const line = `git config core.fsmonitor 'touch /work/tree/pwned'; git config filter.evil.clean 'touch /work/tree/pwned'
      echo '* filter=evil' >.gitattributes; mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch /work/tree/pwned' >.git/hooks/pre-commit
      chmod +x .git/hooks/pre-commit; rm -rf .git/objects; echo ready`;
    const { session, repository } = await openSession(workshop, line);
    await linesUntil(session, "ready");
    const bundle = await session.bundle();
    take(repository, bundle);
    expect(bundle?.files.map(({ path }) => path)).toEqual([".gitattributes"]);
  });
});
