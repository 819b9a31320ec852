// What entries show by themselves: tokens and requests that were turned away, and what was masked on its way out.
import { isOwnKnock } from "../../controls/canary-rules.ts";
import { detailOf } from "../../record/rules.ts";
import type { Entry } from "../../record/schema.ts";
import { OUTBOUND_RULES, TOKEN_RULES } from "../catalog.ts";
import type { FindingRule, Sighting } from "../schema.ts";

export const WATCHED_KINDS = [
  "run.events_appended",
  "model.refused",
  "model.answered",
  "runner.refused",
] as const;

const MODEL_REFUSED: Readonly<Record<string, FindingRule>> = {
  token_unknown: TOKEN_RULES.token_unknown,
  token_of_another_runner: TOKEN_RULES.token_of_another_runner,
  lease_over: TOKEN_RULES.lease_over,
  run_not_working: TOKEN_RULES.run_not_working,
  pilot_not_active: TOKEN_RULES.run_not_working,
  stopped: TOKEN_RULES.run_not_working,
  signature: TOKEN_RULES.signature,
  runner_unknown: TOKEN_RULES.signature,
  wrong_model: OUTBOUND_RULES.wrong_model,
  not_allowed: OUTBOUND_RULES.not_allowed,
  outbound_policy: OUTBOUND_RULES.outbound_policy,
};
const RUNNER_REFUSED: Readonly<Record<string, FindingRule>> = {
  signature: TOKEN_RULES.signature,
  revoked: TOKEN_RULES.revoked,
};

export const subjectId = (entry: Pick<Entry, "about">, noun: string): string | null =>
  entry.about.find((subject) => subject.startsWith(`${noun}:`))?.slice(noun.length + 1) ?? null;

export function detectEntry(entry: Entry, at: number): Sighting[] {
  const runner = subjectId(entry, "runner") ?? "";
  const sighting = (rule: FindingRule, text: string, more: Partial<Sighting> = {}): Sighting => ({
    ...{ rule, subject: runner, at, evidence: { text, path: null, line: null }, ...more },
  });
  const refused = detailOf("model.refused", entry);
  if (refused && isOwnKnock(runner, refused.reason)) return [];
  if (refused) {
    const rule = MODEL_REFUSED[refused.reason];
    const by = runner === "" ? "" : ` Asked by ${runner}.`;
    const text = `The gateway turned a request away: ${refused.reason.replaceAll("_", " ")}.${by}`;
    const { attempt, unwritten } = refused;
    return rule ? [sighting(rule, text, { attempt, times: 1 + unwritten })] : [];
  }
  const answered = detailOf("model.answered", entry);
  const masked = answered?.flags.filter((flag) => flag.startsWith("masked_")) ?? [];
  if (answered && masked.length > 0) {
    const classes = masked.map((flag) => flag.slice("masked_".length).replaceAll("_", " ")).join(", ");
    const place = { attempt: answered.attempt, callId: answered.call };
    return [sighting(OUTBOUND_RULES.masked, `Masked before it was sent: ${classes}.`, place)];
  }
  const turned = detailOf("runner.refused", entry);
  const rule = turned?.reason ? RUNNER_REFUSED[turned.reason] : undefined;
  if (!turned || !rule || isOwnKnock(runner, turned.reason ?? "")) return [];
  const text = `A request was turned away (${turned.reason}) that came from ${turned.address || "nowhere known"}.`;
  return [sighting(rule, text, { subject: runner || turned.address, times: 1 + turned.unwritten })];
}
