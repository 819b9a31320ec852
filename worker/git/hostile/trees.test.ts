// What an agent can put into the tree of its bundle: every case goes through the whole intake.
import { describe, expect, test } from "vitest";
import { makeBlob, makeTree } from "#lib/testing/git/author.ts";
import {
  flagsOf,
  headWith,
  openMixedScene,
  openScene,
  patchOf,
  takeInCommit,
  takeInFiles,
} from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";

const workshop = await testWorkshop();
const scene = await openMixedScene(workshop);

const blob = (content: string | Buffer) => makeBlob(scene.agent, content);
const nested = (...parts: [mode: string, oid: string, name: string][]) => makeTree(scene.agent, parts);

describe("trees that git's strict check refuses", () => {
  test.each([".git", ".GIT", "git~1", ".g\u200cit", ".."])("probe: a folder named %j", async (name) => {
    const inner = nested(["100644", blob("[core]\n"), "config"]);
    const intake = await takeInCommit(scene, headWith(scene, ["40000", inner, name]));
    expect(intake).toMatchObject({ outcome: "refused", rule: "git_strict_check" });
    expect(intake).toHaveProperty("sentence", expect.stringMatching(/hasDot|hasDotgit|hasDotdot/));
  });

  test.each([
    ["an address that is an option", '[submodule "a"]\n\tpath = a\n\turl = -u./x\n', "gitmodulesUrl"],
    [
      "a name that leaves the folder",
      '[submodule "../../x"]\n\tpath = a\n\turl = https://h.example/a\n',
      "gitmodulesName",
    ],
    [
      "a path that is an option",
      '[submodule "a"]\n\tpath = -x\n\turl = https://h.example/a\n',
      "gitmodulesPath",
    ],
    [
      "an update that is a command",
      '[submodule "a"]\n\tpath = a\n\turl = https://h.example/a\n\tupdate = !sh\n',
      "gitmodulesUpdate",
    ],
  ])("probe: .gitmodules with %s", async (_, content, finding) => {
    const intake = await takeInFiles(scene, { ".gitmodules": content });
    expect(intake).toMatchObject({
      outcome: "refused",
      rule: "git_strict_check",
      sentence: expect.stringContaining(finding),
    });
  });

  test("probe: .gitmodules as a symbolic link", async () => {
    const intake = await takeInCommit(scene, headWith(scene, ["120000", blob("src/a.js"), ".gitmodules"]));
    expect(intake).toMatchObject({ outcome: "refused", rule: "git_strict_check" });
  });

  test("probe: two entries of one name", async () => {
    const intake = await takeInCommit(
      scene,
      headWith(scene, ["100644", blob("x"), "zz"], ["100644", blob("y"), "zz"]),
    );
    expect(intake).toMatchObject({ outcome: "refused", rule: "git_strict_check" });
  });
});

describe("trees that git lets in and the tree policy blocks", () => {
  test("probe: a repository with a hostile config hidden in a folder", async () => {
    const intake = await takeInFiles(scene, {
      "vendor/x/HEAD": "ref: refs/heads/main\n",
      "vendor/x/config": "[core]\n\tfsmonitor = touch /tmp/canary\n",
      "vendor/x/objects/info/packs": "\n",
      "vendor/x/refs/heads/main": `${scene.base}\n`,
    });
    expect(patchOf(intake).verdict.blocked).toBe(true);
    expect(intake).toHaveProperty("rebuilt", null);
    expect(flagsOf(intake)).toContain("embedded_repository vendor/x/config");
  });

  test("probe: a submodule whose path ends in a carriage return", async () => {
    const intake = await takeInCommit(scene, headWith(scene, ["160000", scene.base, "sub\r"]));
    expect(patchOf(intake).verdict.blocked).toBe(true);
    expect(flagsOf(intake)).toEqual(
      expect.arrayContaining(["submodule_unsafe sub\r", "submodule_change sub\r"]),
    );
  });

  test("probe: .gitmodules with a carriage return in a path", async () => {
    const content = '[submodule "a"]\n\tpath = "a\r"\n\turl = https://h.example/a\n';
    const intake = await takeInFiles(scene, { ".gitmodules": content });
    expect(flagsOf(intake)).toContain("submodule_unsafe .gitmodules");
    expect(patchOf(intake).verdict.blocked).toBe(true);
  });

  test.each([
    ["/etc/passwd", "symlink_outside_tree"],
    ["../..", "symlink_outside_tree"],
    ["/proc/self/environ", "symlink_outside_tree"],
    [".git/hooks/pre-commit", "symlink_into_git"],
    ["folder/../../x", "symlink_outside_tree"],
  ])("probe: a symbolic link to %s", async (target, rule) => {
    const intake = await takeInFiles(scene, { link: { link: target } });
    expect(patchOf(intake).verdict.blocked).toBe(true);
    expect(flagsOf(intake)).toEqual([`${rule} link`]);
    expect(patchOf(intake).diff.toString()).toContain(`+${target}\n\\ No newline`);
    expect(patchOf(intake).files).toMatchObject([{ path: "link", modeAfter: "120000" }]);
  });

  test.each([".gitattributes", ".mailmap", "sub/.gitignore"])(
    "probe: %s as a symbolic link",
    async (path) => {
      const intake = await takeInFiles(scene, { [path]: { link: "a.js" } });
      expect(flagsOf(intake)).toContain(`symlink_as_git_file ${path}`);
      expect(patchOf(intake).verdict.blocked).toBe(true);
    },
  );

  test("probe: an old link is led out of the tree by replacing a folder on its way", async () => {
    const around = await openScene(workshop, { "a/d/x": "x", y: "y", link: { link: "a/d/../../y" } });
    const intake = await takeInFiles(around, { "a/d/x": null, "a/d": { link: "../b" }, "b/x": "x" });
    expect(flagsOf(intake)).toContain("symlink_outside_tree link");
  });

  test("probe: a change outside the charter's paths", async () => {
    const intake = await takeInFiles(
      scene,
      { "src/a.js": "two\n", "other/b.js": "b\n" },
      { paths: { allowedPaths: ["src"] } },
    );
    expect(flagsOf(intake)).toEqual(["outside_scope other/b.js"]);
    expect(intake).toHaveProperty("rebuilt", null);
  });

  test("probe: a file moved out of the charter's paths counts at its new place", async () => {
    const intake = await takeInFiles(
      scene,
      { "src/a.js": null, "else/a.js": "one\n" },
      { paths: { allowedPaths: ["src/**"] } },
    );
    expect(flagsOf(intake)).toEqual(["outside_scope else/a.js"]);
    expect(patchOf(intake).files).toMatchObject([
      { status: "renamed", previousPath: "src/a.js", path: "else/a.js" },
    ]);
  });
});
