// The red button: what runs is killed, nothing starts, and going on takes a second person.
import { readdirSync, readFileSync } from "node:fs";
import { approve } from "./fixtures/decisions.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { childOf } from "./fixtures/place.ts";
import { cancelRun, untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

/** Test commands that run in sandboxes below a process. A runner keeps one empty sandbox ready besides. */
function testsBelow(pid: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const below = (of: number): number[] =>
    parents.filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid).filter((child) => readProc(child, "cmdline").includes("--test-reporter=junit"));
}

const parentOf = (pid: string): number => {
  const stat = readProc(pid, "stat");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
};

/** Empty for a process that has ended meanwhile. */
function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return "";
    throw error;
  }
}

test("an emergency stop kills the sandbox and holds the pilot until another person lifts it", async ({
  as,
  place,
}) => {
  const { pilotId, name } = arrangePilot(place, "stopped", { milliseconds: 5000 });
  const ada = await as("ada");
  const sam = await as("sam");
  const runner = childOf(place, "runner-local-1").pid;
  const stopped = await launch(ada, pilotId, "Be stopped");
  await untilStatus(ada, "working", 60_000);
  await expect.poll(() => testsBelow(runner).length, { timeout: 30_000 }).toBeGreaterThan(0);

  await test.step("from a page far from the run, by somebody else", async () => {
    await sam.goto(`/pilots/${pilotId}`);
    await sam.getByRole("button", { name: /emergency stop/ }).click();
    const dialog = sam.getByRole("dialog", { name: "Emergency stop" });
    await dialog.getByLabel("Reason").fill("It looks wrong");
    await dialog.getByRole("button", { name: `Stop ${name}` }).click();
    await dialog.waitFor({ state: "hidden" });
  });

  await test.step("its sandbox is gone, and the run says why", async () => {
    await expect.poll(() => testsBelow(runner), { timeout: 30_000 }).toEqual([]);
    await expect(ada.locator("[data-run-status]")).not.toHaveAttribute("data-run-status", "working");
    await expect(ada.getByText(/It looks wrong/).first()).toBeVisible();
  });

  await test.step("nothing starts", async () => {
    await ada.goto(`/runs/new?pilot=${pilotId}`);
    await ada.getByLabel("What for").fill("Not now");
    await ada.getByRole("button", { name: "Launch" }).click();
    await expect(ada.getByRole("alert").filter({ hasText: "It looks wrong" })).toBeVisible();
  });

  await test.step("who asks for the end cannot agree to it; another lead can", async () => {
    await sam.goto("/stops");
    await sam
      .getByRole("row", { name: new RegExp(name) })
      .getByRole("button", { name: "Ask to lift" })
      .click();
    await ada.goto("/inbox");
    await ada
      .getByRole("link", { name: new RegExp(name) })
      .first()
      .click();
    await sam.goto("/inbox?show=team");
    await sam
      .getByRole("link", { name: new RegExp(name) })
      .first()
      .click();
    const decision = sam.getByRole("region", { name: "Decision" });
    await expect(decision.getByRole("button", { name: "Approve…" })).toHaveAttribute("aria-disabled", "true");
    await approve(ada, "Lift the stop");
    await ada.goto("/stops");
    await expect(ada.getByText("No stop is in force")).toBeVisible();
    await launch(ada, pilotId, "Now it may");
    await cancelRun(ada, "Seen enough");
    await ada.goto(`/runs/${stopped}`);
    await cancelRun(ada, "Seen enough");
  });
});
