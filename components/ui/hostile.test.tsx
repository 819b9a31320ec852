import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { TestList } from "../run/test-list.tsx";
import { CopyId } from "./copy-id.tsx";
import { OutputBlock } from "./output-block.tsx";
import { Code, Visible } from "./visible.tsx";

const SCRIPT = '<img src=x onerror="alert(1)"><script>alert(1)</script>';

describe("text from outside on a page", () => {
  test.each([
    ["a line", <Visible key="v" text={SCRIPT} />],
    ["code", <Code key="c" text={SCRIPT} />],
    ["output", <OutputBlock key="o" text={SCRIPT} />],
    ["a test's name", <TestList key="t" tests={[SCRIPT]} />],
    ["an id", <CopyId key="i" id={SCRIPT} what="run id" shown={SCRIPT} />],
  ])("probe: markup in %s is text", (_where, element) => {
    const html = renderToStaticMarkup(element);
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain("&lt;script&gt;");
  });

  test("probe: an override is a mark with its code point, and the rest keeps its order", () => {
    expect(renderToStaticMarkup(<Visible text={"a\u202Eb"} />)).toBe(
      'a<span class="mark need mono" title="A character that would not be seen">‹U+202E›</span>b',
    );
  });

  test("probe: escape sequences of a test runner colour nothing and move nothing", () => {
    const html = renderToStaticMarkup(
      <OutputBlock text={"\x1B[31mFAIL\x1B[0m \x1B]8;;https://evil.example\x07click\x1B]8;;\x07"} />,
    );
    expect(html).toContain("FAIL ");
    expect(html).not.toContain("href");
    expect(html).not.toContain("\x1B");
    expect(html).toContain("‹ESC›");
  });
});

describe("output", () => {
  const lines = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");

  test("shows its last lines and how many are above", () => {
    const html = renderToStaticMarkup(<OutputBlock text={lines} />);
    expect(html).toContain("Show 28 more lines");
    expect(html).toContain("line 39");
    expect(html).not.toContain("line 27\n");
  });

  test("says what was not kept", () => {
    expect(renderToStaticMarkup(<OutputBlock text="x" dropped={40_000} />)).toContain(
      "40,000 bytes of output were not kept.",
    );
    expect(renderToStaticMarkup(<OutputBlock text="x" />)).not.toContain("not kept");
  });

  test("can be reached and scrolled by the keyboard", () => {
    expect(renderToStaticMarkup(<OutputBlock text="x" />)).toMatch(
      /<section[^>]*aria-label="Output"[^>]*tabindex="0"/,
    );
  });
});
