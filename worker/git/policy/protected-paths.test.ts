import { describe, expect, test } from "vitest";
import { protectedBy } from "./protected-paths.ts";

describe("paths whose change means more than their lines", () => {
  test.each([
    [".github/workflows/ci.yml", "ci_config"],
    [".GitHub/Workflows/ci.yml", "ci_config"],
    [".gitlab-ci.yml", "ci_config"],
    ["Jenkinsfile", "ci_config"],
    ["sub/Makefile", "ci_config"],
    ["Dockerfile.dev", "ci_config"],
    [".husky/pre-commit", "ci_config"],
    ["CODEOWNERS", "code_owners"],
    ["docs/CODEOWNERS", "code_owners"],
    ["AGENTS.md", "agent_rules"],
    ["packages/x/CLAUDE.md", "agent_rules"],
    [".cursor/rules/a.mdc", "agent_rules"],
    [".claude/settings.json", "agent_rules"],
    [".mcp.json", "agent_rules"],
    [".vscode/tasks.json", "agent_rules"],
    [".github/copilot-instructions.md", "agent_rules"],
    [".npmrc", "package_manager_config"],
    ["packages/a/.npmrc", "package_manager_config"],
    [".yarnrc.yml", "package_manager_config"],
    [".pnpmfile.cjs", "package_manager_config"],
    ["pip.conf", "package_manager_config"],
    [".cargo/config.toml", "package_manager_config"],
    ["package.json", "manifest_change"],
    ["requirements-dev.txt", "manifest_change"],
    ["package-lock.json", "lockfile_change"],
    ["go.sum", "lockfile_change"],
    ["binding.gyp", "install_script"],
    ["a/.gitattributes", "git_attributes"],
    [".lfsconfig", "lfs_config"],
    [".gitmodules", "submodule_change"],
    ["．npmrc", "package_manager_config"],
  ])("%s is flagged as %s", (path, rule) => {
    expect(protectedBy(path)).toContain(rule);
  });

  test.each([
    "src/index.js",
    "README.md",
    "docs/makefile-guide.md",
    "lib/dockerfiles/x.txt",
    "src/agents.ts",
    "test/package.test.json",
  ])("%s is an ordinary file", (path) => {
    expect(protectedBy(path)).toEqual([]);
  });
});
