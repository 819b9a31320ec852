"use client";

import { ArrowRight, FilePen } from "lucide-react";
import { type FormEvent, Fragment, useState } from "react";
import { differences } from "#lib/charters/difference.ts";
import type { FieldErrors } from "#lib/errors.ts";
import { type FormValues, parseCharterForm, parseNewPilotForm, valuesOf } from "#lib/pilots/form.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { type Source, type Start, StartFrom } from "./start-from.tsx";
import { Controls } from "./steps/controls.tsx";
import { Environment } from "./steps/environment.tsx";
import type { PartProps } from "./steps/fields.tsx";
import { Goal } from "./steps/goal.tsx";
import { Kpis } from "./steps/kpis.tsx";
import { Rollback } from "./steps/rollback.tsx";
import { Scope } from "./steps/scope.tsx";
import { rememberedValues } from "./wizard/draft-saver.ts";
import { type DraftProps, DraftState } from "./wizard/draft-state.tsx";
import { expectedOf } from "./wizard/expected.ts";
import { Preview } from "./wizard/preview.tsx";
import { Review } from "./wizard/review.tsx";
import { isSame } from "./wizard/same-value.ts";
import { StepList } from "./wizard/step-list.tsx";
import { nextOf, previousOf, problemsOf, STEPS, shownProblems, titleOf } from "./wizard/steps.ts";
import { useDraft } from "./wizard/use-draft.ts";
import { useJumpToRefusal } from "./wizard/use-jump.ts";
import { useStep } from "./wizard/use-step.ts";
import type { Present } from "./wizard/warnings.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface CharterFormProps {
  /** The pilot a new version is for; null for a new pilot, whose name and time zone are asked too. */
  readonly pilot: { readonly id: string; readonly name: string; readonly nextVersion: number } | null;
  /** `charterValues(charter)`, for a new pilot with `name` and `timeZone`. */
  readonly values: FormValues;
  /** What the preview and the review compare with: for a new version the charter in force. */
  readonly base: FormValues;
  readonly repositories: readonly {
    readonly id: string;
    readonly name: string;
    readonly branch: string | null;
    readonly labels: readonly string[];
  }[];
  /** Whom and what it may name. */
  readonly agents: readonly Named[];
  readonly people: readonly Named[];
  /** Roles made here that decide at gates. */
  readonly roles: readonly Named[];
  /** What a new charter may start from. */
  readonly templates?: readonly Start[];
  readonly pilots?: readonly Source[];
  readonly draft: DraftProps;
  /** Milliseconds: what can be told by the last day is forecast from it. */
  readonly now: number;
  /** Who there is, for what the charter makes of them. */
  readonly present: Present;
  /** Reads the fields of `lib/pilots/form.ts`, `pilotId` and `draftId`; leads to the pilot. */
  readonly action: FormAction;
}

const ALL = new Set(STEPS.map(({ key }) => key));
const NONE = new Set<never>();
function readForm(values: FormValues, isNew: boolean): { charter: Charter | null; problems: FieldErrors } {
  const charter = parseCharterForm(values);
  const whole = isNew ? parseNewPilotForm(values) : charter;
  return { charter: charter.ok ? charter.value : null, problems: whole.ok ? {} : whole.fields };
}

/** Six steps and a review of one form: all of it is there all the time, and one step of it is shown. */
export function CharterForm(props: CharterFormProps) {
  const { pilot, repositories, templates = [], pilots = [], base, action } = props;
  // A page that is read anew names another id for what was never saved.
  const [draft] = useState(props.draft);
  const form = useForm(action);
  const [start, setStart] = useState(() => ({
    values: rememberedValues(draft.id) ?? props.values,
    count: 0,
  }));
  const [initial] = useState(start.values);
  const [typed, setTyped] = useState<FormValues>(initial);
  const [sent, setSent] = useState<FormValues>({});
  const [touched, setTouched] = useState<ReadonlySet<string>>(NONE);
  const walk = useStep(pilot || draft.version > 0 ? ALL : NONE);
  const { step, go } = walk;
  const saving = useDraft({
    ...draft,
    ...{ pilotId: pilot?.id ?? null, values: typed, step, start: initial, isSending: form.pending },
  });
  const { charter, problems } = readForm(typed, pilot === null);
  const isUnchanged = (field: string) => isSame(field, typed[field], sent[field]);
  const refused = form.state.fields ?? {};
  const left = walk.seen.has("review") ? ALL : walk.left;
  const shown = shownProblems({ now: problems, refused, isUnchanged, left, touched });
  const all = {
    ...problems,
    ...Object.fromEntries(Object.entries(refused).filter(([field]) => isUnchanged(field))),
  };
  useJumpToRefusal(form.state.fields, walk);

  const before = pilot ? readForm(base, false).charter : null;
  const part: PartProps = { values: start.values, errors: shown };
  function fill(more: FormValues) {
    const filled = { ...typed, ...more };
    setStart(({ count }) => ({ values: filled, count: count + 1 }));
    setTyped(filled);
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    if (step !== "review") {
      event.preventDefault();
      return go(nextOf(step));
    }
    setSent(typed);
    form.props.onSubmit(event);
  }
  const here = Object.keys(problemsOf(shown, step)).length;
  const count = step === "review" ? Object.keys(all).length : here;
  const nameOfRepository = (id: string) =>
    repositories.find((one) => one.id === id)?.name ?? "the repository";
  return (
    <div className="wz">
      <StepList
        title={pilot ? `${pilot.name}, v${pilot.nextVersion}` : "New pilot"}
        walk={walk}
        told={step === "review" ? all : shown}
        all={all}
      />
      <form
        {...form.props}
        onSubmit={submit}
        className="wz-form"
        aria-label={titleOf(step)}
        onBlur={({ target }) => {
          const name = target.getAttribute("name");
          // What nobody wrote in is wrong only once its step is left: the focus stands there from the start.
          const isWritten = name !== null && !isSame(name, typed[name], initial[name]);
          if (isWritten && name in problems) setTouched((fields) => new Set([...fields, name]));
        }}
        onChange={(event) => setTyped(valuesOf(new FormData(event.currentTarget)))}
      >
        <div className="wz-in">
          <h1 className="h1">
            {pilot ? `Charter v${pilot.nextVersion} of ${pilot.name}` : "Write a charter"}
          </h1>
          <p className="t2 pb-4">
            What the pilot is for, what its agents may do alone, and when it stops. Every field has something
            that enforces it.
          </p>
          {pilot === null && step === "goal" ? (
            <StartFrom templates={templates} pilots={pilots} use={fill} />
          ) : null}
          {pilot ? <input type="hidden" name="pilotId" value={pilot.id} /> : null}
          <input type="hidden" name="draftId" value={draft.id} />
          <Fragment key={start.count}>
            <div hidden={step !== "goal"}>
              <Goal {...part} typed={typed} now={props.now} withName={pilot === null} />
            </div>
            <div hidden={step !== "scope"}>
              <Scope {...part} repositories={repositories} />
            </div>
            <div hidden={step !== "environment"}>
              <Environment {...part} />
            </div>
            <div hidden={step !== "controls"}>
              <Controls {...part} agents={props.agents} roles={props.roles} />
            </div>
            <div hidden={step !== "kpis"}>
              <Kpis {...part} people={props.people} />
            </div>
            <div hidden={step !== "rollback"}>
              <Rollback {...part} />
            </div>
          </Fragment>
          {step === "review" ? (
            <Review
              problems={all}
              walk={walk}
              changes={before && charter ? differences(before, charter) : null}
            />
          ) : null}
          <FormAnswer state={form.state} />
        </div>
        <div className="dbar">
          <DraftState saving={saving} />
          {count > 0 ? <span className="bad sm med nowrap">{plural(count, "problem")}</span> : null}
          {step === "goal" ? (
            <ButtonLink size="lg" href={pilot ? `/pilots/${pilot.id}` : "/pilots"}>
              Leave
            </ButtonLink>
          ) : (
            <Button size="lg" onClick={() => go(previousOf(step))}>
              Back
            </Button>
          )}
          {step === "review" ? (
            <Button
              key="write"
              type="submit"
              size="lg"
              tone="ink"
              icon={FilePen}
              pending={form.pending && "Writing it"}
            >
              {pilot ? "Write the version" : "Write the charter"}
            </Button>
          ) : (
            <Button key="next" type="submit" size="lg" icon={ArrowRight}>
              <span>
                Next<span className="only-wide">: {titleOf(nextOf(step))}</span>
              </span>
            </Button>
          )}
        </div>
      </form>
      <Preview
        charter={charter}
        problems={problems}
        before={readForm(base, false).charter}
        repositoryName={nameOfRepository}
        roleNames={Object.fromEntries(props.roles.map(({ id, name }) => [id, name]))}
        present={props.present}
        expected={expectedOf(typed, props.now)}
        labelsOf={(id) => repositories.find((one) => one.id === id)?.labels ?? []}
      />
    </div>
  );
}
