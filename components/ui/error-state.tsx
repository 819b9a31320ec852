"use client";

import { RotateCw, Unplug } from "lucide-react";
import { Remark } from "./badge.tsx";
import { Button } from "./button.tsx";
import { CopyId } from "./copy-id.tsx";

export interface ErrorStateProps {
  /** The panel's name: "Runners". */
  readonly title: string;
  /** What did not arrive and why, one sentence. */
  readonly sentence: string;
  readonly requestId?: string | undefined;
  readonly onRetry: () => void;
}

/** What did not arrive, in the place where it would have been. */
export function ErrorState({ title, sentence, requestId, onRetry }: ErrorStateProps) {
  return (
    <section className="panel" role="alert" aria-label={title}>
      <div className="ph">
        <h2 className="h2">{title}</h2>
        <span className="grow" />
        <Remark tone="bad" icon={Unplug}>
          cannot load
        </Remark>
      </div>
      <div className="pb row">
        <p className="t2 grow">
          {sentence}
          {requestId ? (
            <>
              {" "}
              Request <CopyId id={requestId} shown={requestId} what="request id" />
            </>
          ) : null}
        </p>
        <Button size="sm" icon={RotateCw} onClick={onRetry}>
          Retry
        </Button>
      </div>
    </section>
  );
}
