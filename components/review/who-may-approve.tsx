import { UserX } from "lucide-react";
import { type ApproversLeft, BAR_WORDS, namesInWords } from "#lib/gates/approver-rules.ts";
import { Remark } from "../ui/badge.tsx";

/** Said to whoever waits: who could approve now, who holds a role and cannot, and what to do where nobody is left. */
export function WhoMayApprove({ left }: { left: ApproversLeft }) {
  const { could, cannot, remedy } = left;
  return (
    <div className="col gap-1 sm" data-enough={remedy === null}>
      {could.length > 0 ? (
        <span>
          <span className="t3">Who may approve this: </span>
          {namesInWords(could.map(({ name }) => name))}
        </span>
      ) : null}
      {cannot.length > 0 ? (
        <span>
          <span className="t3">Who cannot: </span>
          {namesInWords(cannot.map(({ name, why }) => `${name} (${BAR_WORDS[why]})`))}
        </span>
      ) : null}
      {remedy ? (
        <Remark tone="bad" icon={UserX}>
          {remedy}
        </Remark>
      ) : null}
    </div>
  );
}
