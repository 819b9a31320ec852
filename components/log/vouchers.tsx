import { Check, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Proof } from "#lib/log/proof-schema.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

export const SAME_HOST =
  "A witness on this host is worth nothing against somebody who holds this host: only one on another host, of another owner, is.";

/** Who signed the checkpoint the proof leads to. */
export function Vouchers({ proof }: { proof: Proof }) {
  const witnesses = proof.signatures.filter(({ kind }) => kind === "witness");
  return (
    <Panel title="Who vouches for this checkpoint" level={3}>
      <ul>
        {proof.signatures
          .filter(({ kind }) => kind === "log")
          .map(({ keyId }) => (
            <Voucher key={keyId} icon={Check} tone="good" when={proof.signedAt}>
              The notary, by its key <CopyId id={keyId} shown={keyId} what="key id" />
            </Voucher>
          ))}
        {witnesses.map(({ name, keyId, at }) => (
          <Voucher key={`${name} ${keyId}`} icon={Check} tone="good" when={at}>
            The witness{" "}
            <span className="mono tw">
              <Visible text={name} />
            </span>
            , by its key <CopyId id={keyId} shown={keyId} what="key id" />
          </Voucher>
        ))}
        {witnesses.length === 0 ? (
          <Voucher icon={TriangleAlert} tone="need" when={null}>
            No witness has signed it: that this is the only log under its name, the notary says alone.
          </Voucher>
        ) : null}
      </ul>
      <p className="t3 sm pb">
        The page shows what the note says; a verifier with the keys checks it. {SAME_HOST}
      </p>
    </Panel>
  );
}

function Voucher({
  icon,
  tone,
  when,
  children,
}: {
  icon: LucideIcon;
  tone: "good" | "need";
  when: Date | null;
  children: ReactNode;
}) {
  return (
    <li className="voucher">
      <Icon of={icon} className={tone} />
      <span>{children}</span>
      {when ? <RelativeTime at={when.toISOString()} className="t3 num nowrap" /> : null}
    </li>
  );
}
