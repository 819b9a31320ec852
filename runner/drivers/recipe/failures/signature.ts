// The root-cause signature of a failure: what was thrown, in words without its data, and where in the repository.

import type { Failure } from "#lib/test-reports/report.ts";
import { fileOf } from "#lib/test-reports/test-ids.ts";
import { TREE_ROOT } from "#runner/harness/git/trees.ts";

const LENGTH = 500;

export function signatureOf(test: string, failure: Failure | null): string {
  if (!failure) return `failure in ${fileOf(test)}`.slice(0, LENGTH);
  const type = errorTypeOf(failure);
  // An assertion is thrown where the test looks, not where the cause is: its values and its line say little.
  const isAssertion = /assert/i.test(type) || /^(assert\b|expected\b)/i.test(failure.message);
  const words = wordsOf(failure.message, isAssertion);
  const frame = frameOf(failure.detail);
  const place =
    isAssertion || !frame
      ? (frame?.file ?? fileOf(test))
      : [frame.file, frame.name].filter(Boolean).join(" ");
  return `${type}: ${words} — ${place}`.slice(0, LENGTH).toWellFormed();
}

/** "TypeError", "AssertionError", …; "failure" when nothing names a class. */
export function errorTypeOf({ type, message, detail }: Failure): string {
  const node = /\bcause: ([A-Z]\w{0,80})(?: \[\w+\])?:/.exec(detail)?.[1];
  if (node) return node;
  if (/(Error|Exception)$/.test(type)) return type.slice(0, 80);
  const pytest = [...detail.matchAll(/^\S{1,300}:\d{1,7}: ([A-Z]\w{0,80})$/gm)].at(-1)?.[1];
  if (pytest) return pytest;
  const named = /\b([A-Z]\w{0,80}(?:Error|Exception))\b/;
  return named.exec(message)?.[1] ?? named.exec(detail)?.[1] ?? "failure";
}

/** The first line of a message with its data taken out. */
export function wordsOf(message: string, isAssertion: boolean): string {
  const [first = ""] = message.trim().split("\n");
  const line = first.slice(0, 1000).replace(/^[A-Z]\w{0,80}(?:Error|Exception): /, "");
  const words = line
    .replaceAll(`file://${TREE_ROOT}/`, "")
    .replaceAll(`${TREE_ROOT}/`, "")
    .replace(/(["'`])((?:(?!\1).){0,200})\1/g, (_, quote: string, inner: string) =>
      // A property name in an error is part of the cause, a value in an assertion is not.
      !isAssertion && /^[A-Za-z_$][\w$]{0,40}$/.test(inner) ? `${quote}${inner}${quote}` : "…",
    )
    .replace(/\b(?:0x)?[\da-f]{8,}\b/gi, "…")
    .replace(/[-+]?\d[\d.,:_]*/g, "…")
    .replace(isAssertion ? /\b(?:null|undefined|true|false|NaN|None|True|False)\b/g : /(?!)/, "…")
    .replace(/(?:…\W{0,3})+…/g, "…")
    .replace(/\s+/g, " ")
    .trim();
  return words === "" ? "(no message)" : words.slice(0, 200);
}

interface Frame {
  readonly file: string;
  /** The function, where the stack names one worth naming. */
  readonly name: string;
}

const ROOT = TREE_ROOT.replaceAll("/", "\\/");
const NODE_FRAME = new RegExp(
  `^\\s*at (?:(?:async )?(.{1,200}?) \\()?(?:file:\\/\\/)?${ROOT}\\/(.{1,400}?):\\d+(?::\\d+)?\\)?`,
);
const VITEST_FRAME = /^\s*❯ (?:(\S{1,200}) )?(\S{1,400}?):\d+:\d+$/;
const PYTEST_FRAME = /^(\S{1,400}?\.py):\d+: /;

/** The topmost stack frame inside the repository, third-party code left out. */
export function frameOf(detail: string): Frame | null {
  const lines = detail.split("\n").slice(0, 400);
  for (const pattern of [NODE_FRAME, VITEST_FRAME]) {
    for (const text of lines) {
      const [, name = "", file = ""] = pattern.exec(text) ?? [];
      if (file !== "" && !isForeign(file)) return { file, name: functionName(name) };
    }
  }
  // pytest prints the innermost frame last.
  const last = lines.findLast((text) => PYTEST_FRAME.test(text) && !isForeign(text));
  const file = last && PYTEST_FRAME.exec(last)?.[1];
  return file ? { file, name: "" } : null;
}

const isForeign = (file: string) =>
  /(^|\/)(node_modules|site-packages)\//.test(file) || file.startsWith("node:") || file.startsWith("/");

function functionName(raw: string): string {
  if (/<anonymous>|^(TestContext|SuiteContext)\b/.test(raw)) return "";
  return raw.replace(/^(Object|Module)\./, "").slice(0, 100);
}
