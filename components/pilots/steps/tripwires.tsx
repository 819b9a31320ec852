import { measureOf } from "#lib/tripwires/measures.ts";
import {
  CountMeasure,
  KpiMeasure,
  ShareMeasure,
  type TripMeasure,
  TripStep,
  Tripwire,
} from "#lib/tripwires/schema.ts";
import { readWire } from "#lib/tripwires/wire-line.ts";
import { STEP_WORDS, wireSentence } from "#lib/tripwires/wire-words.ts";
import { LinesField, type PartProps, textOf } from "./fields.tsx";

/** What the typed lines mean, where they mean something; what is wrong with the others is told beside the field. */
export function explained(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const read = readWire(line);
    const wire = read.ok ? Tripwire.safeParse(read.wire).data : undefined;
    return wire ? [wireSentence(wire)] : [];
  });
}

/** Bounds on numbers, a line each, with what they mean and which words there are. */
export function Tripwires(own: PartProps) {
  const sentences = explained(textOf(own.values, "rollback.tripwires"));
  return (
    <>
      <LinesField
        {...own}
        name="rollback.tripwires"
        label="Tripwires"
        hint="One a line, such as: reverted_merges >= 2 over 14 days; pause, freeze_merges, escalate. Or against the pilot's baseline: review_to_merge > 150 % of baseline over 7 days; at least 5; clears at 120; warn."
        rows={3}
      />
      {sentences.length > 0 ? (
        <ul className="hint mt-1" aria-label="What the tripwires mean">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : null}
      <details className="hint mt-1">
        <summary>Numbers and steps a tripwire knows</summary>
        <Words
          title="Rates and medians"
          words={[...ShareMeasure.options, ...KpiMeasure.options].map((one) => [one, titled(one)])}
        />
        <Words title="Counts" words={CountMeasure.options.map((one) => [one, titled(one)])} />
        <Words title="Steps" words={TripStep.options.map((one) => [one, STEP_WORDS[one]])} />
      </details>
    </>
  );
}

function titled(measure: TripMeasure): string {
  const { title, unit } = measureOf(measure);
  return unit === "" ? title : `${title}, in ${unit}`;
}

function Words({ title, words }: { title: string; words: readonly (readonly [string, string])[] }) {
  return (
    <dl className="mt-1">
      <dt className="med">{title}</dt>
      {words.map(([word, meaning]) => (
        <dd key={word}>
          <code>{word}</code> {meaning}
        </dd>
      ))}
    </dl>
  );
}
