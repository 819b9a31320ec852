"use client";

import { EyeOff, Fingerprint, X } from "lucide-react";
import { useState } from "react";
import type { GateView } from "#lib/gates/schema.ts";
import { plural } from "../format.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Badge, Remark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Visible } from "../ui/visible.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import type { DecisionBarProps } from "./decision-props.ts";
import { digestParts } from "./diff-rules.ts";
import { rolesInWords } from "./roles.ts";

/** Left to right: what exactly, who said yes, who may and why not, what is unread, and the decision. */
export function DecisionBar(props: DecisionBarProps) {
  const { gate, digest, digestName, unread, mustRead } = props;
  const [asking, setAsking] = useState<"approve" | "deny" | null>(null);
  const parts = digestParts(digest);
  const blocked = gate.cannotApprove ?? mustRead ?? false;
  return (
    <section className="dbar" aria-label="Decision">
      <div className="col dg">
        <span className="xs t3">{digestName}</span>
        <CopyId
          id={digest}
          what={digestName.toLowerCase()}
          className="strong-id"
          shown={`${parts.first} ${parts.middle} ${parts.last}`}
        />
      </div>
      <Approvals gate={gate} />
      <span className="grow" />
      {mustRead || unread > 0 ? (
        <Remark tone="need" icon={EyeOff}>
          {mustRead ?? `${plural(unread, "file")} not viewed`}
        </Remark>
      ) : null}
      {gate.status === "open" ? (
        <>
          <Button
            size="lg"
            tone="danger"
            icon={X}
            blocked={gate.cannotDeny ?? false}
            onClick={() => setAsking("deny")}
          >
            Deny…
          </Button>
          <Button
            size="lg"
            tone="ink"
            icon={Fingerprint}
            blocked={blocked}
            onClick={() => setAsking("approve")}
          >
            Approve…
          </Button>
        </>
      ) : (
        <Badge noun="gate" status={gate.status} />
      )}
      <DecisionDialog asking={asking} onClose={() => setAsking(null)} {...props} />
    </section>
  );
}

function Approvals({ gate }: { gate: GateView }) {
  const given = gate.approvals.filter(({ decision }) => decision === "approve");
  const denied = gate.approvals.find(({ decision }) => decision === "deny");
  return (
    <div className="apr">
      <span className="row gap-1">
        {given.map(({ personId, personName }) => (
          <Avatar key={personId} name={personName} />
        ))}
        {gate.status === "open"
          ? Array.from({ length: Math.max(0, gate.needed - given.length) }, (_, slot) => (
              <span key={`slot-${String(slot)}`} className="slot" title="One approval missing" />
            ))
          : null}
      </span>
      <div className="col">
        <span className="med">
          {given.length} of {gate.needed} {rolesInWords(gate.roles)}
        </span>
        <span className="xs t3">{standing(gate)}</span>
        {denied?.reason ? (
          <span className="xs bad">
            {denied.personName}: <Visible text={denied.reason} />
          </span>
        ) : null}
      </div>
    </div>
  );
}

function standing(gate: GateView): string {
  if (gate.status !== "open") return gate.reason ?? "Decided.";
  return gate.cannotApprove ?? "You may approve.";
}
