// Pure parts of the setup phase: what it may see of a tree, and which hosts it may reach.
/** File names by which package managers are told what to install. In lower case; `*` stands for any text. */
const MANIFESTS = [
  ...["package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"],
  ...["pnpm-workspace.yaml", ".npmrc", ".yarnrc", ".yarnrc.yml", "bun.lock", "bun.lockb", "bunfig.toml"],
  ...["deno.json", "deno.jsonc", "deno.lock", ".pnpmfile.cjs"],
  ...["pyproject.toml", "poetry.lock", "uv.lock", "uv.toml", "pdm.lock", "pipfile", "pipfile.lock"],
  ...["setup.py", "setup.cfg", "requirements*.txt", "requirements*.in", "constraints*.txt", "pip.conf"],
  ...["environment.yml", "environment.yaml", "conda-lock.yml"],
  ...["go.mod", "go.sum", "go.work", "go.work.sum"],
  ...["cargo.toml", "cargo.lock"],
  ...["gemfile", "gemfile.lock", "*.gemspec"],
  ...["composer.json", "composer.lock"],
  ...["pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"],
  ...["gradle.lockfile", "gradle.properties", "libs.versions.toml", "gradle-wrapper.properties"],
  ...["mix.exs", "mix.lock", "rebar.config", "rebar.lock"],
  ...["*.csproj", "*.fsproj", "packages.lock.json", "nuget.config", "packages.config"],
  ...["directory.packages.props", "global.json"],
  ...["pubspec.yaml", "pubspec.lock", "package.swift", "package.resolved", "podfile", "podfile.lock"],
];

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

/** Matches the last part of a path, in lower case. Also run inside the sandbox, hence as text. */
export const MANIFEST_NAME = `^(?:${MANIFESTS.map((name) => name.split("*").map(escaped).join(".*")).join("|")})$`;
const NAME = new RegExp(MANIFEST_NAME);

/** Whether a file tells a package manager what to install: what setup sees of a tree, and nothing else of it. */
export const isManifest = (path: string): boolean => NAME.test((path.split("/").at(-1) ?? "").toLowerCase());

export const manifestsAmong = (paths: readonly string[]): string[] =>
  [...new Set(paths.filter(isManifest))].sort();

const HTTPS = 443;

/** The entry of the list that lets a host and port be reached, or null. */
export function ruleFor(hosts: readonly string[], host: string, port: number): string | null {
  const found = hosts.find((entry) => {
    const [name = "", listed] = entry.split(":");
    if (Number(listed ?? HTTPS) !== port) return false;
    return name.startsWith("*.")
      ? host.endsWith(name.slice(1)) && host.length > name.length - 1
      : host === name;
  });
  return found ?? null;
}

/**
 * How installers are asked to run no script of what they install. A request to those that know these variables, not a
 * wall: the wall is the sandbox that setup runs in.
 */
export const WITHOUT_SCRIPTS: Readonly<Record<string, string>> = {
  // npm, pnpm and Yarn 1: no lifecycle script of any package, the project's own included.
  npm_config_ignore_scripts: "true",
  // Yarn 2 and later.
  YARN_ENABLE_SCRIPTS: "false",
  // pip: wheels only, because building a source distribution runs its setup.py or build backend.
  PIP_ONLY_BINARY: ":all:",
  // uv: the same.
  UV_NO_BUILD: "1",
  // Poetry: the same.
  POETRY_INSTALLER_ONLY_BINARY: ":all:",
};
