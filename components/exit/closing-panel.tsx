import { Download } from "lucide-react";
import { CLOSING_STEPS, type ClosingView } from "#lib/closings/schema.ts";
import { formatExact } from "../format.ts";
import { ButtonLink } from "../ui/button.tsx";
import { CopyId } from "../ui/copy-id.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { STEP_WORDS } from "./words.ts";

interface ClosingPanelProps {
  readonly pilotId: string;
  readonly closing: ClosingView;
  readonly mayTakeLog: boolean;
}

/** Each step with what it came to; the receipt holds the same. */
export function ClosingPanel({ pilotId, closing, mayTakeLog }: ClosingPanelProps) {
  const { begunAt, closedAt, steps, publicKey, waits } = closing;
  const isLogThere = steps.some(({ step }) => step === "log");
  return (
    <Panel
      title="Closing"
      fact={
        closedAt
          ? `closed ${formatExact(closedAt.toISOString())}`
          : `since ${formatExact(begunAt.toISOString())}`
      }
      className="mt-4"
      actions={
        <>
          {isLogThere && mayTakeLog ? (
            <ButtonLink icon={Download} href={`/api/pilots/${pilotId}/exit/log`} prefetch={false}>
              Log
            </ButtonLink>
          ) : null}
          {closedAt ? (
            <ButtonLink icon={Download} href={`/api/pilots/${pilotId}/exit/receipt`} prefetch={false}>
              Receipt
            </ButtonLink>
          ) : null}
        </>
      }
    >
      {waits ? (
        <div className="p-4">
          <Note tone="need">{waits}</Note>
        </div>
      ) : null}
      <Table
        label="Steps of closing"
        tall
        columns={[
          { key: "step", title: "Step" },
          { key: "done", title: "Done" },
          { key: "took", title: "Took", number: true },
          { key: "digest", title: "Digest" },
        ]}
      >
        {CLOSING_STEPS.map((name) => {
          const step = steps.find((one) => one.step === name);
          return (
            <tr key={name} data-step={name} data-state={step ? "done" : "waits"}>
              <td>{STEP_WORDS[name]}</td>
              <td className="nowrap num">{step ? formatExact(step.doneAt.toISOString()) : "not yet"}</td>
              <td className="n nowrap">{step ? `${step.milliseconds} ms` : "–"}</td>
              <td>{step ? <CopyId id={step.digest} what="digest" /> : "–"}</td>
            </tr>
          );
        })}
      </Table>
      {publicKey ? (
        <div className="p-4">
          <p className="t2 sm">Check it elsewhere, with the key from somebody who runs the installation:</p>
          <pre className="code sm">
            pilothouse-verify RECEIPT.jsonl --receipt-key {publicKey} --log LOG.jsonl
          </pre>
        </div>
      ) : null}
    </Panel>
  );
}
