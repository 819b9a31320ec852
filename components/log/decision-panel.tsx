import { Check, X } from "lucide-react";
import Link from "next/link";
import { anyOfRoles } from "#lib/authz/rules.ts";
import { ROLE_NAMES, Role } from "#lib/authz/schema.ts";
import type { ApprovalView, GateView } from "#lib/gates/schema.ts";
import { plural } from "../format.ts";
import { DeciderName } from "../inbox/decider-name.tsx";
import { givenAt } from "../inbox/given.ts";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

export interface DecisionProps {
  readonly gate: GateView;
  /** What the decision document binds: patch, tree, base, charter, as far as it names them. */
  readonly bound: readonly { readonly name: string; readonly value: string }[];
  /** Person → the entry that holds their decision. */
  readonly entries: Readonly<Record<string, string>>;
}

const knownRoles = (roles: readonly string[]): Role[] => Role.options.filter((role) => roles.includes(role));

const roleName = (role: string): string => {
  const known = Role.safeParse(role);
  return known.success ? ROLE_NAMES[known.data] : role;
};

/** Who approved what, and why it was allowed. */
export function DecisionPanel({ gate, bound, entries }: DecisionProps) {
  const rule = `${plural(gate.needed, "approval")} by ${anyOfRoles(knownRoles(gate.roles))}`;
  const bars = gate.kind === "merge" ? ", never by who launched the run" : "";
  return (
    <Panel title="Who approved what, and why it was allowed" level={3}>
      <ul aria-label="Decisions">
        {gate.approvals.map((approval) => (
          <Decision key={approval.id} approval={approval} entryId={entries[approval.id] ?? null} />
        ))}
        {gate.approvals.length === 0 ? (
          <li className="voucher">
            <span />
            <span className="t2">Nobody has decided.</span>
          </li>
        ) : null}
      </ul>
      <div className="pb">
        <p className="t2 mb-2">
          The rule: {rule}
          {bars}. {outcomeOf(gate)}
        </p>
        <KeyValue
          rows={[
            ...bound.map(({ name, value }) => ({
              key: name,
              value: /^[0-9a-f]{40,64}$/.test(value) ? (
                <CopyId id={value} what={name} />
              ) : (
                <span className="mono tw">
                  <Visible text={value} />
                </span>
              ),
            })),
            { key: "Document", value: <CopyId id={gate.digest} what="digest of the decision document" /> },
          ]}
        />
      </div>
      {gate.runId ? (
        <div className="row flex-wrap pb">
          <ButtonLink size="sm" href={`/reviews/${gate.runId}?tab=document`}>
            Decision document
          </ButtonLink>
          <ButtonLink size="sm" prefetch={false} href={`/api/runs/${gate.runId}/dossier?format=html`}>
            Dossier, to read
          </ButtonLink>
          <ButtonLink size="sm" prefetch={false} href={`/api/runs/${gate.runId}/dossier?format=jsonl`}>
            Dossier, to verify
          </ButtonLink>
        </div>
      ) : null}
    </Panel>
  );
}

function outcomeOf(gate: GateView): string {
  const given = givenAt(gate).length;
  const { needed } = gate;
  switch (gate.status) {
    case "open":
      return `So far ${given} of ${needed}.`;
    case "approved":
      return `${given} of ${needed} were given, each by a person who held the role at that moment and was shown exactly this document.`;
    case "denied":
      return "One denial is enough.";
    case "expired":
      return "Nobody completed it in time.";
    case "void":
      return "It is void: what it was about changed.";
  }
}

function Decision({ approval, entryId }: { approval: ApprovalView; entryId: string | null }) {
  const approved = approval.decision === "approve";
  return (
    <li className="voucher">
      <Icon of={approved ? Check : X} className={approved ? "good" : "bad"} />
      <span>
        <span className="med">
          <DeciderName personName={approval.personName} forName={approval.forName ?? null} />
        </span>{" "}
        {approved ? "approved" : "denied"} as {roleName(approval.role).toLowerCase()}
        {approval.withdrawnAt ? " (withdrawn, not counted)" : null}
        {approval.reason ? (
          <>
            : “<Visible text={approval.reason} />”
          </>
        ) : null}
        {entryId ? (
          <>
            {" "}
            <Link className="link sm" href={`/log/${entryId}`}>
              its entry
            </Link>
          </>
        ) : null}
      </span>
      <RelativeTime at={approval.at.toISOString()} className="t3 num nowrap" />
    </li>
  );
}
