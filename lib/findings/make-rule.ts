import type { FindingRule, FindingSource, Severity } from "./schema.ts";

export const rule = (
  id: string,
  source: FindingSource,
  severity: Severity,
  [title, why]: readonly [string, string],
  [attack, atlas]: readonly [string | null, string | null],
): FindingRule => ({ id, source, severity, title, why, attack, atlas });
