// Files whose change means more than their lines: what builds, tests, installs, reviews or instructs.
import type { RuleName } from "./flags.ts";
import { anyGlobMatches } from "./globs.ts";

const anywhere = (...names: string[]): string[] => names.map((name) => `**/${name}`);

/** Compared with the lower-cased path. */
const TABLE: readonly (readonly [RuleName, readonly string[]])[] = [
  [
    "ci_config",
    [
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
        ".woodpecker*",
        "appveyor.yml",
        "azure-pipelines*",
        "bitbucket-pipelines.yml",
      ],
      ...anywhere("jenkinsfile*", "makefile", "gnumakefile", "*.mk", "justfile", "taskfile.y*ml", "rakefile"),
      ...anywhere("dockerfile*", "*.dockerfile", "containerfile*", "docker-compose*", "compose.y*ml"),
      ...anywhere(".husky", ".pre-commit-config.yaml", "lefthook.y*ml"),
    ],
  ],
  ["code_owners", [...anywhere("codeowners", "owners"), ".github/settings.yml"]],
  [
    "agent_rules",
    [
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
        ".cursor",
        ".cursorrules",
        ".claude",
        ".codex",
        ".gemini",
        ".opencode",
        "opencode.json*",
        ".roo",
        ".roorules",
      ),
      ...anywhere(".windsurf", ".windsurfrules", ".clinerules", ".continue", ".aider*", ".junie", ".kiro"),
      ...anywhere(".vscode", ".idea", ".devcontainer", ".envrc", "copilot-instructions.md"),
      ...[".github/instructions", ".github/prompts", ".github/agents"],
    ],
  ],
  [
    "package_manager_config",
    [
      ...anywhere(
        ".npmrc",
        ".yarnrc",
        ".yarnrc.yml",
        ".yarn",
        ".pnpmfile.cjs",
        ".pnpmfile.mjs",
        "pnpm-workspace.yaml",
        "bunfig.toml",
      ),
      ...anywhere(
        "pip.conf",
        "pip.ini",
        ".pypirc",
        "uv.toml",
        ".cargo",
        ".bundle",
        "nuget.config",
        ".mvn",
        ".bazelrc",
      ),
      ...anywhere(
        "gradle.properties",
        "gradle-wrapper.properties",
        "gradle-wrapper.jar",
        "gradlew*",
        "mvnw*",
        "auth.json",
      ),
    ],
  ],
  [
    "manifest_change",
    [
      ...anywhere(
        "package.json",
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "requirements*.txt",
        "pipfile",
        "cargo.toml",
        "build.rs",
      ),
      ...anywhere(
        "go.mod",
        "go.work",
        "gemfile",
        "*.gemspec",
        "pom.xml",
        "build.gradle*",
        "settings.gradle*",
        "composer.json",
      ),
      ...anywhere("*.csproj", "directory.packages.props", "deno.json*", "mix.exs", "package.swift"),
    ],
  ],
  [
    "lockfile_change",
    [
      ...anywhere(
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
      ),
      ...anywhere(
        "cargo.lock",
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "pipfile.lock",
        "go.sum",
        "gemfile.lock",
        "composer.lock",
      ),
      ...anywhere("packages.lock.json", "gradle.lockfile", "mix.lock", "package.resolved"),
    ],
  ],
  ["install_script", anywhere("binding.gyp")],
  ["git_attributes", anywhere(".gitattributes")],
  ["lfs_config", anywhere(".lfsconfig")],
  ["submodule_change", anywhere(".gitmodules")],
];

/** Rules that the mere change of this path strikes. */
export function protectedBy(path: string): RuleName[] {
  const folded = path.normalize("NFKC").toLowerCase();
  return TABLE.filter(([, patterns]) => anyGlobMatches(patterns, folded)).map(([rule]) => rule);
}
