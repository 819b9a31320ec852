// Packages of a patch that the operator's list of indicators names. A list that cannot be read is said: nobody takes a patch
// for one that was held against it.
import { open } from "node:fs/promises";
import type { DependencyNote, PackageChange } from "#lib/dependencies/schema.ts";
import { indicatedAmong, readIndicators } from "#lib/indicators/rules.ts";
import type { IndicatorList } from "#lib/indicators/schema.ts";
import { visibleText } from "#lib/text/rules.ts";
import { writtenName } from "./inside/packages/written-name.ts";

/** Of a STIX 2.1 bundle; larger ones are not read. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_TOLD = 50;

const shown = (text: string): string => visibleText(text, "line").slice(0, 300).toWellFormed();

/** A sentence where there is no list. */
async function listIn(file: string, now: number): Promise<IndicatorList | string> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      if (size > MOST_BYTES) return `the list of indicators has more than ${MOST_BYTES} bytes`;
      const text = await handle.readFile("utf8");
      return readIndicators(JSON.parse(text), now) ?? "the list of indicators is no STIX 2.1 bundle";
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof SyntaxError) return "the list of indicators is no JSON";
    if (error instanceof Error && "code" in error)
      return `the list of indicators cannot be read (${error.code})`;
    throw error;
  }
}

/** `file` null: the operator has no list. */
export async function indicatedPackages(
  file: string | null,
  packages: readonly PackageChange[],
  now: number,
): Promise<DependencyNote[]> {
  const come = packages.filter(({ after }) => after !== null);
  if (file === null || come.length === 0) return [];
  const list = await listIn(file, now);
  const unread = (after: string): DependencyNote => ({
    ...{ rule: "indicators_unread", path: come[0]?.path ?? "", name: null, before: null, after },
  });
  if (typeof list === "string") return [unread(list)];
  const named = indicatedAmong(come, list.indicated, writtenName)
    .slice(0, MOST_TOLD)
    .map(
      ({ package: { path, name }, by }): DependencyNote => ({
        ...{ rule: "indicated", path, name, before: by.indicator },
        after: by.link === null ? null : shown(by.link),
      }),
    );
  const several = list.unread === 1 ? "1 indicator is" : `${list.unread} indicators are`;
  return list.unread === 0 ? named : [...named, unread(`${several} not understood`)];
}
