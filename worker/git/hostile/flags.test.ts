// Changes that are carried, but not silently: what another person must look at, and what is only odd.
import { describe, expect, test } from "vitest";
import { playGit } from "#lib/testing/git/author.ts";
import {
  flagsOf,
  headWith,
  openMixedScene,
  patchOf,
  takeInCommit,
  takeInFiles,
} from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";

const scene = await openMixedScene(await testWorkshop());

describe("changes that ask for another approver", () => {
  test("probe: a submodule at an unknown commit, without .gitmodules", async () => {
    const intake = await takeInCommit(scene, headWith(scene, ["160000", "1".repeat(40), "sub"]));
    expect(flagsOf(intake)).toEqual(["submodule_change sub"]);
    expect(patchOf(intake).diff.toString()).toContain(`+Subproject commit ${"1".repeat(40)}`);
    expect(intake).toHaveProperty("rebuilt.commit", expect.any(String));
  });

  test("build, owner, agent, package, attribute and large-file settings are named", async () => {
    const intake = await takeInFiles(scene, {
      ".github/workflows/ci.yml": "on: push\n",
      CODEOWNERS: "* @me\n",
      "AGENTS.md": "be nice\n",
      ".npmrc": "ignore-scripts=false\n",
      ".gitattributes": "*.js filter=evil diff=evil -text\n",
      ".lfsconfig": "[lfs]\n\turl = https://evil.example\n",
      "big.bin": `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 5\n`,
      "package.json": JSON.stringify({ name: "x", scripts: { test: "true", postinstall: "curl x" } }),
    });
    expect(flagsOf(intake)).toEqual([
      "agent_rules AGENTS.md",
      "ci_config .github/workflows/ci.yml",
      "code_owners CODEOWNERS",
      "git_attributes .gitattributes",
      "install_script package.json",
      "lfs_config .lfsconfig",
      "lfs_pointer big.bin",
      "manifest_change package.json",
      "package_manager_config .npmrc",
    ]);
    expect(patchOf(intake).verdict.blocked).toBe(false);
  });

  test("probe: names that differ only in case or Unicode form", async () => {
    const intake = await takeInFiles(scene, { "SRC/b.js": "b\n", "cafe\u0301": "1", "caf\u00e9": "2" });
    expect(flagsOf(intake)).toEqual(
      ["name_collision SRC/b.js", "name_collision cafe\u0301", "name_collision caf\u00e9"].sort(),
    );
  });

  test("probe: text that is shown in another order than it is", async () => {
    const intake = await takeInFiles(scene, {
      "src/a.js": "if (a) { // \u202e } \u2066\n",
      "src/b.js": "x\u200b\n",
    });
    expect(flagsOf(intake)).toEqual(["bidi_control src/a.js", "invisible_characters src/b.js"]);
  });

  test("tests deleted, changed and added are listed apart", async () => {
    const files = { "test/a.test.js": "changed\n", "test/b.test.js": "new\n" };
    const intake = await takeInFiles(scene, files, { paths: { harnessPaths: ["test/**"] } });
    expect(patchOf(intake).verdict.testIntegrity).toEqual({
      deleted: [],
      modified: ["test/a.test.js"],
      added: ["test/b.test.js"],
    });
    const gone = await takeInFiles(
      scene,
      { "test/a.test.js": null },
      { paths: { harnessPaths: ["test/**"] } },
    );
    expect(patchOf(gone).verdict.testIntegrity.deleted).toEqual(["test/a.test.js"]);
    expect(flagsOf(gone)).toEqual(["test_integrity test/a.test.js"]);
  });
});

describe("odd content that is carried and shown as it is", () => {
  test("probe: names with escapes, line breaks, dashes and overrides", async () => {
    const names = ["a\u001b[31m.js", "b\nc.js", "-rf", "%2e%2e", "d\u202etxt.exe", "e\tf"];
    const intake = await takeInFiles(scene, Object.fromEntries(names.map((name) => [name, "x\n"])));
    expect(flagsOf(intake)).toEqual(names.map((name) => `control_in_name ${name}`).sort());
    expect(
      patchOf(intake)
        .files.map(({ path }) => path)
        .sort(),
    ).toEqual([...names].sort());
    for (const { sentence } of patchOf(intake).verdict.flags) expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("probe: attributes that call code binary or name a driver change nothing in the diff", async () => {
    const intake = await takeInFiles(scene, {
      ".gitattributes": "*.js -diff\n*.md diff=evil\n",
      "src/a.js": "two\n",
      "x.md": "x\n",
    });
    expect(patchOf(intake).diff.toString()).toContain("-one\n+two\n");
    expect(patchOf(intake).files.find(({ path }) => path === "src/a.js")).toMatchObject({
      added: 1,
      removed: 1,
    });
  });

  test("binary files, modes and whole-file context", async () => {
    playGit(scene.agent, ["checkout", "--quiet", "--force", "--detach", scene.base]);
    playGit(scene.agent, ["update-index", "--chmod=+x", "src/a.js"]);
    playGit(scene.agent, ["commit", "--quiet", "-m", "mode"]);
    const mode = await takeInCommit(scene, playGit(scene.agent, ["rev-parse", "HEAD"]));
    expect(flagsOf(mode)).toEqual(["mode_change src/a.js"]);
    const binary = await takeInFiles(
      scene,
      { "old.bin": Buffer.from([0, 9]) },
      { contextLines: Number.POSITIVE_INFINITY },
    );
    expect(patchOf(binary).files).toMatchObject([
      { path: "old.bin", added: null, removed: null, status: "modified" },
    ]);
    expect(patchOf(binary).diff.toString()).toContain("Binary files a/old.bin and b/old.bin differ");
  });

  test("a file that becomes a link is a change of kind", async () => {
    const intake = await takeInFiles(scene, { "old.bin": { link: "src/a.js" } });
    expect(patchOf(intake).files).toMatchObject([
      { path: "old.bin", status: "type_changed", modeBefore: "100644", modeAfter: "120000" },
    ]);
    expect(flagsOf(intake)).toEqual(["mode_change old.bin", "symlink_change old.bin"]);
  });
});
