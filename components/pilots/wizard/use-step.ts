import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { type StepKey, stepOf } from "./steps.ts";

export interface Walk {
  readonly step: StepKey;
  /** Where the person was, with where they are. */
  readonly seen: ReadonlySet<StepKey>;
  /** Where they were and went on from. */
  readonly left: ReadonlySet<StepKey>;
  readonly go: (step: StepKey) => void;
  readonly hrefOf: (step: StepKey) => string;
}

/** The step stands in the address, so that back and forward walk; the form itself stays as it is meanwhile. */
export function useStep(known: ReadonlySet<StepKey>): Walk {
  const query = useSearchParams();
  const step = stepOf(query.get("step"));
  const [visited, setVisited] = useState<readonly StepKey[]>([]);
  const before = useRef(step);
  useEffect(() => {
    if (before.current === step) return;
    const from = before.current;
    before.current = step;
    setVisited((all) => (all.includes(from) ? all : [...all, from]));
    window.scrollTo({ top: 0 });
    document.getElementById(`part-${step}-title`)?.focus({ preventScroll: true });
  }, [step]);
  const hrefOf = (to: StepKey) => {
    const next = new URLSearchParams(query);
    next.set("step", to);
    return `?${next}`;
  };
  const left = new Set<StepKey>([...visited]);
  return {
    step,
    seen: new Set<StepKey>([...known, ...visited, step]),
    left,
    go: (to) => {
      if (to !== step) window.history.pushState(null, "", hrefOf(to));
    },
    hrefOf,
  };
}
