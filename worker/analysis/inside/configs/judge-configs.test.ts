import { describe, expect, test } from "vitest";
import { judgeConfigs } from "./judge-configs.ts";

async function said(path: string, before: string | null, after: string | null): Promise<string[]> {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));
  const file = { path, previousPath: null, isHarness: false, before: bytes(before), after: bytes(after) };
  return (await judgeConfigs([file])).map(({ rule, patch }) => (patch ? `${rule} ${patch.from}` : rule));
}

const WORKFLOW = `jobs:
  test:
    steps:
      - run: npm test
      - run: |
          npm run lint
          npm run e2e
`;
const PACKAGE = `{
  "scripts": { "test": "vitest run", "build": "tsc" },
  "nyc": { "lines": 90, "check-coverage": true },
  "jest": { "coverageThreshold": { "global": { "branches": 80 } } }
}
`;
const VITEST = `import { defineConfig } from "vitest/config";
export default defineConfig({
  test: { retry: 0, coverage: { thresholds: { lines: 90, branches: 80 } } },
});
`;

describe("configuration that decides what counts as passed", () => {
  test.each<[string, string, string, readonly [string, string], string[]]>([
    [
      "a step that may fail",
      ".github/workflows/ci.yml",
      WORKFLOW,
      ["- run: npm test", "- run: npm test\n        continue-on-error: true"],
      ["exit_swallowed 5", "runner_config"],
    ],
    [
      "|| true",
      ".github/workflows/ci.yml",
      WORKFLOW,
      ["npm run e2e", "npm run e2e || true"],
      ["exit_swallowed 7", "runner_config"],
    ],
    [
      "set +e",
      ".github/workflows/ci.yml",
      WORKFLOW,
      ["          npm run lint", "          set +e\n          npm run lint"],
      ["exit_swallowed 6", "runner_config"],
    ],
    [
      "any other change",
      ".github/workflows/ci.yml",
      WORKFLOW,
      ["npm run lint", "npm run check"],
      ["runner_config"],
    ],
    [
      "a job that may fail",
      ".gitlab-ci.yml",
      "test:\n  script:\n    - make test\n",
      ["    - make test", "    - make test\n  allow_failure: true"],
      ["exit_swallowed 4", "runner_config"],
    ],
    [
      "a script that ends well",
      "package.json",
      PACKAGE,
      ["vitest run", "vitest run || exit 0"],
      ["exit_swallowed 2", "runner_config"],
    ],
    [
      "no tests are enough",
      "package.json",
      PACKAGE,
      ["vitest run", "vitest run --passWithNoTests"],
      ["exit_swallowed 2", "runner_config"],
    ],
    ["another build", "package.json", PACKAGE, ["tsc", "tsc -b"], []],
    [
      "a lower threshold of nyc",
      "package.json",
      PACKAGE,
      ['"lines": 90', '"lines": 70'],
      ["threshold_lowered 3", "runner_config"],
    ],
    [
      "a check turned off",
      "package.json",
      PACKAGE,
      ['"check-coverage": true', '"check-coverage": false'],
      ["threshold_lowered 3", "runner_config"],
    ],
    [
      "a threshold of jest that is gone",
      "package.json",
      PACKAGE,
      ['{ "branches": 80 }', "{}"],
      ["threshold_lowered", "runner_config"],
    ],
    [
      "a lower threshold of vitest",
      "vitest.config.ts",
      VITEST,
      ["lines: 90", "lines: 10"],
      ["threshold_lowered 3", "runner_config"],
    ],
    ["a higher one", "vitest.config.ts", VITEST, ["lines: 90", "lines: 95"], ["runner_config"]],
    ["retries", "vitest.config.ts", VITEST, ["retry: 0", "retry: 3"], ["retries_added 3", "runner_config"]],
    [
      "retries in CI alone",
      "playwright.config.ts",
      "export default { retries: 0 };\n",
      ["retries: 0", "retries: process.env.CI ? 2 : 0"],
      ["retries_added 1", "runner_config"],
    ],
    [
      "coverage of Python",
      "pyproject.toml",
      "[tool.coverage.report]\nfail_under = 90\n",
      ["90", "50"],
      ["threshold_lowered 2", "runner_config"],
    ],
    [
      "options of pytest",
      "pytest.ini",
      "[pytest]\naddopts = --cov-fail-under=90\n",
      ["=90", "=40 --reruns 3"],
      ["threshold_lowered 2", "retries_added 2", "runner_config"],
    ],
    [
      "an old coverage file",
      ".coveragerc",
      "[report]\nfail_under = 90\n",
      ["fail_under = 90\n", ""],
      ["threshold_lowered", "runner_config"],
    ],
    [
      "Maven",
      "pom.xml",
      "<a>\n<rerunFailingTestsCount>0</rerunFailingTestsCount>\n<minimum>0.80</minimum>\n</a>",
      ["0.80", "0.10"],
      ["threshold_lowered 3"],
    ],
    [
      "Maven's failures",
      "pom.xml",
      "<a>\n<testFailureIgnore>false</testFailureIgnore>\n</a>",
      ["false", "true"],
      ["exit_swallowed 2"],
    ],
    [
      "a script of the shell",
      "scripts/test.sh",
      "set -e\nnpm test\n",
      ["npm test", "npm test || echo failed"],
      ["exit_swallowed 2"],
    ],
    [
      "its own exit",
      "scripts/test.sh",
      "set -e\nnpm test\n",
      ["npm test\n", "npm test\nexit 0\n"],
      ["exit_swallowed 3"],
    ],
    [
      "an honest alternative",
      "scripts/test.sh",
      "set -e\nnpm test\n",
      ["npm test", "npm test || exit 1"],
      [],
    ],
    ["what is no YAML", ".github/workflows/ci.yml", WORKFLOW, ["jobs:", "jobs: [\n"], ["unreadable"]],
    ["what is no JSON", "package.json", PACKAGE, ["{", "{{"], ["unreadable"]],
  ])("%s", async (_, path, before, [from, to], rules) => {
    expect(before).toContain(from);
    expect(await said(path, before, before.replace(from, to))).toEqual(rules);
  });

  test("probe: aliases that multiply end as unreadable", async () => {
    const levels = Array.from(
      { length: 12 },
      (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}*a${at}]`,
    );
    const bomb = ["a0: &a0 [x]", ...levels].join("\n");
    expect(await said(".gitlab-ci.yml", "a: 1\n", bomb)).toEqual(["unreadable"]);
  });

  test("a new script that hides a failure says so, a new package.json alone says nothing", async () => {
    expect(await said("ci/run.sh", null, "npm test || :\n")).toEqual(["exit_swallowed 1"]);
    expect(await said("package.json", null, PACKAGE)).toEqual([]);
  });
});
