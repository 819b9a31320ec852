import { readFileSync } from "node:fs";
import path from "node:path";
import type { TestPlan } from "#lib/protocol/schema.ts";

const FREEZE = readFileSync(path.join(import.meta.dirname, "freeze-assert.mjs"));
// As a data URL it needs no file that somebody could replace or that a sandbox might not see.
const PRELOAD = `--import=data:text/javascript;base64,${FREEZE.toString("base64")}`;

/** The plan's command with its environment in front, as argv of `env`. Node commands get `node:assert` frozen. */
export function testCommand({ argv, env }: TestPlan): string[] {
  // Jest's JUnit reporter leaves the file of a test out otherwise.
  const variables: Record<string, string> = { JEST_JUNIT_ADD_FILE_ATTRIBUTE: "true", ...env };
  if (path.basename(argv[0] ?? "") === "node") {
    variables.NODE_OPTIONS = [variables.NODE_OPTIONS, PRELOAD].filter(Boolean).join(" ");
  }
  return ["env", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...argv];
}
