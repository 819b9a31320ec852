import { Check, CircleCheck, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { PageHead } from "../list/page-head.tsx";
import { Icon } from "../ui/icon.tsx";
import { Visible } from "../ui/visible.tsx";

export interface SetupStep {
  readonly key: string;
  readonly title: string;
  /** What is there, what is wrong, or what to do. */
  readonly text: string;
  /** `next` is the one to do now. */
  readonly state: "done" | "problem" | "next" | "later";
  /** What a tool said, where something is wrong. */
  readonly output?: string | null;
  readonly action?: { readonly title: string; readonly href: string } | null;
}

/** What is still missing to the first decision; stays until all of it is done. */
export function SetupPage({ steps }: { steps: readonly SetupStep[] }) {
  const done = steps.filter(({ state }) => state === "done").length;
  const complete = done === steps.length;
  return (
    <div className="page narrow">
      <PageHead
        title="Set up Pilothouse"
        text={
          complete
            ? "All of it is done. This page stays for looking things up."
            : `${done} of ${steps.length} done. This list stays on Home until it is finished.`
        }
      />
      <SetupList steps={steps} />
      {complete ? (
        <p className="good mt-4 row">
          <Icon of={CircleCheck} /> The first decision is made.
        </p>
      ) : null}
    </div>
  );
}

export function SetupList({ steps }: { steps: readonly SetupStep[] }) {
  return (
    <ol className="panel">
      {steps.map((step) => (
        <Step key={step.key} step={step} />
      ))}
    </ol>
  );
}

const WORDS = { done: "done", problem: "needs you", next: "next", later: "later" } as const;

function Step({ step: { title, text, state, output, action } }: { step: SetupStep }) {
  return (
    <li className={`su ${state}`}>
      <span className="sx">
        {state === "done" ? (
          <Icon of={Check} size={12} />
        ) : state === "problem" ? (
          <Icon of={TriangleAlert} size={12} />
        ) : null}
        <span className="vh">{WORDS[state]}</span>
      </span>
      <div className="grow">
        <div className="row">
          <h2 className={`grow ${state === "done" ? "t2" : "med"}`}>{title}</h2>
          {action ? (
            <Link className={`btn sm ${state === "next" ? "ink" : ""}`} href={action.href}>
              {action.title}
            </Link>
          ) : (
            <span className="t3 sm">{WORDS[state]}</span>
          )}
        </div>
        <p className="t2 sm">
          <Visible text={text} mode="block" />
        </p>
        {output ? (
          <pre className="code su-out">
            <Visible text={output} mode="block" />
          </pre>
        ) : null}
      </div>
    </li>
  );
}
