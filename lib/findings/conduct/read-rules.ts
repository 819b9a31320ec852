// Rules are data: read here, and refused as a whole where one is not well formed.
import type { FindingRule, FindingSource, Severity } from "../schema.ts";

export interface PatternRule extends FindingRule {
  readonly pattern: RegExp;
}

const HEAD =
  /^(?<id>[a-z][a-z0-9_]{2,39}) (?<severity>low|medium|high|critical) (?<attack>T\d{4}(?:\.\d{3})?|null) (?<atlas>AML\.T\d{4}(?:\.\d{3})?|null) \| (?<title>[^|]{5,90}) \| (?<why>[^|]{5,200}\.)$/;
const PATTERN = /^ {2}\/(?<source>.{5,900})\/(?<flags>[iu]{0,2})$/;

const orNull = (text: string | undefined): string | null =>
  text === undefined || text === "null" ? null : text;

/** Throws where a line is neither a rule nor a pattern. */
export function readRules(source: FindingSource, text: string): PatternRule[] {
  const lines = text.split("\n").filter((line) => line !== "");
  const rules: PatternRule[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    const head = HEAD.exec(lines[at] ?? "")?.groups;
    const pattern = PATTERN.exec(lines[at + 1] ?? "")?.groups;
    if (!head || !pattern) throw new Error(`The rule at line ${at + 1} is not well formed: ${lines[at]}`);
    const { id = "", severity, attack, atlas, title = "", why = "" } = head;
    rules.push({
      ...{ id, source, severity: severity as Severity, title, why },
      ...{ attack: orNull(attack), atlas: orNull(atlas) },
      pattern: new RegExp(pattern.source ?? "", pattern.flags),
    });
  }
  return rules;
}
