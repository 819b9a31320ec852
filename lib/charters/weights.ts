// Which way a change of a charter's field goes. What cannot be weighed counts as looser, so that nobody's second look is
// spared by it.
import { z } from "zod";
import { isAsHard } from "../kpis/metric-rules.ts";
import { isCovered } from "../pilots/contradictions.ts";
import type { CharterField } from "../pilots/form.ts";
import { OutboundRule } from "../pilots/schema/controls.ts";
import { GateRules, type OwnGateRule } from "../pilots/schema/gates.ts";
import { Metric } from "../pilots/schema/goal.ts";
import { Tripwire } from "../tripwires/schema.ts";
import { wireLine } from "../tripwires/wire-line.ts";
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

/** Times of day. */
const earlier: Weight = (before, after) => looserIf(String(after) < String(before));

const items = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const lacks = (list: readonly string[], of: readonly string[]) => of.some((item) => !list.includes(item));

const added: Weight = (before, after) => looserIf(lacks(items(before), items(after)));
const removed: Weight = (before, after) => looserIf(lacks(items(after), items(before)));

/** A list that names who may; an empty one means everybody. */
const fewer: Weight = (before, after) =>
  looserIf(items(after).length === 0 || (items(before).length > 0 && lacks(items(before), items(after))));

/** A tripwire that is gone, or written otherwise: which of two bounds comes first is not weighed. */
const unwired: Weight = (before, after) => looserIf(lacks(wires(after), wires(before)));
const wires = (value: unknown): readonly string[] => z.array(Tripwire).catch([]).parse(value).map(wireLine);

const TOOLS = ["deny", "ask", "allow"];

const widened: Weight = (before, after) =>
  looserIf(items(after).some((path) => !isCovered(path, items(before))));
const narrowed: Weight = (before, after) =>
  looserIf(items(before).some((path) => !isCovered(path, items(after))));

/** A metric that is gone, easier to reach, or held against something else. */
const eased: Weight = (before, after) => {
  const next = metrics(after);
  return looserIf(
    metrics(before).some((old) => {
      const now = next.find(({ kpi }) => kpi === old.kpi);
      return (
        !now ||
        now.baseline !== old.baseline ||
        now.source !== old.source ||
        !isAsHard(old.kpi, now.target, old.target)
      );
    }),
  );
};
const metrics = (value: unknown): readonly Metric[] => z.array(Metric).catch([]).parse(value);

/** Rules of single gates. One that comes or goes is held against the ordinary rule of its kind, which is of another shape. */
const gates: Weight = (before, after) => {
  const [old, next] = [GateRules.safeParse(before), GateRules.safeParse(after)];
  if (!old.success || !next.success) return "looser";
  const isSameGates = old.data.length === next.data.length;
  return looserIf(
    !isSameGates ||
      next.data.some((rule) => {
        const was = old.data.find(({ gate }) => gate === rule.gate);
        return was === undefined || isLooserRule(was, rule);
      }),
  );
};

function isLooserRule(was: OwnGateRule, is: OwnGateRule): boolean {
  // Hours of work are held against the days of work, in difference.ts; by themselves more of them are looser.
  const isLonger =
    was.clock === is.clock ? is.hours > was.hours : is.clock === "working" && is.hours >= was.hours;
  return (
    isLonger || is.needed < was.needed || is.denials > was.denials || lacks([...was.roles], [...is.roles])
  );
}

const WEIGHTS: Readonly<Record<CharterField, Weight>> = {
  "goal.statement": always,
  "goal.problem": always,
  "goal.kind": always,
  "goal.metrics": eased,
  "goal.runsPerWeek": always,
  "goal.baselineDays": less,
  "scope.repositoryId": always,
  "scope.branch": always,
  "scope.repositoryLabels": removed,
  "scope.forbiddenLabels": removed,
  "scope.kinds": added,
  "scope.allowedPaths": widened,
  "scope.protectedPaths": narrowed,
  "scope.protectedClasses": removed,
  "scope.forbiddenPaths": narrowed,
  "scope.licences": fewer,
  "scope.maxFiles": neverOrMore,
  "scope.maxChangedLines": neverOrMore,
  "environment.testArgv": always,
  "environment.reportPath": always,
  // Of a path of the product, the base's tests would run on the base's own code and see nothing of the patch.
  "environment.harnessPaths": always,
  "environment.repeats": less,
  "environment.setupMinutes": neverOrMore,
  "environment.agentMinutes": neverOrMore,
  "environment.verifyMinutes": neverOrMore,
  "environment.minimumTier": ordered(["strong", "weak"]),
  "environment.memoryMb": more,
  "environment.diskMb": more,
  "environment.cpus": more,
  "environment.processes": more,
  "environment.setupArgv": always,
  "environment.setupHosts": added,
  "environment.setupPaths": added,
  "environment.setupScripts": ordered(["off", "on"]),
  "environment.artefactPaths": added,
  "environment.artefactCount": more,
  "environment.artefactMb": more,
  "environment.artefactDays": more,
  "controls.launchers": fewer,
  "controls.breakGlass": added,
  "controls.agents": fewer,
  "controls.models": fewer,
  "controls.workDays": fewer,
  "controls.workFrom": earlier,
  "controls.workTo": later,
  "controls.approvalClock": ordered(["always", "working"]),
  "controls.approverCount": less,
  "controls.approverRoles": added,
  "controls.approvalHours": more,
  // Who is wanted beside the others also approves where nobody else named them, so a role that is named adds approvers.
  "controls.protectedApproverRole": always,
  "controls.requiredChecks": removed,
  "controls.canary": ordered(["always", "known", "never"]),
  "controls.gates": gates,
  "controls.maxRunMinutes": more,
  "controls.maxAttempts": more,
  "controls.maxConcurrentRuns": more,
  "controls.extraApproverOnFlags": off,
  "controls.stepUp": ordered(["every_gate", "merge", "none"]),
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
  "controls.toolRead": ordered(TOOLS),
  "controls.readGuardedPaths": narrowed,
  "controls.toolWrite": ordered(TOOLS),
  "controls.toolExecute": ordered(TOOLS),
  "controls.toolNetwork": ordered(TOOLS),
  "controls.allowedCommands": added,
  "controls.deniedCommands": removed,
  "controls.unattended": always,
  "controls.askMinutes": more,
  "controls.driftPause": neverOrMore,
  "controls.anchorTurns": neverOrMore,
  "controls.anchorMinutes": neverOrMore,
  "controls.anchorTokens": neverOrMore,
  "kpis.owners": always,
  "kpis.deputies": always,
  "kpis.cadence": ordered(["daily", "weekly", "fortnightly", "never"]),
  // Longer keeps more of what people said, shorter less of what proves it.
  "kpis.retentionDays": always,
  "kpis.minimumSample": less,
  "rollback.exitCriteria": removed,
  "rollback.pauseAfterFailedRuns": more,
  "rollback.onFailedRuns": ordered(["cancel", "stop", "pause", "warn"]),
  "rollback.tripwires": unwired,
  "rollback.maxRuns": more,
  "rollback.endsOn": later,
};

/** Of two values that differ. */
export const directionOf = (field: CharterField, before: unknown, after: unknown): Direction =>
  WEIGHTS[field](before, after);
