// Words about one thing come late, twice and in any order; what is kept is the same.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneLine } from "./one-line.ts";
import { compareWords, faultsOf, isProduction, keptOf, settled } from "./rules.ts";
import { DEPLOYMENT_STATUSES, type Kept, ROWS, type Told } from "./schema.ts";

const NOW = Date.UTC(2026, 2, 9, 14);
const at = (minutes: number) => new Date(NOW - minutes * 60_000);
const places = { repositoryId: "rep_1", author: null };

const told = (part: Partial<Told<"deployment">> = {}): Told<"deployment"> => ({
  ...{ externalId: "1", repository: "shop", environment: "production", status: "succeeded" },
  ...{ headSha: "a".repeat(40), startedAt: at(10), finishedAt: at(5), ...part },
});
const deployment = fc
  .record({ status: fc.constantFrom(...DEPLOYMENT_STATUSES), minute: fc.nat({ max: 50 }) })
  .map(({ status, minute }): Kept["deployment"] => {
    const finishedAt = ["succeeded", "failed", "cancelled"].includes(status) ? at(minute) : undefined;
    return keptOf("deployment", told({ status, startedAt: at(60), finishedAt, asOf: at(minute) }), places);
  });
const keep = (words: readonly Kept["deployment"][]) =>
  words.reduce<Kept["deployment"] | undefined>(
    (known, each) => settled("deployment", known, each),
    undefined,
  );

describe("words about one deployment", () => {
  test("come to the same in whatever order and however often they come", () => {
    fc.assert(
      fc.property(
        fc
          .array(deployment, { minLength: 1, maxLength: 8 })
          .chain((words) =>
            fc.tuple(
              fc.constant(words),
              fc.shuffledSubarray([...words, ...words], { minLength: 2 * words.length }),
            ),
          ),
        ([words, others]) => {
          expect(keep(others)).toEqual(keep(words));
        },
      ),
    );
  });

  test("the last finished counts; what says running afterwards does not take it back", () => {
    const first = keptOf("deployment", told({ finishedAt: at(8) }), places);
    const failed = keptOf("deployment", told({ status: "failed", finishedAt: at(4) }), places);
    const again = keptOf(
      "deployment",
      told({ status: "running", finishedAt: undefined, asOf: at(1) }),
      places,
    );
    expect(keep([failed, again, first])).toEqual(failed);
  });

  test("another word about the same instant is a correction: the later one to come counts", () => {
    const wrong = keptOf("deployment", told(), places);
    const right = keptOf("deployment", told({ environment: "staging" }), places);
    expect(compareWords("deployment", right, wrong)).toBe(0);
    expect(keep([wrong, right])).toEqual({ ...right, production: false });
    expect(settled("deployment", right, { ...right })).toBe(right);
  });
});

test("an incident that is opened again is open, by the instant of that word", () => {
  const incident = (part: Partial<Told<"incident">>) =>
    keptOf(
      "incident",
      { externalId: "i", service: "s", severity: "high", detectedAt: at(30), ...part },
      places,
    );
  const words = [incident({}), incident({ restoredAt: at(20) }), incident({ asOf: at(10) })];
  for (const order of [words, [...words].reverse()])
    expect(
      order.reduce<Kept["incident"] | undefined>(
        (known, each) => settled("incident", known, each),
        undefined,
      ),
    ).toMatchObject({ restoredAt: null, asOf: at(10) });
});

describe("what is wrong with a row", () => {
  test.each([
    [{ finishedAt: undefined }, "finishedAt", "It is missing, and the status is succeeded"],
    [{ status: "running" as const }, "finishedAt", "It is given, and the status is running"],
    [{ finishedAt: at(11) }, "finishedAt", "is before the start"],
    [{ startedAt: new Date(Date.UTC(1970, 0, 1)) }, "startedAt", "is too long ago"],
    [{ asOf: at(-120) }, "asOf", "has not come yet"],
    [{ rollbackOf: "1" }, "rollbackOf", "It names the deployment itself"],
  ])("%j is told by its field", (part, field, wrong) => {
    expect(faultsOf("deployment", told(part), NOW)).toEqual([
      { field, wrong: expect.stringContaining(wrong), right: expect.stringMatching(/\.$/) },
    ]);
  });

  test("probe: a clock of elsewhere that is far ahead cannot keep every later word out", () => {
    expect(faultsOf("deployment", told({ asOf: new Date("9999-12-31T23:59:59Z") }), NOW)).toHaveLength(1);
    expect(faultsOf("deployment", told({ asOf: at(-59) }), NOW)).toEqual([]);
  });

  test("probe: names hold nothing that is not seen, and no field of another name is taken", () => {
    const row = { ...told(), startedAt: at(10).toISOString(), finishedAt: at(5).toISOString() };
    expect(ROWS.deployment.safeParse(row).success).toBe(true);
    for (const bad of [
      { environment: "a\nb" },
      { environment: "\u0000" },
      { headSha: "main" },
      { startedAt: "2026-03-09T14:00:00" },
      { importId: "imp_1" },
      { status: "ok" },
    ])
      expect(ROWS.deployment.safeParse({ ...row, ...bad }).success).toBe(false);
  });
});

const PIECE = fc.constantFrom(
  "a",
  "é",
  " ",
  "\u{1f680}",
  "\ud83d",
  "\ude80",
  "\u0000",
  "\n",
  "\u2028",
  "\u0085",
);

describe("text that is kept in one line", () => {
  test("is cut by whole characters, and holds nothing that breaks it", () => {
    expect(oneLine(`${"a".repeat(99)}\u{1f680}b`, 100)).toBe(`${"a".repeat(99)}\u{1f680}`);
    expect(oneLine("a\u0000b\nc\ud83dd", 100)).toBe("a b c d");
  });

  test("probe: it is never half a character, whatever is cut and wherever", () => {
    fc.assert(
      fc.property(fc.array(PIECE, { maxLength: 40 }), fc.nat({ max: 30 }), (pieces, at) => {
        const text = pieces.join("");
        for (const told of [text, text.slice(at)]) {
          const kept = oneLine(told, 10);
          expect(kept.isWellFormed()).toBe(true);
          expect([...kept].length).toBeLessThanOrEqual(10);
          expect(ROWS.page_call.shape.service.safeParse(kept || "-").success).toBe(true);
        }
      }),
    );
  });
});

test("production is known by its name where nothing says so", () => {
  expect(["prod", "Production", "live"].every(isProduction)).toBe(true);
  expect(["preprod", "production-eu", "staging"].some(isProduction)).toBe(false);
});
