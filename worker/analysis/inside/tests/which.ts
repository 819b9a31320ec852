// Which files are tests, and in which language they are read.
import type { Grammar } from "../trees/parse.ts";

const TEST_NAMES: readonly RegExp[] = [
  /(?:^|[./_-])(?:test|tests|spec|specs|e2e)\.[cm]?[jt]sx?$/i,
  /(?:^|\/)(?:__tests__|tests?|specs?|e2e|cypress)\/.*\.[cm]?[jt]sx?$/i,
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/,
  /_test\.go$/,
  /(?:^|\/)(?:Test[^/]*|[^/]*(?:Test|Tests|IT|TestCase))\.java$/,
  /(?:^|\/)src\/(?:test|androidTest|integrationTest)\/.*\.java$/,
];

/** Tests by their names in languages that are not read. */
const OTHERS =
  /(?:_spec|_test)\.rb$|Tests?\.(?:cs|kt|scala|swift|php|groovy)$|(?:Spec)\.(?:groovy|scala|kt)$|_test\.(?:exs|rs|dart|cc|cpp|c)$|(?:^|\/)tests\/[^/]*\.(?:rs|rb|php|cs|cc|cpp|c|sh|bats)$|\.(?:bats|feature|robot)$/;

const GRAMMARS: Readonly<Record<string, Grammar>> = {
  ...{ js: "javascript", mjs: "javascript", cjs: "javascript", jsx: "javascript" },
  ...{ ts: "typescript", mts: "typescript", cts: "typescript", tsx: "tsx" },
  ...{ py: "python", go: "go", java: "java" },
};

const ending = (path: string): string => path.slice(path.lastIndexOf(".") + 1).toLowerCase();

export const grammarOf = (path: string): Grammar | null => GRAMMARS[ending(path)] ?? null;
export const isTestPath = (path: string): boolean => TEST_NAMES.some((name) => name.test(path));
export const isOtherTest = (path: string): boolean => !isTestPath(path) && OTHERS.test(path);

export const isSnapshot = (path: string): boolean =>
  /\.snap(?:shot)?$|\.snap\.[^/]+$|\.ambr$|\.approved\.[^/]+$|(?:^|\/)(?:__snapshots__|__image_snapshots__|__file_snapshots__)\/|-snapshots\/[^/]+$/.test(
    path,
  );
