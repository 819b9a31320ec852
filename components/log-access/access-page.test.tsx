import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { EpochView } from "#lib/log/epochs/schema.ts";
import type { AccessView } from "#lib/log-access/schema.ts";
import { AccessPage, type AccessPageProps } from "./access-page.tsx";

const action = async () => ({});
const start = { action, pilots: [{ value: "", title: "Everything" }], mayHavePayloads: false };
const at = new Date("2030-01-01T00:00:00Z");

const access = (id: string, more: Partial<AccessView> = {}): AccessView => ({
  ...{ id, label: "The auditors", pilotId: null, pilotName: null, withBlobs: false, givenByName: "Lea" },
  ...{ createdAt: at, expiresAt: at, withdrawnAt: null, state: "active" },
  ...more,
});
const given = (...accesses: AccessView[]): AccessPageProps["given"] => ({
  accesses,
  give: { action, pilots: start.pilots, mayGivePayloads: true },
  withdraw: action,
});
const rendered = (props: Partial<AccessPageProps>) =>
  renderToStaticMarkup(<AccessPage exports={[]} epochs={[epoch(1)]} start={start} given={null} {...props} />);
const epoch = (number: number, more: Partial<EpochView> = {}): EpochView => ({
  ...{ epoch: number, origin: `pilothouse/0/${number}`, startedAt: at, size: 300, cause: null },
  ...more,
});

describe("the page of exports and access", () => {
  test("shows who may only export nothing of access", () => {
    const page = rendered({});
    expect(page).toContain("No export yet");
    expect(page).not.toContain("Give access");
    expect(page).not.toContain("No access was given");
  });

  test("offers to withdraw what is active and nothing else", () => {
    const page = rendered({
      given: given(
        access("acc_1"),
        access("acc_2", { state: "expired" }),
        access("acc_3", { state: "withdrawn" }),
      ),
    });
    expect(page).toContain("3 accesses, 1 active");
    expect(page.match(/name="accessId"/g)).toHaveLength(1);
    for (const word of ["active", "expired", "withdrawn"]) expect(page).toContain(`${word}</span>`);
  });

  test("leads from an export to its file, and from a dossier to its own", () => {
    const facts = { epoch: 1, size: 1234, pilotId: null, withBlobs: true, createdAt: at };
    const page = rendered({
      exports: [
        { id: "exp_1", runId: null, ...facts },
        { id: "exp_2", runId: "run_1", ...facts },
      ],
    });
    expect(page).toContain('href="/api/log/exports/exp_1"');
    expect(page).toContain('href="/api/runs/run_1/dossier?format=jsonl&amp;dossier=exp_2"');
    expect(page).toContain("1,234");
  });

  test("probe: a label that hides something is shown with marks, and as text", () => {
    const page = rendered({ given: given(access("acc_1", { label: "<b>\u202Eauditors" })) });
    expect(page).toContain("&lt;b&gt;");
    expect(page).not.toContain("\u202E");
    expect(page).toContain("U+202E");
  });

  test("says that there is one log, and offers no choice", () => {
    const page = rendered({});
    expect(page).toContain("no restore has ended one");
    expect(page).not.toContain("Export… epoch");
    expect(rendered({ epochs: [] })).toContain("No log has begun");
  });

  test("offers each log that ended: when it began, why, how many entries, and what was lost", () => {
    const cause = { entryId: "ent_1", oldOrigin: "pilothouse/0/1", oldSize: 1300, kept: 1260 };
    const page = rendered({ epochs: [epoch(3), epoch(2, { cause, size: null }), epoch(1, { size: 1300 })] });
    expect(page).toContain("3 logs");
    expect(page).toContain("1,260 of the 1,300 signed entries were there, 40 were lost.");
    expect(page).toContain('href="/log/ent_1"');
    expect(page).toContain("40 lost");
    expect(page).toContain("The first");
    expect(page).toContain("Not known");
    expect(page.match(/Export… epoch \d/g)).toEqual(["Export… epoch 3", "Export… epoch 1"]);
  });
});
