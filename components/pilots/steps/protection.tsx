import { ROLE_NAMES } from "#lib/authz/schema.ts";
import { ApproverRole, LauncherRole } from "#lib/pilots/schema/controls.ts";
import { ProtectedClass } from "#lib/pilots/schema/scope.ts";
import type { CanaryRule } from "#lib/protocol/checks.ts";
import { CLASS_NAMES } from "../limit-words.ts";
import { ChoicesField } from "./choices.tsx";
import { ChoiceField, LinesField, NumberField, type PartProps } from "./fields.tsx";

/** Kinds of files that one person more looks at. */
export function ProtectedClasses(own: PartProps) {
  return (
    <ChoicesField
      {...own}
      name="scope.protectedClasses"
      label="Protected kinds of files"
      hint="A patch that touches one needs one approver more, whatever else is chosen."
      options={ProtectedClass.options.map((one) => ({ value: one, title: CLASS_NAMES[one] }))}
    />
  );
}

export function ProtectedApprover(own: PartProps) {
  return (
    <ChoiceField
      {...own}
      name="controls.protectedApproverRole"
      label="One approver of protected files"
      hint="Among those who approve a patch that touches protected paths or kinds of files."
      options={[
        { value: "any", title: "Any role that may approve" },
        ...ApproverRole.options.map((role) => ({ value: role, title: `Holds ${ROLE_NAMES[role]}` })),
      ]}
    />
  );
}

/** Whose word a merge waits for, besides ours. */
export function RequiredChecks(own: PartProps) {
  return (
    <LinesField
      {...own}
      name="controls.requiredChecks"
      label="Checks from outside"
      hint="As their sources call them, one a line: no merge is approved before each was reported, through the API and by a token that may, as passed of exactly that patch. None: nothing is waited for."
      rows={2}
    />
  );
}

const CANARIES = {
  known: "Where the framework is one we know",
  always: "For every patch",
  never: "It is said, and not required",
} satisfies Record<CanaryRule, string>;

/** Whether tests have to be seen failing before their passing counts. */
export function Canaries(own: PartProps) {
  return (
    <ChoiceField
      {...own}
      name="controls.canary"
      label="Evidence needs a canary"
      hint="Tests that must fail are planted among the base's. Where none was reported failed, nothing says that tests can fail: no merge gate opens."
      options={["known" as const, "always" as const, "never" as const].map((value) => ({
        value,
        title: CANARIES[value],
      }))}
    />
  );
}

/** Who may merge past the gate. */
export function BreakingGlass(own: PartProps) {
  return (
    <ChoicesField
      {...own}
      name="controls.breakGlass"
      label="Roles that may break the glass"
      hint="Merge at once in an emergency, told to every lead and reviewed afterwards by another. None chosen: nobody may."
      options={LauncherRole.options.map((role) => ({ value: role, title: ROLE_NAMES[role] }))}
    />
  );
}

export function PhaseLimits(own: PartProps) {
  return (
    <div className="r4">
      <NumberField
        {...own}
        name="environment.setupMinutes"
        label="Setup takes at most"
        unit="min"
        hint="0 = as long as an attempt."
      />
      <NumberField {...own} name="environment.agentMinutes" label="The agent" unit="min" />
      <NumberField {...own} name="environment.verifyMinutes" label="Verification" unit="min" />
    </div>
  );
}

const RULES = [
  { value: "allow", title: "Allowed" },
  { value: "ask", title: "Asked about" },
  { value: "deny", title: "Declined" },
];

/** Which files of its checkout an agent does not simply read. */
export function Reading(own: PartProps) {
  return (
    <div className="r2">
      <ChoiceField
        {...own}
        name="controls.toolRead"
        label="Reading guarded files"
        hint="Also by a command that may read what it likes, unless it is allowed below."
        options={RULES}
      />
      <LinesField
        {...own}
        name="controls.readGuardedPaths"
        label="Guarded from being read"
        hint="Such as secrets/** or **/*.pem, one a line."
        rows={3}
      />
    </div>
  );
}

/** What an agent may do with its tools. */
export function Tools(own: PartProps) {
  return (
    <div className="r4">
      <ChoiceField
        {...own}
        name="controls.toolWrite"
        label="Changing files"
        hint="By its own editing; a command may write too."
        options={RULES}
      />
      <ChoiceField
        {...own}
        name="controls.toolExecute"
        label="Running commands"
        hint="That do more than read. Declined, its tests are too."
        options={RULES}
      />
      <ChoiceField
        {...own}
        name="controls.toolNetwork"
        label="Asking for a network"
        hint="None is ever open to it."
        options={RULES.slice(1)}
      />
    </div>
  );
}
