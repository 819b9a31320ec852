// Files whose change means more than their lines: what builds, tests, installs, reviews or instructs.

import { anyGlobMatches } from "#lib/text/path-globs.ts";
import { RULE_NAMES, type RuleName } from "./flags.ts";

const anywhere = (...files: string[]): string[] => files.map((name) => `**/${name}`);
const below = (...folders: string[]): string[] => folders.flatMap((name) => [`**/${name}/**`, `**/${name}`]);

/** Compared with the lower-cased path. */
const TABLE: Readonly<Partial<Record<RuleName, readonly string[]>>> = {
  ci_config: [
    ...[
      ".github/workflows",
      ".github/actions",
      ".gitlab-ci.yml",
      ".gitlab",
      ".circleci",
      ".buildkite",
      ".teamcity",
    ],
    ...[
      ".travis.yml",
      ".drone.yml",
      ".woodpecker",
      ".woodpecker*",
      "appveyor.yml",
      "azure-pipelines*",
      "bitbucket-pipelines.yml",
    ],
    ...anywhere("jenkinsfile*", "makefile", "gnumakefile", "*.mk", "justfile", "taskfile.y*ml", "rakefile"),
    ...anywhere("dockerfile*", "*.dockerfile", "containerfile*", "docker-compose*", "compose.y*ml"),
    ...anywhere(".pre-commit-config.yaml", "lefthook.y*ml"),
    ...below(".husky"),
  ],
  code_owners: [...anywhere("codeowners", "owners"), ".github/settings.yml"],
  agent_rules: [
    ...anywhere(
      "agents.md",
      "agents.override.md",
      "claude.md",
      "claude.local.md",
      "gemini.md",
      ".mcp.json",
      "mcp.json",
    ),
    ...anywhere(
      ".cursorrules",
      "opencode.json*",
      ".roorules",
      ".windsurfrules",
      ".envrc",
      "copilot-instructions.md",
    ),
    ...anywhere(".aider*"),
    ...below(
      ".cursor",
      ".claude",
      ".codex",
      ".gemini",
      ".opencode",
      ".roo",
      ".windsurf",
      ".clinerules",
      ".continue",
    ),
    ...below(".junie", ".kiro", ".vscode", ".idea", ".devcontainer"),
    ...[".github/instructions", ".github/prompts", ".github/agents"],
  ],
  package_manager_config: [
    ...anywhere(
      ".npmrc",
      ".yarnrc",
      ".yarnrc.yml",
      ".pnpmfile.cjs",
      ".pnpmfile.mjs",
      "pnpm-workspace.yaml",
      "bunfig.toml",
    ),
    ...anywhere("pip.conf", "pip.ini", ".pypirc", "uv.toml", "nuget.config", ".bazelrc", "auth.json"),
    ...anywhere("gradle.properties", "gradle-wrapper.properties", "gradle-wrapper.jar", "gradlew*", "mvnw*"),
    ...below(".yarn", ".cargo", ".bundle", ".mvn"),
  ],
  manifest_change: [
    ...anywhere(
      "package.json",
      "pyproject.toml",
      "setup.py",
      "setup.cfg",
      "requirements*.txt",
      "pipfile",
      "cargo.toml",
    ),
    ...anywhere(
      "build.rs",
      "go.mod",
      "go.work",
      "gemfile",
      "*.gemspec",
      "pom.xml",
      "build.gradle*",
      "settings.gradle*",
    ),
    ...anywhere(
      "composer.json",
      "*.csproj",
      "directory.packages.props",
      "deno.json*",
      "mix.exs",
      "package.swift",
    ),
  ],
  lockfile_change: [
    ...anywhere(
      "package-lock.json",
      "npm-shrinkwrap.json",
      "yarn.lock",
      "pnpm-lock.yaml",
      "bun.lock",
      "bun.lockb",
    ),
    ...anywhere(
      "deno.lock",
      "cargo.lock",
      "poetry.lock",
      "uv.lock",
      "pdm.lock",
      "pipfile.lock",
      "go.sum",
      "gemfile.lock",
    ),
    ...anywhere("composer.lock", "packages.lock.json", "gradle.lockfile", "mix.lock", "package.resolved"),
  ],
  install_script: anywhere("binding.gyp"),
  git_attributes: anywhere(".gitattributes"),
  lfs_config: anywhere(".lfsconfig"),
  submodule_change: anywhere(".gitmodules"),
};

/** Rules that the mere change of this path strikes. */
export function protectedBy(path: string): RuleName[] {
  const folded = path.normalize("NFKC").toLowerCase();
  return RULE_NAMES.filter((rule) => anyGlobMatches(TABLE[rule] ?? [], folded));
}
