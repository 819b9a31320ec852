import { EyeOff } from "lucide-react";
import type { CallTrace, CallView, TraceText } from "#lib/traces/schema.ts";
import { formatCount, formatDuration, formatMicros, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Badge } from "../ui/badge.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";
import { Facts } from "../ui/key-value.tsx";
import { Note } from "../ui/note.tsx";
import { OutputBlock } from "../ui/output-block.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { Playback } from "./playback.tsx";
import { flagWords, speedOf } from "./rules.ts";

/** One call of a model: what was asked, what came when, what it cost. */
export function CallPage({ trace }: { trace: CallTrace }) {
  const { call, head, items, response, isTakenAway } = trace;
  return (
    <div className="page">
      <PageHead
        title={
          <>
            Call of <Visible text={call.requestedModel} />
          </>
        }
        text={
          <>
            <CopyId id={call.id} what="call id" /> · <RelativeTime at={call.openedAt.toISOString()} />
          </>
        }
        actions={<Badge noun="call" status={call.state} />}
      />
      <Facts rows={factsOf(call)} />
      {call.flags.length > 0 ? (
        <Note tone="need">{sentence(call.flags.map(flagWords).join("; "))}</Note>
      ) : null}
      {isTakenAway ? (
        <Note icon={EyeOff}>
          Parts of this call were taken away by a redaction or the end of their keeping.
        </Note>
      ) : null}
      <Panel
        title="Answer"
        fact={response ? `${formatCount(response.bytes)} bytes` : "none"}
        className="mt-4"
      >
        {response ? (
          <Playback pieces={response.pieces} resolution={response.resolution} />
        ) : (
          <Empty
            icon={EyeOff}
            title="No answer here"
            text={
              call.state === "open"
                ? "It is on its way; what came is kept when the call is over."
                : "None came, or it was taken away."
            }
          />
        )}
      </Panel>
      <Panel
        title="Request"
        fact={`${plural(items.length, "item")}; agents send what was said before again`}
        className="mt-4"
      >
        <ol className="pb grid gap-3.5">
          {items.map((item, at) => (
            <RequestText key={at} text={item} />
          ))}
          <RequestText text={head} />
        </ol>
      </Panel>
    </div>
  );
}

function RequestText({ text: { role, bytes, text, cut } }: { text: TraceText }) {
  return (
    <li>
      <h3 className="t2 sm">
        <Visible text={role} /> <span className="t3 num">{formatCount(bytes)} bytes</span>
      </h3>
      {text === null ? (
        <p className="t3 sm">Taken away; its commitment stays in the log.</p>
      ) : (
        <OutputBlock text={text} label={role} shows="start" />
      )}
      {cut > 0 ? <p className="t3 sm">{formatCount(cut)} characters more are not shown.</p> : null}
    </li>
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const tokens = (count: number | null) => (count === null ? "not said" : formatCount(count));

function factsOf(call: CallView) {
  const { firstByte, firstToken, tokensPerSecond } = speedOf(call);
  const { returnedModel, requestedModel, chargedMicros, reservedMicros } = call;
  return [
    { key: "Answered by", value: returnedModel === null ? "not said" : <Visible text={returnedModel} /> },
    { key: "Asked for", value: <Visible text={requestedModel} />, wide: true },
    { key: "Provider", value: <Visible text={call.providerName} /> },
    {
      key: "Cost",
      value: chargedMicros === null ? `at most ${formatMicros(reservedMicros)}` : formatMicros(chargedMicros),
    },
    {
      key: "Input",
      value: `${tokens(call.input)}${call.cached ? `, ${formatCount(call.cached)} cached` : ""}`,
    },
    {
      key: "Output",
      value: `${tokens(call.output)}${call.reasoning ? `, ${formatCount(call.reasoning)} reasoning` : ""}`,
    },
    { key: "First byte", value: firstByte === null ? "none" : formatDuration(firstByte) },
    { key: "First token", value: firstToken === null ? "not noted" : formatDuration(firstToken) },
    {
      key: "Speed",
      value: tokensPerSecond === null ? "cannot be said" : `${tokensPerSecond.toFixed(1)} tokens/s`,
      wide: true,
    },
    { key: "Retries", value: formatCount(call.retries), wide: true },
  ];
}
