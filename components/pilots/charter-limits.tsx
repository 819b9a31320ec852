import { ROLE_NAMES } from "#lib/authz/schema.ts";
import { ApproverRole } from "#lib/pilots/schema.ts";
import { CheckField } from "../form/choice.tsx";
import { errorsOf } from "../form/state.ts";
import { Asking } from "./charter-asking.tsx";
import {
  ChoiceField,
  CodeField,
  LinesField,
  NumberField,
  Part,
  type PartProps,
  textOf,
} from "./charter-parts.tsx";
import { Setup } from "./charter-setup.tsx";

export function Environment(own: PartProps) {
  return (
    <Part
      id="environment"
      title="Environment"
      text="How the harness tests, and what a sandbox gets. There is no network in it, but for setup."
    >
      <CodeField
        {...own}
        name="environment.testArgv"
        label="Test command"
        hint="Words with spaces in quotes. It goes through no shell."
      />
      <div className="r2">
        <CodeField
          {...own}
          name="environment.reportPath"
          label="Report it writes"
          hint="JUnit XML, relative to the repository."
        />
        <NumberField
          {...own}
          name="environment.repeats"
          label="Runs of each tree"
          hint="More of them find flakier tests."
        />
      </div>
      <LinesField
        {...own}
        name="environment.harnessPaths"
        label="Harness paths"
        hint="Tests and their settings: taken from the base whenever a patch is judged. One a line."
        rows={5}
      />
      <div className="r4">
        <NumberField {...own} name="environment.memoryMb" label="Memory" unit="MB" />
        <NumberField {...own} name="environment.diskMb" label="Files" unit="MB" hint="Part of the memory." />
        <NumberField {...own} name="environment.cpus" label="Cores" />
        <NumberField {...own} name="environment.processes" label="Processes" />
      </div>
      <ChoiceField
        {...own}
        name="environment.minimumTier"
        label="Sandbox"
        hint="Strong has memory, process and CPU limits and a system call filter. Weak lacks one of them."
        options={[
          { value: "strong", title: "Strong only" },
          { value: "weak", title: "Weak is enough" },
        ]}
      />
      <Setup {...own} />
    </Part>
  );
}

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

export function Controls({ values, errors }: PartProps) {
  const own = { values, errors };
  const chosen = values["controls.approverRoles"] ?? [];
  const wrong = errorsOf(errors, "controls.approverRoles");
  return (
    <Part id="controls" title="Controls" text="Who says yes, how long they have, and what one run may use.">
      <fieldset className="grid gap-2">
        <legend className="label mb-1.5">Roles that may approve</legend>
        <div className="row flex-wrap gap-4">
          {ApproverRole.options.map((role) => (
            <CheckField
              key={role}
              name="controls.approverRoles"
              value={role}
              label={ROLE_NAMES[role]}
              defaultChecked={chosen.includes(role)}
            />
          ))}
        </div>
        {wrong.length > 0 ? (
          <p className="err" role="alert">
            {wrong.join(" ")}
          </p>
        ) : null}
      </fieldset>
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
      <Asking {...own} />
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
      <div className="r4">
        {OUTBOUND.map(({ name, label }) => (
          <ChoiceField
            {...own}
            key={name}
            name={name}
            label={label}
            hint="in a request to a model"
            options={OUTBOUND_RULES}
          />
        ))}
      </div>
      <div className="r2">
        <LinesField
          {...own}
          name="controls.ownPatterns"
          label="Patterns of its own"
          hint="One a line: Project-Falcon, CUST-[0-9]{6}. Text as it stands, [A-Z], . for any character, \d a digit, ?, {6}, {2,8}, \b the border of a word. Four characters at least."
          rows={4}
        />
        <ChoiceField
          {...own}
          name="controls.outboundOwn"
          label="What they find"
          hint="in a request to a model"
          options={OUTBOUND_RULES}
        />
      </div>
    </Part>
  );
}
