// A lead brings in what happened outside from files, is told what is wrong with one, and says which deployment an incident came of.
import type { Page } from "@playwright/test";
import { MINUTE } from "#lib/clock.ts";
import { picture } from "./fixtures/picture.ts";
import { expect, test } from "./fixtures/test.ts";

const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE).toISOString();

async function choose(page: Page, kind: string, source: string, lines: readonly string[]): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What it holds").selectOption({ label: kind });
  await dialog.getByLabel("Source").fill(source);
  const buffer = Buffer.from(lines.join("\r\n"));
  await dialog.getByLabel("File").setInputFiles({ name: "rows.csv", mimeType: "text/csv", buffer });
  await dialog.getByRole("button", { name: "Look at it" }).click();
}

test("files are looked at, refused by the line, and taken as a whole; a proposed cause counts once somebody confirms it", async ({
  as,
}) => {
  const ada = await as("ada");
  const vic = await as("vic");
  await ada.goto("/deliveries");
  await expect(ada.getByText(/^curl -sS -X POST http.*\/api\/deliveries\/deployments/)).toBeVisible();
  await picture(ada, "deliveries-empty");
  const named = await ada.getByLabel("Any repository").locator("option").nth(1).textContent();
  const repository = String(named);
  const head = "external_id,repository,environment,status,head_sha,started_at,finished_at";
  const line = (id: string, minutes: number, environment = "production") =>
    [id, repository, environment, "succeeded", "d".repeat(40), ago(minutes + 5), ago(minutes)].join(",");

  await test.step("a file with wrong lines is refused with each of them", async () => {
    await ada.getByRole("button", { name: "Choose a CSV file…" }).click();
    await choose(ada, "Deployments", "argo-cd", [
      head,
      line("1841", 90),
      line("1842", 60).replace("succeeded", "=1+1"),
      line("1843", 20).replace(repository, "no\u202esuch"),
    ]);
    const wrong = ada.getByRole("table", { name: "What is wrong" });
    await expect(wrong.getByRole("row")).toHaveCount(3);
    await expect(wrong).toContainText("“=1+1”");
    await expect(wrong).toContainText("‹U+202E›");
    await picture(ada, "deliveries-refused");
  });

  await test.step("put right it is taken, and the same file again changes nothing", async () => {
    const right = [head, line("1841", 90), line("1842", 60, "staging"), line("1843", 20)];
    await choose(ada, "Deployments", "argo-cd", right);
    await expect(ada.getByText(/^3 rows: 3 new, 0 changed/)).toBeVisible();
    await picture(ada, "deliveries-preview");
    await ada.getByRole("button", { name: "Import 3 rows" }).click();
    await expect(ada.getByText("It is imported: 3 new, 0 changed, 0 known already.")).toBeVisible();
    await choose(ada, "Deployments", "argo-cd", right);
    await expect(ada.getByText(/^3 rows: 0 new, 0 changed, 3 known already/)).toBeVisible();
    const incidents = [
      "external_id,service,repository,severity,detected_at,restored_at",
      `OPS-77,=HYPERLINK(1),${repository},high,${ago(10)},${ago(4)}`,
    ];
    await choose(ada, "Incidents", "ops", incidents);
    await ada.getByRole("button", { name: "Import 1 row" }).click();
    await expect(ada.getByText("It is imported: 1 new, 0 changed, 0 known already.")).toBeVisible();
  });

  await test.step("the list is filtered by its address", async () => {
    await ada.goto("/deliveries");
    await ada.getByLabel("Any environment").selectOption("staging");
    await expect(ada).toHaveURL(/environment=staging/);
    await expect(ada.getByRole("table", { name: "Deployments" }).getByRole("row")).toHaveCount(2);
    await ada.goto("/deliveries");
    await picture(ada, "deliveries");
  });

  await test.step("what is proposed is confirmed by who may, and seen by everybody", async () => {
    await vic.goto("/deliveries?tab=incidents");
    await expect(vic.getByText("Proposed:")).toBeVisible();
    await expect(vic.getByRole("button", { name: "Confirm" })).toHaveCount(0);
    await ada.goto("/deliveries?tab=incidents");
    await expect(ada.getByText("=HYPERLINK(1)")).toBeVisible();
    await picture(ada, "deliveries-incidents");
    await ada.getByRole("button", { name: "Confirm" }).click();
    await expect(ada.getByText("A person said so.")).toBeVisible();
    await vic.reload();
    await expect(vic.getByText("A person said so.")).toBeVisible();
  });

  await test.step("each import stands there with its digest, and its entry is found", async () => {
    await ada.goto("/deliveries?tab=imports");
    const imports = ada.getByRole("table", { name: "Imports" });
    await expect(imports.getByRole("row")).toHaveCount(3);
    await picture(ada, "deliveries-imports");
    await ada.getByRole("button", { name: "Connect PagerDuty…" }).click();
    await ada.getByLabel("Signing secret").fill("a-signing-secret-of-the-stories");
    await ada.getByRole("button", { name: "Seal and connect" }).click();
    await expect(ada.getByText(/\/api\/pagers\/pgr_[0-9a-z]+/).first()).toBeVisible();
  });
});
