import { spawnSync } from "node:child_process";
import { getPriority } from "node:os";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;

/** Started so much further back than this process, and in one of its own: nobody may take a step forward again. */
function priorityAfter(further: number): string {
  const program = `import { spawnSync } from "node:child_process";
import { getPriority } from "node:os";
import { standBack } from "#worker/stand-back.ts";
standBack();
console.log(getPriority(), spawnSync("nice").stdout.toString().trim());`;
  const node = [process.execPath, "--no-warnings", "--input-type=module-typescript", "-e", program];
  const { stdout, stderr } = spawnSync("nice", ["-n", String(further), ...node], { cwd: root });
  expect(stderr.toString()).toBe("");
  return stdout.toString().trim();
}

test("the worker and what it starts stand back, and one that was started further back stays there", () => {
  const back = Math.max(3, getPriority());
  expect([priorityAfter(0), priorityAfter(39)]).toEqual([`${back} ${back}`, "19 19"]);
});
