"use client";

import { EyeOff, Fingerprint, X } from "lucide-react";
import { useState } from "react";
import type { GateView } from "#lib/gates/schema.ts";
import { plural } from "../format.ts";
import { DeciderName } from "../inbox/decider-name.tsx";
import { givenAt, withdrawnFrom } from "../inbox/given.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Badge, Remark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Visible } from "../ui/visible.tsx";
import { DecisionDialog } from "./decision-dialog.tsx";
import type { DecisionBarProps } from "./decision-props.ts";
import { useReviewKeys } from "./diff/keys.ts";
import { digestParts } from "./diff-rules.ts";
import { rolesInWords } from "./roles.ts";

/** Left to right: what exactly, who said yes, who may and why not, what is unread, and the decision. */
export function DecisionBar(props: DecisionBarProps) {
  const { gate, digest, digestName, unread, mustRead } = props;
  const [asking, setAsking] = useState<"approve" | "deny" | null>(null);
  const parts = digestParts(digest);
  const blocked = gate.cannotApprove ?? gate.waitsFor ?? mustRead ?? false;
  const isOpen = gate.status === "open";
  useReviewKeys(
    props.keys
      ? {
          a: () => isOpen && blocked === false && setAsking("approve"),
          x: () => isOpen && gate.cannotDeny === null && setAsking("deny"),
        }
      : {},
  );
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
  const given = givenAt(gate);
  const denials = gate.approvals.filter(({ decision }) => decision === "deny");
  return (
    <div className="apr">
      <span className="row gap-1">
        {given.map(({ id, personName }) => (
          <Avatar key={id} name={personName} />
        ))}
        {gate.status === "open"
          ? Array.from({ length: Math.max(0, gate.needed - given.length) }, (_, slot) => (
              <span key={`slot-${String(slot)}`} className="slot" title="One approval missing" />
            ))
          : null}
      </span>
      <div className="col">
        <span className="med">
          {given.length} of {gate.needed} {rolesInWords(gate.roles, gate.roleNames)}
        </span>
        {(gate.denials ?? 1) > 1 ? (
          <span className="xs t3">
            {denials.length} of {gate.denials} denials that close it
          </span>
        ) : null}
        <span className="xs t3">{standing(gate)}</span>
        {given.map(({ id, personName, forName }) =>
          forName ? (
            <span key={id} className="xs">
              <DeciderName personName={personName} forName={forName} />
            </span>
          ) : null,
        )}
        {withdrawnFrom(gate).map(({ id, personName, forName }) => (
          <span key={id} className="xs t3">
            <DeciderName personName={personName} forName={forName ?? null} />: withdrawn
          </span>
        ))}
        {denials.map(({ id, personName, forName, reason }) => (
          <span key={id} className="xs bad">
            <DeciderName personName={personName} forName={forName ?? null} />:{" "}
            <Visible text={reason ?? "denied"} />
          </span>
        ))}
      </div>
    </div>
  );
}

function standing(gate: GateView): string {
  if (gate.status !== "open") return gate.reason ?? "Decided.";
  return gate.cannotApprove ?? gate.waitsFor ?? "You may approve.";
}
