// Jest's JUnit reporter names files where JEST_JUNIT_ADD_FILE_ATTRIBUTE is set; `commandEnv` sees to that.
import { matchersIn } from "./expect.ts";
import { type Framework, MOST_ASSERTIONS } from "./framework.ts";
import { byFile, isScript, planted, takesFrom } from "./scripts.ts";

export const jest: Framework = {
  name: "jest",
  recognises: (source, command) =>
    isScript(source) &&
    (takesFrom(source.text, ["@jest/globals"]) ||
      (/\bjest\b/.test(command) && !/["'](?:node:test|vitest)["']/.test(source.text))),
  plant: (source, token) =>
    planted(source, token, {
      // Jest gives both to every file, and what a file imports by these names is the same.
      ...{ head: "", test: "test" },
      cases: [
        { of: "throws", statement: 'throw new Error("as it must");' },
        ...matchersIn(source, "expect", MOST_ASSERTIONS),
      ],
    }),
  among: byFile,
};
