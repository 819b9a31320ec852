import { describe, expect, test } from "vitest";
import { isReadByGit, judgeLink } from "./symlinks.ts";

const none = new Set<string>();

describe("where a link leads", () => {
  test.each([
    ["link", "README.md"],
    ["a/b/link", "../../README.md"],
    ["a/link", "./b/../c"],
    ["a/link", "../other/"],
    ["link", "not/there"],
  ])("%s → %s stays inside", (path, target) => {
    expect(judgeLink(path, target, none)).toBe("inside");
  });

  test.each([
    ["link", "/etc/passwd"],
    ["link", ".."],
    ["a/link", "../.."],
    ["a/b/link", "../../../etc/passwd"],
    ["link", "/proc/self/environ"],
    ["link", "a/../../x"],
    ["link", ""],
    ["link", "C:\\Windows"],
    ["link", "c:/x"],
    ["link", "..\\..\\x"],
    ["link", "a\0b"],
  ])("probe: %s → %j leads out", (path, target) => {
    expect(judgeLink(path, target, none)).toBe("outside_tree");
  });

  test.each([
    ["link", ".git/hooks/pre-commit"],
    ["a/link", "../.git/config"],
    ["link", ".GIT/config"],
    ["link", "sub/.g\u200cit/hooks"],
    ["link", "git~1/config"],
  ])("probe: %s → %j leads into a repository's folder", (path, target) => {
    expect(judgeLink(path, target, none)).toBe("into_git");
  });

  test("probe: going up after passing through another link counts as leading out", () => {
    expect(judgeLink("x", "a/d/../y", new Set(["a/d"]))).toBe("outside_tree");
    expect(judgeLink("x", "a/d/y", new Set(["a/d"]))).toBe("inside");
    expect(judgeLink("x", "a/d/../y", none)).toBe("inside");
  });

  test("files that git opens by itself are known by any case", () => {
    expect(["a/.gitattributes", ".GITMODULES", ".mailmap"].every(isReadByGit)).toBe(true);
    expect(isReadByGit("gitattributes")).toBe(false);
  });
});
