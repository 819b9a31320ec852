import { CircleAlert, Lock } from "lucide-react";
import type { ErrorCode } from "#lib/errors.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Empty } from "../ui/empty.tsx";

export interface RefusalPageProps {
  readonly code: ErrorCode;
  readonly title: string;
  /** Why, and whom to ask or what to do. */
  readonly sentence: string;
  readonly requestId: string;
}

/** In place of a page somebody may not see, or that cannot be shown now. */
export function RefusalPage({ code, title, sentence, requestId }: RefusalPageProps) {
  const text = (
    <>
      {sentence} Request <CopyId id={requestId} shown={requestId} what="request id" />
    </>
  );
  return (
    <div data-refusal={code}>
      <h1 className="vh">{title}</h1>
      <Empty
        icon={code === "forbidden" ? Lock : CircleAlert}
        title={title}
        text={text}
        action={
          <a className="btn" href="/">
            Go to the overview
          </a>
        }
      />
    </div>
  );
}
