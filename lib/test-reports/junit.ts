// Reads JUnit XML as Node's runner, Vitest, Jest, pytest and JUnit write it, and the events of go test -json. A report is hostile:
// the code under test can write anything there, so size, depth and entities are bounded and nothing but plain text comes out.
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { messageOf, refused } from "#lib/errors.ts";
import { visibleText } from "#lib/text/rules.ts";
import { isGoReport, readGoReport } from "./go-json.ts";
import { type RawCase, testNames } from "./junit-dialects.ts";
import type { Report, TestCase } from "./report.ts";
import { uniqueIds } from "./test-ids.ts";

export const REPORT_BYTES = 20 * 1024 * 1024;
/** As many as an observation may hold. */
export const REPORT_TESTS = 20_000;
const NESTING = 64;
const MESSAGE_LENGTH = 2000;
const DETAIL_LENGTH = 8000;

type Attributes = Readonly<Record<string, string>>;
interface Element {
  readonly "@"?: Attributes;
  readonly "#text"?: unknown;
  readonly "#cdata"?: unknown;
  readonly [child: string]: unknown;
}

const LISTS = new Set(["testsuites", "testsuite", "testcase", "failure", "error", "skipped"]);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  attributesGroupName: "@",
  cdataPropName: "#cdata",
  parseTagValue: false,
  trimValues: false,
  // We decode the five predefined entities and character references ourselves: nothing a report defines expands.
  processEntities: false,
  maxNestedTags: NESTING,
  isArray: (name, _path, _leaf, isAttribute) => !isAttribute && LISTS.has(name),
});

/** Throws a sentence when the bytes are no report. `root` is the tree the tests ran in; file names become relative to it. */
export function readReport(bytes: Uint8Array, root: string): Report {
  if (bytes.byteLength > REPORT_BYTES)
    throw refused(`The test report is larger than ${REPORT_BYTES / 1024 / 1024} MB.`);
  const text = new TextDecoder().decode(bytes);
  const { cases: raw, failingSuites } = isGoReport(text) ? goCases(text) : collect(parse(text), []);
  if (raw.length === 0) throw refused("The test report names no test.");
  if (raw.length > REPORT_TESTS) throw refused(`The test report names more than ${REPORT_TESTS} tests.`);
  refuseHiddenFailures(text, raw, failingSuites);

  const ids = uniqueIds(raw.map((testCase) => testNames(testCase, root)));
  return { cases: raw.map((testCase, index) => ({ id: ids[index] ?? "", ...result(testCase) })) };
}

function goCases(text: string): { cases: RawCase[]; failingSuites: number } {
  const cases = readGoReport(text);
  if (cases === null) throw refused("The test report is not readable: a line is no event of go test -json.");
  return { cases, failingSuites: 0 };
}

/** The document, with its one root still inside. */
function parse(text: string): Element {
  try {
    const document = parser.parse(text) as Element;
    const valid = XMLValidator.validate(text);
    if (valid !== true) throw new Error(valid.err.msg.slice(0, 200));
    const roots = [...elements(document, "testsuites"), ...elements(document, "testsuite")];
    if (roots.length !== 1) throw new Error("it has no single root element testsuites or testsuite");
    return document.testsuites ? (roots[0] as Element) : document;
  } catch (error) {
    throw refused(`The test report is not readable JUnit XML: ${visibleText(messageOf(error), "line")}.`);
  }
}

function elements(parent: Element, name: string): readonly Element[] {
  const found = parent[name];
  if (!Array.isArray(found)) return [];
  return found.map((child) =>
    typeof child === "object" && child !== null ? (child as Element) : { "#text": child },
  );
}

function attributesOf(element: Element): Attributes {
  const decoded: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(element["@"] ?? {})) decoded[name] = decode(String(value));
  return decoded;
}

function collect(suite: Element, path: readonly string[]): { cases: RawCase[]; failingSuites: number } {
  const cases = elements(suite, "testcase").map((child) => rawCase(child, path));
  let failingSuites = 0;
  for (const child of elements(suite, "testsuite")) {
    const below = collect(child, [...path, attributesOf(child).name ?? ""]);
    if (below.cases.some(({ outcome }) => outcome === "failed")) failingSuites += 1;
    failingSuites += below.failingSuites;
    for (const testCase of below.cases) cases.push(testCase);
  }
  return { cases, failingSuites };
}

function rawCase(element: Element, suites: readonly string[]): RawCase {
  const { name = "", classname = "", file } = attributesOf(element);
  const trouble = [...elements(element, "failure"), ...elements(element, "error")][0];
  const skipped = elements(element, "skipped")[0];
  // A todo that fails is reported by Node as skipped and failed at once, and does not fail the command.
  const isTodo = skipped !== undefined && attributesOf(skipped).type === "todo";
  const common = { name, classname, file: file ?? null, suites };
  if (trouble && !isTodo) {
    const { type = "", message = "" } = attributesOf(trouble);
    const detail = `${decode(textOf(trouble["#text"]))}${textOf(trouble["#cdata"])}`;
    return { ...common, outcome: "failed", failure: { type, message, detail } };
  }
  return { ...common, outcome: skipped ? "skipped" : "passed", failure: null };
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "";

function result({ outcome, failure }: RawCase): Pick<TestCase, "outcome" | "failure"> {
  if (!failure) return { outcome, failure: null };
  const text = (raw: string, max: number) => visibleText(raw.slice(0, max)).slice(0, max).toWellFormed();
  const detail = text(failure.detail, DETAIL_LENGTH);
  return {
    outcome,
    failure: {
      type: visibleText(failure.type, "line").slice(0, 200),
      message: text(failure.message || (detail.trim().split("\n")[0] ?? ""), MESSAGE_LENGTH),
      detail,
    },
  };
}

/**
 * Node leaves a test out that has subtests and fails after them; only the count in its closing comments tells.
 * A failing parent of failing children is counted as well, so the suites that failed are allowed for.
 */
function refuseHiddenFailures(text: string, cases: readonly RawCase[], failingSuites: number): void {
  const counted = /<!-- fail (\d+) -->(?:\s*<!-- \w+ [\d.]+ -->)*\s*<\/testsuites>\s*$/.exec(
    text.slice(-2000),
  )?.[1];
  if (counted === undefined) return;
  const failures = cases.filter(
    ({ outcome, failure }) => outcome === "failed" && failure?.type !== "cancelledByParent",
  );
  const hidden = Number(counted) - failures.length - failingSuites;
  if (hidden > 0) throw refused("The test report counts more failed tests than it names.");
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decode(text: string): string {
  if (!text.includes("&")) return text;
  // Node escapes a quotation mark in an attribute twice.
  return text
    .replaceAll("&amp;quot;", "&quot;")
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, ...groups) => {
      const [decimal, hex, name] = groups as (string | undefined)[];
      if (name) return NAMED[name] ?? whole;
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? "", 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
    });
}
