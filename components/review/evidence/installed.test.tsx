import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Installed } from "./installed.tsx";

const left = (letter: string, entries: number) => ({
  ...{ key: "0".repeat(64), contents: letter.repeat(64), entries, bytes: 1 },
});

test("evidence says by digest what both trees were tested with", () => {
  const setup = { base: left("a", 12), patch: left("b", 13), changed: ["package.json"] };
  const page = renderToStaticMarkup(<Installed setup={setup} />);
  for (const text of ["12 files", "13 files", "aaaaaaaa", "bbbbbbbb", "for the patch:"])
    expect(page).toContain(text);
});

test("a patch that was set up from the base's manifests is said to be", () => {
  const page = renderToStaticMarkup(<Installed setup={{ base: left("a", 1), patch: null, changed: [] }} />);
  expect(page).toContain("the same for the patch");
});
