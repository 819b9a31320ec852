import { CircleAlert, FileQuestionMark, Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { ErrorCode } from "#lib/errors.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";

export interface RefusalPageProps {
  readonly code: ErrorCode;
  readonly title: string;
  /** Why, and whom to ask or what to do. */
  readonly sentence: string;
  readonly requestId?: string | undefined;
  /** Instead of the way to the overview. */
  readonly action?: ReactNode;
}

const SIGNS: Partial<Record<ErrorCode, typeof Lock>> = { forbidden: Lock, not_found: FileQuestionMark };

/** In place of a page somebody may not see, or that cannot be shown now. */
export function RefusalPage({ code, title, sentence, requestId, action }: RefusalPageProps) {
  return (
    <div className="door">
      <main className="door-box" id="main" data-refusal={code}>
        <Mark />
        <div>
          <h1 className="h1 text-20 row gap-1.5">
            <Icon of={SIGNS[code] ?? CircleAlert} size={16} />
            {title}
          </h1>
          <p className="t2 mt-1">{sentence}</p>
        </div>
        {action ?? (
          <a className="btn lg" href="/">
            Go to the overview
          </a>
        )}
        {requestId ? (
          <p className="t3 sm">
            Request <CopyId id={requestId} shown={requestId} what="request id" />
          </p>
        ) : null}
      </main>
    </div>
  );
}
