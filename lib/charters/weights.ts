// Which way a change of a charter's field goes. What cannot be weighed counts as looser, so that nobody's second look is
// spared by it.
import type { CharterField } from "../pilots/form.ts";
import { OutboundRule } from "../pilots/schema.ts";
import type { Direction } from "./schema.ts";

/** Of two different values of one field. */
type Weight = (before: unknown, after: unknown) => Direction;

const looserIf = (isLooser: boolean): Direction => (isLooser ? "looser" : "tighter");

const always: Weight = () => "looser";
const more: Weight = (before, after) => looserIf(Number(after) > Number(before));
const less: Weight = (before, after) => looserIf(Number(after) < Number(before));
/** Days as `2030-12-31`. */
const later: Weight = (before, after) => looserIf(String(after) > String(before));
const off: Weight = (_before, after) => looserIf(after === false);

/** A number where 0 means never, which is the loosest. */
const neverOrMore: Weight = (before, after) => {
  const often = (value: unknown) => (Number(value) === 0 ? Number.POSITIVE_INFINITY : Number(value));
  return looserIf(often(after) > often(before));
};

/** Words from the tightest to the loosest. */
const ordered =
  (words: readonly string[]): Weight =>
  (before, after) =>
    looserIf(words.indexOf(String(after)) > words.indexOf(String(before)));

const items = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const lacks = (list: readonly string[], of: readonly string[]) => of.some((item) => !list.includes(item));

const added: Weight = (before, after) => looserIf(lacks(items(before), items(after)));
const removed: Weight = (before, after) => looserIf(lacks(items(after), items(before)));

/** Whether everything that the path matches is matched by one of the others, as far as their spelling shows it. */
const isCovered = (path: string, by: readonly string[]): boolean =>
  by.some(
    (other) =>
      other === path ||
      other === "**" ||
      (other.endsWith("/**") && path.startsWith(other.slice(0, -"**".length))),
  );

const widened: Weight = (before, after) =>
  looserIf(items(after).some((path) => !isCovered(path, items(before))));
const narrowed: Weight = (before, after) =>
  looserIf(items(before).some((path) => !isCovered(path, items(after))));

const WEIGHTS: Readonly<Record<CharterField, Weight>> = {
  "goal.statement": always,
  "goal.kind": always,
  "scope.repositoryId": always,
  "scope.branch": always,
  "scope.allowedPaths": widened,
  "scope.protectedPaths": narrowed,
  "environment.testArgv": always,
  "environment.reportPath": always,
  // Of a path of the product, the base's tests would run on the base's own code and see nothing of the patch.
  "environment.harnessPaths": always,
  "environment.repeats": less,
  "environment.minimumTier": ordered(["strong", "weak"]),
  "environment.memoryMb": more,
  "environment.diskMb": more,
  "environment.cpus": more,
  "environment.processes": more,
  "environment.setupArgv": always,
  "environment.setupHosts": added,
  "environment.setupPaths": added,
  "environment.setupScripts": ordered(["off", "on"]),
  "controls.approverCount": less,
  "controls.approverRoles": added,
  "controls.approvalHours": more,
  "controls.maxRunMinutes": more,
  "controls.maxAttempts": more,
  "controls.maxConcurrentRuns": more,
  "controls.extraApproverOnFlags": off,
  "controls.budgetRunCents": more,
  "controls.budgetDayCents": more,
  "controls.budgetPilotCents": more,
  "controls.outboundSecret": ordered(OutboundRule.options),
  "controls.outboundCardNumber": ordered(OutboundRule.options),
  "controls.outboundEmail": ordered(OutboundRule.options),
  "controls.outboundIban": ordered(OutboundRule.options),
  "controls.outboundOwn": ordered(OutboundRule.options),
  "controls.ownPatterns": removed,
  "controls.askMode": ordered(["unlisted", "never"]),
  "controls.allowedCommands": added,
  "controls.deniedCommands": removed,
  "controls.unattended": always,
  "controls.askMinutes": more,
  "controls.driftPause": neverOrMore,
  "controls.anchorTurns": neverOrMore,
  "controls.anchorMinutes": neverOrMore,
  "controls.anchorTokens": neverOrMore,
  "kpis.throughputPerWeek": less,
  "kpis.agentLeadTimeHours": more,
  "kpis.reviewToMergeHours": more,
  "kpis.minimumSample": less,
  "rollback.pauseAfterFailedRuns": more,
  "rollback.maxRuns": more,
  "rollback.endsOn": later,
};

/** Of two values that differ. */
export const directionOf = (field: CharterField, before: unknown, after: unknown): Direction =>
  WEIGHTS[field](before, after);
