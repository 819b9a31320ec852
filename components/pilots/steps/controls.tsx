import { ROLE_NAMES } from "#lib/authz/schema.ts";
import { ApproverRole } from "#lib/pilots/schema/controls.ts";
import { CheckField } from "../../form/choice.tsx";
import { Asking } from "./asking.tsx";
import { ChoicesField } from "./choices.tsx";
import { ChoiceField, Group, LinesField, NumberField, Part, type PartProps, textOf } from "./fields.tsx";
import { GateRules, type GateRulesProps } from "./gate-rules.tsx";
import { Launching, type LaunchingProps } from "./launching.tsx";
import { BreakingGlass, Canaries, ProtectedApprover, RequiredChecks } from "./protection.tsx";

const APPROVERS = ApproverRole.options.map((value) => ({ value, title: ROLE_NAMES[value] }));

const OUTBOUND = [
  { name: "controls.outboundSecret", label: "Keys, passwords" },
  { name: "controls.outboundCardNumber", label: "Card numbers" },
  { name: "controls.outboundEmail", label: "E-mail addresses" },
  { name: "controls.outboundIban", label: "Bank accounts" },
] as const;
const OUTBOUND_RULES = [
  { value: "block", title: "Block the request" },
  { value: "mask", title: "Mask them" },
  { value: "allow", title: "Let through" },
];

const STEP_UPS = [
  { value: "none", title: "No approval" },
  { value: "merge", title: "What merges or releases" },
  { value: "every_gate", title: "Every approval" },
];

export function Controls({ values, errors, agents, roles }: LaunchingProps & GateRulesProps) {
  const own = { values, errors };
  return (
    <Part id="controls" title="Controls" text="Who says yes, how long they have, and what one run may use.">
      <ChoicesField
        {...own}
        name="controls.approverRoles"
        label="Roles that may approve"
        options={APPROVERS}
      />
      <div className="r2">
        <NumberField
          {...own}
          name="controls.approverCount"
          label="How many different people"
          hint="Never who launched it."
        />
        <NumberField
          {...own}
          name="controls.approvalHours"
          label="They have"
          unit="hours"
          hint="After that it counts as denied."
        />
      </div>
      <CheckField
        name="controls.extraApproverOnFlags"
        value="on"
        label="One person more for flagged patches"
        hint="protected paths, tests, dependencies"
        defaultChecked={textOf(values, "controls.extraApproverOnFlags") === "on"}
      />
      <ChoiceField
        {...own}
        name="controls.stepUp"
        label="Signed with a passkey"
        hint="Whoever approves needs a passkey that somebody else confirmed."
        options={STEP_UPS}
      />
      <ProtectedApprover {...own} />
      <RequiredChecks {...own} />
      <Canaries {...own} />
      <BreakingGlass {...own} />
      <GateRules {...own} roles={roles} />
      <Group title="Limits of a run">
        <div className="r4">
          <NumberField {...own} name="controls.maxRunMinutes" label="Time per attempt" unit="min" />
          <NumberField {...own} name="controls.maxAttempts" label="Attempts per run" />
          <NumberField {...own} name="controls.maxConcurrentRuns" label="Runs at once" />
        </div>
        <div className="r4">
          <NumberField {...own} name="controls.budgetRunCents" label="Models, per run" unit="¢" />
          <NumberField {...own} name="controls.budgetDayCents" label="Models, per day" unit="¢" />
          <NumberField
            {...own}
            name="controls.budgetPilotCents"
            label="Models, in all"
            unit="¢"
            hint="US cents; 100 are a dollar."
          />
        </div>
      </Group>
      <Launching {...own} agents={agents} />
      <Asking {...own} />
      <Group title="Staying on course">
        <div className="r4">
          <NumberField
            {...own}
            name="controls.driftPause"
            label="Pause at drift"
            hint="Score from 1 to 100; 0 = never."
          />
          <NumberField
            {...own}
            name="controls.anchorTurns"
            label="Re-anchor after"
            unit="turns"
            hint="A turn is one answer of the model. 0 = not for that."
          />
          <NumberField {...own} name="controls.anchorMinutes" label="Or a time of" unit="min" />
          <NumberField {...own} name="controls.anchorTokens" label="Or so many" unit="tokens" />
        </div>
      </Group>
      <Outbound {...own} />
    </Part>
  );
}

/** What does not leave in a request to a model. */
function Outbound(own: PartProps) {
  return (
    <Group
      title="What leaves for a model"
      hint="What is found in a request is blocked, masked or let through."
    >
      <div className="r2">
        {OUTBOUND.map(({ name, label }) => (
          <ChoiceField {...own} key={name} name={name} label={label} options={OUTBOUND_RULES} />
        ))}
        <LinesField
          {...own}
          name="controls.ownPatterns"
          label="Patterns of its own"
          hint="One a line: Project-Falcon, CUST-[0-9]{6}. Text as it stands, [A-Z], . for any character, \d a digit, ?, {6}, {2,8}, \b the border of a word. Four characters at least."
          rows={4}
        />
        <ChoiceField {...own} name="controls.outboundOwn" label="What they find" options={OUTBOUND_RULES} />
      </div>
    </Group>
  );
}
