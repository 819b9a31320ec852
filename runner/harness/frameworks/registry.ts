// Every framework whose tests can carry a canary; one small module each.
import type { Framework, TestSource } from "./framework.ts";
import { goTest } from "./go-test.ts";
import { jest } from "./jest.ts";
import { junit } from "./junit.ts";
import { nodeTest } from "./node-test.ts";
import { pytest } from "./pytest.ts";
import { vitest } from "./vitest.ts";

export const FRAMEWORKS: readonly Framework[] = [nodeTest, vitest, jest, pytest, goTest, junit];

/** By the file and what it imports, and by the command where that is not enough; null where none is known. */
export const frameworkOf = (source: TestSource, command: string): Framework | null =>
  FRAMEWORKS.find((framework) => framework.recognises(source, command)) ?? null;

/** Whether one of the tests is of a file, by the file's framework; each is asked once for all of them. */
export function reportedIn(tests: readonly string[]): (framework: Framework, path: string) => boolean {
  const asked = new Map<Framework, (path: string) => boolean>();
  return (framework, path) => {
    const isAmong = asked.get(framework) ?? framework.among(tests);
    asked.set(framework, isAmong);
    return isAmong(path);
  };
}
