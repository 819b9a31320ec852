// Files that say how tests are run and what counts as passed.

export type ConfigFormat = "json" | "yaml" | "toml" | "script" | "lines" | "shell";

const RUNNER =
  /(?:^|\/)(?:jest|vitest|vite|playwright|cypress|karma|ava|wdio|stryker|babel\.jest)[^/]*\.(?:config|conf|workspace|setup)\.(?:[cm]?[jt]s|json)$/i;
const CI =
  /^(?:\.github\/(?:workflows|actions)\/.+\.ya?ml|\.gitlab-ci\.yml|\.gitlab\/.+\.ya?ml|\.circleci\/.+\.ya?ml|\.buildkite\/.+\.ya?ml|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.yml|\.travis\.yml|\.drone\.yml|\.woodpecker.*\.ya?ml|appveyor\.yml)$/i;
const YAML =
  /(?:^|\/)(?:\.?codecov\.ya?ml|\.nycrc\.ya?ml|\.mocharc\.ya?ml|\.pre-commit-config\.yaml|action\.ya?ml|lefthook\.ya?ml)$/i;
const JSON_FILES =
  /(?:^|\/)(?:package\.json|\.nycrc(?:\.json)?|\.c8rc(?:\.json)?|\.mocharc\.jsonc?|\.mocharc|jest[^/]*\.json|\.taprc|nx\.json|turbo\.json|deno\.jsonc?)$/i;
const TOML = /(?:^|\/)(?:pyproject|\.?coverage|tox|bunfig)\.toml$|(?:^|\/)\.config\/nextest\.toml$/i;
const LINES =
  /(?:^|\/)(?:\.coveragerc|setup\.cfg|tox\.ini|pytest\.ini|\.pytest\.ini|sonar-project\.properties|pom\.xml|build\.gradle(?:\.kts)?|gradle\.properties|phpunit\.xml(?:\.dist)?|\.rspec|junit-platform\.properties)$/i;
const SHELL =
  /\.(?:sh|bash|zsh)$|(?:^|\/)(?:\.husky\/[^/]+|(?:gnu)?makefile|[^/]+\.mk|justfile|(?:[^/]+\.)?dockerfile[^/]*|containerfile|jenkinsfile[^/]*|procfile)$/i;

/** How its settings are read; null for what configures nothing of tests. */
export function configFormat(path: string): ConfigFormat | null {
  if (CI.test(path) || YAML.test(path)) return "yaml";
  if (RUNNER.test(path)) return path.endsWith(".json") ? "json" : "script";
  if (JSON_FILES.test(path)) return "json";
  if (TOML.test(path)) return "toml";
  if (LINES.test(path)) return "lines";
  return SHELL.test(path) ? "shell" : null;
}

/** Whether any change of it is one of how tests are run: the others hold much else. */
export const isRunnerConfig = (path: string): boolean =>
  CI.test(path) ||
  RUNNER.test(path) ||
  /(?:^|\/)(?:\.nycrc|\.c8rc|\.mocharc|\.coveragerc|pytest\.ini|tox\.ini|\.pytest\.ini|\.taprc|conftest\.py|phpunit\.xml|\.?codecov\.ya?ml|sonar-project\.properties|junit-platform\.properties)/i.test(
    path,
  );
