import { describe, expect, test } from "vitest";
import { parseHistory } from "./history.ts";

const id = (digit: string) => digit.repeat(40);
const record = (...fields: string[]) => Buffer.from(`${fields.join("\0")}\0`);

describe("history out of a sandbox", () => {
  test("a root, a commit and a merge", () => {
    const bytes = Buffer.concat([
      record(id("1"), id("a"), `${id("2")} ${id("3")}`, "Ada", "Merge the branch"),
      record(id("2"), id("b"), id("4"), "Ben", "Change it"),
      record(id("4"), id("c"), "", "Ada", "Start"),
    ]);
    expect(parseHistory(bytes)).toEqual([
      { id: id("1"), tree: id("a"), parents: [id("2"), id("3")], author: "Ada", subject: "Merge the branch" },
      { id: id("2"), tree: id("b"), parents: [id("4")], author: "Ben", subject: "Change it" },
      { id: id("4"), tree: id("c"), parents: [], author: "Ada", subject: "Start" },
    ]);
  });

  test("a commit may have neither author nor subject", () => {
    expect(parseHistory(record(id("1"), id("a"), "", "", ""))?.[0]).toMatchObject({
      author: "",
      subject: "",
    });
  });

  test("probe: what hides in names and subjects becomes visible, and long ones are cut", () => {
    const [commit] =
      parseHistory(record(id("1"), id("a"), "", "Ada\u202E", `x\x1B[2J${"y".repeat(2000)}`)) ?? [];
    expect(commit?.author).toBe("Ada‹U+202E›");
    expect(commit?.subject).toMatch(/^x‹ESC›\[2Jy+$/);
    expect(commit?.subject.length).toBe(500);
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["a field too few", record(id("1"), id("a"), "", "Ada")],
    ["no end", Buffer.from([id("1"), id("a"), "", "Ada", "x"].join("\0"))],
    ["a short commit id", record("abc", id("a"), "", "Ada", "x")],
    ["a tree that is an option", record(id("1"), "--output=/etc/passwd", "", "Ada", "x")],
    ["a parent that is none", record(id("1"), id("a"), "HEAD~1", "Ada", "x")],
  ])("probe: %s is not taken", (_, bytes) => {
    expect(parseHistory(bytes)).toBeNull();
  });
});
