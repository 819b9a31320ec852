import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemActor, testScope } from "../testing/scopes.ts";
import { canonicalText, entryBytes, heldRoles, MAX_ENTRY_BYTES, readEntry } from "./rules.ts";
import { ENTRY_KINDS, type NewEntry } from "./schema.ts";

const scope = testScope({ roles: ["security_lead", ["reviewer", "pil_2"], ["reviewer", "pil_1"]] });
const HEX = "ab".repeat(32);

const launched = {
  kind: "run.launched",
  about: ["run:run_1", "pilot:pil_1"],
  charter: HEX,
  after: HEX,
  detail: { agent: "agt_1", repository: "rep_1", base: "c".repeat(40), charter: HEX, kind: "repair" },
} as const satisfies NewEntry;
const searched = (results: number): NewEntry => ({
  kind: "log.searched",
  about: ["log:1"],
  detail: { query_sha256: HEX, filters_sha256: HEX, results },
});
/** As a caller that lies about types. */
const lied = (entry: object): NewEntry => entry as NewEntry;
const textOf = (entry: NewEntry) => Buffer.from(entryBytes("ent_1", entry, scope)).toString();
const bytesOf = (value: unknown) => Buffer.from(canonicalText(value), "utf8");

describe("canonical text", () => {
  test("sorts keys by UTF-16 and writes as RFC 8785 says", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, ö: 7 };
    expect(canonicalText(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
    expect(canonicalText({ b: [true, null, '\u000f\n"\\/'], a: -0 })).toBe(
      '{"a":0,"b":[true,null,"\\u000f\\n\\"\\\\/"]}',
    );
  });

  test("is one text for one value, whatever the order it was built in", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean())),
        (value) => {
          const shuffled = Object.fromEntries(Object.entries(value).reverse());
          expect(canonicalText(shuffled)).toBe(canonicalText(value));
          expect(canonicalText(JSON.parse(canonicalText(value)))).toBe(canonicalText(value));
        },
      ),
    );
  });

  test("probe: what JSON cannot say is refused", () => {
    for (const value of [undefined, () => 1, Symbol("x"), Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => canonicalText(value)).toThrow();
    }
  });
});

describe("an entry's bytes", () => {
  test("name who with the roles held then, what about, under which charter and for which request, in one form", () => {
    expect(textOf(launched)).toBe(
      `{"about":["run:run_1","pilot:pil_1"],"actor":{"kind":"user","personId":"per_test",` +
        `"roles":["reviewer@pil_1","reviewer@pil_2","security_lead"],"sessionId":"ses_test"},` +
        `"after":"${HEX}","charter":"${HEX}","detail":{"agent":"agt_1","base":"${"c".repeat(40)}",` +
        `"charter":"${HEX}","kind":"repair","repository":"rep_1"},"id":"ent_1","kind":"run.launched","request":"req_test","v":2}`,
    );
  });

  test("name a runner and a process without roles", () => {
    const actorOf = (of: typeof scope) => readEntry(entryBytes("ent_1", searched(0), of)).actor;
    expect(actorOf(testScope({ actor: { kind: "runner", runnerId: "rnr_1" } }))).toEqual({
      kind: "runner",
      runnerId: "rnr_1",
    });
    expect(actorOf(testScope({ actor: systemActor("worker"), roles: ["auditor"] }))).toEqual({
      kind: "system",
      name: "worker",
    });
  });

  test("list each role once, sorted", () => {
    expect(
      heldRoles([
        { role: "viewer", pilotId: null },
        { role: "auditor", pilotId: "pil_1" },
        { role: "viewer", pilotId: null },
      ]),
    ).toEqual(["auditor@pil_1", "viewer"]);
  });

  test.each([0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN, Number.POSITIVE_INFINITY, -1])(
    "probe: %d is refused where a count belongs",
    (odd) => {
      expect(() => textOf(searched(odd))).toThrow("results");
    },
  );

  test.each([
    ["a word that is none of ours", { ...launched, detail: { ...launched.detail, kind: "\ud800" } }, "kind"],
    ["free text for a digest", { ...launched, detail: { ...launched.detail, charter: "why" } }, "charter"],
    ["a field nobody declared", { ...launched, detail: { ...launched.detail, note: "hello" } }, "note"],
    ["a missing field", { ...launched, detail: {} }, "agent"],
    ["a run's entry without its charter", { ...launched, charter: undefined }, "charter (bound)"],
    ["a run's entry with no charter in force", { ...launched, charter: null }, "charter (bound)"],
    ["a made thing with a state before", { ...launched, before: HEX }, "before and after (made)"],
    ["a made thing without a state", { ...launched, after: undefined }, "before and after (made)"],
    [
      "a search that changed something",
      { ...searched(1), before: HEX, after: HEX },
      "before and after (none)",
    ],
    ["a subject of no noun", { ...launched, about: ["planet:pla_1"] }, "subject"],
    ["a subject with words in it", { ...launched, about: ["person:Ada Lovelace"] }, "subject"],
    ["no subject", { ...launched, about: [] }, "subject"],
    ["a search under a charter", { ...searched(1), charter: HEX }, "charter (none)"],
  ])("probe: %s is refused", (_, entry, said) => {
    expect(() => textOf(lied(entry))).toThrow(said);
  });

  test("probe: a key of every object's prototype is no field, and changes no object", () => {
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const own = `${JSON.stringify(launched.detail).slice(0, -1)},${JSON.stringify(key)}:{"x":1}}`;
      const entry = lied({ ...launched, detail: JSON.parse(own) });
      let text: string;
      try {
        text = textOf(entry);
      } catch {
        continue; // refused
      }
      expect(text).toBe(textOf(launched)); // or left out
    }
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test("probe: whatever stands in a text field, nothing but ids and digests gets through", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const entry = lied({ ...launched, detail: { ...launched.detail, agent: text } });
        const passes = /^[a-z]{3}_[0-9A-Za-z_-]{1,80}$/.test(text);
        if (passes) expect(JSON.parse(textOf(entry)).detail.agent).toBe(text);
        else expect(() => textOf(entry)).toThrow("agent");
      }),
    );
  });

  test("probe: more than an entry bundle can hold is refused before anything is written", () => {
    const roles = Array.from({ length: 5000 }, (_, nth) => ["reviewer", `pil_${nth}`] as const);
    expect(() => entryBytes("ent_1", launched, testScope({ roles }))).toThrow(
      `longer than ${MAX_ENTRY_BYTES}`,
    );
  });
});

describe("reading an entry", () => {
  const V1 =
    '{"about":["run:run_1"],"actor":{"kind":"user","personId":"per_1","sessionId":"ses_1"},' +
    '"detail":{"a":"x","b":1},"id":"ent_1","kind":"run.launched","request":"req_1","v":1}';

  test("gives what was written", () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.constant(HEX)), (results, charter) => {
        const search = readEntry(entryBytes("ent_1", searched(results), scope));
        expect(search).toMatchObject({ v: 2, charter: null, before: null, after: null, detail: { results } });
        const about = ["pilot:pil_1"] as const;
        const detail = { from: "active", to: "paused", by: "person", reason_sha256: HEX } as const;
        const entry = { kind: "pilot.paused", about, charter, before: HEX, after: HEX, detail } as const;
        expect(readEntry(entryBytes("ent_2", entry, scope))).toMatchObject({ ...entry, request: "req_test" });
      }),
    );
  });

  test("reads the first form: no roles, no charter, no change, and details no schema bound", () => {
    expect(readEntry(Buffer.from(V1))).toEqual({
      v: 1,
      id: "ent_1",
      kind: "run.launched",
      about: ["run:run_1"],
      actor: { kind: "user", personId: "per_1", sessionId: "ses_1", roles: [] },
      request: "req_1",
      charter: null,
      before: null,
      after: null,
      detail: { a: "x", b: 1 },
    });
  });

  const whole = JSON.parse(textOf(launched)) as Record<string, unknown>;
  test.each<[string, Uint8Array]>([
    ["another version", bytesOf({ ...whole, v: 3 })],
    ["an unknown kind", bytesOf({ ...whole, kind: "run.exploded" })],
    ["a kind of every object's prototype", bytesOf({ ...whole, kind: "toString" })],
    ["an unknown subject", bytesOf({ ...whole, about: ["planet:1"] })],
    ["no subject", bytesOf({ ...whole, about: [] })],
    ["another key", bytesOf({ ...whole, extra: 1 })],
    ["a detail that breaks its schema", bytesOf({ ...whole, detail: {} })],
    ["a charter in the first form", bytesOf({ ...JSON.parse(V1), charter: HEX })],
    ["the same value in another order", Buffer.from(JSON.stringify({ v: 2, ...whole }))],
    ["a key twice", Buffer.from(V1.replace('"v":1', '"v":1,"v":1'))],
    ["white space", Buffer.from(`${V1}\n`)],
    ["a byte order mark", Buffer.from(`\ufeff${V1}`)],
    ["bytes that are no UTF-8", Buffer.concat([Buffer.from(V1.slice(0, -1)), Buffer.of(0xff)])],
    ["nothing", Buffer.alloc(0)],
  ])("probe: %s is refused", (_, bytes) => {
    expect(() => readEntry(bytes)).toThrow();
  });
});

test("kinds are noun.past, each once", () => {
  expect(new Set(ENTRY_KINDS).size).toBe(ENTRY_KINDS.length);
  for (const kind of ENTRY_KINDS) expect(kind).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z_]+$/);
});
