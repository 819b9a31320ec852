// axe finds nothing on any page, light or dark, and a phone never has to scroll sideways where people decide.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { NAVIGATION } from "#components/shell/navigation.ts";
import { demoPages } from "./fixtures/demo.ts";
import { expect, test } from "./fixtures/test.ts";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
type Violations = Awaited<ReturnType<AxeBuilder["analyze"]>>["violations"];

const PHONE = { width: 390, height: 844 };

async function violationsOn(page: Page, path: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  return listOf(path, violations);
}

/** In the other theme only the colours differ. */
async function darkViolationsOn(page: Page, path: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "dark" });
  const { violations } = await new AxeBuilder({ page }).withRules(["color-contrast"]).analyze();
  await page.emulateMedia({ colorScheme: "light" });
  return listOf(`${path} (dark)`, violations);
}

const listOf = (path: string, violations: Violations): string[] =>
  violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${path} ${id} ${target.join(" ")}: ${failureSummary ?? ""}`),
  );

/** How far the page is wider than its window, pixels. */
const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

test("axe is silent on every page, light and dark", async ({ as }) => {
  test.setTimeout(900_000);
  const page = await as("sam");
  const { run, pilot } = await demoPages(page);
  const paths = [
    ...NAVIGATION.map(({ href }) => href),
    ...[`/runs/${run}`, `/runs/${run}/artefacts`, `/reviews/${run}`, `/pilots/${pilot}`],
    ...["comments", "interdiff", "evidence", "document"].map((tab) => `/reviews/${run}?tab=${tab}`),
    ...["controls", "rollback"].map((step) => `/pilots/new?step=${step}`),
    ...[`/pilots/${pilot}?tab=charter`, `/pilots/${pilot}?tab=members`, `/pilots/${pilot}/hosts`],
    `/pilots/${pilot}/releases`,
    `/pilots/${pilot}/spend`,
    `/kpis?pilot=${pilot}&kpi=throughput`,
    `/pilots/${pilot}/weekly`,
    `/pilots/${pilot}/exit`,
    ...["/pilots/new", "/runs/new", "/repositories/new", "/stops", "/no-such-page"],
    ...["/agents/compare", "/agents/compare/new", "/agents/procurement"],
  ];
  const found: string[] = [];
  for (const path of paths) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
    found.push(...(await violationsOn(page, path)), ...(await darkViolationsOn(page, path)));
  }
  expect(found).toEqual([]);
});

test("axe is silent before anybody signed in, and in the dialogs", async ({ page, as }) => {
  for (const path of ["/sign-in", "/link/never-made"]) {
    await page.goto(path);
    expect(await violationsOn(page, path)).toEqual([]);
  }
  const sam = await as("sam");
  const { run } = await demoPages(sam);
  await sam.goto(`/runs/${run}`);
  await sam.getByRole("button", { name: /emergency stop/ }).click();
  await sam.getByRole("dialog").waitFor();
  expect(await violationsOn(sam, "stop dialog")).toEqual([]);
  await sam.keyboard.press("Escape");
  await expect(sam.getByRole("dialog")).toBeHidden();
  await sam.keyboard.press("Control+k");
  await sam.getByRole("dialog").waitFor();
  expect(await violationsOn(sam, "palette")).toEqual([]);
});

test("on a phone inbox, run, review and the stop dialog fit the width", async ({ as }) => {
  const page = await as("sam");
  const { run } = await demoPages(page);
  await page.setViewportSize(PHONE);
  for (const path of [
    "/inbox",
    `/runs/${run}`,
    `/runs/${run}?tab=state`,
    `/runs/${run}/artefacts`,
    `/reviews/${run}`,
    `/reviews/${run}?tab=evidence`,
    `/reviews/${run}?tab=comments`,
    "/pilots/new?step=controls",
  ]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
    expect(await overhang(page), path).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: /emergency stop/ }).click();
  const dialog = page.getByRole("dialog", { name: "Emergency stop" });
  await expect(dialog.getByRole("button", { name: /^Stop/ })).toBeInViewport();
  expect(await overhang(page), "stop dialog").toBeLessThanOrEqual(0);
});
