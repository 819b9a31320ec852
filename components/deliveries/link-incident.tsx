"use client";

import { saidOf } from "#lib/deliveries/links/schema.ts";
import type { IncidentView } from "#lib/deliveries/views/schema.ts";
import { visibleText } from "#lib/text/rules.ts";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { SelectField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

interface LinkProps {
  readonly incident: IncidentView;
  readonly action: FormAction;
}

export function LinkIncidentDialog(props: LinkProps) {
  return (
    <OpensDialog
      button={{ size: "sm", children: props.incident.cause ? "Change…" : "Link…" }}
      title="Which deployment did it come of?"
      text="What you say counts in the figures from then on, and stands in the log. It can be said anew."
    >
      {(onClose) => <LinkForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function LinkForm({ incident, action, onClose }: LinkProps & { readonly onClose: () => void }) {
  const form = useClosingForm(action, onClose);
  const said = incident.cause?.because === "person" ? incident.cause.deploymentId : null;
  const isSaid = said !== null || incident.isNone;
  const chosen = incident.cause ?? incident.proposal;
  const known = incident.choices.some(({ deploymentId }) => deploymentId === chosen?.deploymentId);
  const choices = chosen && !known ? [chosen, ...incident.choices] : incident.choices;
  return (
    <DialogForm
      {...{ form, onClose }}
      submit={["Link it", "Linking it"]}
      hidden={{ incidentId: incident.id, seen: saidOf(isSaid, said) }}
    >
      <SelectField
        name="deploymentId"
        label="Deployment"
        defaultValue={chosen?.deploymentId ?? ""}
        hint="those of its repository that finished before it was detected, newest first"
        errors={form.state.fields}
        options={[
          { value: "", title: "No deployment caused it" },
          ...choices.map(({ deploymentId, label }) => ({
            value: deploymentId,
            title: visibleText(label, "line"),
          })),
        ]}
      />
    </DialogForm>
  );
}
