import { useEffect, useRef } from "react";
import type { FieldErrors } from "#lib/errors.ts";
import { firstWrong, type StepKey } from "./steps.ts";
import type { Walk } from "./use-step.ts";

/** A refusal leads to the first step that holds one of its fields, and into that field. */
export function useJumpToRefusal(fields: FieldErrors | undefined, { step, go }: Walk): void {
  const told = useRef(fields);
  const target = useRef<StepKey | null>(null);
  const goThere = useRef(go);
  goThere.current = go;
  useEffect(() => {
    if (fields !== told.current) {
      told.current = fields;
      target.current = fields ? firstWrong(fields) : null;
      if (target.current) goThere.current(target.current);
    }
    if (target.current !== step) return;
    target.current = null;
    document.querySelector<HTMLElement>(`.wz-form #part-${step} [aria-invalid="true"]`)?.focus();
  }, [fields, step]);
}
