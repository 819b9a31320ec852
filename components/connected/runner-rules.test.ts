import { expect, test } from "vitest";
import { runnerStatus } from "./runner-rules.ts";

const contact = { version: 1, tier: "strong", tierMissing: [], at: new Date(0) } as const;
const fresh = { revokedAt: null, contact, live: true, leases: 0 };

test.each([
  ["online", fresh],
  ["busy", { ...fresh, leases: 2 }],
  ["lost", { ...fresh, live: false, leases: 2 }],
  ["unheard", { ...fresh, contact: null, live: false }],
  ["revoked", { ...fresh, revokedAt: new Date(0), leases: 1 }],
])("a runner is %s", (status, runner) => expect(runnerStatus(runner)).toBe(status));
