import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "#lib/errors.ts";
import { fieldErrors, formObject, keptValues, parseInput, parseWire, refuseUnstorable } from "./parse.ts";

function form(...fields: [string, string][]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

function refusal(attempt: () => unknown): AppError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error("not refused");
}

describe("a form as an object", () => {
  test("dots nest; brackets, and a name that comes twice, collect", () => {
    const typed = formObject(
      form(
        ["title", "a"],
        ["title", "b"],
        ["controls.minutes", "5"],
        ["controls.paths[]", "x"],
        ["controls.paths[]", "y"],
      ),
    );
    expect(typed).toEqual({ title: ["a", "b"], controls: { minutes: "5", paths: ["x", "y"] } });
  });

  test("Next's own fields are not the form's", () => {
    expect(formObject(form(["$ACTION_ID_1", "x"], ["$ACTION_REF_1", ""], ["a", "1"]))).toEqual({ a: "1" });
  });

  test.each(["__proto__.admin", "constructor.prototype.admin", "a.__proto__", "a.b.c.d.e.f.g.h.i.j"])(
    "probe: the field %s is refused and pollutes nothing",
    (name) => {
      expect(refusal(() => formObject(form([name, "1"]))).code).toBe("bad_input");
      expect(({} as Record<string, unknown>).admin).toBeUndefined();
    },
  );

  test("probe: a name that is a value and a group is refused, in either order", () => {
    for (const fields of [
      ["a", "a.b"],
      ["a.b", "a"],
      ["a[]", "a.b"],
      ["a.b", "a[]"],
    ]) {
      const data = form(...fields.map((name): [string, string] => [name, "1"]));
      expect(refusal(() => formObject(data)).message).toContain("a value and a group at once");
    }
  });

  test("probe: a field named like what every object has is a field like others", () => {
    const typed = formObject(form(["toString.admin", "1"], ["valueOf", "x"], ["hasOwnProperty", "y"]));
    expect(Object.entries(typed)).toEqual([
      ["toString", { admin: "1" }],
      ["valueOf", "x"],
      ["hasOwnProperty", "y"],
    ]);
    expect(Object.hasOwn(Object.prototype.toString, "admin")).toBe(false);
  });

  test("probe: a file is refused by name", () => {
    const data = new FormData();
    data.append("notes", new File(["x"], "x.txt"));
    expect(refusal(() => formObject(data)).message).toContain("notes");
  });

  test("probe: whatever names come, nothing but bad_input is thrown", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (fields) => {
        try {
          formObject(form(...fields));
        } catch (error) {
          expect(error).toMatchObject({ code: "bad_input" });
        }
      }),
    );
  });
});

describe("input that does not fit", () => {
  const Shape = z.object({
    title: z.string().min(3, "Too short."),
    controls: z.object({ minutes: z.coerce.number().max(60, "At most 60.") }),
  });

  test("names every field with its sentence", () => {
    const error = refusal(() => parseInput(Shape, { title: "a", controls: { minutes: "99" } }));
    expect(error.fields).toEqual({ title: ["Too short."], "controls.minutes": ["At most 60."] });
    expect(error.message).toBe("2 fields need a change.");
  });

  test("says it in one line to a program", () => {
    const error = refusal(() => parseWire(Shape, { title: "a", controls: { minutes: 1 } }));
    expect(error.message).toBe("title: Too short.");
    expect(refusal(() => parseWire(Shape, null)).message).toMatch(/^body: /);
  });

  test("a rule over the whole form is the whole form's sentence", () => {
    const Whole = z.object({ a: z.string() }).refine(() => false, { message: "These do not go together." });
    expect(refusal(() => parseInput(Whole, { a: "1" })).message).toBe("These do not go together.");
  });

  test("probe: a field named __proto__ is a field like others", () => {
    const result = z.record(z.string(), z.number()).safeParse(JSON.parse('{"__proto__":"x"}'));
    if (!result.success) expect(Object.keys(fieldErrors(result.error))).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

test("what was typed is kept but for secrets", () => {
  const typed = {
    email: "a@b",
    password: "x",
    again: "x",
    newPassword: "x",
    token: "t",
    apiKey: "k",
    note: "n",
    monkey: "m",
  };
  expect(Object.keys(keptValues(typed))).toEqual(["email", "note"]);
  expect(keptValues("x")).toEqual({});
  expect(keptValues(null)).toEqual({});
});

test.each([
  ["a\0b", "The input"],
  [{ title: "a\0" }, "The field title"],
  [{ deep: { list: ["ok", "\ud800"] } }, "The field deep.list.1"],
])("probe: %j holds what cannot be stored", (raw, place) => {
  expect(refusal(() => refuseUnstorable(raw)).message).toBe(`${place} holds a character that is no text.`);
});

test("ordinary text, emoji and line breaks can be stored", () => {
  expect(() => refuseUnstorable({ a: "Zo\u00eb \u{1f600}\n\u2028", b: [1, null, true] })).not.toThrow();
});

test("probe: hundreds of thousands of levels are refused without a stack overflow", () => {
  const deep = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);
  expect(refusal(() => refuseUnstorable(deep)).message).toBe("The input is nested too deeply.");
});
