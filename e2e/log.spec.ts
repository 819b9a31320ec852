// An auditor who was not there: finds a merge, reads who approved it and why that was allowed, takes the proof and the
// run's dossier away, and checks both with nothing but the verifier and a key that came on another way.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { approve } from "./fixtures/decisions.ts";
import type { Place } from "./fixtures/deployment.ts";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const REPAIR_TAKES = 180_000;
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const VERIFIER = new URL("../verify/main.ts", import.meta.url).pathname;

let folder = "";
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pilothouse-audit-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Written down by whoever set the deployment up, and handed to the auditor. */
function policyOf(place: Place): string {
  const vkey = readFileSync(join(place.data, "log", "1", "vkey"), "utf8").trim();
  const file = join(folder, "policy.txt");
  writeFileSync(file, `log ${vkey}\nquorum none\n`);
  return file;
}

function verify(policy: string, ...args: string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [VERIFIER, ...args, "--policy", policy], {
    encoding: "utf8",
    env: { NODE_ENV: "production" },
  });
  return { code: status, said: `${stdout}${stderr}` };
}

/** Clicks what downloads, and gives where it was saved. */
async function downloaded(page: Page, link: string, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: link, exact: true }).click(),
  ]);
  const file = join(folder, name);
  await download.saveAs(file);
  return file;
}

/** One byte in the middle of an entry's text is another one. */
function tampered(file: string): string {
  const bytes = readFileSync(file);
  const at = bytes.indexOf('{\\"about\\":') + '{\\"about\\":[\\"'.length;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const copy = `${file}.changed`;
  writeFileSync(copy, bytes);
  return copy;
}

async function mergedRun(as: (who: "ada" | "sam") => Promise<Page>, place: Place): Promise<string> {
  const { pilotId } = arrangePilot(place, "audited");
  const ada = await as("ada");
  const sam = await as("sam");
  const runId = await launch(ada, pilotId, "Repair the audited sums");
  await untilStatus(ada, "in_review", REPAIR_TAKES);
  await sam.goto(`/reviews/${runId}`);
  await approve(sam, "Approve merge", "The sums are right again.");
  await untilStatus(ada, "merged", 60_000);
  return runId;
}

test("an auditor proves a merge offline, and one changed byte is found", async ({ as, place }) => {
  test.setTimeout(REPAIR_TAKES + 180_000);
  const runId = await mergedRun(as, place);
  const otto = await as("otto");
  const policy = policyOf(place);

  await test.step("he finds the merge by its run and its kind", async () => {
    await otto.goto("/log");
    await otto.getByLabel("Run, pilot or other id").fill(runId);
    await otto.getByLabel("Any kind").selectOption("run.merged");
    await otto.waitForURL(/kind=run\.merged/);
    await expect(async () => {
      await otto.reload();
      await expect(otto.getByRole("table", { name: "Entries" }).getByRole("row")).toHaveCount(2, {
        timeout: 1000,
      });
    }).toPass({ timeout: 20_000 });
    await otto.getByRole("table", { name: "Entries" }).getByRole("link").click();
    await otto.waitForURL(/\/log\/ent_\w+/);
  });

  const detail = otto.getByRole("region", { name: /^Entry ent_/ });
  await test.step("he reads who approved it, as what, and why it was allowed", async () => {
    await expect(detail.getByText("The branch was moved to the approved content.")).toBeVisible();
    const decisions = detail.getByRole("list", { name: "Decisions" });
    await expect(decisions).toContainText("Sam Security approved as security lead");
    await expect(decisions).toContainText("The sums are right again.");
    await expect(detail).toContainText(/The rule: 1 approval by .*, never by who launched the run\./);
    await expect(decisions.getByRole("link", { name: "its entry" })).toBeVisible();
  });

  await test.step("he sees the way from the leaf to the signed root", async () => {
    await expect(async () => {
      await otto.reload();
      await expect(detail.getByRole("list", { name: /^Way from the root to leaf/ })).toBeVisible({
        timeout: 1000,
      });
    }).toPass({ timeout: 20_000 });
    await expect(detail).toContainText("No witness has signed it");
  });

  await test.step("the verifier accepts the proof, and refuses it with one byte changed", async () => {
    const proof = await downloaded(otto, "Proof, to verify", "proof.jsonl");
    expect(verify(policy, proof)).toMatchObject({ code: 0 });
    expect(verify(policy, tampered(proof))).toMatchObject({ code: 1 });
  });

  await test.step("so it does with the proof in the common format, beside the entry's bytes", async () => {
    const proof = await downloaded(otto, ".tlog-proof", "entry.tlog-proof");
    const entry = join(folder, "entry.json");
    const content = await detail.getByRole("region", { name: "Content" }).locator("pre").textContent();
    writeFileSync(entry, content ?? "");
    expect(verify(policy, proof, "--entry", entry)).toMatchObject({ code: 0 });
    writeFileSync(entry, (content ?? "").replace("run.merged", "run.mergee"));
    expect(verify(policy, proof, "--entry", entry)).toMatchObject({ code: 1 });
  });

  await test.step("and with everything about the run", async () => {
    const dossier = await downloaded(otto, "Dossier, to verify", "dossier.jsonl");
    const accepted = verify(policy, dossier);
    expect(accepted.said).toContain(runId);
    expect([0, 3]).toContain(accepted.code);
    expect(verify(policy, tampered(dossier))).toMatchObject({ code: 1 });
  });
});

test("a search finds what a run did, leaves an entry, and is nobody's who may not search", async ({ as }) => {
  const otto = await as("otto");
  await otto.goto("/log/search");
  await otto.getByLabel("Words").fill('"open phrase');
  await otto.getByRole("button", { name: "Search", exact: true }).click();
  await expect(otto.getByText(/quotation mark is open/)).toBeVisible();
  await otto.getByLabel("Words").fill("node test*");
  await otto.getByRole("button", { name: "Search", exact: true }).click();
  const results = otto.getByRole("list", { name: "Results" });
  await expect(results.locator("mark").first()).toBeVisible();
  expect(otto.url()).not.toContain("test");
  await results.getByRole("link", { name: "Entry and proof" }).first().click();
  await expect(otto.getByRole("region", { name: /^Entry ent_/ })).toContainText("run.events_appended");
  await expect(async () => {
    await otto.goto("/log?kind=log.searched");
    await expect(otto.getByRole("cell", { name: "Otto Auditor" }).first()).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 20_000 });
  const ada = await as("ada");
  await ada.goto("/log/search");
  await expect(ada.getByText(/log\.search/)).toBeVisible();
});

test("the page of exports says which logs there are", async ({ as }) => {
  const otto = await as("otto");
  await otto.goto("/log/access");
  const epochs = otto.getByRole("region", { name: "Epochs" });
  await expect(epochs).toContainText("no restore has ended one");
});

test("axe is silent on an entry and on the search, and a phone never scrolls sideways", async ({ as }) => {
  const sam = await as("sam");
  await sam.goto("/log");
  await sam.getByRole("table", { name: "Entries" }).getByRole("link").last().click();
  await sam.waitForURL(/\/log\/ent_\w+/);
  for (const path of [new URL(sam.url()).pathname, "/log/search", "/log/access"]) {
    await sam.setViewportSize({ width: 1440, height: 900 });
    await sam.goto(path);
    for (const colorScheme of ["light", "dark"] as const) {
      await sam.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page: sam }).withTags(WCAG).analyze();
      expect(
        violations.map(({ id, nodes }) => [path, colorScheme, id, nodes.map(({ target }) => target)]),
      ).toEqual([]);
    }
    await sam.setViewportSize({ width: 390, height: 844 });
    expect(await sam.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
  }
});
