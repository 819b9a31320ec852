import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { approversLeft, type Bar, namesInWords } from "./approver-rules.ts";

const holders = ["Ada", "Bo", "Cy"].map((name) => ({ personId: `per_${name}`, name }));
const barred = (...pairs: readonly (readonly [string, Bar])[]) => new Map(pairs);
const roles = "reviewer or security lead";

describe("who may approve", () => {
  test("is who holds a role and is not barred; of the others it is said why not", () => {
    const left = approversLeft({
      ...{ missing: 2, holders, roles },
      barred: barred(["per_Ada", "launched"], ["per_Nobody", "steered"]),
    });
    expect(left).toMatchObject({
      could: [{ name: "Bo" }, { name: "Cy" }],
      cannot: [{ name: "Ada", why: "launched" }],
      ...{ isEnough: true, remedy: null },
    });
  });

  test("where nobody is left it says what to do", () => {
    const bars = barred(["per_Ada", "launched"], ["per_Bo", "steered"], ["per_Cy", "approved"]);
    expect(approversLeft({ missing: 1, holders, barred: bars, roles }).remedy).toBe(
      "Nobody is left who may approve, and 1 more approval is needed. Give somebody else the role reviewer or security lead for this pilot, or have somebody else launch it anew.",
    );
    expect(approversLeft({ missing: 4, holders, barred: new Map(), roles }).remedy).toMatch(
      /^Only 3 people are left who may approve, and 4 more approvals are needed\./,
    );
  });

  test("of a gate that names its people no role of somebody else would help", () => {
    const left = approversLeft({
      missing: 2,
      holders: holders.slice(0, 1),
      barred: new Map(),
      roles,
      namesPeople: true,
    });
    expect(left.remedy).toMatch(/^The people whom it names are too few now: .* by an amendment/);
  });

  test("minds that one of them has to hold a certain role", () => {
    const special = { roleName: "security lead", holders: [{ personId: "per_Ada", name: "Ada" }] };
    const facts = { missing: 1, holders, roles, special };
    expect(approversLeft({ ...facts, barred: new Map() }).isEnough).toBe(true);
    expect(approversLeft({ ...facts, barred: barred(["per_Ada", "launched"]) }).remedy).toMatch(
      /has to be security lead, and nobody who is one is left/,
    );
  });

  test("is enough exactly where those who are not barred are as many as are missing", () => {
    const ids = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"));
    fc.assert(
      fc.property(ids, ids, fc.nat(5), (held, out, missing) => {
        const left = approversLeft({
          ...{ missing, roles, holders: held.map((id) => ({ personId: id, name: id })) },
          barred: new Map(out.map((id) => [id, "steered" as const])),
        });
        expect(left.isEnough).toBe(held.filter((id) => !out.includes(id)).length >= missing);
        expect(left.could.length + left.cannot.length).toBe(held.length);
        expect(left.remedy === null).toBe(left.isEnough);
      }),
    );
  });

  test("names at most five", () => {
    expect(namesInWords([])).toBe("");
    expect(namesInWords(["Ada"])).toBe("Ada");
    expect(namesInWords(["Ada", "Bo", "Cy"])).toBe("Ada, Bo and Cy");
    expect(namesInWords(["A", "B", "C", "D", "E", "F", "G"])).toBe("A, B, C, D, E and 2 more");
  });
});
