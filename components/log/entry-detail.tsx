import { Clock, Download, TriangleAlert, X } from "lucide-react";
import Link from "next/link";
import type { Proof, ProofView } from "#lib/log/proof-schema.ts";
import type { EntryDetailView } from "#lib/log/schema.ts";
import { formatCount, plural } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { CopyText } from "./copy-text.tsx";
import { DecisionPanel, type DecisionProps } from "./decision-panel.tsx";
import { EntryFacts } from "./entry-facts.tsx";
import { iconOf } from "./kind-icons.ts";
import { sentenceOf } from "./kind-sentences.ts";
import { ProofDrawing } from "./proof-drawing.tsx";
import { Vouchers } from "./vouchers.tsx";

export interface EntryDetailProps {
  readonly entry: EntryDetailView;
  readonly proof: ProofView;
  /** Of an entry about a decision. */
  readonly decision: DecisionProps | null;
  /** Address of the list without it. */
  readonly close: string;
}

/** One entry: who, about what, that it is in the log, and exactly the bytes the log commits to. */
export function EntryDetail({ entry, proof, decision, close }: EntryDetailProps) {
  const at = entry.at.toISOString();
  return (
    <section className="log-detail" aria-label={`Entry ${entry.id}`}>
      <div>
        <div className="row">
          <h2 className="h1 num">{entry.index === null ? "Entry" : `Entry ${formatCount(entry.index)}`}</h2>
          <span className="badge wait trunc">
            <Icon of={iconOf(entry.kind)} size={12} />
            {entry.kind}
          </span>
          <span className="grow" />
          <Link className="btn sm quiet sq" href={close} scroll={false} aria-label="Close the entry">
            <Icon of={X} />
          </Link>
        </div>
        <p className="mt-1">{sentenceOf(entry.kind)}</p>
        <p className="t2 sm mt-1">
          <RelativeTime at={at} />, <span className="mono">{at}</span>
        </p>
      </div>
      {decision ? <DecisionPanel {...decision} /> : null}
      <EntryFacts entry={entry} />
      <Inclusion entryId={entry.id} proof={proof} />
      {proof.state === "proved" ? <Vouchers proof={proof} /> : null}
      {proof.state === "proved" ? <CheckpointNote proof={proof} /> : null}
      <Panel
        title="Content"
        fact={`the bytes the log commits to, ${plural(new TextEncoder().encode(entry.canonical).length, "byte")}`}
        level={3}
        actions={<CopyText text={entry.canonical} what="the bytes" />}
      >
        <pre className="code json">
          <Visible text={entry.canonical} mode="block" />
        </pre>
      </Panel>
    </section>
  );
}

function Inclusion({ entryId, proof }: { entryId: string; proof: ProofView }) {
  return (
    <Panel
      title="Inclusion proof"
      level={3}
      fact={
        proof.state === "proved" ? `${plural(proof.path.length, "hash", "hashes")}, checked here` : undefined
      }
    >
      {proof.state === "proved" ? (
        <>
          <ProofDrawing proof={proof} />
          <p className="row flex-wrap pb">
            <ButtonLink size="sm" icon={Download} prefetch={false} href={`/api/log/entries/${entryId}/proof`}>
              Proof, to verify
            </ButtonLink>
            <ButtonLink
              size="sm"
              icon={Download}
              prefetch={false}
              href={`/api/log/entries/${entryId}/tlog-proof`}
            >
              .tlog-proof
            </ButtonLink>
          </p>
        </>
      ) : (
        <div className="pb">
          <Unproved proof={proof} />
        </div>
      )}
    </Panel>
  );
}

function Unproved({ proof }: { proof: Exclude<ProofView, Proof> }) {
  switch (proof.state) {
    case "waiting":
      return (
        <Remark tone="need" icon={Clock}>
          {proof.place
            ? "Numbered; the next checkpoint will cover it."
            : "Waits for the notary, who numbers it within a second."}
        </Remark>
      );
    case "contradicted":
      return (
        <Note tone="bad" icon={TriangleAlert} role="alert">
          <Visible text={proof.why} />
        </Note>
      );
    case "unavailable":
      return (
        <Note tone="need">
          <Visible text={proof.why} />
        </Note>
      );
  }
}

function CheckpointNote({ proof }: { proof: Proof }) {
  return (
    <Panel
      title="Checkpoint"
      fact={`epoch ${proof.place.epoch}`}
      level={3}
      actions={<CopyText text={proof.note} what="the signed note" />}
    >
      <pre className="code json">
        <Visible text={proof.note} mode="block" />
      </pre>
    </Panel>
  );
}
