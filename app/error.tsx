"use client";

import { RefusalPage } from "#components/refusal/refusal-page.tsx";

interface ErrorProps {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}

/** What broke while the page was drawn, past its door. */
export default function PageError({ error, reset }: ErrorProps) {
  return (
    <RefusalPage
      code="unexpected"
      title="Something went wrong"
      sentence="The page could not be drawn. The operator finds the reason under the number below."
      requestId={error.digest}
      action={
        <button type="button" className="btn lg" onClick={reset}>
          Try again
        </button>
      }
    />
  );
}
