// A large bundle through the real web server: whole, or not at all.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arrangePilot, launch } from "./fixtures/pilots.ts";
import { blobFile } from "./fixtures/place.ts";
import { enrolRunner } from "./fixtures/runner.ts";
import { cancelRun, untilStatus } from "./fixtures/runs.ts";
import { expect, test } from "./fixtures/test.ts";

const FIFTY_MEGABYTES = 50 * 1024 * 1024;
const never = new AbortController().signal;

test("50 MB from a runner arrive as they were sent", async ({ as, place }) => {
  const { pilotId } = arrangePilot(place, "upload", { milliseconds: 5000 });
  const sam = await as("sam");
  await sam.goto("/runners");
  await sam.getByRole("button", { name: "Add a runner…" }).click();
  const dialog = sam.getByRole("dialog", { name: "Add a runner" });
  await dialog.getByLabel(/^Verification/).uncheck();
  await dialog.getByRole("button", { name: "Make a token" }).click();
  const token = ((await dialog.getByRole("status").textContent()) ?? "").trim();
  const runner = await enrolRunner(place, token, "uploader");

  const ada = await as("ada");
  await launch(ada, pilotId, "Keep the other runner busy");
  await untilStatus(ada, "working", 60_000);
  const other = await as("edda");
  const runId = await launch(other, pilotId, "Hand in fifty megabytes");
  const assignment = await runner.leaseOf(runId);

  const bytes = randomBytes(FIFTY_MEGABYTES);
  const file = join(place.folder, "fifty-megabytes.bundle");
  writeFileSync(file, bytes);
  const blobId = await runner.transfers.upload(assignment, file, never);
  const kept = readFileSync(blobFile(place, blobId));
  expect(kept.length).toBe(FIFTY_MEGABYTES);
  expect(createHash("sha256").update(kept).digest("hex")).toBe(
    createHash("sha256").update(bytes).digest("hex"),
  );

  await test.step("probe: a runner that is not the lease's gets nowhere", async () => {
    const stolen = { ...assignment, attempt: assignment.attempt + 1 };
    await expect(runner.transfers.upload(stolen, file, never)).rejects.toThrow(/attempt|lease/i);
  });

  for (const page of [ada, other]) await cancelRun(page, "Seen enough");
  await sam.reload();
  await sam
    .getByRole("row", { name: /uploader/ })
    .getByRole("button", { name: "Revoke" })
    .click();
  await expect(sam.getByRole("row", { name: /uploader/ }).getByText("Revoked")).toBeVisible();
});
