import { CircleQuestionMark, FlaskConical, Link2, TriangleAlert, Unlink } from "lucide-react";
import Link from "next/link";
import type { ClaimCommand, ClaimsView, ClaimView, HarnessWord, LastTest } from "#lib/claims/schema.ts";
import { Icon } from "../ui/icon.tsx";
import { Code, Visible } from "../ui/visible.tsx";

const COMMAND_SHOWN = 80;

/** What the agent says in the end, each statement with what stands behind it. */
export function ClaimsPanel({
  runId,
  claims: { claims, lastTest, text },
}: {
  runId: string;
  claims: ClaimsView;
}) {
  const resting = claims.filter(({ standing }) => standing === "rests").length;
  return (
    <section aria-label="Claims of the agent">
      <h2 className="h2">
        Claims{" "}
        <span className="t3 sm num font-normal ml-auto">
          {resting} of {claims.length} tied
        </span>
      </h2>
      {lastTest ? <LastTestRow runId={runId} last={lastTest} /> : null}
      {claims.map((claim, index) => (
        // Two statements may be the same words.
        <ClaimRow key={`${index} ${claim.text}`} runId={runId} claim={claim} />
      ))}
      {text ? (
        <details className="fold">
          <summary className="fact">
            <Icon of={FlaskConical} className="t3" />
            <span>The agent's own summary</span>
          </summary>
          <p className="t2 sm tw">
            <Visible text={text} mode="block" />
          </p>
        </details>
      ) : null}
    </section>
  );
}

function LastTestRow({ runId, last }: { runId: string; last: LastTest }) {
  const isGood = last.state === "newer" && last.run.exit === 0;
  return (
    <div className="fact two" data-last-test={last.state}>
      <Icon of={isGood ? Link2 : TriangleAlert} className={isGood ? "good" : "need"} />
      <span className="tw">
        {last.state === "none" ? (
          <span className="need">It ran no tests that are known as such.</span>
        ) : last.state === "older" ? (
          <>
            <span className="need">Its last test run is older than its last edit</span>: what is proposed was
            not tested by it. <CommandLink runId={runId} command={last.run} />
          </>
        ) : (
          <>
            Its last test run is newer than its last edit. <CommandLink runId={runId} command={last.run} />
          </>
        )}
      </span>
    </div>
  );
}

const STANDING = {
  rests: { icon: Link2, tone: "good" },
  contradicted: { icon: TriangleAlert, tone: "bad" },
  unverified: { icon: Unlink, tone: "need" },
} as const;

function ClaimRow({ runId, claim }: { runId: string; claim: ClaimView }) {
  const { text, standing, rests, against } = claim;
  const { icon, tone } = STANDING[standing];
  return (
    <div className="fact two" data-standing={standing}>
      <Icon of={icon} className={tone} />
      <span className="tw">
        “<Visible text={text} />”{" "}
        {standing === "unverified" ? (
          <span className="need">Unverified: it names no evidence. </span>
        ) : (
          <>
            {standing === "rests" ? "Rests on " : <span className="bad">Contradicted by </span>}
            <Commands runId={runId} commands={standing === "rests" ? rests : against} />
          </>
        )}
        <Harness word={claim.harness} because={claim.because} />
      </span>
    </div>
  );
}

/** Runs of one command that ended alike are named together. */
function Commands({ runId, commands }: { runId: string; commands: readonly ClaimCommand[] }) {
  const alike = Map.groupBy(commands, ({ text, exit }) => `${exit} ${text}`);
  return [...alike].map(([key, [first, ...others]]) =>
    first ? <CommandLink key={key} runId={runId} command={first} others={others} /> : null,
  );
}

interface CommandLinkProps {
  readonly runId: string;
  readonly command: ClaimCommand;
  readonly others?: readonly ClaimCommand[];
}

function CommandLink({ runId, command, others = [] }: CommandLinkProps) {
  const { text, exit } = command;
  const shown = text.length > COMMAND_SHOWN ? `${text.slice(0, COMMAND_SHOWN)}…` : text;
  return (
    <>
      {[command, ...others].map(({ command: number, seq }, index) => (
        <Link key={seq} className="link in" href={`/runs/${runId}?event=${seq}`} prefetch={false}>
          {index === 0 ? `command ${number}` : `, ${number}`}
        </Link>
      ))}{" "}
      <Code text={shown.toWellFormed()} />{" "}
      <span className={exit === 0 ? "t3" : "bad"}>{exit === null ? "cut off" : `exit ${exit}`}</span>.{" "}
    </>
  );
}

const WORDS: Readonly<Record<HarnessWord, { readonly title: string; readonly tone: string }>> = {
  agrees: { title: "The harness agrees", tone: "good" },
  disagrees: { title: "The harness disagrees", tone: "bad" },
  cannot_say: { title: "The harness cannot say", tone: "t3" },
};

function Harness({ word, because }: { word: HarnessWord; because: string }) {
  const { title, tone } = WORDS[word];
  return (
    <span className="block" data-harness={word}>
      {word === "cannot_say" ? <Icon of={CircleQuestionMark} size={12} className="t3" /> : null}{" "}
      <span className={tone}>{title}</span>: <span className="t2">{because}</span>
    </span>
  );
}
