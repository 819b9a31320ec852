import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { RedactionOffer } from "#lib/redactions/schema.ts";
import type { RetentionView } from "#lib/retention/schema.ts";
import { OrderForm } from "./order-form.tsx";
import { RetentionPanel } from "./retention-panel.tsx";

const action = async () => ({});
const offer: RedactionOffer = {
  refusal: null,
  refusalOfAll: "The run is working.",
  copies: [{ name: "events", title: "Events", reached: true, text: "…" }],
  copiesOfEvents: [{ name: "backups", title: "Backups", reached: false, text: "…" }],
  copiesOfAllEvents: [{ name: "backups", title: "Backups", reached: false, text: "…" }],
};
const events = [
  { seq: 1, kind: "note", text: "a [secret: github] \u202e", isTaken: false },
  { seq: 2, kind: "note", text: "[taken away]", isTaken: true },
];
const show = async () => ({ ok: true as const, value: { text: "raw", cut: 0 } });

describe("the form that takes payloads away", () => {
  const form = (more: object = {}) =>
    html(
      <OrderForm
        runId="run_1"
        offer={offer}
        events={events}
        next={null}
        order={action}
        show={null}
        {...more}
      />,
    );

  test("names the copies that would not be reached before anybody orders", () => {
    expect(form()).toMatch(/data-copy="backups" data-reached="false"/);
  });

  test("lets nobody tick what is gone already, and hides nothing in a text", () => {
    expect(form()).toMatch(/disabled=""[^>]*value="2"|value="2"[^>]*disabled=""/);
    expect(form()).toContain("‹U+202E›");
  });

  test("offers to show unmasked only to those who may, and has no form inside the form", () => {
    expect(form()).not.toContain("Show unmasked");
    expect(form({ show })).toContain("Show unmasked");
    expect(form({ show }).match(/<form/g)).toHaveLength(1);
  });

  test("says why it is refused", () => {
    expect(form({ offer: { ...offer, refusal: "A legal hold is on this pilot." } })).toContain(
      "A legal hold",
    );
  });
});

describe("the retention of a pilot", () => {
  const view: RetentionView = {
    ...{ days: 30, isHeld: true, holdReason: "Case 7", setByName: "Ada", setAt: new Date(0) },
    ...{ endedRuns: 4, dueRuns: 0 },
  };

  test("shows days, hold and how many runs it is about", () => {
    const page = html(<RetentionPanel pilotId="pil_1" retention={view} save={null} />);
    for (const text of ["30 days", "Case 7", "4, with their payloads"]) expect(page).toContain(text);
    expect(page).not.toContain("<form");
  });

  test("can be set by those who may", () => {
    const page = html(<RetentionPanel pilotId="pil_1" retention={{ ...view, days: null }} save={action} />);
    expect(page).toContain("for ever");
    expect(page).toContain('name="days"');
  });
});
