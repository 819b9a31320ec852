import { Check, Clock, Download, Search, TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { LogState, WitnessView } from "#lib/log/schema.ts";
import { formatCount, formatDay, plural } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { LogAlarms } from "./log-alarms.tsx";
import { SAME_HOST } from "./vouchers.tsx";

export interface LogHeadProps {
  readonly state: LogState;
  readonly maySearch: boolean;
  readonly mayExport: boolean;
}

/** How the log is: how far it is signed, who has seen it, and what is wrong. */
export function LogHead({ state, maySearch, mayExport }: LogHeadProps) {
  const { numbered, waiting, unindexed, epoch, epochStartedAt, checkpoint, witnesses, alarms } = state;
  return (
    <div>
      <dl className="strip">
        <Fact name="Entries">
          <span className="num med">{formatCount(numbered)}</span>
          {waiting > 0 ? (
            <Remark tone="need" icon={Clock}>
              {formatCount(waiting)} wait for the notary
            </Remark>
          ) : null}
          {unindexed > 0 ? (
            <span className="t3">{formatCount(unindexed)} not yet found by filters</span>
          ) : null}
        </Fact>
        <Fact name="Checkpoint">
          {checkpoint ? (
            <>
              <Remark
                tone={alarms.length > 0 ? "bad" : "good"}
                icon={alarms.length > 0 ? TriangleAlert : Check}
              >
                of {formatCount(checkpoint.size)}, signed{" "}
                <RelativeTime at={checkpoint.signedAt.toISOString()} />
              </Remark>
              <CopyId id={checkpoint.root} what="root of the checkpoint" />
            </>
          ) : (
            <span className="t2">None signed</span>
          )}
        </Fact>
        {checkpoint?.keyId ? (
          <Fact name="Notary's key">
            <CopyId id={checkpoint.keyId} shown={checkpoint.keyId} what="key id" />
          </Fact>
        ) : null}
        <Fact name="Witnesses" isWide>
          {witnesses.length === 0 ? (
            <Remark tone="need" icon={TriangleAlert}>
              none
            </Remark>
          ) : (
            witnesses.map((witness) => <Witness key={witness.name} witness={witness} />)
          )}
        </Fact>
        {epoch !== null && epochStartedAt ? (
          <Fact name="Epoch">
            <span className="num">{epoch}</span>
            <span className="t3">since {formatDay(epochStartedAt.toISOString(), true)}</span>
            {epoch > 1 && mayExport ? (
              <Link className="link" href="/log/access#epochs">
                Those before
              </Link>
            ) : null}
          </Fact>
        ) : null}
        <div className="strip-actions">
          <dt className="vh">Actions</dt>
          <dd className="row">
            {maySearch ? (
              <ButtonLink size="sm" icon={Search} href="/log/search">
                Search
              </ButtonLink>
            ) : null}
            {mayExport ? (
              <ButtonLink size="sm" icon={Download} href="/log/access">
                Export and access
              </ButtonLink>
            ) : null}
          </dd>
        </div>
      </dl>
      <LogAlarms alarms={alarms} />
      <p className="log-worth t3 sm">{worthOf(witnesses)}</p>
    </div>
  );
}

function worthOf(witnesses: readonly WitnessView[]): string {
  if (witnesses.length === 0)
    return `No witness is configured: whoever holds this host and the notary's key could show you another log of the same name, and nobody outside would know better. ${SAME_HOST}`;
  return `${plural(witnesses.length, "witness", "witnesses")} asked. ${SAME_HOST}`;
}

function Fact({ name, isWide, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  return (
    <div className={isWide ? "strip-wide" : ""}>
      <dt>{name}</dt>
      <dd className="row">{children}</dd>
    </div>
  );
}

/** A refusal counts until the witness signs again. */
function Witness({ witness: { name, size, cosignedAt, refusal, refusedAt } }: { witness: WitnessView }) {
  const refuses = refusedAt !== null && (cosignedAt === null || refusedAt > cosignedAt);
  const tone = refuses ? "bad" : cosignedAt ? "good" : "need";
  return (
    <Remark tone={tone} icon={refuses ? TriangleAlert : cosignedAt ? Check : Clock}>
      <span>
        <span className="witness" title={name}>
          <Visible text={name} />
        </span>{" "}
        {refuses ? (
          <>
            refused <RelativeTime at={refusedAt.toISOString()} />:{" "}
            <Visible text={refusal ?? "no reason given"} />
          </>
        ) : cosignedAt ? (
          <>
            saw {formatCount(size ?? 0)}, <RelativeTime at={cosignedAt.toISOString()} />
          </>
        ) : (
          "has not signed yet"
        )}
      </span>
    </Remark>
  );
}
