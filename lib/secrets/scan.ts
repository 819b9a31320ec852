// secretlint over one window of text: in this process, no network, no file, no configuration of the text's choice.
import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import { PATTERNS } from "./patterns.ts";
import type { Place } from "./rules.ts";

// It keeps a mark per rule and call for as long as the process lives.
secretLintProfiler.setEnabled(false);

const PREFIX = "@secretlint/secretlint-rule-";
/** Obeys comments in the text that say what not to look at: the text is not trusted. */
const OBEYS_THE_TEXT = `${PREFIX}filter-comments`;

const config = {
  rules: rules
    .filter(({ meta }) => meta.id !== OBEYS_THE_TEXT)
    .map((rule) => ({
      ...{ id: rule.meta.id, rule },
      options: rule.meta.id === `${PREFIX}aws` ? { enableIDScanRule: true } : {},
      allowMessageIds: ["AWSAccountID"], // known to everybody who was ever given access to anything in it
    })),
};

/** The `npm` rule looks for `_authToken=` in files of this name only; a run prints them anywhere. */
const FILE = "text.npmrc";

/** A value that runs on to the end of its line ends before what cannot be part of a token. */
const TOKEN_END = /[\s"'`;,()<>\\]/;
const RUNS_ON = new Set([`${PREFIX}npm`]);
/** An address with a password goes on to the next blank; what closes a string around it, and what comes then, is no part of it. */
const ADDRESSES = new Set([`${PREFIX}database-connection-string`]);
const ADDRESS_END = /["'`<>\\]/;
const BYTE_ORDER_MARK = "\uFEFF";
/** A label such as `aws_secret_access_key = ` stands between the reported place and its value. */
const LABEL = 128;

/** The password stands before the `@`, and may hold any of these marks. */
function lengthOf(ruleId: string, value: string): number {
  const from = ADDRESSES.has(ruleId) ? value.indexOf("@") + 1 : 0;
  const ends = ADDRESSES.has(ruleId) ? ADDRESS_END : RUNS_ON.has(ruleId) ? TOKEN_END : null;
  const cut = ends === null ? -1 : value.slice(from).search(ends);
  return cut === -1 ? value.length : from + cut;
}

/**
 * Secrets in a text of at most some ten thousand characters. Two of secretlint's rules report a range that begins
 * at the label and has the length of the value (13.0.7, `npm` and `aws`), so the value itself is looked up.
 */
export async function scan(content: string): Promise<Place[]> {
  const text = content.startsWith(BYTE_ORDER_MARK) ? ` ${content.slice(1)}` : content;
  const source = { content: text, filePath: FILE, ext: "", contentType: "text" as const };
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
  const places = messages.flatMap(({ range: [start, end], ruleId, data }) => {
    const rule = ruleId.replace(PREFIX, "");
    const values = Object.values<unknown>(data ?? {}).filter(
      (value): value is string => typeof value === "string" && value !== "",
    );
    const exact = values.flatMap((value) => {
      const at = text.indexOf(value, start);
      if (at === -1 || at > end + LABEL) return [];
      return [{ start: at, end: at + lengthOf(ruleId, value), rule }];
    });
    if (exact.length > 0) return exact;
    return [{ start, end: start + lengthOf(ruleId, text.slice(start, end)), rule }];
  });
  for (const { rule, pattern } of PATTERNS) {
    for (const { indices } of text.matchAll(pattern)) {
      const [start, end] = indices?.[1] ?? indices?.[0] ?? [0, 0];
      places.push({ start, end, rule });
    }
  }
  return places;
}
