import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { hostGit, hostGitOutput } from "./host-git.ts";
import { failureSentence } from "./result.ts";

const workshop = await testWorkshop();
let gitDir: string;
beforeAll(async () => {
  gitDir = join(
    createRepository(workshop.fresh("repository"), { "a.txt": "a\n".repeat(50_000) }).path,
    ".git",
  );
});

describe("git on the host", () => {
  test("gives its output, its exit code and its own words", async () => {
    expect((await hostGitOutput({ args: ["version"] })).toString()).toMatch(/^git version /);
    const failed = await hostGit({ gitDir, args: ["cat-file", "-e", "1".repeat(40)] });
    expect(failed).toMatchObject({ code: 1, ended: "itself" });
    await expect(hostGitOutput({ gitDir, args: ["cat-file", "-p", "nope"] })).rejects.toThrow(
      /git cat-file failed: Not a valid object/,
    );
  });

  test("probe: takes nothing from the caller's environment or configuration", async () => {
    const marker = join(workshop.fresh("x"), "..", "marker");
    const home = workshop.fresh("home");
    createRepository(home, {});
    writeFileSync(
      join(home, ".gitconfig"),
      `[core]\n\tfsmonitor = touch ${marker}\n[alias]\n\tversion = !touch ${marker}\n`,
    );
    const saved = { ...process.env };
    try {
      Object.assign(process.env, {
        HOME: home,
        GIT_DIR: "/nowhere",
        GIT_TRACE: marker,
        GIT_SSH_COMMAND: `touch ${marker}`,
        GIT_CONFIG_GLOBAL: join(home, ".gitconfig"),
      });
      const listed = await hostGitOutput({ gitDir, args: ["config", "--list", "--show-scope"] });
      expect(listed.toString()).not.toMatch(/^(?:global|system)/m);
    } finally {
      for (const key of ["HOME", "GIT_DIR", "GIT_TRACE", "GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL"]) {
        if (saved[key] === undefined) delete process.env[key];
        else process.env[key] = saved[key];
      }
    }
    expect(existsSync(marker)).toBe(false);
  });

  test("probe: speaks no protocol unless the call names it, and then only that one", async () => {
    for (const url of [
      gitDir,
      `file://${gitDir}`,
      "https://127.0.0.1:1/x",
      "git://127.0.0.1:1/x",
      "ssh://127.0.0.1/x",
      "ext::sh -c true",
    ]) {
      const result = await hostGit({ args: ["ls-remote", "--end-of-options", url] });
      expect(failureSentence(result), url).toMatch(/transport .* not allowed/);
    }
    expect(
      (
        await hostGit({
          args: ["ls-remote", "--end-of-options", gitDir],
          protocol: "file",
          settings: { "safe.directory": gitDir },
        })
      ).code,
    ).toBe(0);
    const other = await hostGit({ args: ["ls-remote", "--end-of-options", gitDir], protocol: "https" });
    expect(failureSentence(other)).toMatch(/not allowed/);
  });

  test("probe: an argument that looks like an option is taken as what it is", async () => {
    const result = await hostGit({
      args: ["ls-remote", "--end-of-options", "--upload-pack=touch x"],
      protocol: "file",
    });
    expect(result.code).not.toBe(0);
    expect(failureSentence(result)).toContain("upload-pack");
  });

  test("more output than allowed ends it", async () => {
    const result = await hostGit({ gitDir, args: ["show", "HEAD:a.txt"], outputBytes: 1000 });
    expect(result.ended).toBe("output");
    expect(failureSentence(result)).toContain("larger than it may be");
  });

  test("time, cancelling and an already cancelled call end it", async () => {
    const endless = {
      gitDir,
      args: ["cat-file", "--batch"],
      input: (async function* () {
        yield Buffer.from("HEAD\n");
        await new Promise(() => undefined);
      })(),
    };
    expect((await hostGit({ ...endless, seconds: 0.2 })).ended).toBe("time");
    expect((await hostGit({ gitDir, args: ["version"], signal: AbortSignal.abort() })).ended).toBe(
      "cancelled",
    );
  });

  test("a reader that fails ends it and is heard", async () => {
    const onOutput = () => {
      throw new Error("disk full");
    };
    await expect(hostGit({ gitDir, args: ["show", "HEAD:a.txt"], onOutput })).rejects.toThrow("disk full");
  });

  test("a file larger than allowed is not written", async () => {
    const target = workshop.fresh("target.git");
    playGit("/", ["init", "--quiet", "--bare", target]);
    const result = await hostGit({
      gitDir: target,
      args: ["hash-object", "-w", "--stdin"],
      input: Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) & 255)),
      fileBytes: 100,
    });
    expect(result.code).not.toBe(0);
    const written = readdirSync(join(target, "objects"), { recursive: true, encoding: "utf8" });
    expect(written.filter((name) => /[0-9a-f]{38}$/.test(name))).toEqual([]);
  });
});
