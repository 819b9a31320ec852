import type { ApprovalView } from "#lib/gates/schema.ts";
import { Visible } from "../ui/visible.tsx";

/** Who decided, and for whom where a deputy did: the two are one voice. */
export function DeciderName({ personName, forName }: Pick<ApprovalView, "personName" | "forName">) {
  return (
    <>
      <Visible text={personName} mode="line" />
      {forName ? (
        <>
          {" "}
          <span className="t3" data-for={forName}>
            for <Visible text={forName} mode="line" />
          </span>
        </>
      ) : null}
    </>
  );
}
