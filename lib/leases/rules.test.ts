import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import {
  BEACON_STALE,
  HEARTBEAT_SECONDS,
  healthySince,
  isLost,
  LEASE,
  mayRetry,
  mayTake,
  PAUSE_AFTER_SECONDS,
  tierSuffices,
} from "./rules.ts";

const charter = defaultCharter("rep_000000000aaaaaaaaaaaaa", "main", "2030-01-01");

describe("losing a lease", () => {
  it("takes longer than the lease of silence", () => {
    expect(isLost({ now: LEASE, lastHeartbeat: 0, planeHealthySince: 0 })).toBe(false);
    expect(isLost({ now: LEASE + 1, lastHeartbeat: 0, planeHealthySince: 0 })).toBe(true);
  });

  it("never happens while the plane itself was not answering", () => {
    expect(isLost({ now: 10 * LEASE, lastHeartbeat: 0, planeHealthySince: null })).toBe(false);
  });

  it("counts silence only from when the plane was healthy again", () => {
    expect(isLost({ now: 10 * LEASE, lastHeartbeat: 0, planeHealthySince: 9.5 * LEASE })).toBe(false);
    expect(isLost({ now: 11 * LEASE, lastHeartbeat: 0, planeHealthySince: 9.5 * LEASE })).toBe(true);
  });

  it("is found within 15 seconds of the last heartbeat, sweeps being a second apart", () => {
    expect(LEASE + HEARTBEAT_SECONDS * 1000 + 1000).toBeLessThanOrEqual(15_000);
    expect(PAUSE_AFTER_SECONDS * 1000).toBeGreaterThan(LEASE);
  });

  it("is never early, whatever the times", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), (now, lastHeartbeat, since) => {
        if (isLost({ now, lastHeartbeat, planeHealthySince: since })) {
          expect(now - lastHeartbeat).toBeGreaterThan(LEASE);
          expect(now - since).toBeGreaterThan(LEASE);
        }
      }),
    );
  });
});

describe("the plane's health", () => {
  it("starts with the youngest of its beacons", () => {
    expect(
      healthySince(
        [
          { since: 5, at: 100 },
          { since: 40, at: 101 },
        ],
        102,
      ),
    ).toBe(40);
  });

  it("is not there when a beacon is stale or none was ever seen", () => {
    expect(healthySince([], 0)).toBeNull();
    expect(healthySince([{ since: 0, at: 0 }], BEACON_STALE + 1)).toBeNull();
  });
});

describe("taking a run", () => {
  const weak = { ...charter, environment: { ...charter.environment, minimumTier: "weak" as const } };
  const strong = { ...charter, environment: { ...charter.environment, minimumTier: "strong" as const } };

  it("needs the tier the charter asks for", () => {
    expect(tierSuffices("strong", "weak")).toBe(true);
    expect(tierSuffices("weak", "strong")).toBe(false);
    expect(mayTake({ phase: "agent", tier: "weak", charter: strong, held: 0 })).toBe(false);
    expect(mayTake({ phase: "agent", tier: "weak", charter: weak, held: 0 })).toBe(true);
  });

  it("stops at the charter's number of concurrent runs, verification excepted", () => {
    const held = charter.controls.maxConcurrentRuns;
    expect(mayTake({ phase: "agent", tier: "strong", charter, held })).toBe(false);
    expect(mayTake({ phase: "verify", tier: "strong", charter, held })).toBe(true);
  });

  it("goes on after a loss until the charter's attempts are used up", () => {
    const { maxAttempts } = charter.controls;
    expect(mayRetry(charter, maxAttempts - 1)).toBe(true);
    expect(mayRetry(charter, maxAttempts)).toBe(false);
  });
});
