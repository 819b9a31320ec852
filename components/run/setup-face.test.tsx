import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { NewEvent } from "#lib/protocol/events.ts";
import { hostsReached, timelineOf } from "#lib/timeline/rules.ts";
import type { FactItem } from "#lib/timeline/schema.ts";
import { setupFace } from "./setup-face.tsx";

const EGRESS = {
  host: "a.example",
  port: 443,
  verdict: "allowed",
  rule: "*.example",
  up: 1024,
  down: 4096,
  times: 3,
} as const;
const DONE = {
  key: "a".repeat(64),
  contents: "b".repeat(64),
  entries: 1200,
  bytes: 2048,
  from: "patch",
  cached: true,
  manifests: 2,
  milliseconds: 10,
} as const;

type SetupItem = Extract<FactItem, { kind: "egress" | "setup_done" }>;
const shown = (item: Pick<SetupItem, "kind" | "body">): string => {
  const { head } = setupFace({ seq: 1, at: "2026-01-01T00:00:00Z", ...item } as SetupItem);
  return renderToStaticMarkup(<div>{head}</div>);
};

describe("setup in a timeline", () => {
  test("says which host it reached, how much went each way and how often", () => {
    const page = shown({ kind: "egress", body: EGRESS });
    for (const text of ["reached", "a.example:443", "1 KiB up", "4 KiB down", "3 times"])
      expect(page).toContain(text);
  });

  test("says what it was kept from, and why", () => {
    const body = {
      ...EGRESS,
      verdict: "denied",
      port: 0,
      host: "more hosts",
      rule: "The charter does not list it.",
    } as const;
    const page = shown({ kind: "egress", body });
    for (const text of ["was kept from", "more hosts", "does not list it"]) expect(page).toContain(text);
    expect(page).not.toContain("more hosts:0");
  });

  test("says what it left, of which tree, and whether it was there before", () => {
    const page = shown({ kind: "setup_done", body: DONE });
    for (const text of ["Setup of the patch", "was made before", "1,200", "2 KiB"])
      expect(page).toContain(text);
  });

  test("counts each host it reached once, and none it was kept from", () => {
    const egress = (changes: object): NewEvent => ({ kind: "egress", body: { ...EGRESS, ...changes } });
    const events = [
      egress({}),
      egress({ times: 9 }),
      egress({ host: "b.example" }),
      egress({ host: "c.example", verdict: "denied" }),
    ];
    const at = "2026-01-01T00:00:00Z";
    const told = events.map((event, index) => ({
      ...event,
      seq: index + 1,
      attempt: 1,
      at,
      observedBy: "runner" as const,
    }));
    expect(hostsReached(timelineOf(told))).toBe(2);
  });
});
