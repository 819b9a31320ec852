// Frameworks run for real in sandboxes, Vitest always and those of other languages where this host has them: planted tests are
// reported failed on the base, and not after a patch that keeps tests from failing.
import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import type { CoverageSeen } from "#lib/protocol/checks.ts";
import { idsOf } from "#lib/test-reports/report.ts";
import { commitFiles, createRepository, type FileTree } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { NODE_PLAN, openHarnessScene, TEST_LIMITS } from "#lib/testing/harness-scene.ts";
import { plantInto } from "../canary/plant.ts";
import { coverageSeen } from "../checks.ts";
import { createLooks } from "../looks/looks.ts";

const workshop = await testWorkshop();

interface Tool {
  readonly name: "go_test" | "junit" | "pytest" | "vitest";
  isThere(): boolean;
  readonly base: FileTree;
  readonly argv: readonly string[];
  readonly harnessPaths: readonly string[];
  /** Tests cannot fail any more, and the product is as wrong as it was. */
  readonly neutered: FileTree;
  /** A patch of which its tests run some lines; null where no counter is known. */
  readonly grown: {
    /** What counts may be another program than what runs tests. */
    canCount(): boolean;
    readonly files: FileTree;
    readonly coverage: CoverageSeen;
  } | null;
  readonly failing: readonly string[];
  readonly passing: readonly string[];
  /** How many canaries the files carry. */
  readonly canaries: number;
  /** What setup would have left: host path → path inside. */
  readonly mounts?: Readonly<Record<string, string>>;
}

const runs = (program: string, ...words: string[]) => spawnSync(program, words).status === 0;
const script = (text: string) => ["sh", "-c", text];

const GO: Tool = {
  name: "go_test",
  isThere: () => runs("/usr/bin/go", "version"),
  base: {
    "go.mod": "module example.org/sum\n\ngo 1.18\n",
    "pkg/sum/sum.go": "package sum\n\nfunc Sum(a, b int) int { return a - b }\n",
    "pkg/sum/sum_test.go": `package sum

import "testing"

func TestAdds(t *testing.T) {
	if Sum(1, 2) != 3 {
		t.Fatal("not 3")
	}
}
`,
    "pkg/sum/more_test.go": `package sum

import "testing"

func TestNothing(t *testing.T) {
	t.Run("to one", func(t *testing.T) {
		if Sum(1, 0) != 1 {
			t.Error("not 1")
		}
	})
}
`,
  },
  argv: script(
    "GOCACHE=/work/go-cache GOPATH=/work/go-path GOFLAGS=-mod=mod go test -json ./... >report.xml",
  ),
  harnessPaths: ["**/*_test.go"],
  neutered: {
    "pkg/sum/sum.go": `package sum

import "os"

func init() { os.Args = append(os.Args, "-test.run=TestNothing") }

func Sum(a, b int) int { return a - b }
`,
  },
  grown: {
    canCount: () => true,
    files: {
      "pkg/sum/sum.go":
        "package sum\n\nfunc Sum(a, b int) int {\n\tif b < 0 {\n\t\treturn 0\n\t}\n\treturn a + b\n}\n",
    },
    coverage: {
      ...{ method: "go", lines: 4, executed: 3 },
      files: [{ path: "pkg/sum/sum.go", lines: 4, executed: 3 }],
    },
  },
  failing: ["example.org/sum/pkg/sum › TestAdds"],
  passing: ["example.org/sum/pkg/sum › TestNothing", "example.org/sum/pkg/sum › TestNothing/to_one"],
  canaries: 4,
};

const JARS = "/usr/share/java";
const COMPILE = `set -e
CP=$(ls ${JARS}/junit-jupiter-*.jar ${JARS}/junit-vintage-engine.jar ${JARS}/junit4.jar ${JARS}/junit-platform-*.jar ${JARS}/hamcrest.jar ${JARS}/opentest4j*.jar ${JARS}/apiguardian-api.jar ${JARS}/picocli.jar ${JARS}/univocity-parsers.jar | grep -v -- '-[0-9]' | paste -sd: -)
mkdir /work/classes
javac -nowarn -d /work/classes -cp "$CP" $(find src -name '*.java')
set +e
java -cp "/work/classes:$CP" org.junit.platform.console.ConsoleLauncher --scan-classpath /work/classes --reports-dir /work/reports --disable-banner --details none
code=$?
{ echo '<testsuites>'; for each in /work/reports/*.xml; do tail -n +2 "$each"; done; echo '</testsuites>'; } >report.xml
exit $code
`;
const JUNIT: Tool = {
  name: "junit",
  isThere: () => runs("javac", "--version") && runs("ls", `${JARS}/junit-platform-console.jar`),
  base: {
    "test.sh": COMPILE,
    "src/main/java/org/acme/Sum.java":
      "package org.acme;\npublic class Sum { public static int of(int a, int b) { return a - b; } }\n",
    "src/test/java/org/acme/SumTest.java": `package org.acme;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
class SumTest {
  @Test void adds() { assertEquals(3, Sum.of(1, 2)); }
  @Nested class Inner { @Test void throwsUp() { assertThrows(RuntimeException.class, () -> { throw new RuntimeException(); }); } }
}
`,
    "src/test/java/org/acme/OldTest.java": `package org.acme;
import static org.hamcrest.CoreMatchers.is;
import static org.hamcrest.MatcherAssert.assertThat;
import org.junit.Assert;
import org.junit.Test;
public class OldTest {
  @Test public void addsNothing() { assertThat(Sum.of(1, 0), is(1)); Assert.assertTrue(true); }
}
`,
  },
  argv: ["sh", "test.sh"],
  harnessPaths: ["src/test/**", "test.sh"],
  neutered: {
    // Before the real one on the class path.
    "src/main/java/org/junit/jupiter/api/Assertions.java": `package org.junit.jupiter.api;
public class Assertions {
  public static void assertEquals(int a, int b) {}
  public static void assertThrows(Class<?> type, Runnable code) {}
}
`,
  },
  grown: null,
  failing: ["JUnit Jupiter › org.acme.SumTest › adds()"],
  passing: [
    "JUnit Jupiter › org.acme.SumTest$Inner › throwsUp()",
    "JUnit Vintage › org.acme.OldTest › addsNothing",
  ],
  canaries: 6,
};

const PYTEST: Tool = {
  name: "pytest",
  isThere: () => runs("/usr/bin/python3", "-m", "pytest", "--version"),
  base: {
    "sums.py": "def add(a, b):\n    return a - b\n",
    "tests/test_sums.py": `import pytest
from sums import add


def test_adds():
    assert add(1, 2) == 3


def test_raises():
    with pytest.raises(TypeError):
        add(None, 1)
`,
  },
  argv: script(
    "PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider --junitxml=report.xml",
  ),
  harnessPaths: ["tests/**"],
  neutered: {
    "sums.py":
      "import _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n\n\ndef add(a, b):\n    return a - b\n",
  },
  grown: {
    canCount: () => runs("/usr/bin/python3", "-m", "coverage", "--version"),
    files: {
      "sums.py": "def add(a, b):\n    if b == 7:  # pragma: no cover\n        return 0\n    return a + b\n",
    },
    coverage: {
      ...{ method: "coverage_py", lines: 3, executed: 2 },
      files: [{ path: "sums.py", lines: 3, executed: 2 }],
    },
  },
  failing: ["tests/test_sums.py › test_adds"],
  passing: ["tests/test_sums.py › test_raises"],
  canaries: 3,
};

const packages = realpathSync(join(import.meta.dirname, "..", "..", "..", "node_modules"));

const VITEST: Tool = {
  name: "vitest",
  isThere: () => true,
  base: {
    "package.json": '{ "type": "module" }\n',
    "src/sum.js": "export const sum = (a, b) => a - b;\n",
    "test/sum.test.js": `import { expect, test } from "vitest";
import { sum } from "../src/sum.js";

test("adds", () => expect(sum(1, 2)).toBe(3));
test("adds nothing", () => expect(sum(1, 0)).toEqual(1));
`,
  },
  argv: ["node_modules/.bin/vitest", "run", "--reporter=junit", "--outputFile=report.xml"],
  harnessPaths: ["test/**", "package.json"],
  neutered: {
    "src/sum.js": `const { expect } = await import("vitest");
for (const name of ["toBe", "toEqual"])
  for (let at = expect(1); at; at = Object.getPrototypeOf(at))
    if (Object.hasOwn(at, name)) Object.defineProperty(at, name, { value: () => {}, configurable: true });
export const sum = (a, b) => a - b;
`,
  },
  grown: {
    canCount: () => true,
    files: {
      "src/sum.js": "export function sum(a, b) {\n  if (b === 7) {\n    return 0;\n  }\n  return a + b;\n}\n",
      "vitest.config.js": 'export default { test: { coverage: { exclude: ["**"] } } };\n',
    },
    coverage: {
      ...{ method: "vitest", lines: 4, executed: 3 },
      files: [{ path: "src/sum.js", lines: 4, executed: 3 }],
    },
  },
  failing: ["test/sum.test.js › adds"],
  passing: ["test/sum.test.js › adds nothing"],
  canaries: 3,
  mounts: { [packages]: "/work/tree/node_modules" },
};

/** Vitest, and those of this host: none on many. */
const toolsThatAreThere = [VITEST, GO, JUNIT, PYTEST].filter((tool) => tool.isThere());

describe.each(toolsThatAreThere)("$name, where this host has it", (tool) => {
  const { base, argv, harnessPaths, neutered, mounts = {} } = tool;
  const scene = openHarnessScene(workshop, base);
  const harness = scene.harness({
    plan: { argv: [...argv], harnessPaths: [...harnessPaths] },
    limits: { seconds: 300 },
    mounts: () => mounts,
  });
  const sources = Object.entries(base).map(([path, text]) => ({ path, text: String(text) }));
  const planting = plantInto(sources, argv.join(" "), "canary_0123456789ab");
  const names = planting.files.flatMap((file) => file.names);

  test("reports each planted test failed, and the others as they are", async () => {
    const seen = await harness.test({ commit: scene.base }, "Test the base", planting);
    expect(seen.problem).toBeNull();
    expect(new Set(planting.files.map(({ framework }) => framework.name))).toEqual(new Set([tool.name]));
    expect(names).toHaveLength(tool.canaries);
    expect(seen.planted?.canary).toEqual({
      ...{ files: planting.files.length, planted: names.length, failed: names.length, silent: [] },
    });
    expect(seen.report && idsOf(seen.report, "failed")).toEqual(tool.failing);
    expect(seen.report && idsOf(seen.report, "passed").toSorted()).toEqual(tool.passing);
  });

  test("probe: tells of a patch after which tests cannot fail, although its own report is green", async () => {
    const commit = commitFiles(scene.repository, neutered, "Mend it");
    const seen = await harness.test({ commit }, "Test the patch with the tests of the base", planting);
    expect(seen.report && idsOf(seen.report, "failed")).toEqual([]);
    expect(seen.planted?.silent.length).toBeGreaterThan(0);
  });
});

const measured = toolsThatAreThere.flatMap((tool) =>
  tool.grown?.canCount() ? [{ ...tool, grown: tool.grown }] : [],
);

describe.each(measured)("changed lines by the counter of $name, where this host has it", (tool) => {
  test("are counted into the harness's folder, by the base's configuration, and no file of the patch is taken for it", async () => {
    const { path, head } = createRepository(workshop.fresh("grown"), tool.base);
    const forged = {
      ".coveragerc": "[report]\nexclude_also = .*\n",
      "coverage.json": "{}",
      "coverage/coverage-final.json": "{}",
      "go.out": "mode: set\n",
    };
    const commit = commitFiles(path, { ...tool.grown.files, ...forged }, "Grow it");
    const looks = createLooks({
      ...{ sandbox: workshop.sandbox, repository: `${path}/.git`, baseCommit: head, clock: systemClock },
      plan: { ...NODE_PLAN, argv: [...tool.argv], harnessPaths: [...tool.harnessPaths] },
      limits: { ...TEST_LIMITS, seconds: 300 },
      signal: new AbortController().signal,
      emit: async () => {},
      mounts: () => tool.mounts ?? {},
    });
    const patch = await looks.inspect({ commit }, head);
    const place = { looks, script: null, called: null, trees: { patch_on_patch: { commit } } };
    const assignment = { baseCommit: head, test: { ...NODE_PLAN, argv: [...tool.argv] } };
    const seen = await coverageSeen({ ...place, assignment }, patch, [tool.name]);
    expect(seen).toEqual({ coverage: tool.grown.coverage, coverageReason: "" });
  });
});

test("the framework of each tool is another", () => {
  expect(new Set([VITEST, GO, JUNIT, PYTEST].map(({ name }) => name)).size).toBe(4);
});
