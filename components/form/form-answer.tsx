import { CopyId } from "../ui/copy-id.tsx";
import { Note } from "../ui/note.tsx";
import type { FormState } from "./state.ts";

/** What the action said about the whole form. */
export function FormAnswer({ state }: { state: FormState }) {
  if (state.error) {
    return (
      <Note tone="bad" role="alert">
        {state.error}
        {state.requestId ? (
          <>
            {" "}
            <CopyId id={state.requestId} shown={state.requestId} what="request id" />
          </>
        ) : null}
      </Note>
    );
  }
  if (state.done) {
    return (
      <Note tone="good" role="status">
        {/* It may hold a secret that is shown this once: none of it is cut off. */}
        <span className="tw">{state.done}</span>
      </Note>
    );
  }
  return null;
}
