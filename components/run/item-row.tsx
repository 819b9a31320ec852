import {
  Brain,
  CircleOff,
  Coins,
  FilePen,
  GitCommitHorizontal,
  Layers,
  PackageCheck,
  Plug,
  ShieldX,
  Undo2,
} from "lucide-react";
import type { FactItem, TimelineItem } from "#lib/timeline/schema.ts";
import { formatBytes, formatCount, plural } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { ClockTime } from "../ui/relative-time.tsx";
import { Code, Visible } from "../ui/visible.tsx";
import { AgentItemRow, CallRow, PromptRow } from "./agent-row.tsx";
import { CommandRow } from "./command-row.tsx";
import { assumptionFace } from "./drift/assumption-face.tsx";
import { EventLink } from "./event/link.tsx";
import type { Face } from "./face.ts";
import { FileChange } from "./file-change.tsx";
import { steeringFace } from "./steering-face.tsx";
import { TestList } from "./test-list.tsx";

export function ItemRow({ item }: { item: TimelineItem }) {
  switch (item.kind) {
    case "command":
      return <CommandRow item={item} />;
    case "prompt":
      return <PromptRow item={item} />;
    case "item":
      return <AgentItemRow item={item} />;
    case "call":
      return <CallRow item={item} />;
    default:
      return <FactRow item={item} />;
  }
}

function FactRow({ item }: { item: FactItem }) {
  const { icon, tone, head, below } = faceOf(item);
  return (
    <li className={`ti ${tone}`}>
      <span className="tic">
        <Icon of={icon} />
      </span>
      <div className="tb">
        <div className="th">
          <div className="grow tw">{head}</div>
          <ClockTime at={item.at} className="t3 sm num nowrap" />
          <EventLink seq={item.seq} />
        </div>
        {below}
      </div>
    </li>
  );
}

function faceOf(item: FactItem): Face {
  switch (item.kind) {
    case "note":
      return { icon: Brain, tone: "reason", head: <Visible text={item.body.text} mode="block" /> };
    case "cluster_found": {
      const { tests, steadiness, signature, cluster } = item.body;
      return {
        icon: Layers,
        tone: steadiness === "flaky" ? "is-need" : "",
        head: (
          <>
            <span className="med">Cluster {cluster}</span>, {plural(tests.length, "test")}, {steadiness}
          </>
        ),
        below: (
          <div className="card">
            <Code text={signature} />
            <TestList tests={tests} />
          </div>
        ),
      };
    }
    case "culprit_found": {
      const { cluster, commit, subject, author, steps } = item.body;
      return {
        icon: GitCommitHorizontal,
        tone: "person",
        head: (
          <>
            <span className="med">Culprit of cluster {cluster}</span> <CopyId id={commit} what="commit" /> “
            <Visible text={subject} />
            ”, <Visible text={author} /> <span className="t3 sm">found in {plural(steps, "step")}</span>
          </>
        ),
      };
    }
    case "cluster_repaired":
      return {
        icon: Undo2,
        tone: "is-good",
        head: (
          <>
            Cluster {item.body.cluster} passes with <CopyId id={item.body.commit} what="commit" /> reverted
          </>
        ),
      };
    case "cluster_given_up":
      return {
        icon: CircleOff,
        tone: "is-need",
        head: (
          <>
            <span className="med">Gave up cluster {item.body.cluster}</span> because{" "}
            <Visible text={item.body.reason} />
          </>
        ),
      };
    case "file_changed":
      return { icon: FilePen, tone: "", head: <FileChange {...item.body} /> };
    case "patch_proposed": {
      const { files, added, removed, bytes } = item.body;
      return {
        icon: PackageCheck,
        tone: "is-good",
        head: (
          <>
            <span className="med">Patch proposed</span>: {plural(files, "file")}{" "}
            <span className="good num">+{added}</span> <span className="bad num">−{removed}</span>{" "}
            <span className="t3 sm">{formatBytes(bytes)}</span>
          </>
        ),
      };
    }
    case "session_bound":
      return {
        icon: Plug,
        tone: "reason",
        head: (
          <>
            The agent is up: <Code text={item.body.driver} />, session <Code text={item.body.native} />
          </>
        ),
      };
    case "usage_reported": {
      const { input, cached, output, reasoning } = item.body;
      return {
        icon: Coins,
        tone: "reason",
        head: `By its own count: ${formatCount(input)} tokens in (${formatCount(cached)} cached), ${formatCount(output)} out (${formatCount(reasoning)} reasoning)`,
      };
    }
    case "relay_refused": {
      const { method, target, status, reason, times } = item.body;
      return {
        icon: ShieldX,
        tone: "is-need",
        head: (
          <>
            <span className="med">Refused</span> <Code text={`${method} ${target}`} /> with {status}:{" "}
            <Visible text={reason} />{" "}
            {times > 1 ? <span className="t3 sm num">{plural(times, "time")}</span> : null}
          </>
        ),
      };
    }
    case "message_delivered":
    case "message_undeliverable":
    case "ask_opened":
    case "ask_settled":
    case "snapshot_taken":
      return steeringFace(item);
    case "assumption_checked":
      return assumptionFace(item);
  }
}
