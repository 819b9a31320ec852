// What was written once is readable for ever. The two files beside this are only ever added to: one real body of every
// kind in every version, and the schema of every kind's detail as it was when it was first released.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { KINDS } from "./kinds/all-kinds.ts";
import { canonicalText, detailOf, readEntry } from "./rules.ts";
import { ENTRY_KINDS, type EntryKind } from "./schema.ts";

const linesOf = (name: string): string[] =>
  readFileSync(new URL(name, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");

const bodies = linesOf("frozen-entries.jsonl");

/** The part of JSON Schema that details are made of. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Shape;
  readonly maxItems?: number;
}

const optionsOf = (shape: Shape): readonly Shape[] | undefined =>
  shape.anyOf ?? (Array.isArray(shape.type) ? shape.type.map((type) => ({ ...shape, type })) : undefined);

/** Whether everything the old shape took is still taken. Errs on the side of no. */
function takesAll(old: Shape, now: Shape): boolean {
  const [before, after] = [optionsOf(old), optionsOf(now)];
  if (before) return before.every((one) => takesAll(one, now));
  if (after) return after.some((one) => takesAll(old, one));
  if (old.type !== now.type) return false;
  const fields = Object.entries(old.properties ?? {}).every(([name, shape]) => {
    const same = now.properties?.[name];
    return same !== undefined && takesAll(shape, same);
  });
  const words = !now.enum || (old.enum?.every((word) => now.enum?.includes(word)) ?? false);
  const within =
    (now.minimum ?? Number.NEGATIVE_INFINITY) <= (old.minimum ?? Number.NEGATIVE_INFINITY) &&
    (now.maximum ?? Number.POSITIVE_INFINITY) >= (old.maximum ?? Number.POSITIVE_INFINITY) &&
    (now.maxItems ?? Number.POSITIVE_INFINITY) >= (old.maxItems ?? Number.POSITIVE_INFINITY);
  return (
    fields &&
    words &&
    within &&
    (now.required ?? []).every((name) => old.required?.includes(name)) &&
    (now.pattern === undefined || now.pattern === old.pattern) &&
    (!old.items || !now.items || takesAll(old.items, now.items))
  );
}

const shapeOf = (kind: EntryKind): Shape => z.toJSONSchema(KINDS[kind], { io: "input" }) as Shape;
const frozen = linesOf("frozen-kinds.jsonl").map(
  (line) => JSON.parse(line) as { kind: string; detail: Shape },
);

describe("an entry of any age", () => {
  test.each(bodies.map((body) => [JSON.parse(body).kind, JSON.parse(body).v, body] as const))(
    "%s, version %d, is read as it was written",
    (kind, version, body) => {
      const entry = readEntry(Buffer.from(body));
      const { about, detail, request } = JSON.parse(body);
      expect(entry).toMatchObject({ v: version, kind, about, detail, request });
      expect(canonicalText(JSON.parse(body))).toBe(body);
      if (version === 2) expect(detailOf(entry.kind, entry)).toMatchObject(detail);
    },
  );

  test("stands here for every kind of the present version, and for every kind of the first", () => {
    const kindsOf = (version: number) =>
      bodies.map((body) => JSON.parse(body)).filter(({ v }) => v === version);
    expect(kindsOf(2).map(({ kind }) => kind)).toEqual(ENTRY_KINDS);
    expect(kindsOf(1)).toHaveLength(52);
  });

  test("probe: cut short or with any one byte changed in its form, it is refused or another entry", () => {
    fc.assert(
      fc.property(fc.constantFrom(...bodies), fc.nat(), fc.integer({ min: 1, max: 255 }), (body, at, by) => {
        const bytes = Buffer.from(body);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ by;
        let read: unknown;
        try {
          read = readEntry(bytes);
        } catch {
          return; // refused
        }
        expect(read).not.toEqual(readEntry(Buffer.from(body)));
      }),
    );
  });
});

describe("the kinds of entry", () => {
  test.each(frozen.map(({ kind, detail }) => [kind, detail] as const))(
    "%s is still there and takes everything it took",
    (kind, detail) => {
      expect(ENTRY_KINDS).toContain(kind);
      expect(takesAll(detail, shapeOf(kind as EntryKind))).toBe(true);
    },
  );

  test("are all written down here", () => {
    expect(frozen.map(({ kind }) => kind).sort()).toEqual([...ENTRY_KINDS].sort());
  });

  test("probe: a shape made narrower is noticed", () => {
    const of = (shape: z.ZodType): Shape => z.toJSONSchema(shape, { io: "input" }) as Shape;
    const old = of(z.strictObject({ a: z.enum(["x", "y"]), n: z.int().min(0), o: z.string().nullable() }));
    const a = z.enum(["x", "y"]);
    const n = z.int().min(0);
    const o = z.string().nullable();
    const narrower: z.ZodType[] = [
      z.strictObject({ a: z.enum(["x"]), n, o }),
      z.strictObject({ a, n: z.int().min(1), o }),
      z.strictObject({ a, n, o: z.string() }),
      z.strictObject({ a, n, o: z.string().regex(/x/).nullable() }),
      z.strictObject({ a, n }),
      z.strictObject({ a, n, o, another: n }),
    ];
    for (const shape of narrower) expect(takesAll(old, of(shape))).toBe(false);
    const wider = z.strictObject({ a: z.enum(["x", "y", "z"]), n: z.int(), o, another: n.optional() });
    expect(takesAll(old, of(wider))).toBe(true);
  });
});
