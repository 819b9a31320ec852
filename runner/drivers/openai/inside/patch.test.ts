import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyHunks, PatchError, parsePatch, plainPath } from "./patch.ts";

const patch = (...lines: string[]) => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");
const apply = (text: string, ...hunks: string[]) => {
  const [edit] = parsePatch(patch("*** Update File: a", ...hunks));
  if (edit?.kind !== "update") throw new Error("no update");
  return applyHunks("a", text, edit.hunks);
};

describe("a patch", () => {
  test("adds, deletes, moves and changes files", () => {
    const edits = parsePatch(
      patch(
        "*** Add File: src/new.js",
        "+one",
        "+",
        "*** Delete File: old.js",
        "*** Update File: a.js",
        "*** Move to: b.js",
        "@@ function f()",
        " keep",
        "-out",
        "+in",
        "",
        "*** End of File",
      ),
    );
    expect(edits).toEqual([
      { kind: "add", path: "src/new.js", content: "one\n\n" },
      { kind: "delete", path: "old.js" },
      {
        kind: "update",
        path: "a.js",
        moveTo: "b.js",
        hunks: [
          {
            anchor: "function f()",
            atEnd: true,
            lines: [
              { sign: " ", text: "keep" },
              { sign: "-", text: "out" },
              { sign: "+", text: "in" },
              { sign: " ", text: "" },
            ],
          },
        ],
      },
    ]);
  });

  test.each([
    ["", "begins with"],
    ["*** Begin Patch\n*** Update File: a", "ends with"],
    [patch(), "changes no file"],
    [patch("nonsense"), "should name a file"],
    [patch("*** Add File: a", "no plus"), 'begins with "+"'],
    [patch("*** Update File: a"), "changes nothing"],
    [patch("*** Delete File: a", "*** Add File: a", "+x"), "stands in the patch twice"],
    [patch("*** Update File: a", "@@", "?x"), "begins with neither"],
  ])("that is not one is refused with the reason: %j", (text, reason) => {
    expect(() => parsePatch(text)).toThrow(reason);
  });

  test.each(["../x", "/etc/passwd", "a/../../x", ".git/config", "a//b", "a/./b", "", "a\0b"])(
    "probe: the path %j is not one of the checkout",
    (path) => {
      expect(() => plainPath(path)).toThrow("not below the checkout");
      if (path !== "") expect(() => parsePatch(patch(`*** Delete File: ${path}`))).toThrow();
    },
  );
});

describe("a change", () => {
  const text = "one\ntwo\nthree\ntwo\nfour\n";

  test("is made where its lines are, at the first place after the last change", () => {
    expect(apply(text, "@@", "-two", "+2", "@@", "-two", "+zwei")).toBe("one\n2\nthree\nzwei\nfour\n");
  });

  test("follows its anchor", () => {
    expect(apply(text, "@@ three", "-two", "+2")).toBe("one\ntwo\nthree\n2\nfour\n");
  });

  test("at the end of the file is looked for there", () => {
    expect(apply("a\nb\na\n", "@@", "-a", "+c", "*** End of File")).toBe("a\nb\nc\n");
  });

  test("with nothing to find goes to the end", () => {
    expect(apply("a\n", "@@", "+b")).toBe("a\nb\n");
    expect(apply("", "@@", "+b")).toBe("b\n");
  });

  test("is forgiven blanks at line ends and keeps those of the file", () => {
    expect(apply("one  \n\ttwo\n", "@@", " one", "-two", "+2")).toBe("one  \n2\n");
  });

  test("keeps a file's missing last line feed", () => {
    expect(apply("a\nb", "@@", "-b", "+c")).toBe("a\nc");
  });

  test("whose lines are not there is refused with them", () => {
    expect(() => apply(text, "@@", "-five", "+5")).toThrow("These lines are not in a:\nfive");
  });

  test("of any line of any file changes that line and no other", () => {
    const lines = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(lines, fc.nat(), (all, at) => {
        const index = at % all.length;
        const changed = apply(`${all.join("\n")}\n`, "@@", `-${all[index]}`, "+CHANGED");
        expect(changed).toBe(`${all.with(index, "CHANGED").join("\n")}\n`);
      }),
    );
  });

  test("probe: no text makes the parser do anything but parse or refuse", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "*** Begin Patch",
        "*** End Patch",
        "*** Update File: a",
        "*** Add File: b",
        "@@",
        "+x",
        "-y",
        " z",
        "",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        let edits: ReturnType<typeof parsePatch> = [];
        try {
          edits = parsePatch(patch(...lines));
        } catch (error) {
          expect(error).toBeInstanceOf(PatchError);
        }
        for (const { path } of edits) expect(path).not.toMatch(/^\/|(^|\/)\.\.(\/|$)/);
      }),
    );
  });
});
