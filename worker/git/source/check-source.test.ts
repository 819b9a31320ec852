import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { checkSource } from "./check-source.ts";

const workshop = await testWorkshop();
let root: string;
let outside: string;
beforeAll(async () => {
  root = workshop.fresh("root");
  mkdirSync(root);
  createRepository(join(root, "good"), { a: "a\n" });
  playGit("/", ["clone", "--quiet", "--bare", join(root, "good"), join(root, "bare.git")]);
  outside = createRepository(workshop.fresh("outside"), { secret: "s\n" }).path;
});

const check = (input: string, allowedRoots = [root]) =>
  checkSource(input, { allowedRoots, allowedHosts: [], resolve: async () => ["93.184.216.34"] });

const refusing = (input: string, words: RegExp, allowedRoots?: string[]) =>
  expect(check(input, allowedRoots), input).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(words),
  });

describe("sources that are taken", () => {
  test("a repository with a work tree, by its own folder", async () => {
    const path = join(root, "good");
    expect(await check(path)).toEqual({ kind: "path", path, gitDir: join(path, ".git"), bare: false });
    expect(await check(`${path}/`)).toMatchObject({ path });
  });

  test("a bare repository, and one below a root that is itself a link", async () => {
    const path = join(root, "bare.git");
    expect(await check(path)).toEqual({ kind: "path", path, gitDir: path, bare: true });
    const alias = workshop.fresh("alias");
    symlinkSync(root, alias);
    expect(await check(join(alias, "bare.git"), [alias])).toMatchObject({ path });
  });

  test("an https address, as it will be asked for", async () => {
    expect(await check("https://Git.Example/team/a.git")).toEqual({
      kind: "https",
      url: "https://git.example/team/a.git",
    });
  });
});

describe("addresses that are refused", () => {
  test.each([
    ["ext::sh -c 'touch canary'", /helper program/],
    ["fd::17", /helper program/],
    ["file:///etc", /absolute path/],
    ["http://git.example/a.git", /use https/],
    ["git://169.254.169.254/a", /use https/],
    ["ssh://-oProxyCommand=touch/a", /Name the user/],
    ["git@-oProxyCommand=touch:team/a.git", /host's name/],
    ["-oProxyCommand=x:y", /dash/],
    ["--upload-pack=touch canary", /dash/],
    ["relative/path", /relative path/],
    ["../up", /relative path/],
    ["https://user:secret@git.example/a.git", /user name and password/],
    ["https://token@git.example/a.git", /user name and password/],
    ["https://git.example/a.git?x=1", /no \? or # part/],
    ["https://git.example/", /no repository/],
    ["https://git.example./a.git", /dot at the end/],
    ["https://", /usable https/],
    ["https://git.example/a\n[core]", /control/],
    ["/srv/a\u202egit", /control or invisible/],
    ["", /Give an https/],
    [`/${"a".repeat(3000)}`, /longer/],
  ])("probe: %j", async (input, words) => {
    await refusing(input, words);
  });

  test("probe: a host that resolves to a private address", async () => {
    const policy = { allowedRoots: [], allowedHosts: [], resolve: async () => ["10.0.0.1"] };
    await expect(checkSource("https://git.example/a.git", policy)).rejects.toMatchObject({ code: "refused" });
  });
});

describe("paths that are refused", () => {
  test("probe: outside the roots, by name, by .. and by a link; whether it exists is not told", async () => {
    await refusing(outside, /not below a folder open/);
    await refusing("/no/such/place", /not below a folder open/);
    await refusing(`${root}/../outside`, /\.\./);
    symlinkSync(outside, join(root, "escape"));
    await refusing(join(root, "escape"), /not below a folder open/);
    await refusing(`${root}-beside`, /not below a folder open/);
  });

  test("probe: no root is open at all", async () => {
    await refusing(join(root, "good"), /PILOTHOUSE_ALLOWED_ROOTS/, []);
    await refusing(join(root, "good"), /not below a folder open/, ["/no/such/root"]);
  });

  test("what is no repository, and what is not there", async () => {
    mkdirSync(join(root, "plain"));
    await refusing(join(root, "plain"), /not a git repository/);
    await refusing(join(root, "absent"), /nothing at/);
    writeFileSync(join(root, "file"), "x");
    await refusing(join(root, "file"), /not a git repository/);
  });

  test("probe: a .git that is a file or a link to elsewhere", async () => {
    mkdirSync(join(root, "linked"));
    symlinkSync(join(outside, ".git"), join(root, "linked/.git"));
    await refusing(join(root, "linked"), /linked work tree/);
    mkdirSync(join(root, "worktree"));
    writeFileSync(join(root, "worktree/.git"), `gitdir: ${outside}/.git\n`);
    await refusing(join(root, "worktree"), /linked work tree/);
  });

  test("probe: a repository whose objects are a link to elsewhere", async () => {
    mkdirSync(join(root, "hollow/refs"), { recursive: true });
    writeFileSync(join(root, "hollow/HEAD"), "ref: refs/heads/main\n");
    symlinkSync(join(outside, ".git/objects"), join(root, "hollow/objects"));
    await refusing(join(root, "hollow"), /not a git repository/);
  });

  test("a shallow clone, with what to do about it", async () => {
    playGit("/", ["clone", "--quiet", "--depth=1", `file://${join(root, "good")}`, join(root, "shallow")]);
    await refusing(join(root, "shallow"), /--unshallow/);
  });
});
