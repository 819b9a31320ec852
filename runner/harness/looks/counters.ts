// How each framework is made to count which lines run: a flag more on the charter's command, the output in a folder of the
// harness. What counts stands in configuration too, and that is the base's. Pure.
import path from "node:path";
import type { FrameworkName } from "#lib/protocol/checks.ts";

const FOLDER = "/work/out/coverage";

export interface Counter {
  readonly method: "vitest" | "jest" | "coverage_py" | "go";
  /** Sources it counts. */
  readonly sources: RegExp;
  /** As people know it. */
  readonly by: string;
  /** What it needs beside the framework; said where it left nothing. */
  readonly needs: string;
  /** The program's name in a command, and what stands in its place. */
  readonly program: RegExp;
  readonly counting: string;
}

const SCRIPTS = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const WORD = "(?<=^|[\\s;&|(/])";
const END = "(?=[\\s;&|)]|$)";

const VITEST: Counter = {
  ...{ method: "vitest", by: "Vitest", sources: SCRIPTS },
  needs: "It takes @vitest/coverage-v8, or -istanbul, among what setup installs.",
  program: new RegExp(`${WORD}vitest${END}`),
  counting: `$& --coverage.enabled=true --coverage.reporter=json --coverage.reportOnFailure=true --coverage.reportsDirectory=${FOLDER}`,
};

const JEST: Counter = {
  ...{ method: "jest", by: "Jest", sources: SCRIPTS, needs: "" },
  program: new RegExp(`${WORD}jest${END}`),
  // A list takes all words up to the next flag: it does not come last.
  counting: `$& --coverageReporters=json --coverage=true --coverageDirectory=${FOLDER}`,
};

const PYTHON = "(?:[\\w./-]*python[\\d.]*)";
const COUNT = `-m coverage run --rcfile=/dev/null --data-file=${FOLDER}/data --source=.`;
const PYTEST: Counter = {
  ...{ method: "coverage_py", by: "coverage.py", sources: /\.py$/ },
  needs: "It takes coverage.py beside pytest.",
  program: new RegExp(`(${PYTHON})\\s+-m\\s+pytest${END}`),
  counting: `$1 ${COUNT} -m pytest`,
};

const GO: Counter = {
  ...{ method: "go", by: "Go", sources: /\.go$/, needs: "" },
  program: new RegExp(`${WORD}go\\s+test${END}`),
  counting: `$& -coverpkg=./... -coverprofile=${FOLDER}/go.out`,
};

const COUNTERS: Readonly<Partial<Record<FrameworkName, Counter>>> = {
  ...{ vitest: VITEST, jest: JEST, pytest: PYTEST, go_test: GO },
};

/** Names of files that tell a counter what to count; an asterisk stands last. */
const STEERING: readonly string[] = [
  ...["vitest.config.*", "vite.config.*", "vitest.workspace.*", "jest.config.*", "package.json"],
  ...["babel.config.*", ".babelrc*", ".nycrc*", ".coveragerc", "pyproject.toml", "setup.cfg", "tox.ini"],
  ...["pytest.ini", "conftest.py", "go.mod"],
];

/** Of a tree with the patch: these are the base's. */
export const COUNTING_CONFIG: readonly string[] = STEERING.map((name) => `**/${name}`);

/** Such a file of the patch is not there where lines are counted, and none of its lines could run. */
export function steersCounting(file: string): boolean {
  const own = path.posix.basename(file);
  return STEERING.some((name) => (name.endsWith("*") ? own.startsWith(name.slice(0, -1)) : own === name));
}

export interface Counting {
  readonly counter: Counter;
  readonly argv: readonly string[];
  /** Runs after the tests; "" for nothing. */
  readonly after: string;
}

/** Null where none of the frameworks has a counter that the command can be told of. */
export function countingOf(frameworks: readonly FrameworkName[], argv: readonly string[]): Counting | null {
  for (const name of frameworks) {
    const counter = COUNTERS[name];
    const counting = counter && rewritten(counter, argv);
    if (counting) return counting;
  }
  return null;
}

function rewritten(counter: Counter, argv: readonly string[]): Counting | null {
  const [program = "", flag = "", script = "", ...rest] = argv;
  const isScript = /^(?:ba|da)?sh$/.test(program) && flag === "-c";
  const line = isScript ? script : argv.map(quoted).join(" ");
  const found = counter.program.exec(line);
  if (found === null) return null;
  const counts = line.replace(counter.program, counter.counting);
  const after =
    counter.method === "coverage_py"
      ? `${found[1]} -m coverage json --rcfile=/dev/null --data-file=${FOLDER}/data -o ${FOLDER}/coverage.json`
      : "";
  return { counter, argv: isScript ? [program, flag, counts, ...rest] : ["sh", "-c", counts], after };
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
