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
import { artefactFace } from "../artefacts/artefact-face.tsx";
import { formatBytes, formatCount, plural } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Code, Visible } from "../ui/visible.tsx";
import { AgentItemRow, CallRow } from "./agent-row.tsx";
import { CommandRow } from "./command-row.tsx";
import { assumptionFace } from "./drift/assumption-face.tsx";
import type { Face } from "./face.ts";
import { FileChange } from "./file-change.tsx";
import { Row } from "./row.tsx";
import { setupFace } from "./setup-face.tsx";
import { AskRow } from "./steer/ask-row.tsx";
import { MessageRow, PromptRow } from "./steer/prompt-row.tsx";
import { SnapshotRow } from "./steer/snapshot-row.tsx";
import { useSteering } from "./steer/steering-context.tsx";
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
    case "message":
      return <MessageRow item={item} />;
    case "ask":
      return <AskRow item={item} />;
    case "snapshot":
      return <SnapshotRow item={item} />;
    default:
      return <FactRow item={item} />;
  }
}

function FactRow({ item }: { item: FactItem }) {
  const { icon, tone, head, below } = faceOf(item);
  return (
    <Row icon={icon} tone={tone} at={item.at} seq={item.seq} head={head}>
      {below}
    </Row>
  );
}

function TakenUp({ seq }: { seq: number }) {
  return useSteering().takenUp.includes(seq) ? ", taken up again where it was left" : null;
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
            <TakenUp seq={item.seq} />
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
    case "assumption_checked":
      return assumptionFace(item);
    case "artefact_handed_in":
    case "artefact_refused":
      return artefactFace(item);
    case "egress":
    case "setup_done":
      return setupFace(item);
  }
}
