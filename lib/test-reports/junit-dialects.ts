// Where each framework puts the file, the suite and the name of a test.
import type { Failure, Outcome } from "./report.ts";

export interface RawCase {
  readonly name: string;
  readonly classname: string;
  readonly file: string | null;
  /** Names of the enclosing testsuite elements, outermost first. */
  readonly suites: readonly string[];
  readonly outcome: Outcome;
  readonly failure: Failure | null;
}

/** `[file, suite…, name]`. */
export function testNames(test: RawCase, root: string): string[] {
  const file = test.file === null ? null : relative(test.file, root);
  const suite = test.suites.at(-1) ?? "";
  if (file !== null && test.classname === (test.suites.join(".") || "test")) return nodeNames(test, file);
  if (suite !== "" && test.classname === suite) return vitestNames(test, relative(suite, root));
  if (suite === "pytest") return pytestNames(test);
  return [file ?? suite, test.classname, test.name].filter(
    (part, index, all) => part !== "" && part !== all[index - 1],
  );
}

/** Node: bare cases or one testsuite per describe; a file that did not load is a case named after itself. */
function nodeNames({ name, suites }: RawCase, file: string): string[] {
  return name === file && suites.length === 0 ? [file] : [file, ...suites, name];
}

/** Vitest: one testsuite per file; describes are joined into the name; a file that did not load is named after itself. */
function vitestNames({ name }: RawCase, file: string): string[] {
  return name === file ? [file] : [file, ...name.split(" > ")];
}

/** pytest: one testsuite for all; `classname` is the module, then the classes. */
function pytestNames({ classname, name }: RawCase): string[] {
  if (classname === "") return [`${name.replaceAll(".", "/")}.py`];
  const parts = classname.split(".");
  const module = parts.findLastIndex((part) => part.startsWith("test_") || part.endsWith("_test"));
  if (module < 0) return [classname, name];
  return [`${parts.slice(0, module + 1).join("/")}.py`, ...parts.slice(module + 1), name];
}

function relative(file: string, root: string): string {
  const path = file.startsWith("file://") ? file.slice("file://".length) : file;
  const prefix = root.endsWith("/") ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
