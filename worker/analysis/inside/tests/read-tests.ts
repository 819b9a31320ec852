// One side of a changed test file, in whichever language.

import type { Side } from "../request.ts";
import { textOf, Unreadable } from "../trees/bounds.ts";
import { type Grammar, parse, type Syntax } from "../trees/parse.ts";
import { readGo } from "./go.ts";
import { readJava } from "./java.ts";
import { readJavascript } from "./javascript.ts";
import { NO_TESTS, type Remark, type TestCase, type TestFile } from "./model.ts";
import { readPython } from "./python.ts";

type Reader = (root: Syntax) => { cases: TestCase[]; remarks: Remark[] };

const READERS: Readonly<Partial<Record<Grammar, Reader>>> = {
  javascript: readJavascript,
  typescript: readJavascript,
  tsx: readJavascript,
  python: readPython,
  go: readGo,
  java: readJava,
};

export const isRead = (grammar: Grammar): boolean => READERS[grammar] !== undefined;

export async function readTests(grammar: Grammar, side: Side): Promise<TestFile> {
  if (side === null) return NO_TESTS;
  if (side === "large") throw new Unreadable("it is too large to be looked into");
  const { root, hasErrors } = await parse(grammar, textOf(side));
  const read = READERS[grammar];
  if (!read) throw new Unreadable("its language is not read");
  return { ...read(root), hasErrors };
}
